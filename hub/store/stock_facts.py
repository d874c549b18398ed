"""Planogram, counts and counters, as the judge reads them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select

from hub.stock import Reading, SlotPlan
from hub.store.engine import Transaction
from hub.store.tables import (
    anchor,
    counter,
    planogram_version,
    progress,
    slot,
    slot_level,
    stock_entry,
)

Slot = tuple[int, str]
"""A slot's address: row number of its device, and selection."""


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One line of the planogram."""

    slot: Slot
    product: str
    plan: SlotPlan


def slots(transaction: Transaction) -> list[SlotRow]:
    """The whole planogram, in the order of devices and selections."""
    c = slot.c
    rows = transaction.execute(
        select(c.device_id, c.selection, c.product, c.capacity, c.par, c.minimum).order_by(
            c.device_id, c.selection
        )
    )
    return [
        SlotRow((device_id, selection), product, SlotPlan(capacity, par, minimum))
        for device_id, selection, product, capacity, par, minimum in rows
    ]


CHANGING = {
    "counter": counter,
    "anchor": anchor,
    "stock_entry": stock_entry,
    "slot_level": slot_level,
    "planogram_version": planogram_version,
}
"""The growing tables that stock is made from, by name."""


def changed_devices(transaction: Transaction, table: str, after_id: int) -> list[tuple[int, int]]:
    """(row number, device) of what was added to a table of `CHANGING` after a row."""
    source = CHANGING[table]
    rows = transaction.execute(
        select(source.c.id, source.c.device_id).where(source.c.id > after_id).order_by(source.c.id)
    )
    return [(row.id, row.device_id) for row in rows]


def runs(transaction: Transaction) -> int:
    """How many runs of bridges are known; a new one can mean that a bridge was away."""
    return transaction.scalar(select(func.count()).select_from(progress)) or 0


def readings(transaction: Transaction, device_id: int, since_ms: int) -> dict[str, list[Reading]]:
    """Counters of each selection of one device, oldest first.

    Everything from `since_ms` on, led by the newest one before.
    """
    rows = counter_rows(transaction, device_id, since_ms)
    return {selection: [reading(row) for row in series] for selection, series in rows.items()}


def counter_rows(
    transaction: Transaction, device_id: int, since_ms: int
) -> dict[str, list[Row[Any]]]:
    """The same as rows, with what a machine counts besides; see `hub.store.tables.counter`."""
    c = counter.c
    older = (
        select(c.selection, func.max(c.observed_ms).label("observed_ms"))
        .where(c.device_id == device_id, c.observed_ms < since_ms)
        .group_by(c.selection)
        .subquery()
    )
    last_before = _counters(device_id).join(
        older, (c.selection == older.c.selection) & (c.observed_ms == older.c.observed_ms)
    )
    found: dict[str, list[Row[Any]]] = {}
    for query in (last_before, _counters(device_id).where(c.observed_ms >= since_ms)):
        for row in transaction.execute(query.order_by(c.observed_ms, c.id)):
            found.setdefault(row.selection, []).append(row)
    return found


def _counters(device_id: int) -> Select[Any]:
    c = counter.c
    return select(
        c.selection,
        c.observed_ms,
        c.dispensed,
        c.since_reset,
        c.presses_sold_out,
        c.sold_out,
        c.machine_level,
        c.board,
        c.source,
        c.resets,
        c.failed,
        c.test,
        c.unchanged_ms,
        c.seq,
    ).where(c.device_id == device_id)


def reading(row: Row[Any]) -> Reading:
    """One row of `counter` as the reckoning of stock wants it."""
    return Reading(
        observed_ms=row.observed_ms,
        dispensed=row.dispensed,
        since_reset=row.since_reset,
        sold_out=row.sold_out,
        machine_level=row.machine_level,
        board=row.board,
        source=row.source,
        resets=row.resets,
        presses_sold_out=row.presses_sold_out,
        failed=row.failed,
        test=row.test,
        unchanged_ms=row.unchanged_ms,
        seq=row.seq,
    )
