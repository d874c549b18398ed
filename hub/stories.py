"""The past of every slot, kept in memory so that a quiet pass need not read it again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.rules.facts import DeviceFact, SlotFact
from hub.stock import (
    DAY_MS,
    Anchor,
    Reading,
    SlotPlan,
    StockFigure,
    days_to_empty,
    stock_figure,
)
from hub.store import Transaction, stock_facts


@dataclass(frozen=True, slots=True)
class _Story:
    """What is known of one slot's past."""

    anchor: Anchor | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure with what it was made from."""

    plan: SlotPlan
    audit_ms: int | None
    story: _Story
    figure: StockFigure
    days: float | None


_NOTHING = _Story(None, ())


class Stories:
    """Counts, counters and the figures made from them."""

    def __init__(self, rate_days: float) -> None:
        self._rate_days = rate_days
        self._stories: dict[int, dict[str, _Story]] = {}
        self._told: dict[stock_facts.Slot, _Told] = {}

    def forget(self, device_ids: Iterable[int]) -> None:
        """These devices have news: read their past anew when it is wanted."""
        for device_id in device_ids:
            self._stories.pop(device_id, None)

    def slot_facts(
        self,
        transaction: Transaction,
        devices: Mapping[int, DeviceFact],
        audits: Mapping[int, int | None],
    ) -> tuple[SlotFact, ...]:
        """Every slot with its figure.

        Args:
            transaction: of the store.
            devices: every device by row number.
            audits: when each device's counters were last read, ms since 1970 UTC.
        """
        found = []
        for row in stock_facts.slots(transaction):
            device_id, selection = row.slot
            audit_ms = audits[device_id]
            story = self._story(transaction, device_id, audit_ms).get(selection, _NOTHING)
            told = self._tell(row, audit_ms, story)
            found.append(
                SlotFact(
                    device=devices[device_id],
                    selection=selection,
                    product=row.product,
                    figure=told.figure,
                    days_to_empty=told.days,
                )
            )
        return tuple(found)

    def _story(
        self, transaction: Transaction, device_id: int, audit_ms: int | None
    ) -> dict[str, _Story]:
        known = self._stories.get(device_id)
        if known is None:
            anchors = stock_facts.newest_anchors(transaction, device_id)
            starts = [anchor.observed_ms for anchor in anchors.values()]
            since_ms = min([*starts, (audit_ms or 0) - round(self._rate_days * DAY_MS)])
            series = stock_facts.readings(transaction, device_id, since_ms)
            known = {
                selection: _Story(anchors.get(selection), tuple(series.get(selection, ())))
                for selection in anchors.keys() | series.keys()
            }
            self._stories[device_id] = known
        return known

    def _tell(self, row: stock_facts.SlotRow, audit_ms: int | None, story: _Story) -> _Told:
        told = self._told.get(row.slot)
        same = told and told.plan == row.plan and told.audit_ms == audit_ms
        if told is None or not same or told.story is not story:
            figure = stock_figure(row.plan, story.anchor, story.readings, audit_ms)
            days = days_to_empty(figure.level, story.readings, figure.as_of_ms, self._rate_days)
            told = _Told(row.plan, audit_ms, story, figure, days)
            self._told[row.slot] = told
        return told
