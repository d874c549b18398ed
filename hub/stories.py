"""The past of every slot, kept in memory so that a quiet pass need not read it again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.rules.facts import DeviceFact, SlotFact
from hub.stock import (
    DAY_MS,
    Event,
    Ledger,
    Reading,
    SlotPlan,
    StockFigure,
    days_to_empty,
    figure,
    replay,
)
from hub.store import Transaction, slot_events, stock_facts


@dataclass(frozen=True, slots=True)
class _Story:
    """What is known of one slot's past."""

    ledger: Ledger
    readings: tuple[Reading, ...]

    @classmethod
    def of(cls, events: Iterable[Event]) -> "_Story":
        told = list(events)
        readings = tuple(event for event in told if isinstance(event, Reading))
        return cls(replay(told), readings)


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure with what it was made from."""

    plan: SlotPlan
    audit_ms: int | None
    story: _Story
    figure: StockFigure
    days: float | None


_NOTHING = _Story.of(())


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
            counts = slot_events.newest_counts(transaction, device_id)
            starts = [at_ms for at_ms, _ in counts.values()]
            since_ms = min([*starts, (audit_ms or 0) - round(self._rate_days * DAY_MS)])
            rows = stock_facts.counter_rows(transaction, device_id, since_ms)
            events = slot_events.events(transaction, device_id, since_ms, rows)
            known = {selection: _Story.of(told) for selection, told in events.items()}
            self._stories[device_id] = known
        return known

    def _tell(self, row: stock_facts.SlotRow, audit_ms: int | None, story: _Story) -> _Told:
        told = self._told.get(row.slot)
        same = told and told.plan == row.plan and told.audit_ms == audit_ms
        if told is None or not same or told.story is not story:
            story.ledger.plan = row.plan
            said = figure(story.ledger, audit_ms)
            days = days_to_empty(said.level, story.readings, said.as_of_ms, self._rate_days)
            told = _Told(row.plan, audit_ms, story, said, days)
            self._told[row.slot] = told
        return told
