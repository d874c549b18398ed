"""The card as data: what is printed, in which order, how large. Pure; others draw it."""

from dataclasses import dataclass, replace
from typing import Literal

from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.say import CardFacts, Level, Statement, say, statements
from firmware_bridge.contract.check_events import Language

Weight = Literal["warning", "found", "unclear", "unseen", "plain", "small"]
"""How a sentence stands on the card; each has its own shape, never a colour alone."""

_TITLES = {
    "en": ("Drug checking result", "Code", "Version", "Look up later answers with the code only."),
    "es": (
        "Resultado del análisis",
        "Código",
        "Versión",
        "Consulte respuestas posteriores solo con el código.",
    ),
    "fr": (
        "Résultat de l'analyse",
        "Code",
        "Version",
        "Consultez les réponses ultérieures avec le code seul.",
    ),
}
_SMALL = frozenset({"not-everything", "no-certificate", "lab-none", "lab-pending", "lab-complete"})


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence and its weight."""

    weight: Weight
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is printed.

    Attributes:
        title: of the card.
        code: the sample's code; the QR code holds this and nothing else.
        code_label: what stands before it.
        day: "2026-11-27"; no time of day, as that could lead to a person.
        version: such as "Version 2"; "" for the first.
        lines: sentences in order.
        look_up: how later answers are found.
        language: of the text.
    """

    title: str
    code: str
    code_label: str
    day: str
    version: str
    lines: tuple[Line, ...]
    look_up: str
    language: Language


def card(record: Record, facts: CardFacts, language: Language, day: str, level: Level) -> Card:
    """The card of a sample as it stands now.

    Args:
        record: of the sample.
        facts: what may be said.
        language: of the card.
        day: of the release, "2026-11-27".
        level: plain for the person, full for the back of the card and for staff.
    """
    title, code_label, version, look_up = _TITLES[language]
    number = len(record.releases) + (1 if record.changed or not record.releases else 0)
    lines = [
        Line(_weight(each), text)
        for each in statements(facts)
        if (text := say(each, language, level))
    ]
    return Card(
        title=title,
        code=record.code,
        code_label=code_label,
        day=day,
        version=f"{version} {number}" if number > 1 else "",
        lines=tuple(lines),
        look_up=look_up,
        language=language,
    )


def marked_draft(made: Card) -> Card:
    """The same card, with the word that nobody has released it in front."""
    text = say(Statement("draft"), made.language, "plain")
    return replace(made, lines=(Line("warning", text), *made.lines))


def _weight(statement: Statement) -> Weight:
    key = statement.key
    if key in {"demonstration", "amended"}:
        return "warning"
    if key in _SMALL:
        return "small"
    if not key.startswith("group-"):
        return "plain"
    outcome = key.removeprefix("group-")
    if outcome.startswith(("found", "confirmed", "lab-differs")):
        return "found"
    return "unclear" if outcome.startswith(("unclear", "not-tested")) else "unseen"
