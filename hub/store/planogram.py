"""What people say of slots: counts, and what a slot should hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Row, insert, select, update

from hub.stock import SlotPlan, VendOrder
from hub.store.dialect import clip
from hub.store.restocks import NewEntry, add_entry
from hub.store.tables import planogram_version, slot

STAFF = "staff"
"""Source of what people set; an audit never overwrites it."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many a person saw in a slot.

    Attributes:
        device_id: the machine's row number.
        selection: the slot.
        counted: how many there were.
        observed_ms: when, ms since 1970 UTC.
        by_person: who counted; staff only.
        reason: why.
    """

    device_id: int
    selection: str
    counted: int
    observed_ms: int
    by_person: str
    reason: str


def add_count(transaction: Connection, count: Count) -> int | None:
    """Keep a count, with what the machine's counter showed last.

    Returns:
        That counter; None where the machine has none.
    """
    entry = NewEntry(
        device_id=count.device_id,
        selection=count.selection,
        kind="count",
        count=count.counted,
        observed_ms=count.observed_ms,
        recorded_ms=count.observed_ms,
        by_person=count.by_person,
        note=count.reason,
    )
    return add_entry(transaction, entry).counter_then


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """What a slot should hold, as somebody wants it.

    Attributes:
        device_id: the machine's row number.
        selection: the slot.
        product: what it holds.
        plan: how many.
        vend_order: which of its items vends first.
        swaps: whether another product lies in it from then on, not only another name for it.
        made_ms: when it was wanted, ms since 1970 UTC.
        by_person: by whom; staff only.
    """

    device_id: int
    selection: str
    product: str
    plan: SlotPlan
    vend_order: VendOrder = "fifo"
    swaps: bool = False
    made_ms: int
    by_person: str


def set_plan(transaction: Connection, version: PlanVersion) -> None:
    """Keep what a slot should hold from now on; what waited for it no longer waits."""
    _keep_first(transaction, version)
    _drop_waiting(transaction, version)
    values = _values(version) | {"effective_ms": version.made_ms}
    transaction.execute(insert(planogram_version).values(values))
    _apply(transaction, version)


def schedule_plan(transaction: Connection, version: PlanVersion) -> None:
    """Keep what a slot should hold from the close of the next restock on."""
    _keep_first(transaction, version)
    _drop_waiting(transaction, version)
    transaction.execute(insert(planogram_version).values(_values(version)))


def take_effect(
    transaction: Connection, device_id: int, service_ms: int, at_ms: int
) -> list[Row[Any]]:
    """The versions that waited for this service, which stand from now on."""
    c = planogram_version.c
    waits = (c.device_id == device_id) & c.effective_ms.is_(None) & c.dropped_ms.is_(None)
    rows = list(transaction.execute(select(planogram_version).where(waits).order_by(c.id)))
    for row in rows:
        transaction.execute(
            update(planogram_version)
            .where(c.id == row.id)
            .values(effective_ms=at_ms, service_ms=service_ms)
        )
        _write_slot(
            transaction,
            device_id,
            row.selection,
            {name: getattr(row, name) for name in ("product", "capacity", "par", "minimum")},
        )
    return rows


def versions(transaction: Connection, device_id: int) -> list[Row[Any]]:
    """Every version of every slot of a machine, oldest first."""
    c = planogram_version.c
    query = select(planogram_version).where(c.device_id == device_id)
    return list(transaction.execute(query.order_by(c.selection, c.id)))


def vend_orders(transaction: Connection, device_id: int) -> dict[str, VendOrder]:
    """Which items vend first, of the slots of which it was said."""
    found = [row for row in versions(transaction, device_id) if row.dropped_ms is None]
    return {row.selection: cast("VendOrder", row.vend_order or "fifo") for row in found}


def _values(version: PlanVersion) -> dict[str, Any]:
    return {
        "device_id": version.device_id,
        "selection": version.selection,
        "product": clip(version.product),
        "capacity": version.plan.capacity,
        "par": version.plan.par,
        "minimum": version.plan.minimum,
        "vend_order": version.vend_order,
        "swaps": version.swaps,
        "made_ms": version.made_ms,
        "by_person": clip(version.by_person),
    }


def _keep_first(transaction: Connection, version: PlanVersion) -> None:
    """The plan from before there were versions is the first of them."""
    c = planogram_version.c
    here = (c.device_id == version.device_id) & (c.selection == version.selection)
    if transaction.execute(select(c.id).where(here).limit(1)).first() is not None:
        return
    place = (slot.c.device_id == version.device_id) & (slot.c.selection == version.selection)
    stands = transaction.execute(select(slot).where(place)).first()
    if stands is not None:
        names = ("device_id", "selection", "product", "capacity", "par", "minimum")
        values = {name: getattr(stands, name) for name in names}
        first = values | {"vend_order": "fifo", "made_ms": version.made_ms, "effective_ms": 0}
        transaction.execute(insert(planogram_version).values(first))


def _drop_waiting(transaction: Connection, version: PlanVersion) -> None:
    c = planogram_version.c
    here = (c.device_id == version.device_id) & (c.selection == version.selection)
    waits = here & c.effective_ms.is_(None) & c.dropped_ms.is_(None)
    drop = update(planogram_version).where(waits).values(dropped_ms=version.made_ms)
    transaction.execute(drop)


def _apply(transaction: Connection, version: PlanVersion) -> None:
    names = ("product", "capacity", "par", "minimum")
    values = {name: value for name, value in _values(version).items() if name in names}
    _write_slot(transaction, version.device_id, version.selection, values)


def _write_slot(
    transaction: Connection, device_id: int, selection: str, values: Mapping[str, Any]
) -> None:
    here = (slot.c.device_id == device_id) & (slot.c.selection == selection)
    wanted = {**values, "source": STAFF}
    if transaction.execute(update(slot).where(here).values(wanted)).rowcount == 0:
        made = {"device_id": device_id, "selection": selection, **wanted}
        transaction.execute(insert(slot).values(made))
