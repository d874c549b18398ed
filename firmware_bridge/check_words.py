"""From plain words, as forms and commands give them, to the facts of a check. Pure.

What is not said is empty. People are asked which lines a strip shows, never for a result, and no
word of reassurance gets onto a card.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from firmware_bridge.contract import codec
from firmware_bridge.contract.check.facts import GroupOf
from firmware_bridge.contract.check.say.forbidden import reassuring_word
from firmware_bridge.contract.check_events import (
    Amendment,
    Attachment,
    Component,
    Intake,
    Lab,
    LabFinding,
    Settlement,
    Withdrawal,
)
from firmware_bridge.contract.strips import Strip, result_of
from firmware_bridge.errors import ControlError

STEPS: dict[str, type[Any]] = {
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

LINES = {
    "control": result_of(control_line=True, test_line=False),
    "both": result_of(control_line=True, test_line=True),
    "none": result_of(control_line=False, test_line=False),
    "test": result_of(control_line=False, test_line=True),
}
"""What each sight of a strip means; "control" is one line, at C."""


def fact_of(name: str, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of STEPS
    """A fact from plain words.

    Args:
        name: of the kind of fact, one of `STEPS`.
        given: its fields; a strip has `lines` in the place of `result`.

    Raises:
        ControlError: there is no such kind, or a word can't stand on a card.
        ContractError: a field does not fit.
    """
    if name not in STEPS:
        raise ControlError(f"{name!r} can't be entered; known are {', '.join(STEPS)}")
    kind, fields = STEPS[name], dict(given)
    if kind is Strip and "lines" in fields:
        fields["result"] = _result(str(fields.pop("lines")))
    if kind is Lab:
        fields["findings"] = [_EMPTY_FINDING | dict(each) for each in fields.get("findings", [])]
    unknown = set(fields) - set(kind.__dataclass_fields__)
    if unknown:
        known = ", ".join(kind.__dataclass_fields__)
        raise ControlError(f"no field {', '.join(sorted(unknown))} here; known are {known}")
    made: object = codec.from_plain(kind, _EMPTY[kind] | fields)
    for text in _on_the_card(made):
        require_no_reassurance(text)
    if isinstance(made, Component) and made.word != "confirmed" and not made.reason.strip():
        raise ControlError(f"{made.substance} is {made.word}: say the reason, peak by peak")
    return made


def with_groups(lab: Lab, group_of: GroupOf) -> Lab:
    """A laboratory's word with the groups of its substances: found here, never taken from outside.

    That one member of a group was not found says nothing of the others of it.
    """

    def grouped(finding: LabFinding) -> LabFinding:
        group = group_of(finding.substance) or ""
        is_whole = finding.substance.casefold() == group
        return replace(finding, group=group if finding.found or is_whole else "")

    return replace(lab, findings=tuple(map(grouped, lab.findings)))


def require_no_reassurance(text: str) -> None:
    """Refuse a text that would promise something on a card.

    Raises:
        ControlError: names the word.
    """
    if word := reassuring_word(text):
        raise ControlError(f"{word!r} can't stand on a card: say it in other words")


def _on_the_card(made: object) -> tuple[str, ...]:
    """What somebody typed that the card will show."""
    if isinstance(made, Component):
        return (made.substance,)
    if isinstance(made, Amendment):
        return (made.reason,)
    if isinstance(made, Lab):
        return tuple(finding.substance for finding in made.findings)
    return ()


def _result(said: str) -> str:
    if said not in LINES:
        raise ControlError(f"lines {said!r}: say control, both, none or test")
    return LINES[said]


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
