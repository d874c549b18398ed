"""What is added to checks at the hub: laboratories' answers, reasons, decisions, withdrawals.

Each becomes a fact beside those of the table, with the facts that its author could see (`after`);
nothing is changed or deleted. Every act looks at the role, and leaves its trail in the transaction.
"""

from collections.abc import Collection, Mapping
from typing import Any

from firmware_bridge.contract import codec
from firmware_bridge.contract.check.code import read_code
from firmware_bridge.contract.check.days import day_of
from firmware_bridge.contract.check.record import Record, record
from firmware_bridge.contract.check.release import Block, blocks
from firmware_bridge.contract.check_events import (
    Amendment,
    CheckEvent,
    Lab,
    Language,
    Release,
    Settlement,
    Withdrawal,
)
from firmware_bridge.contract.errors import ContractError
from hub import access, acts, audit, check_cards
from hub.access import Person
from hub.acts import Act
from hub.check_words import lab_checked, sentence, told_on_card
from hub.code_making import new_fact_id
from hub.errors import AccessError, FieldError
from hub.store import Transaction, check_facts
from hub.store.records import ForeignCheckError

KINDS: dict[str, type[Any]] = {
    "lab": Lab,
    "amendment": Amendment,
    "settlement": Settlement,
    "withdrawal": Withdrawal,
}
"""What can be entered at the hub, as the fields of `CheckEvent` name it; the rest at the table."""

ACTS: dict[str, Act] = {"withdrawal": "withdraw-checks"}
MOST_FACTS = 500
_FINDING = dict.fromkeys(("amount_percent", "low_percent", "high_percent", "limit_percent"))


def find(transaction: Transaction, typed: str) -> Record:
    """The record of a code as somebody typed it.

    Raises:
        AccessError: it is no code, or nothing is known of it.
    """
    try:
        found = check_facts.find_record(transaction, read_code(typed))
    except ContractError as error:
        raise AccessError(f"{typed[:40]!r}: {error}") from error
    if found is None:
        raise AccessError(f"nothing is known of check {read_code(typed)} here")
    return found


def made(what: str, given: Mapping[str, object]) -> Any:  # noqa: ANN401 - one of KINDS
    """A fact's content from plain words; groups of substances are found here, never taken.

    Raises:
        AccessError: it can't be entered at the hub, or a field does not fit.
    """
    if what not in KINDS:
        raise AccessError(f"{what[:40]!r} can't be entered here; known are {', '.join(KINDS)}")
    plain = dict(given)
    if what == "lab":
        told = plain.get("findings", [])
        if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
            raise AccessError("findings: a list of substances is wanted")
        plain["findings"] = [_FINDING | each | {"group": ""} for each in told]
    try:
        value = codec.from_plain(KINDS[what], plain)
    except ContractError as error:
        raise AccessError(str(error)) from error
    return lab_checked(value) if isinstance(value, Lab) else value


def add(
    transaction: Transaction,
    person: Person,
    code: str,
    what: str,
    value: object,
    now_ms: int,
    reason: str = "",
    seen: Collection[str] | None = None,
) -> Record:
    """Add a fact (one of `KINDS`, made by `made`) to a check.

    Args:
        transaction: to do it in.
        person: who enters it.
        code: of the sample, as it was typed.
        what: kind of fact.
        value: its content.
        now_ms: ms since 1970 UTC.
        reason: why it is changed after its release; needed then.
        seen: ids of the newest facts that the person had before their eyes; None for all that are
            known now. Whoever had not seen another's word does not replace it.

    Raises:
        AccessError: the person may not, there is no such check, or it can't be added.
    """
    acts.require(person, ACTS.get(what, "enter-checks"))
    found = find(transaction, code)
    _require_sense(found, what, value)
    is_change = bool(found.releases) and what != "amendment"
    if is_change and not reason.strip():
        raise FieldError("change", f"the card of {found.code} was released: say why it is changed")
    amendment = Amendment(reason=told_on_card("change", reason)) if is_change else None
    own = tuple(event.event for event in found.trail if event.event in (seen or ()))
    added = _add(transaction, person, found, now_ms, own or found.heads, **{what: value})
    found = record((*found.trail, added))
    if amendment is not None:
        told = _add(transaction, person, found, now_ms, (added.event,), amendment=amendment)
        found = record((*found.trail, told))
    return found


