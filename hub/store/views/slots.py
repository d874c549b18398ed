"""A vending machine's slots: what is in them now, and what was in them over the last days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from sqlalchemy import Row, func, select

from hub.stock import Anchor, Reading, SlotPlan, StockFigure, stock_figure
from hub.store.engine import Transaction
from hub.store.tables import anchor, counter, slot
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
class _Series:
    """One selection's newest count, and its counters from then on (oldest first)."""

    counted: Row[Any] | None
    rows: Sequence[Row[Any]]


def slots(
    transaction: Transaction, device: DeviceView, low_fraction: float = 0.25
) -> tuple[SlotView, ...]:
    """Every slot of a machine: those of the planogram and those that it counts.

    Args:
        transaction: what to read in.
        device: the machine.
        low_fraction: the low mark of a slot that has no minimum: this part of par or capacity
            (setting rules.stock.low_fraction).
    """
    planned = {
        row.selection: row
        for row in transaction.execute(select(slot).where(slot.c.device_id == device.id))
    }
    counted = transaction.scalars(
        select(counter.c.selection).where(counter.c.device_id == device.id).distinct()
    )
    names = sorted({*planned, *counted}, key=_natural)
    found = (_slot(transaction, device, name, planned.get(name)) for name in names)
    return tuple(replace(one, low_mark=_low_mark(one.figure, low_fraction)) for one in found)


def _low_mark(figure: StockFigure, low_fraction: float) -> int | None:
    if figure.minimum is not None:
        return figure.minimum
    full = figure.par if figure.par is not None else figure.capacity
    return None if full is None else ceil(full * low_fraction)


def _natural(selection: str) -> tuple[str, int, str]:
    """Sorts A2 before A10."""
    letters = selection.rstrip("0123456789")
    digits = selection[len(letters) :]
    return letters, int(digits[:12] or 0), selection


def _slot(
    transaction: Transaction, device: DeviceView, selection: str, plan: Row[Any] | None
) -> SlotView:
    series = _series(transaction, device.id, selection)
    figure = stock_figure(
        SlotPlan(plan.capacity, plan.par, plan.minimum) if plan else SlotPlan(),
        _anchor(series.counted),
        [_reading(row) for row in series.rows],
        device.audit_ms,
    )
    newest = series.rows[-1] if series.rows else None
    return SlotView(
        selection=selection,
        product=plan.product if plan else "",
        source=plan.source if plan else "",
        figure=figure,
        counted_ms=series.counted.observed_ms if series.counted else None,
        counted_by=series.counted.by_person if series.counted else "",
        sold_out=newest.sold_out if newest else None,
        presses_empty=_presses(series),
        dispensed=newest.dispensed if newest else None,
        read_ms=newest.observed_ms if newest else None,
        low_mark=None,
    )


def _series(transaction: Transaction, device_id: int, selection: str) -> _Series:
    here = (counter.c.device_id == device_id) & (counter.c.selection == selection)
    there = (anchor.c.device_id == device_id) & (anchor.c.selection == selection)
    order = anchor.c.observed_ms.desc(), anchor.c.id.desc()
    counted = transaction.execute(select(anchor).where(there).order_by(*order).limit(1)).first()
    newest_first = counter.c.observed_ms.desc(), counter.c.id.desc()
    if counted is None:
        rows = transaction.execute(select(counter).where(here).order_by(*newest_first).limit(1))
        return _Series(None, rows.all())
    before = func.coalesce(
        select(func.max(counter.c.observed_ms))
        .where(here, counter.c.observed_ms <= counted.observed_ms)
        .scalar_subquery(),
        0,
    )
    query = select(counter).where(here, counter.c.observed_ms >= before)
    return _Series(counted, transaction.execute(query.order_by(*newest_first)).all()[::-1])


def _anchor(row: Row[Any] | None) -> Anchor | None:
    return None if row is None else Anchor(row.counted, row.dispensed_at, row.observed_ms)


def _reading(row: Row[Any]) -> Reading:
    return Reading(
        observed_ms=row.observed_ms,
        dispensed=row.dispensed,
        since_reset=row.since_reset,
        sold_out=row.sold_out,
        machine_level=row.machine_level,
    )


def _presses(series: _Series) -> int | None:
    said = [row.presses_sold_out for row in series.rows if row.presses_sold_out is not None]
    if not said:
        return None
    return int(said[-1]) if series.counted is None else max(0, said[-1] - said[0])


@dataclass(frozen=True, slots=True)
class StockPoint:
    """A slot's level from this time on; None: not known from then."""

    at_ms: int
    level: int | None


def stock_history(
    transaction: Transaction, device_id: int, selection: str, since_ms: int
) -> tuple[StockPoint, ...]:
    """How a slot's level went since then, oldest first: each count and each sale is a point."""
    counts = transaction.execute(
        select(anchor)
        .where(anchor.c.device_id == device_id, anchor.c.selection == selection)
        .order_by(anchor.c.observed_ms.desc())
        .limit(200)
    ).all()[::-1]
    rows = transaction.execute(
        select(counter)
        .where(
            counter.c.device_id == device_id,
            counter.c.selection == selection,
            counter.c.observed_ms >= since_ms,
        )
        .order_by(counter.c.observed_ms.desc())
        .limit(5_000)
    ).all()[::-1]
    anchors = [found for found in map(_anchor, counts) if found is not None]
    return levels(anchors, [_reading(row) for row in rows], since_ms)


def levels(
    anchors: Sequence[Anchor], readings: Sequence[Reading], since_ms: int
) -> tuple[StockPoint, ...]:
    """The level at each count and each reading since then. Pure; both oldest first."""
    steps: list[tuple[int, Anchor | Reading]] = [(a.observed_ms, a) for a in anchors]
    steps += [(r.observed_ms, r) for r in readings]
    steps.sort(key=lambda step: step[0])
    points: list[StockPoint] = []
    counted: Anchor | None = None
    for at_ms, step in steps:
        if isinstance(step, Anchor):
            counted = step
            points.append(StockPoint(at_ms, step.counted))
            continue
        level, counted = _level_after(counted, step)
        points.append(StockPoint(at_ms, level))
    return tuple(_clipped(points, since_ms))


def _level_after(counted: Anchor | None, reading: Reading) -> tuple[int | None, Anchor | None]:
    """The level at a reading, and the count that later readings go by."""
    if reading.sold_out:
        return 0, counted
    if counted is None:
        return reading.machine_level, None
    if reading.dispensed is None:
        return None, counted
    if counted.dispensed_at is None:
        counted = replace(counted, dispensed_at=reading.dispensed)
    left = counted.counted - (reading.dispensed - (counted.dispensed_at or 0))
    if left > counted.counted:
        return None, None  # the counter went back: only another count helps
    return max(0, left), counted


def _clipped(points: Sequence[StockPoint], since_ms: int) -> list[StockPoint]:
    """The points since then, led by the level that was true at its start."""
    inside = [point for point in points if point.at_ms >= since_ms]
    before = points[: len(points) - len(inside)]
    return [replace(before[-1], at_ms=since_ms), *inside] if before else inside
