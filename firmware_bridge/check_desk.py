"""What is done at the table; what the control socket serves.

A step takes an object of plain JSON and gives one back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from firmware_bridge.check_book import CheckBook
from firmware_bridge.check_view import Seen, view
from firmware_bridge.check_words import fact_of, require_no_reassurance, with_groups
from firmware_bridge.contract import codec
from firmware_bridge.contract.check.card import Card, card, marked_draft
from firmware_bridge.contract.check.days import day_of, strips_day
from firmware_bridge.contract.check.facts import GroupOf, amounts, card_facts
from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.release import Block, InstrumentState, blocks, may_set_aside
from firmware_bridge.contract.check_events import (
    Amendment,
    Attachment,
    Lab,
    Release,
    Settlement,
)
from firmware_bridge.contract.errors import ContractError
from firmware_bridge.errors import ControlError
from firmware_bridge.sighting_book import SightingBook

Answer = dict[str, object]
Question = Mapping[str, Any]

NEWEST = 100
"""So many checks are listed."""


@dataclass(frozen=True, slots=True)
class CheckDesk:
    """The table.

    Attributes:
        book: where the checks are.
        sightings: where the findings on spectra are.
        group_of: which group a substance belongs to.
        instrument: how the instrument that took a spectrum stands.
    """

    book: CheckBook
    sightings: SightingBook
    group_of: GroupOf
    instrument: Callable[[str], InstrumentState]

    def answer(self, question: Question) -> Answer:
        """Do one step.

        Raises:
            ControlError: it can't be done; says why.
        """
        steps: dict[str, Callable[[Question], Answer]] = {
            "list": self._list,
            "new": self._new,
            "add": self._added,
            "show": lambda asked: self._told(self.book.find(str(asked["code"]))),
            "release": self._release,
            "card": self._card,
            "strips": self._strips,
            "loose": self._loose,
            "spectrum": self._spectrum,
            "news": self._news,
        }
        act = str(question.get("act"))
        if act not in steps:
            raise ControlError(f"known steps of a check: {', '.join(steps)}")
        try:
            return steps[act](question)
        except ContractError as error:
            raise ControlError(str(error)) from error
        except KeyError as error:
            raise ControlError(f"{error.args[0]} is missing") from error

    def card(self, code: str, language: Any, level: Any) -> Card:  # noqa: ANN401 - checked by the table of words
        """The card as it stands now."""
        return self._drawn(self.book.find(code), language, level)

    def _drawn(self, found: Record, language: Any, level: Any) -> Card:  # noqa: ANN401 - as above
        sightings = self.sightings.of(found.spectra)
        facts = card_facts(found, sightings, self.group_of, strips_day(found))
        return card(found, facts, language, self._today(), level)

    def _list(self, _question: Question) -> Answer:
        found = [self.book.find(code) for code in self.book.codes()[:NEWEST]]
        return {
            "checks": [
                {
                    "code": each.code,
                    "state": each.state,
                    "expected": each.intake.expected,
                    "begun_ms": each.trail[0].at_ms,
                    "conflicts": len(each.conflicts),
                }
                for each in found
            ]
        }

    def _new(self, question: Question) -> Answer:
        intake = fact_of("intake", question.get("fields", {}))
        by, event = str(question.get("by", "")), str(question.get("event", ""))
        return self._told(self.book.begin(by, event=event, intake=intake))

    def _added(self, question: Question) -> Answer:
        name, reason = str(question.get("what")), str(question.get("reason_of_change") or "")
        made = fact_of(name, question.get("fields", {}))
        if isinstance(made, Lab):
            made = with_groups(made, self.group_of)
        require_no_reassurance(reason)
        before = self.book.find(str(question["code"]))
        self._require_sense(before, made)
        if before.releases and name != "amendment" and not reason:
            raise ControlError("the card was released: say why it is changed (reason_of_change)")
        after = self.book.add(
            before.code,
            str(question.get("by", "")),
            seen=_seen(question),
            event=str(question.get("event", "")),
            and_then=Amendment(reason=reason) if before.releases and reason else None,
            **{name: made},
        )
        return self._told(after)

    def _require_sense(self, found: Record, made: object) -> None:
        if isinstance(made, Attachment) and made.linked:
            other = self.book.attached_to(made.spectrum)
            if other not in {"", found.code}:
                raise ControlError(
                    f"spectrum {made.spectrum} is of check {other}: take it away there first"
                )
        if isinstance(made, Settlement):
            conflict = next((each for each in found.conflicts if each.matter == made.matter), None)
            if conflict is None or made.event not in {each.event for each in conflict.events}:
                raise ControlError(
                    f"{made.matter!r} is not in conflict with this fact: look at the check again"
                )

    def _release(self, question: Question) -> Answer:
        found = self.book.find(str(question["code"]))
        seen, event = _seen(question), str(question.get("event", ""))
        if event and any(each.event == event for each in found.trail):
            return self._told(found)  # the same form, sent twice
        if seen is not None and set(seen) != set(found.heads):
            raise ControlError(
                "something was entered since this was shown: read the card again, then release it"
            )
        overridden, reason = list(question.get("override", [])), str(question.get("reason", ""))
        role = str(question.get("role", "technician"))
        left = [
            each
            for each in self._blocks(found)
            if each.name not in overridden or not may_set_aside(each.override, role)
        ]
        if left:
            raise ControlError("\n".join(f"{each.name}: {each.text}" for each in left))
        if overridden and not reason:
            raise ControlError("say why these reasons are set aside (reason)")
        language = question.get("language", "en")
        fact = Release(
            language=language,
            overridden=tuple(overridden),
            reason=reason,
            words=tuple(line.text for line in self._drawn(found, language, "full").lines),
        )
        by = str(question.get("by", ""))
        return self._told(self.book.add(found.code, by, seen=seen, event=event, release=fact))

    def _card(self, question: Question) -> Answer:
        made = self.card(str(question["code"]), question["language"], question["level"])
        released = self.book.find(made.code).state == "released"
        return asdict(made if released else marked_draft(made))

    def _strips(self, _question: Question) -> Answer:
        """What is the same on the next strip of each kind: its lot, its date, the dilution."""
        last = self.book.last_strips()
        return {
            "last": {kind: asdict(strip) for kind, strip in last.items()},
            "expired": [kind for kind, strip in last.items() if strip.is_expired(self._today())],
        }

    def _loose(self, _question: Question) -> Answer:
        """Spectra that are of no check yet, newest first."""
        taken = [t for t in self.sightings.taken() if not self.book.attached_to(t.spectrum)]
        return {"spectra": [asdict(each) for each in taken]}

    def _spectrum(self, question: Question) -> Answer:
        """One spectrum, with its curves as long as they are kept here."""
        name = str(question["spectrum"])
        found = self.sightings.find(name, curves=True)
        if found is None:
            raise ControlError(f"nothing is known here of spectrum {name!r}")
        taken = next((each for each in self.sightings.taken() if each.spectrum == name), None)
        return {
            "findings": codec.encode_body(found),
            "check": self.book.attached_to(name),
            "device": taken.device if taken else "",
            "at_ms": taken.at_ms if taken else 0,
        }

    def _news(self, question: Question) -> Answer:
        """The facts of a check that are not among those that somebody has on their screen."""
        found, seen = self.book.find(str(question["code"])), set(_seen(question) or ())
        told = [each for each in found.trail if each.event not in found.seen_by(seen)]
        return {
            "heads": list(found.heads),
            "news": [{"what": e.what, "by": e.by, "says": codec.encode_body(e)} for e in told],
        }

    def _blocks(self, found: Record) -> tuple[Block, ...]:
        sightings = self.sightings.of(found.spectra)
        facts = card_facts(found, sightings, self.group_of, strips_day(found))
        states = tuple(self.instrument(each.spectrum) for each in sightings)
        return blocks(found, facts, len(sightings), states)

    def _told(self, found: Record) -> Answer:
        taken = {each.spectrum: each for each in self.sightings.taken()}
        sightings = self.sightings.of(found.spectra)
        return view(
            Seen(
                record=found,
                card=self._drawn(found, "en", "full"),
                blocks=self._blocks(found),
                sightings=sightings,
                amounts=amounts(found, sightings, self.group_of, strips_day(found)),
                taken=taken.get,
                group_of=self.group_of,
                today=self._today(),
            )
        )

    def _today(self) -> str:
        return day_of(self.book.moment().wall_ms)


def _seen(question: Question) -> Sequence[str] | None:
    """What whoever asks had on their screen; None where they do not say."""
    told = question.get("seen")
    return None if told is None else [str(each) for each in told]
