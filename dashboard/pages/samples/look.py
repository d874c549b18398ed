"""The newest samples, and one with all that is known of it."""

from collections import Counter
from dataclasses import dataclass

from flask import render_template

from dashboard.pages.samples.room import LANGUAGES, STATES, Errors, blueprint, the_record
from dashboard.services import services
from dashboard.signin import require
from firmware_bridge.contract.check.card import Line
from firmware_bridge.contract.check.days import day_of
from firmware_bridge.contract.check.record import Conflict, Record
from firmware_bridge.contract.check.tell import tell, tell_matter, tell_parts
from firmware_bridge.contract.check_events import CheckEvent
from hub import check_cards, check_told, checks
from hub.store import Transaction, check_facts

NEWEST = 100
WHAT = {
    "intake": "Intake",
    "attachment": "Spectrum",
    "strip": "Strip",
    "component": "Reading",
    "lab": "Laboratory",
    "release": "Release",
    "amendment": "Reason of a change",
    "settlement": "Decision",
    "withdrawal": "Withdrawal",
}
"""Each kind of fact, for a person."""

_STAYS = frozenset({"withdrawal", "settlement", "amendment", "release"})
"""What is not taken back from the page: it would leave the reader without what led to what."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of the facts that stand side by side.

    Attributes:
        fact: itself.
        day: when it was entered.
        parts: what it says; and of each part whether the others say it too.
    """

    fact: CheckEvent
    day: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """A conflict, to be shown side by side.

    Attributes:
        matter: what it is about, as the record calls it.
        title: the same for a person.
        versions: what was said.
    """

    matter: str
    title: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One fact of the trail, for a person.

    Attributes:
        fact: itself.
        day: when it was entered.
        kind: what kind of fact.
        told: what it says.
        is_withdrawn: whether it no longer counts.
        can_be_withdrawn: whether it makes sense to withdraw it.
    """

    fact: CheckEvent
    day: str
    kind: str
    told: str
    is_withdrawn: bool
    can_be_withdrawn: bool


@blueprint.get("/")
@require("see-checks")
def overview() -> str:
    """The samples of which something was heard last."""
    with services().store.read() as transaction:
        codes = check_facts.newest_codes(transaction, NEWEST)
        found = [check_facts.find_record(transaction, code) for code in codes]
    return render_template("samples.html", records=[each for each in found if each], states=STATES)


@blueprint.get("/<code>")
@require("see-checks")
def page(code: str) -> str:
    """One sample."""
    return shown(code, "", {})


def shown(code: str, matter: str, errors: Errors) -> str:
    """The page of a sample; `errors` are about the conflict of this matter."""
    with services().store.read() as transaction:
        found = the_record(transaction, code)
        return render_template(
            "sample.html",
            record=found,
            told=check_told.told(transaction, found),
            lines=_lines(transaction, found),
            blocks=checks.in_the_way(transaction, found),
            sides=tuple(map(_sides, found.conflicts)),
            steps=_steps(found),
            states=STATES,
            languages=LANGUAGES,
            is_released_here=checks.is_released_here(found),
            matter=matter,
            errors=errors,
        )


def _lines(transaction: Transaction, found: Record) -> tuple[Line, ...]:
    day = day_of(found.trail[-1].at_ms)
    return check_cards.card_of(transaction, found, "en", "full", day).lines


def _sides(conflict: Conflict) -> Sides:
    told = [tell_parts(event) for event in conflict.events]
    often = Counter(part for parts in told for part in set(parts))
    versions = tuple(
        Version(event, day_of(event.at_ms), tuple((p, often[p] == len(told)) for p in parts))
        for event, parts in zip(conflict.events, told, strict=True)
    )
    return Sides(conflict.matter, tell_matter(conflict.matter), versions)


def _steps(found: Record) -> tuple[Step, ...]:
    gone = {event.withdrawal.event for event in found.trail if event.withdrawal is not None}
    return tuple(
        Step(
            fact=event,
            day=day_of(event.at_ms),
            kind=WHAT.get(event.what, "Fact"),
            told=tell(event),
            is_withdrawn=event.event in gone,
            can_be_withdrawn=event.event not in gone and event.what not in _STAYS,
        )
        for event in found.trail
    )
