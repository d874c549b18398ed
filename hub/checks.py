"""What is added to checks at the hub: laboratories' answers, reasons, decisions, withdrawals.

Each becomes a fact beside those of the table, with the facts that its author could see (`after`);
nothing is changed or deleted. Every act looks at the role, and leaves its trail in the transaction.
"""

from collections.abc import Mapping
from dataclasses import replace
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
    LabFinding,
    Language,
    Release,
    Settlement,
    Withdrawal,
)
from firmware_bridge.contract.errors import ContractError
from hub import acts, audit, check_cards
from hub.access import Person
from hub.acts import Act
from hub.check_groups import group_of, likely_group_of
from hub.code_making import new_fact_id
from hub.errors import AccessError
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
MOST_FINDINGS = 200
MOST_LETTERS = 120
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


def lab_checked(lab: Lab) -> Lab:
    """A laboratory's word with its groups, if it can be believed.

    Raises:
        AccessError: a name is missing, a figure can't be, or a substance stands in it twice.
    """
    for name, text in (("split", lab.split), ("name", lab.name)):
        if not text.strip() or len(text) > MOST_LETTERS:
            raise AccessError(f"{name}: 1 to {MOST_LETTERS} letters are wanted")
    if len(lab.method) > MOST_LETTERS:
        raise AccessError(f"method: at most {MOST_LETTERS} letters are wanted")
    if len(lab.findings) > MOST_FINDINGS:
        raise AccessError(f"findings: at most {MOST_FINDINGS} are taken")
    if (lab.state == "complete") != bool(lab.findings):
        raise AccessError("findings: a complete answer has some, one that is pending has none")
    names = [_folded(each.substance) for each in lab.findings]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise AccessError(f"{twice}: it stands twice in one answer")
    return replace(lab, findings=tuple(map(_finding_checked, lab.findings)))


def _finding_checked(finding: LabFinding) -> LabFinding:
    """With its group. That one member was not found says nothing of its group."""
    name = " ".join(finding.substance.split())
    if not name or len(name) > MOST_LETTERS:
        raise AccessError(f"substance: 1 to {MOST_LETTERS} letters are wanted")
    amounts = (finding.low_percent, finding.amount_percent, finding.high_percent)
    known = [each for each in amounts if each is not None]
    limit = [] if finding.limit_percent is None else [finding.limit_percent]
    if not all(0 <= each <= 100 for each in (*known, *limit)):
        raise AccessError(f"{name}: 0 to 100 per cent are wanted")
    if known != sorted(known):
        raise AccessError(f"{name}: low, percent and high are wanted in rising order")
    if known and not finding.found:
        raise AccessError(f"{name}: what was not found has no amount; its limit can be given")
    group = likely_group_of(name) if finding.found else group_of(name)
    if group is None or not (finding.found or _folded(name) == group):
        return replace(finding, substance=name, group="")
    return replace(finding, substance=name, group=group)


def add(
    transaction: Transaction,
    person: Person,
    code: str,
    what: str,
    value: object,
    now_ms: int,
    reason: str = "",
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

    Raises:
        AccessError: the person may not, there is no such check, or it can't be added.
    """
    acts.require(person, ACTS.get(what, "enter-checks"))
    found = find(transaction, code)
    _require_sense(found, what, value)
    if found.releases and what != "amendment" and not reason.strip():
        raise AccessError(f"the card of {found.code} was released: say why it is changed")
    found = _add(transaction, person, found, now_ms, **{what: value})
    if found.releases and what != "amendment":
        amendment = Amendment(reason=_sentence(reason))
        found = _add(transaction, person, found, now_ms, amendment=amendment)
    return found


def release(
    transaction: Transaction,
    person: Person,
    code: str,
    language: Language,
    now_ms: int,
    setting_aside: tuple[str, ...] = (),
    reason: str = "",
) -> Record:
    """Let the changed card of a check go that the table had released before.

    A first release, and one after a new spectrum, is the table's: only there it is known how the
    instrument stands.

    Raises:
        AccessError: the person may not, or something stands in the way; it is named.
    """
    acts.require(person, "enter-checks")
    found = find(transaction, code)
    if not found.releases or "attachment" in found.changed:
        raise AccessError(f"{found.code}: this is released at the table, beside its instrument")
    left = [
        each
        for each in in_the_way(transaction, found)
        if each.name not in setting_aside or each.override == "nobody"
    ]
    if left:
        raise AccessError("; ".join(f"{each.name}: {each.text}" for each in left))
    if setting_aside and not reason.strip():
        raise AccessError("say why these reasons are set aside")
    today = day_of(now_ms)
    said = check_cards.card_of(transaction, found, language, "full", today)
    fact = Release(
        language=language,
        overridden=setting_aside,
        reason=_sentence(reason) if reason.strip() else "",
        words=tuple(line.text for line in said.lines),
    )
    return _add(transaction, person, found, now_ms, release=fact)


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
    **what: Any,  # noqa: ANN401 - one field of CheckEvent
) -> Record:
    if len(found.trail) >= MOST_FACTS:
        raise AccessError(f"check {found.code} has {MOST_FACTS} facts: begin another")
    event = CheckEvent(
        check=found.code,
        event=new_fact_id(),
        after=found.heads,
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
    return record((*found.trail, event))


def _require_sense(found: Record, what: str, value: object) -> None:
    if what not in KINDS or not isinstance(value, KINDS[what]):
        raise AccessError(f"{what[:40]!r} can't be entered here; known are {', '.join(KINDS)}")
    known = {event.event for event in found.trail}
    if isinstance(value, Withdrawal | Settlement) and value.event not in known:
        raise AccessError(f"{found.code} has no fact {value.event[:40]!r}; see its trail")
    if isinstance(value, Withdrawal | Amendment):
        _sentence(value.reason)
    if isinstance(value, Settlement):
        conflict = next((each for each in found.conflicts if each.matter == value.matter), None)
        if conflict is None or value.event not in {each.event for each in conflict.events}:
            raise AccessError(f"{found.code}: {value.matter[:80]!r} is no conflict about this fact")


def _sentence(text: str) -> str:
    plain = " ".join(text.split())
    if not 1 <= len(plain) <= 400:
        raise AccessError("reason: 1 to 400 letters are wanted; the card tells it to its holder")
    return plain


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
