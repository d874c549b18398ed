"""What the holder of a card may see of it by its code: the released sentences, and nothing else.

A code that is not known, not released, withdrawn or too old gives the same answer: None.
"""

from dataclasses import dataclass

from firmware_bridge.contract.check.card import Line
from firmware_bridge.contract.check.code import read_code
from firmware_bridge.contract.check.record import Record, as_released
from firmware_bridge.contract.check.say import Statement, say
from firmware_bridge.contract.check_events import Language
from hub import check_cards
from hub.store import Transaction, check_facts

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A released card.

    Attributes:
        code: of the sample.
        day: of its newest release.
        version: how often it was released.
        language: of the sentences.
        lines: the sentences of the newest release.
        changed: whether facts came after it.
        conflict: whether people must settle something.
        laboratory: one sentence on where the laboratory stands now.
    """

    code: str
    day: str
    version: int
    language: Language
    lines: tuple[Line, ...]
    changed: bool
    conflict: bool
    laboratory: str


def look_up(
    transaction: Transaction, typed: str, language: Language, now_ms: int, days: int
) -> Shown | None:
    """The card of a code, in this language where its sentences can be said in it as released.

    Args:
        transaction: to look in.
        typed: the code, as somebody typed it.
        language: that is wanted.
        now_ms: ms since 1970 UTC.
        days: so long after its newest release a card is shown.

    Raises:
        CodeError: that is no code.
    """
    found = check_facts.find_record(transaction, read_code(typed))
    then = as_released(found) if found is not None else None
    if found is None or then is None or not then.releases:
        return None
    at_ms = check_cards.released_ms(then)
    if now_ms - at_ms > days * DAY_MS:
        return None
    shown = check_cards.as_handed_out(transaction, then, language, "full")
    return Shown(
        code=found.code,
        day=shown.day,
        version=len(found.releases),
        language=shown.language,
        lines=shown.lines,
        changed=bool(found.changed),
        conflict=bool(found.conflicts),
        laboratory=_laboratory(found, language),
    )


def _laboratory(found: Record, language: Language) -> str:
    states = {lab.state for lab in found.labs}
    key = "lab-pending" if "pending" in states else "lab-complete" if states else "lab-none"
    return say(Statement(key), language, "plain")
