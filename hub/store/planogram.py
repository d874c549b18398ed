"""What people say of slots: counts, and what a slot should hold."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from hub.stock import SlotPlan
from hub.store.dialect import clip
from hub.store.tables import anchor, counter, slot

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
    c = counter.c
    newest = (
        select(c.dispensed)
        .where(c.device_id == count.device_id, c.selection == count.selection)
        .order_by(c.observed_ms.desc(), c.id.desc())
        .limit(1)
    )
    dispensed_at: int | None = transaction.scalar(newest)
    transaction.execute(
        insert(anchor).values(
            device_id=count.device_id,
            selection=count.selection,
            counted=count.counted,
            dispensed_at=dispensed_at,
            observed_ms=count.observed_ms,
            by_person=clip(count.by_person),
            reason=clip(count.reason, 4000),
        )
    )
    return dispensed_at


def set_plan(
    transaction: Connection, device_id: int, selection: str, product: str, plan: SlotPlan
) -> None:
    """Keep what a slot should hold, as staff have set it."""
    here = (slot.c.device_id == device_id) & (slot.c.selection == selection)
    values = {
        "product": clip(product),
        "capacity": plan.capacity,
        "par": plan.par,
        "minimum": plan.minimum,
        "source": STAFF,
    }
    if transaction.execute(update(slot).where(here).values(values)).rowcount == 0:
        made = {"device_id": device_id, "selection": selection, **values}
        transaction.execute(insert(slot).values(made))
