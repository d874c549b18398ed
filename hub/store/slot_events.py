"""The events of slots, from the tables to the values that the stock engine takes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, func, select

from hub.stock import (
    BRIDGE_KEPT,
    Away,
    Entry,
    EntryKind,
    Event,
    Level,
    LotCount,
    PlanChange,
    SlotPlan,
    VendOrder,
    VendSeen,
    Word,
)
from hub.stock.drift import DOORS, JAMS
from hub.store import stock_facts
from hub.store.engine import Transaction
from hub.store.tables import (
    anchor,
    bridge,
    device,
    lot,
    machine_event,
    planogram_version,
    progress,
    slot,
    slot_level,
    stock_entry,
    vend,
)

AWAY_MS = 120_000
"""A bridge that is restarted is away for less; what is longer can hide vends that it counts."""

LOTS_MS = 400 * 86_400_000
"""Entries are read from so much further back: a count names no lots, what came before does."""

TOLERANCE = {"load-cell": 1, "distance": 1}
"""How many items a level can be wrong by, by the method of the sensor."""

_WORDS = sorted(JAMS | DOORS | {"vend-failed"})

Events = dict[str, list[Event]]
"""By selection."""


def newest_counts(transaction: Transaction, device_id: int) -> dict[str, tuple[int, str]]:
    """When each slot was last counted (or filled to par), and by whom."""
    c = stock_entry.c
    query = select(c.id, c.key, c.kind, c.corrects, c.selection, c.observed_ms, c.by_person)
    telling = c.kind.in_(("count", "fill")) | c.corrects.is_not(None)
    rows = transaction.execute(query.where(c.device_id == device_id, telling)).all()
    mended = {row.corrects for row in rows}
    a = anchor.c
    earlier = select(a.selection, a.observed_ms, a.by_person).where(a.device_id == device_id)
    found = {
        (at_ms, selection): person for selection, at_ms, person in transaction.execute(earlier)
    }
    for row in rows:
        if row.kind in {"count", "fill"} and (row.key or f"#{row.id}") not in mended:
            found[row.observed_ms, row.selection] = row.by_person
    return {selection: (at_ms, found[at_ms, selection]) for at_ms, selection in sorted(found)}


def all_events(transaction: Transaction, device_id: int) -> Events:
    """All that was ever heard of each slot of a machine."""
    rows = stock_facts.counter_rows(transaction, device_id, 0)
    return events(transaction, device_id, 0, rows)


def events(
    transaction: Transaction,
    device_id: int,
    since_ms: int,
    counters: Mapping[str, Sequence[Row[Any]]],
) -> Events:
    """What was heard of each slot of a machine since a time.

    Args:
        transaction: what to read in.
        device_id: the machine.
        since_ms: from when on; every slot's newest count must be younger, or it is not seen.
        counters: its counters, as `stock_facts.counter_rows` gives them.
    """
    found: Events = defaultdict(list)
    _plans(transaction, device_id, found)
    for selection, series in counters.items():
        found[selection] += [stock_facts.reading(row) for row in series]
    _entries(transaction, device_id, since_ms - LOTS_MS, found)
    _levels(transaction, device_id, since_ms, found)
    everywhere = _vends(transaction, device_id, since_ms, found)
    everywhere += _words(transaction, device_id, since_ms, found)
    if _is_bridge_kept(counters):
        everywhere += _aways(transaction, device_id)
    return {selection: [*of_slot, *everywhere] for selection, of_slot in found.items()}


def _is_bridge_kept(counters: Mapping[str, Sequence[Row[Any]]]) -> bool:
    return any(series and series[-1].source in BRIDGE_KEPT for series in counters.values())


def _since(table: Table, device_id: int, since_ms: int) -> list[ColumnElement[bool]]:
    return [table.c.device_id == device_id, table.c.observed_ms >= since_ms]


def _plans(transaction: Transaction, device_id: int, found: Events) -> None:
    c = planogram_version.c
    query = select(planogram_version).where(c.device_id == device_id, c.effective_ms.is_not(None))
    for row in transaction.execute(query.order_by(c.effective_ms, c.id)):
        change = PlanChange(
            at_ms=row.effective_ms,
            plan=SlotPlan(row.capacity, row.par, row.minimum),
            product=row.product if row.swaps or row.selection not in found else "",
            vend_order=cast("VendOrder", row.vend_order or "fifo"),
            service_ms=row.service_ms,
        )
        found[row.selection].append(change)
    for row in transaction.execute(select(slot).where(slot.c.device_id == device_id)):
        if row.selection not in found:
            plan = SlotPlan(row.capacity, row.par, row.minimum)
            found[row.selection].append(PlanChange(at_ms=0, plan=plan, product=row.product))


def _entries(transaction: Transaction, device_id: int, since_ms: int, found: Events) -> None:
    for row in transaction.execute(select(anchor).where(*_since(anchor, device_id, since_ms))):
        entry = Entry(
            at_ms=row.observed_ms,
            kind="count",
            count=row.counted,
            dispensed_at=row.dispensed_at,
            entry_id=f"anchor-{row.id}",
        )
        found[row.selection].append(entry)
    c = stock_entry.c
    wanted = (c.device_id == device_id) & ((c.observed_ms >= since_ms) | c.corrects.is_not(None))
    rows = transaction.execute(select(stock_entry, c.count.label("items")).where(wanted)).all()
    lots = _lots(transaction, device_id) if rows else {}
    for row in rows:
        found[row.selection].append(_entry(row, lots.get(row.id, ())))


def _entry(row: Row[Any], lots: Sequence[LotCount]) -> Entry:
    return Entry(
        at_ms=row.observed_ms,
        kind=cast("EntryKind", row.kind),
        count=row.items,
        lots=tuple(lots),
        reason=row.reason,
        entry_id=row.key or f"#{row.id}",
        corrects=row.corrects or "",
        recorded_ms=row.recorded_ms,
    )


def _lots(transaction: Transaction, device_id: int) -> dict[int, list[LotCount]]:
    query = (
        select(lot.c.stock_entry_id, lot.c.number, lot.c.expires, lot.c.count.label("items"))
        .join(stock_entry, stock_entry.c.id == lot.c.stock_entry_id)
        .where(stock_entry.c.device_id == device_id)
        .order_by(lot.c.id)
    )
    found: dict[int, list[LotCount]] = defaultdict(list)
    for row in transaction.execute(query):
        one = LotCount(lot=row.number, expires=row.expires, count=row.items)
        found[row.stock_entry_id].append(one)
    return found


def _levels(transaction: Transaction, device_id: int, since_ms: int, found: Events) -> None:
    query = select(slot_level).where(*_since(slot_level, device_id, since_ms), slot_level.c.settled)
    for row in transaction.execute(query):
        tolerance = TOLERANCE.get(row.method, 1)
        seen = Level(at_ms=row.observed_ms, level=row.level, tolerance=tolerance)
        found[row.selection].append(seen)


def _vends(transaction: Transaction, device_id: int, since_ms: int, found: Events) -> list[Event]:
    """Vends into their slots; those of an unknown slot concern every one of them."""
    everywhere: list[Event] = []
    for row in transaction.execute(select(vend).where(*_since(vend, device_id, since_ms))):
        one = VendSeen(
            at_ms=row.observed_ms,
            outcome=row.outcome,
            test=row.payment == "test",
            here=row.selection is not None,
            key=str(row.id),
        )
        (everywhere if row.selection is None else found[row.selection]).append(one)
    return everywhere


def _words(transaction: Transaction, device_id: int, since_ms: int, found: Events) -> list[Event]:
    everywhere: list[Event] = []
    c = machine_event.c
    query = select(c.selection, c.observed_ms, c.name).where(
        *_since(machine_event, device_id, since_ms),
        c.name.in_(_WORDS),
        c.active.is_(None) | c.active,
    )
    for row in transaction.execute(query):
        word = Word(at_ms=row.observed_ms, name=row.name)
        if row.selection is None:
            everywhere.append(word)
        elif row.selection in found:
            found[row.selection].append(word)
    return everywhere


def _aways(transaction: Transaction, device_id: int) -> list[Event]:
    """When the machine's bridge was not there: between its runs, and before the first of them."""
    query = (
        select(progress.c.first_ms, func.coalesce(progress.c.last_ms, progress.c.first_ms))
        .join(bridge, bridge.c.id == progress.c.bridge_id)
        .join(device, device.c.bridge_id == bridge.c.id)
        .where(device.c.id == device_id)
        .order_by(progress.c.first_ms)
    )
    found: list[Event] = []
    heard_ms = 0
    for first_ms, last_ms in transaction.execute(query):
        if first_ms - heard_ms > AWAY_MS:
            found.append(Away(at_ms=first_ms, from_ms=heard_ms))
        heard_ms = max(heard_ms, last_ms)
    return found
