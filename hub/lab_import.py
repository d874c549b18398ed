"""Laboratories' answers from a file into checks: all of it, or nothing."""

from dataclasses import dataclass

from hub import acts, checks, lab_csv
from hub.access import Person
from hub.errors import AccessError
from hub.lab_csv import Answer, Refusal
from hub.store import Transaction

REASON = "a laboratory has answered"
"""Why a card that was released is changed by an answer."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    Attributes:
        added: codes and splits that got an answer.
        repeated: those that had this very answer before.
        unknown_substances: names that the table of substances does not know; they are kept as the
            laboratory wrote them, and belong to no group.
        refusals: lines that can't be used; with any, nothing was added.
    """

    added: tuple[str, ...]
    repeated: tuple[str, ...]
    unknown_substances: tuple[str, ...]
    refusals: tuple[Refusal, ...]


def import_answers(
    transaction: Transaction, person: Person, content: bytes, now_ms: int, *, keep: bool
) -> Imported:
    """Take a file of answers (`hub.lab_csv`).

    Args:
        transaction: to do it in.
        person: who brings it.
        content: of the file.
        now_ms: ms since 1970 UTC.
        keep: whether to keep it; without, it is only looked through.

    Raises:
        AccessError: the person may not.
    """
    acts.require(person, "enter-checks")
    sheet = lab_csv.read(content)
    refusals = list(sheet.refusals)
    news: list[Answer] = []
    repeated: list[Answer] = []
    for answer in sheet.answers:
        try:
            known = checks.find(transaction, answer.code)
        except AccessError as error:
            refusals.append(Refusal(answer.line, str(error)))
            continue
        (repeated if answer.lab in known.labs else news).append(answer)
    if keep and not refusals:
        for answer in news:
            _add(transaction, person, answer, now_ms)
    return Imported(
        added=() if refusals else tuple(map(_name, news)),
        repeated=tuple(map(_name, repeated)),
        unknown_substances=_unknown(sheet.answers),
        refusals=tuple(sorted(refusals, key=lambda each: each.line)),
    )


def _add(transaction: Transaction, person: Person, answer: Answer, now_ms: int) -> None:
    checks.add(transaction, person, answer.code, "lab", answer.lab, now_ms, REASON)


def _name(answer: Answer) -> str:
    return f"{answer.code} {answer.lab.split}"


def _unknown(answers: tuple[Answer, ...]) -> tuple[str, ...]:
    from analysis.substances import find_substance  # noqa: PLC0415 - only where there are answers

    names = {each.substance for answer in answers for each in answer.lab.findings}
    return tuple(sorted(name for name in names if find_substance(name) is None))
