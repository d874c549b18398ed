"""What is done at the table, from plain words to facts and back; what the control socket serves.

A step takes an object of plain JSON and gives one back. Everything that a card would say comes with
each answer, so that whoever enters a strip sees at once what follows from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from firmware_bridge.check_book import CheckBook
from firmware_bridge.contract import codec
from firmware_bridge.contract.check.card import Card, card, marked_draft
from firmware_bridge.contract.check.days import day_of, strips_day
from firmware_bridge.contract.check.facts import GroupOf, card_facts
from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.release import Block, InstrumentState, blocks
from firmware_bridge.contract.check.say.forbidden import reassuring_word
from firmware_bridge.contract.check_events import (
    Amendment,
    Attachment,
    Component,
    Intake,
    Lab,
    LabFinding,
    Release,
    Settlement,
    Withdrawal,
)
from firmware_bridge.contract.errors import ContractError
from firmware_bridge.contract.strips import Strip, result_of
from firmware_bridge.errors import ControlError

Answer = dict[str, object]
STEPS = {
    "intake": Intake,
    "attachment": Attachment,
    "strip": Strip,
    "component": Component,
    "lab": Lab,
    "settlement": Settlement,
    "withdrawal": Withdrawal,
    "amendment": Amendment,
}
"""What can be entered, as the fields of `CheckEvent` name it."""

RANK = {"technician": 1, "coordinator": 2, "nobody": 9}


@dataclass(frozen=True, slots=True)
class CheckDesk:
    """The table.

    Attributes:
        book: where the checks are.
        group_of: which group a substance belongs to.
        instrument: how the instrument that took a spectrum stands.
    """

    book: CheckBook
    group_of: GroupOf
    instrument: Callable[[str], InstrumentState]

    def answer(self, question: Mapping[str, Any]) -> Answer:
        """Do one step.

        Raises:
            ControlError: it can't be done; says why.
        """
        by = str(question.get("by", ""))
        try:
            match question.get("act"):
                case "list":
                    return {"checks": [self._line(code) for code in self.book.codes()[:100]]}
                case "new":
                    return self._told(self.book.begin(by, intake=_made(Intake, question)))
                case "add":
                    name = str(question.get("what"))
                    return self._added(str(question["code"]), by, name, question)
                case "show":
                    return self._told(self.book.find(str(question["code"])))
                case "release":
                    return self._release(question, by)
                case "card":
                    language, level = question["language"], question["level"]
                    made = self.card(str(question["code"]), language, level)
                    released = self.book.find(made.code).state == "released"
                    return asdict(made if released else marked_draft(made))
        except ContractError as error:
            raise ControlError(str(error)) from error
        except KeyError as error:
            raise ControlError(f"{error.args[0]} is missing") from error
        raise ControlError("known steps of a check: list, new, add, show, release, card")

    def card(self, code: str, language: Any, level: Any) -> Card:  # noqa: ANN401 - checked by the table of words
        """The card as it stands now."""
        found = self.book.find(code)
        facts = card_facts(found, self.book.sightings(found), self.group_of, strips_day(found))
        return card(found, facts, language, self._today(), level)

    def _added(self, code: str, by: str, name: str, question: Mapping[str, Any]) -> Answer:
        if name not in STEPS:
            raise ControlError(f"{name!r} can't be entered; known are {', '.join(STEPS)}")
        made = _made(STEPS[name], question)
        for text in (str(question.get("reason_of_change", "")), *_on_the_card(made)):
            if word := reassuring_word(text):
                raise ControlError(f"{word!r} can't stand on a card: say it in other words")
        before = self.book.find(code)
        if before.releases and name != "amendment" and not question.get("reason_of_change"):
            raise ControlError("the card was released: say why it is changed (reason_of_change)")
        after = self.book.add(code, by, **{name: made})
        if before.releases and question.get("reason_of_change"):
            reason = Amendment(reason=str(question["reason_of_change"]))
            after = self.book.add(code, by, amendment=reason)
        return self._told(after)

    def _release(self, question: Mapping[str, Any], by: str) -> Answer:
        found = self.book.find(str(question["code"]))
        overridden, reason = list(question.get("override", [])), str(question.get("reason", ""))
        rank = RANK.get(str(question.get("role", "technician")), 1)
        left = [
            each
            for each in self._blocks(found)
            if each.name not in overridden or RANK[each.override] > rank
        ]
        if left:
            raise ControlError("\n".join(f"{each.name}: {each.text}" for each in left))
        if overridden and not reason:
            raise ControlError("say why these reasons are set aside (reason)")
        language = question.get("language", "en")
        words = self.card(found.code, language, "full").lines
        fact = Release(
            language=language,
            overridden=tuple(overridden),
            reason=reason,
            words=tuple(line.text for line in words),
        )
        return self._told(self.book.add(found.code, by, release=fact))

    def _blocks(self, found: Record) -> tuple[Block, ...]:
        sightings = self.book.sightings(found)
        facts = card_facts(found, sightings, self.group_of, strips_day(found))
        states = tuple(self.instrument(each.spectrum) for each in sightings)
        return blocks(found, facts, len(sightings), states)

    def _told(self, found: Record) -> Answer:
        made = self.card(found.code, "en", "full")
        return {
            "code": found.code,
            "state": found.state,
            "says": [line.text for line in made.lines],
            "blocks": [
                {"name": b.name, "text": b.text, "override": b.override}
                for b in self._blocks(found)
            ],
            "conflicts": [
                {
                    "matter": conflict.matter,
                    "events": [
                        {"event": e.event, "by": e.by, "says": codec.encode_body(e)}
                        for e in conflict.events
                    ],
                }
                for conflict in found.conflicts
            ],
            "spectra": list(found.spectra),
            "trail": [
                {"event": e.event, "what": e.what, "by": e.by, "at_ms": e.at_ms}
                for e in found.trail
            ],
        }

    def _line(self, code: str) -> Answer:
        found = self.book.find(code)
        return {"code": code, "state": found.state, "expected": found.intake.expected}

    def _today(self) -> str:
        return day_of(self.book.moment().wall_ms)


def _made(kind: type[Any], question: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of STEPS
    """A value from plain words; what is not said is empty.

    Raises:
        ControlError: a field does not fit.
    """
    given = dict(question.get("fields", {}))
    if kind is Strip and "lines" in given:
        given["result"] = _lines(str(given.pop("lines")))
    if kind is Lab:
        given["findings"] = [_EMPTY_FINDING | dict(each) for each in given.get("findings", [])]
    whole = _EMPTY[kind] | given
    unknown = set(given) - set(kind.__dataclass_fields__)
    if unknown:
        known = ", ".join(kind.__dataclass_fields__)
        raise ControlError(f"no field {', '.join(sorted(unknown))} here; known are {known}")
    return codec.from_plain(kind, whole)


def _on_the_card(made: object) -> tuple[str, ...]:
    """What somebody typed that the card will show."""
    if isinstance(made, Component):
        return (made.substance,)
    if isinstance(made, Amendment):
        return (made.reason,)
    if isinstance(made, Lab):
        return tuple(finding.substance for finding in made.findings)
    return ()


def _lines(said: str) -> str:
    """What a person saw on a strip: they are asked for lines, never for a result."""
    seen = {
        "control": result_of(control_line=True, test_line=False),
        "both": result_of(control_line=True, test_line=True),
        "none": result_of(control_line=False, test_line=False),
        "test": result_of(control_line=False, test_line=True),
    }
    if said not in seen:
        raise ControlError(f"lines {said!r}: say control, both, none or test")
    return seen[said]


_EMPTY_FINDING = dict.fromkeys(LabFinding.__dataclass_fields__) | {"group": ""}
_EMPTY: dict[type[Any], dict[str, Any]] = {
    Intake: dict.fromkeys(Intake.__dataclass_fields__, ""),
    Attachment: {"linked": True, "reason": ""},
    Strip: {"lot": "", "expires": "", "mass_mg": None, "water_ml": None, "limit_ng_ml": None},
    Component: {"spectrum": "", "band": "", "reason": ""},
    Lab: {"name": "", "method": "", "findings": []},
    Settlement: {},
    Withdrawal: {},
    Amendment: {},
}
