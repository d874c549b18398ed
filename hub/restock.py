"""Restocking, as signed-in people do it: a visit, what is entered in it, and its close.

As in `hub.acts`, every function looks itself into who may do what, and writes the trail in the
transaction of the act. Entries are never deleted: a later one corrects them.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import get_args

from hub import audit
from hub.access import Person
from hub.acts import MOST_IN_SLOT, require, require_plan
from hub.errors import AccessError
from hub.stock import REASONS, EntryKind, Event, LotCount, SlotPlan, VendOrder, figure, replay
from hub.store import Transaction, planogram, restocks, slot_events
from hub.store.planogram import PlanVersion
from hub.store.restocks import NewEntry
from hub.store.views.fleet import DeviceView

KINDS: tuple[EntryKind, ...] = get_args(EntryKind)
"""What can be entered."""

AHEAD_MS = 10 * 60_000
"""A clock of somebody's telephone may be ahead by so much."""

_KEY = re.compile(r"[0-9A-Za-z_.:-]{0,64}")
_LOT = re.compile(r"[^\x00-\x1f\x7f]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody enters of a slot.

    Attributes:
        selection: the slot.
        kind: "count", "add", "remove", "fill", or "void" to take an entry back.
        count: how many; None for "fill" (to the par of the plan) and "void".
        lots: which lots; of a count all that lies there, else what was put in or taken out.
        reason: of a removal, one of `hub.stock.REASONS`.
        note: in their own words.
        at_ms: when it was done; None for now, or for the time of what it corrects.
        key: a name for this entry, so that it can be sent twice; "" for none.
        corrects: the key of an earlier entry that was wrong, or "#" and its number.
    """

    selection: str
    kind: EntryKind
    count: int | None = None
    lots: Sequence[LotCount] = ()
    reason: str = ""
    note: str = ""
    at_ms: int | None = None
    key: str = ""
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the close of a visit says of one slot that was restocked.

    Attributes:
        selection: the slot.
        level: how many there are now.
        confidence: where that comes from.
        difference: how many more were found than were reckoned; less than 0: missing; None where
            nothing could be compared.
        reasons: what may have made the difference.
        notes: what else a person should know.
    """

    selection: str
    level: int | None
    confidence: str
    difference: int | None
    reasons: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether machine and people say the same."""
        return not self.difference and not self.notes


@dataclass(frozen=True, slots=True)
class Closed:
    """A visit that is over.

    Attributes:
        session_id: its row number.
        findings: each slot that was entered.
        plans: the slots whose waiting plan took effect.
    """

    session_id: int
    findings: tuple[Finding, ...]
    plans: tuple[str, ...]


def open_session(
    transaction: Transaction, person: Person, device: DeviceView, now_ms: int, key: str = ""
) -> int:
    """Begin a visit, or go on with the one that is open (the door may have begun it).

    Returns:
        Its row number.

    Raises:
        AccessError: the person may not, or the key can't be used.
    """
    require(person, "count")
    _require_key(key)
    known = restocks.find_session(transaction, device.id, key) if key else None
    known = known or restocks.open_session(transaction, device.id, now_ms)
    if known is not None:
        if not known.person:
            restocks.adopt_session(transaction, known.id, person.name, key)
        return int(known.id)
    made = restocks.begin_session(transaction, device.id, "staff", person.name, now_ms, key)
    audit.record(transaction, now_ms, person.name, "restock-open", _place(device))
    return made


def enter(
    transaction: Transaction, person: Person, device: DeviceView, wish: Wish, now_ms: int
) -> restocks.Kept:
    """Keep an entry; one with the same key is kept once.

    Raises:
        AccessError: the person may not, or something in it can't be right (nothing is kept).
    """
    require(person, "count")
    known = restocks.find_entry(transaction, device.id, wish.key) if wish.key else None
    if known is not None:
        return restocks.Kept(known.id, repeated=True, counter_then=known.counter_then)
    wish = _with_target(transaction, device, wish)
    at_ms = _at_ms(wish, now_ms)
    _require_right(wish)
    session = restocks.open_session(transaction, device.id, now_ms)
    entry = NewEntry(
        device_id=device.id,
        selection=wish.selection,
        kind=wish.kind,
        count=wish.count,
        lots=wish.lots,
        reason=wish.reason,
        note=wish.note,
        observed_ms=at_ms,
        recorded_ms=now_ms,
        by_person=person.name,
        key=wish.key,
        corrects=wish.corrects,
        session_id=None if session is None else session.id,
    )
    kept = restocks.add_entry(transaction, entry)
    subject = f"{_place(device)} {wish.selection}"
    audit.record(transaction, now_ms, person.name, f"restock-{wish.kind}", subject, _said(wish))
    return kept


def close_session(
    transaction: Transaction, person: Person, device: DeviceView, now_ms: int, note: str = ""
) -> Closed:
    """End the visit that is open: compare with the machine, and let waiting plans take effect.

    Raises:
        AccessError: the person may not, or no visit is open.
    """
    require(person, "count")
    session = restocks.open_session(transaction, device.id, now_ms)
    if session is None:
        raise AccessError(f"{_place(device)}: no restock is open")
    plans = planogram.take_effect(transaction, device.id, session.opened_ms, now_ms)
    entered = {row.selection for row in restocks.entries_of(transaction, session.id)}
    told = slot_events.all_events(transaction, device.id)
    findings = tuple(
        _finding(name, told.get(name, []), session.opened_ms, device.audit_ms)
        for name in sorted(entered)
    )
    result = [asdict(one) for one in findings]
    restocks.close_session(transaction, session.id, now_ms, person.name, note, result)
    off = sum(not one.agrees for one in findings)
    detail = f"{len(findings)} slots entered, {off} differ from the machine. {note}"
    audit.record(transaction, now_ms, person.name, "restock-close", _place(device), detail)
    return Closed(int(session.id), findings, tuple(row.selection for row in plans))


def _finding(
    selection: str, events: Sequence[Event], opened_ms: int, heard_ms: int | None
) -> Finding:
    ledger = replay(events)
    said = figure(ledger, heard_ms)
    drifts = [one for one in ledger.drifts if one.at_ms >= opened_ms]
    known = [one.difference for one in drifts if one.difference is not None]
    reasons = [reason for one in drifts for reason in one.reasons]
    return Finding(
        selection=selection,
        level=said.level,
        confidence=said.confidence,
        difference=sum(known) if known else None,
        reasons=tuple(dict.fromkeys(reasons)),
        notes=said.notes,
    )


def plan_slot(
    transaction: Transaction,
    person: Person,
    device: DeviceView,
    version: PlanVersion,
    *,
    at_next_service: bool,
) -> None:
    """Keep a version of a slot's plan: for now, or for the close of the next restock.

    Raises:
        AccessError: the person may not plan, or the numbers do not fit together.
    """
    require(person, "plan")
    require_plan(version.selection, version.plan)
    keep = planogram.schedule_plan if at_next_service else planogram.set_plan
    keep(transaction, version)
    plan = version.plan
    when = "at the next service" if at_next_service else "now"
    detail = (
        f"{version.product}: capacity {plan.capacity}, par {plan.par}, minimum {plan.minimum}, "
        f"{version.vend_order}, {when}"
    )
    subject = f"{_place(device)} {version.selection}"
    audit.record(transaction, version.made_ms, person.name, "plan", subject, detail)


def plan_version(
    person: Person,
    device: DeviceView,
    selection: str,
    product: str,
    plan: SlotPlan,
    now_ms: int,
    *,
    vend_order: VendOrder = "fifo",
    swaps: bool = False,
) -> PlanVersion:
    """A version of a slot's plan, as a person wants it."""
    return PlanVersion(
        device_id=device.id,
        selection=selection,
        product=product,
        plan=plan,
        vend_order=vend_order,
        swaps=swaps,
        made_ms=now_ms,
        by_person=person.name,
    )


def _with_target(transaction: Transaction, device: DeviceView, wish: Wish) -> Wish:
    """A correction is of the time of what it corrects, and calls it by the name it has.

    What it corrects may not have come yet: somebody was out of reach of the network.
    """
    wrong = restocks.find_entry(transaction, device.id, wish.corrects) if wish.corrects else None
    if wrong is None:
        return wish
    if wrong.selection != wish.selection:
        raise AccessError(f"{wish.corrects} is an entry of slot {wrong.selection}, not of this one")
    at_ms = int(wrong.observed_ms) if wish.at_ms is None else wish.at_ms
    return replace(wish, corrects=wrong.key or f"#{wrong.id}", at_ms=at_ms)


def _at_ms(wish: Wish, now_ms: int) -> int:
    if wish.at_ms is None:
        return now_ms
    if not 0 < wish.at_ms <= now_ms + AHEAD_MS:
        raise AccessError(f"slot {wish.selection}: the time of the entry lies in the future")
    return min(wish.at_ms, now_ms)


def _require_right(wish: Wish) -> None:
    where = f"slot {wish.selection}"
    _require_key(wish.key)
    if wish.kind in {"count", "add", "remove"} and wish.count is None:
        raise AccessError(f"{where}: how many?")
    if wish.count is not None and not 0 <= wish.count <= MOST_IN_SLOT:
        raise AccessError(f"{where}: 0 to {MOST_IN_SLOT} can be entered")
    if wish.kind == "void" and not wish.corrects:
        raise AccessError(f"{where}: which entry is taken back?")
    if wish.kind == "remove" and wish.reason not in REASONS:
        raise AccessError(f"{where}: why was it taken out? One of {', '.join(REASONS)}")
    for one in wish.lots:
        _require_lot(where, one)
    named = sum(one.count for one in wish.lots)
    if wish.count is not None and named > wish.count:
        raise AccessError(f"{where}: {named} items of lots are more than {wish.count} in all")


def _require_lot(where: str, one: LotCount) -> None:
    if not _LOT.fullmatch(one.lot):
        raise AccessError(f"{where}: a lot number has 1 to 60 characters")
    if not 0 < one.count <= MOST_IN_SLOT:
        raise AccessError(f"{where}: lot {one.lot}: 1 to {MOST_IN_SLOT} items")
    try:
        is_date = not one.expires or date.fromisoformat(one.expires).isoformat() == one.expires
    except ValueError:
        is_date = False
    if not is_date:
        raise AccessError(f"{where}: lot {one.lot}: an expiry date is written like 2027-05-31")


def _require_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise AccessError("the name of an entry has at most 64 letters, digits and -_.:")


def _said(wish: Wish) -> str:
    parts = ["to par" if wish.count is None else str(wish.count), wish.reason]
    parts += [f"lot {one.lot} ({one.expires or 'no date'}): {one.count}" for one in wish.lots]
    parts += [f"corrects {wish.corrects}" if wish.corrects else "", wish.note]
    return "; ".join(part for part in parts if part)


def _place(device: DeviceView) -> str:
    return f"{device.site}/{device.device}"
