"""A vending machine's slots: what is in them now, and what was in them over the last days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from sqlalchemy import Row, select

from hub.stock import (
    DAY_MS,
    Anchor,
    Event,
    Reading,
    StockFigure,
    days_to_empty,
    figure,
    replay,
    steps,
)
from hub.stock.recall import next_expiry
from hub.store import slot_events, stock_facts
from hub.store.engine import Transaction
from hub.store.tables import slot
from hub.store.views.fleet import DeviceView


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """One slot as a page shows it.

    Attributes:
        selection: the machine's own id of it.
        product: what it holds, "" where nobody has said.
        source: who said what it holds: "machine", "staff" or "".
        figure: how much is left, and how far that can be believed.
        counted_ms: when a person last counted it; None if never.
        counted_by: who did.
        sold_out: whether the machine reports it sold out; None where it does not say.
        presses_empty: how often it was asked for while empty since it was last counted (since the
            machine's counters began, if never); None where the machine does not say.
        dispensed: the machine's own counter; None where it has none.
        read_ms: when that counter last changed or was first read.
        low_mark: at how many left it is low; None where nothing says how much it should hold.
        days_left: in how many days it will be empty at the rate of the last days; None where too
            little is known to say.
        next_expiry: the earliest date on what may lie in it, "2027-05-31"; "" if none is known.
    """

    selection: str
    product: str
    source: str
    figure: StockFigure
    counted_ms: int | None
    counted_by: str
    sold_out: bool | None
    presses_empty: int | None
    dispensed: int | None
    read_ms: int | None
    low_mark: int | None
    days_left: float | None
    next_expiry: str = ""

    @property
    def fill(self) -> float | None:
        """How full it is, 0 to 1; None where level or capacity (or par) is not known."""
        full = self.figure.capacity or self.figure.par
        if self.figure.level is None or not full:
            return None
        return min(1.0, self.figure.level / full)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left, as far as is known."""
        return self.figure.level == 0

    @property
    def is_low(self) -> bool:
        """Whether the level is at or below the low mark, but not yet empty."""
        level, mark = self.figure.level, self.low_mark
        return level is not None and mark is not None and 0 < level <= mark


@dataclass(frozen=True, slots=True)
class _Past:
    """One selection's newest count (when, by whom), its counters and its events."""

    counted: tuple[int, str] | None
    rows: Sequence[Row[Any]]
    events: Sequence[Event]

    @property
    def since_count(self) -> Sequence[Row[Any]]:
        """The counters from the newest at or before the count on; all, where it never was."""
        if self.counted is None:
            return self.rows
        before = [row for row in self.rows if row.observed_ms <= self.counted[0]]
        return self.rows[max(0, len(before) - 1) :]


def slots(
    transaction: Transaction,
    device: DeviceView,
    low_fraction: float = 0.25,
    rate_days: float = 7.0,
) -> tuple[SlotView, ...]:
    """Every slot of a machine, those of the planogram and those that it counts, in a few queries.

    Args:
        transaction: what to read in.
        device: the machine.
        low_fraction: the low mark of a slot that has no minimum: this part of par or capacity
            (setting rules.stock.low_fraction).
        rate_days: from so many days the days to empty are reckoned (rules.stock.rate_days).
    """
    planned = {
        row.selection: row
        for row in transaction.execute(select(slot).where(slot.c.device_id == device.id))
    }
    counts = slot_events.newest_counts(transaction, device.id)
    starts = [at_ms for at_ms, _ in counts.values()]
    since_ms = min([*starts, (device.audit_ms or 0) - round(rate_days * DAY_MS)])
    rows = stock_facts.counter_rows(transaction, device.id, since_ms)
    events = slot_events.events(transaction, device.id, since_ms, rows)
    found = []
    for name in sorted({*planned, *events}, key=natural):
        past = _Past(counts.get(name), rows.get(name, ()), events.get(name, ()))
        one = _slot(device, name, planned.get(name), past, rate_days)
        found.append(replace(one, low_mark=_low_mark(one.figure, low_fraction)))
    return tuple(found)


def _low_mark(figure: StockFigure, low_fraction: float) -> int | None:
    if figure.minimum is not None:
        return figure.minimum
    full = figure.par if figure.par is not None else figure.capacity
    return None if full is None else ceil(full * low_fraction)


def natural(selection: str) -> tuple[str, int, str]:
    """Sorts A2 before A10."""
    letters = selection.rstrip("0123456789")
    digits = selection[len(letters) :]
    return letters, int(digits[:12] or 0), selection


def _slot(
    device: DeviceView, selection: str, plan: Row[Any] | None, past: _Past, rate_days: float
) -> SlotView:
    readings = [stock_facts.reading(row) for row in past.rows]
    ledger = replay(past.events)
    said = figure(ledger, device.audit_ms)
    newest = past.rows[-1] if past.rows else None
    return SlotView(
        selection=selection,
        product=plan.product if plan else "",
        source=plan.source if plan else "",
        figure=said,
        counted_ms=past.counted[0] if past.counted else None,
        counted_by=past.counted[1] if past.counted else "",
        sold_out=newest.sold_out if newest else None,
        presses_empty=_presses(past),
        dispensed=newest.dispensed if newest else None,
        read_ms=newest.observed_ms if newest else None,
        low_mark=None,
        days_left=days_to_empty(said.level, readings, said.as_of_ms, rate_days),
        next_expiry=next_expiry(ledger),
    )


def _presses(past: _Past) -> int | None:
    rows = past.since_count
    said = [row.presses_sold_out for row in rows if row.presses_sold_out is not None]
    if not said:
        return None
    return int(said[-1]) if past.counted is None else max(0, said[-1] - said[0])


@dataclass(frozen=True, slots=True)
class StockPoint:
    """A slot's level from this time on; None: not known from then."""

    at_ms: int
    level: int | None


def stock_history(
    transaction: Transaction, device_id: int, selection: str, since_ms: int
) -> tuple[StockPoint, ...]:
    """How a slot's level went since then, oldest first: each count and each sale is a point."""
    told = slot_events.all_events(transaction, device_id).get(selection, [])
    return _points(told, since_ms)


def levels(
    anchors: Sequence[Anchor], readings: Sequence[Reading], since_ms: int
) -> tuple[StockPoint, ...]:
    """The level at each count and each reading since then. Pure."""
    return _points([*(one.entry() for one in anchors), *readings], since_ms)


def _points(events: Sequence[Event], since_ms: int) -> tuple[StockPoint, ...]:
    points = [
        StockPoint(step.at_ms, step.figure.level)
        for step in steps(events)
        if step.what not in {"plan", "word", "away", "vend"}
    ]
    return tuple(_clipped(points, since_ms))


def _clipped(points: Sequence[StockPoint], since_ms: int) -> list[StockPoint]:
    """The points since then, led by the level that was true at its start."""
    inside = [point for point in points if point.at_ms >= since_ms]
    before = points[: len(points) - len(inside)]
    return [replace(before[-1], at_ms=since_ms), *inside] if before else inside
