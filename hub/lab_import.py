"""Laboratories' answers from a file into checks: all of it, or nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from firmware_bridge.contract.check.record import Record
from hub import acts, checks, lab_csv
from hub.access import Person
from hub.errors import AccessError
from hub.lab_csv import Answer, Refusal
from hub.store import Transaction

REASON = "a laboratory has answered"
"""Why a card that was released is changed by an answer."""


Fate = Literal["added", "replaced", "repeated"]
"""added: nothing was known of the split but that it was sent, or not even that; replaced: another
answer on it stands now; repeated: this very answer stands already."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One answer of a file, and what becomes of it.

    Attributes:
        answer: as it was read.
        fate: what becomes of it.
    """

    answer: Answer
    fate: Fate


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    Attributes:
        answers: each that can be used, in the order of the file.
        unknown_substances: names that the table of substances does not know; they are kept as the
            laboratory wrote them, and belong to no group.
        refusals: lines that can't be used; with any, nothing was added.
        seen: ids of the newest facts of the checks concerned, as they were before.
    """

    answers: tuple[Looked, ...]
    unknown_substances: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    seen: tuple[str, ...]

    @property
    def added(self) -> tuple[str, ...]:
        """Codes and splits that got an answer."""
        news = (each.answer for each in self.answers if each.fate != "repeated")
        return () if self.refusals else tuple(map(_name, news))

    @property
    def repeated(self) -> tuple[str, ...]:
        """Those that had this very answer before."""
        return tuple(_name(each.answer) for each in self.answers if each.fate == "repeated")


def import_answers(
    transaction: Transaction,
    person: Person,
    content: bytes,
    now_ms: int,
    *,
    keep: bool,
    seen: Collection[str] | None = None,
) -> Imported:
    """Take a file of answers (`hub.lab_csv`).

    Args:
        transaction: to do it in.
        person: who brings it.
        content: of the file.
        now_ms: ms since 1970 UTC.
        keep: whether to keep it; without, it is only looked through.
        seen: `Imported.seen` of when the person looked through it; see `hub.checks.add`.

    Raises:
        AccessError: the person may not.
    """
    acts.require(person, "enter-checks")
    sheet = lab_csv.read(content)
    refusals = list(sheet.refusals)
    looked: list[Looked] = []
    heads: list[str] = []
    for answer in sheet.answers:
        try:
            known = checks.find(transaction, answer.code)
        except AccessError as error:
            refusals.append(Refusal(answer.line, str(error)))
            continue
        looked.append(Looked(answer, _fate(answer, known)))
        heads += known.heads
    if keep and not refusals:
        for each in looked:
            if each.fate != "repeated":
                _add(transaction, person, each.answer, now_ms, seen)
    return Imported(
        answers=tuple(looked),
        unknown_substances=_unknown(sheet.answers),
        refusals=tuple(sorted(refusals, key=lambda each: each.line)),
        seen=tuple(dict.fromkeys(heads)),
    )


def _fate(answer: Answer, known: Record) -> Fate:
    if answer.lab in known.labs:
        return "repeated"
    answered = {lab.split for lab in known.labs if lab.state == "complete"}
    return "replaced" if answer.lab.split in answered else "added"


def _add(
    transaction: Transaction,
    person: Person,
    answer: Answer,
    now_ms: int,
    seen: Collection[str] | None,
) -> None:
    checks.add(transaction, person, answer.code, "lab", answer.lab, now_ms, REASON, seen)


def _name(answer: Answer) -> str:
    return f"{answer.code} {answer.lab.split}"


def _unknown(answers: tuple[Answer, ...]) -> tuple[str, ...]:
    from analysis.substances import find_substance  # noqa: PLC0415 - only where there are answers

    names = {each.substance for answer in answers for each in answer.lab.findings}
    return tuple(sorted(name for name in names if find_substance(name) is None))
