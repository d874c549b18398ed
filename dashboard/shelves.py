"""What stands in every machine, in a line each, kept in memory.

The overview is asked for every few seconds, and the levels of a fleet come from many counters. So a
machine's line is made anew only when a counter, a count or its plan has changed. Between, a pass
reads the planogram and a few index entries.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock

from dashboard.machine_words import Standing, standing
from hub.rules.settings import StockSettings
from hub.rules.stock_words import is_naloxone
from hub.store import facts, stock_facts
from hub.store.engine import Transaction
from hub.store.views.fleet import DeviceView
from hub.store.views.slots import SlotView, slots

FRESH_MS = 3_600_000
"""A line is made anew after this time at the latest, whatever has changed."""

OVERLAP_ROWS = 50
"""Rows below the newest that are looked at again: two writers can commit out of order."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A machine's slots in one line.

    Attributes:
        slots: how many it has.
        counts: how many stand how.
        naloxone: its naloxone slot with the fewest left; one of unknown level if none is known;
            None where it has no naloxone.
        unknown: how many other naloxone slots have no known level.
    """

    slots: int
    counts: dict[Standing, int]
    naloxone: SlotView | None
    unknown: int


def shelf(views: Iterable[SlotView], settings: StockSettings) -> Shelf:
    """The line of these slots. Pure."""
    counts: dict[Standing, int] = {}
    vital: list[SlotView] = []
    for view in views:
        stands = standing(view)
        counts[stands] = counts.get(stands, 0) + 1
        if is_naloxone(view.product, settings):
            vital.append(view)
    vital.sort(key=_level)
    unknown = sum(view.figure.level is None for view in vital[1:])
    return Shelf(sum(counts.values()), counts, vital[0] if vital else None, unknown)


def as_of_ms(slot: SlotView, device: DeviceView) -> int | None:
    """The time a kept slot's level is true for now: unchanged counters are true while read."""
    known = slot.figure.as_of_ms
    return known if known is None or slot.read_ms is None else max(known, device.audit_ms or 0)


def _level(slot: SlotView) -> float:
    return float("inf") if slot.figure.level is None else slot.figure.level


@dataclass(slots=True)
class _News:
    """Which devices have rows in a growing table that were not there at the last look."""

    table: str
    after_id: int
    seen: frozenset[int] = frozenset()

    @classmethod
    def of(cls, transaction: Transaction, table: str) -> "_News":
        """From the newest rows on."""
        return cls(table, max(0, facts.last_id(transaction, table) - OVERLAP_ROWS))

    def devices(self, transaction: Transaction) -> set[int]:
        rows = stock_facts.changed_devices(transaction, self.table, self.after_id)
        new = {device for row_id, device in rows if row_id not in self.seen}
        self.seen = frozenset(row_id for row_id, _ in rows)
        self.after_id = max(self.after_id, max(self.seen, default=0) - OVERLAP_ROWS)
        return new


_Plan = list[stock_facts.SlotRow]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A shelf with what it was made from, and when."""

    plan: _Plan
    shelf: Shelf
    made_ms: int


@dataclass(slots=True)
class Shelves:
    """Every machine's shelf. Threads may share it."""

    settings: StockSettings
    _kept: dict[int, _Kept] = field(default_factory=dict)
    _news: tuple[_News, ...] = ()
    _runs: int = 0
    _lock: Lock = field(default_factory=Lock)

    def of(
        self, transaction: Transaction, devices: Iterable[DeviceView], now_ms: int
    ) -> dict[int, Shelf]:
        """The shelf of each of these machines, by row number."""
        with self._lock:
            self._forget_changed(transaction)
            self._forget_oldest(now_ms)
            plans: dict[int, _Plan] = {}
            for row in stock_facts.slots(transaction):
                plans.setdefault(row.slot[0], []).append(row)
            return {
                one.id: self._shelf(transaction, one, plans.get(one.id, []), now_ms)
                for one in devices
            }

    def _shelf(
        self, transaction: Transaction, device: DeviceView, plan: _Plan, now_ms: int
    ) -> Shelf:
        known = self._kept.get(device.id)
        if known is None or known.plan != plan:
            self._kept.pop(device.id, None)  # the newest line stands last
            views = slots(transaction, device, self.settings.low_fraction, rate_days=0)
            known = self._kept[device.id] = _Kept(plan, shelf(views, self.settings), now_ms)
        return known.shelf

    def _forget_changed(self, transaction: Transaction) -> None:
        if not self._news:
            self._news = tuple(_News.of(transaction, table) for table in stock_facts.CHANGING)
        if (runs := stock_facts.runs(transaction)) != self._runs:
            self._kept.clear()
            self._runs = runs
        for news in self._news:
            for device_id in news.devices(transaction):
                self._kept.pop(device_id, None)

    def _forget_oldest(self, now_ms: int) -> None:
        """One at a time, so that no page waits for a whole fleet."""
        for device_id, kept in self._kept.items():
            if not 0 <= now_ms - kept.made_ms < FRESH_MS:
                del self._kept[device_id]
            return
