"""What a signed-in person can do, who may do it, and the trail of it.

`LEAST_ROLE` is the one table of who may do what. Every function here looks into it itself, whatever
the page before it has done, and writes the trail in the transaction of the act.
"""

from collections.abc import Mapping
from typing import Literal

from hub import access, audit
from hub.access import Person, Role
from hub.errors import AccessError
from hub.stock import SlotPlan
from hub.store import Transaction, alerts, planogram
from hub.store.planogram import Count, PlanVersion
from hub.store.views.fleet import DeviceView

Act = Literal[
    "count",
    "acknowledge",
    "see-checks",
    "see-instruments",
    "enter-checks",
    "withdraw-checks",
    "plan",
    "see-refused",
    "see-trail",
    "access",
    "people",
]

LEAST_ROLE: dict[Act, Role] = {
    "count": "staff",
    "acknowledge": "staff",
    "see-checks": "technician",
    "see-instruments": "technician",
    "enter-checks": "technician",
    "withdraw-checks": "coordinator",
    "plan": "coordinator",
    "see-refused": "coordinator",
    "see-trail": "coordinator",
    "access": "coordinator",
    "people": "admin",
}
"""The least role for each act; roles that stand higher in `hub.access.ROLES` may it too. Everybody
who has signed in sees sites, machines and alerts."""

MOST_IN_SLOT = 9_999


def may(person: Person | None, act: Act) -> bool:
    """Whether a person may do something."""
    return person is not None and access.allows(person.role, LEAST_ROLE[act])


def require(person: Person, act: Act) -> None:
    """Refuse what a person may not do.

    Raises:
        AccessError: the person's role does not include it.
    """
    if not may(person, act):
        raise AccessError(f"{act}: the role {person.role} does not include this")


def count_slots(
    transaction: Transaction,
    person: Person,
    device: DeviceView,
    counts: Mapping[str, int],
    reason: str,
    now_ms: int,
) -> None:
    """Keep how many a person counted, by selection.

    Raises:
        AccessError: the person may not count, or a number can't be right (nothing is kept).
    """
    require(person, "count")
    for selection, counted in counts.items():
        if not 0 <= counted <= MOST_IN_SLOT:
            raise AccessError(f"slot {selection}: 0 to {MOST_IN_SLOT} can be counted")
        count = Count(device.id, selection, counted, now_ms, person.name, reason)
        dispensed_at = planogram.add_count(transaction, count)
        shown = "not known" if dispensed_at is None else str(dispensed_at)
        detail = f"{counted} counted, counter {shown}. {reason}"
        audit.record(transaction, now_ms, person.name, "count", _slot(device, selection), detail)


def set_plan(
    transaction: Transaction,
    person: Person,
    device: DeviceView,
    selection: str,
    product: str,
    plan: SlotPlan,
    now_ms: int,
) -> None:
    """Keep what a slot should hold.

    Raises:
        AccessError: the person may not plan, or the numbers do not fit together.
    """
    require(person, "plan")
    require_plan(selection, plan)
    order = planogram.vend_orders(transaction, device.id).get(selection, "fifo")
    version = PlanVersion(
        device_id=device.id,
        selection=selection,
        product=product,
        plan=plan,
        vend_order=order,
        made_ms=now_ms,
        by_person=person.name,
    )
    planogram.set_plan(transaction, version)
    detail = f"{product}: capacity {plan.capacity}, par {plan.par}, minimum {plan.minimum}"
    audit.record(transaction, now_ms, person.name, "plan", _slot(device, selection), detail)


def require_plan(selection: str, plan: SlotPlan) -> None:
    """Refuse numbers that do not fit together.

    Raises:
        AccessError: they do not.
    """
    numbers = [n for n in (plan.minimum, plan.par, plan.capacity) if n is not None]
    if any(not 0 <= number <= MOST_IN_SLOT for number in numbers) or numbers != sorted(numbers):
        raise AccessError(
            f"slot {selection}: minimum, par and capacity are 0 to {MOST_IN_SLOT}, in this order"
        )


def acknowledge(transaction: Transaction, person: Person, alert_id: int, now_ms: int) -> bool:
    """Note that a person sees to an alert.

    Returns:
        False where it is over, or somebody was quicker.

    Raises:
        AccessError: the person may not.
    """
    require(person, "acknowledge")
    done = alerts.acknowledge_alert(transaction, alert_id, person.name, now_ms)
    if done:
        audit.record(transaction, now_ms, person.name, "acknowledge", f"alert {alert_id}")
    return done


def invite(transaction: Transaction, person: Person, role: str, now_ms: int) -> str:
    """A one-time token for a new member of staff.

    Raises:
        AccessError: the person may not invite, or there is no such role.
    """
    require(person, "people")
    return access.invite(transaction, access.require_role(role), now_ms, person.name)


def lock_out(transaction: Transaction, person: Person, other_id: int, now_ms: int) -> Person | None:
    """End a person's access; None where there is no such person (any more).

    Raises:
        AccessError: the person may not, or means themselves: the last administrator must stay.
    """
    require(person, "people")
    if other_id == person.person_id:
        raise AccessError("you can't lock yourself out; ask another administrator")
    other = access.find(transaction, other_id)
    if other is not None:
        access.lock_out(transaction, other, now_ms, person.name)
    return other


def _slot(device: DeviceView, selection: str) -> str:
    return f"{device.site}/{device.device} {selection}"