def release(
    transaction: Transaction,
    person: Person,
    code: str,
    language: Language,
    now_ms: int,
    setting_aside: tuple[str, ...] = (),
    reason: str = "",
    seen: Collection[str] | None = None,
) -> Record:
    """Let the changed card of a check go that the table had released before.

    A first release, and one after a new spectrum, is the table's: only there it is known how the
    instrument stands.

    Args:
        transaction: to do it in.
        person: who lets it go.
        code: of the sample, as it was typed.
        language: of the card.
        now_ms: ms since 1970 UTC.
        setting_aside: names of reasons against it (`in_the_way`).
        reason: why they are set aside; needed then.
        seen: as in `add`; a card that changed since is not released.

    Raises:
        AccessError: the person may not, or something stands in the way; it is named.
    """
    acts.require(person, "enter-checks")
    found = find(transaction, code)
    if not is_released_here(found):
        raise AccessError(f"{found.code}: this is released at the table, beside its instrument")
    if seen is not None and not set(found.heads) <= set(seen):
        raise AccessError("something was entered since you looked: read the card again")
    left = [
        each
        for each in in_the_way(transaction, found)
        if each.name not in setting_aside or not may_set_aside(person, each)
    ]
    if left:
        raise AccessError("; ".join(f"{each.name}: {each.text}" for each in left))
    if setting_aside and not reason.strip():
        raise FieldError("reason", "say why these reasons are set aside")
    today = day_of(now_ms)
    said = check_cards.card_of(transaction, found, language, "full", today)
    fact = Release(
        language=language,
        overridden=setting_aside,
        reason=sentence("reason", reason) if reason.strip() else "",
        words=tuple(line.text for line in said.lines),
    )
    return record((*found.trail, _add(transaction, person, found, now_ms, release=fact)))


def is_released_here(found: Record) -> bool:
    """Whether the hub may release a card, as far as the way it was changed goes."""
    return bool(found.releases) and "attachment" not in found.changed


def may_set_aside(person: Person, block: Block) -> bool:
    """Whether a person's role may set a reason aside."""
    return block.override != "nobody" and access.allows(person.role, block.override)


def in_the_way(transaction: Transaction, found: Record) -> tuple[Block, ...]:
    """What stands in the way of releasing a check, as far as the hub can know."""
    sightings = check_cards.sightings_of(transaction, found)
    facts = check_cards.facts_of(transaction, found)
    return blocks(found, facts, len(sightings), ())


def _add(
    transaction: Transaction,
    person: Person,
    found: Record,
    now_ms: int,
    after: tuple[str, ...] = (),
    **what: Any,  # noqa: ANN401 - one field of CheckEvent
) -> CheckEvent:
    if len(found.trail) >= MOST_FACTS:
        raise AccessError(f"check {found.code} has {MOST_FACTS} facts: begin another")
    event = CheckEvent(
        check=found.code,
        event=new_fact_id(),
        after=after or found.heads,
        at_ms=max(now_ms, found.trail[-1].at_ms),
        by=person.name,
        **what,
    )
    try:
        check_facts.add_fact(transaction, event, now_ms)
    except ForeignCheckError as error:
        raise AccessError(str(error)) from error
    detail = f"{event.what}: fact {event.event[:8]}"
    audit.record(transaction, now_ms, person.name, "check", found.code, detail)
    return event


def _require_sense(found: Record, what: str, value: object) -> None:
    if what not in KINDS or not isinstance(value, KINDS[what]):
        raise AccessError(f"{what[:40]!r} can't be entered here; known are {', '.join(KINDS)}")
    known = {event.event for event in found.trail}
    if isinstance(value, Withdrawal | Settlement) and value.event not in known:
        raise AccessError(f"{found.code} has no fact {value.event[:40]!r}; see its trail")
    if isinstance(value, Withdrawal):
        sentence("reason", value.reason)
        gone = {event.withdrawal.event for event in found.trail if event.withdrawal is not None}
        if value.event in gone:
            raise AccessError(f"fact {value.event[:8]} is withdrawn already")
    if isinstance(value, Amendment):
        told_on_card("reason", value.reason)
    answered = {lab.split for lab in found.labs if lab.state == "complete"}
    if isinstance(value, Lab) and value.state == "pending" and value.split in answered:
        text = f"split: {value.split} has its answer; take another id, or withdraw the answer"
        raise FieldError("split", text)
    if isinstance(value, Settlement):
        conflict = next((each for each in found.conflicts if each.matter == value.matter), None)
        if conflict is None or value.event not in {each.event for each in conflict.events}:
            raise AccessError(f"{found.code}: {value.matter[:80]!r} is no conflict about this fact")
