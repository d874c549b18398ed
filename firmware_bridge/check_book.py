"""The checks of one table, on its own disk: they are whole without any network.

Every fact is kept, and sent to the hub, in one commit of the spool: after a power cut it is there,
or it was never entered.
"""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from firmware_bridge.contract import codec
from firmware_bridge.contract.check.code import read_code
from firmware_bridge.contract.check.record import Record, record
from firmware_bridge.contract.check_events import Amendment, CheckEvent
from firmware_bridge.contract.errors import DecodeError
from firmware_bridge.contract.strips import KINDS, Strip
from firmware_bridge.errors import ControlError
from firmware_bridge.spool import Draft, Moment, Spool

DESK = "desk"
"""The device name under which a table speaks of its checks."""

MOST_CHECKS = 3_000
"""So many checks are kept at the table, the newest; the hub keeps them all."""

MOST_FACTS = 500
"""No check has more facts; a program that goes on for ever is stopped."""

RECENT = 40
"""So far back the beginning of a check is looked for, when a form is sent twice."""

_INDEX = "checks"


@dataclass(frozen=True, slots=True)
class CheckBook:
    """Checks, kept in the spool's memory.

    Attributes:
        spool: where they are kept, and sent from.
        moment: what the clocks say now.
        new_code: gives the code of a new sample.
        new_fact_id: gives the id of a new fact.
    """

    spool: Spool
    moment: Callable[[], Moment]
    new_code: Callable[[], str]
    new_fact_id: Callable[[], str]
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def begin(self, by: str, *, event: str = "", **what: Any) -> Record:  # noqa: ANN401 - one field of CheckEvent
        """A new check with its first fact.

        Args:
            by: member of staff.
            event: id of the fact, where whoever enters it chose one: a form that is sent twice
                begins one check.
            what: one field of `CheckEvent`, by name.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock:
            begun = self._begun_by(event)
            if begun:
                return self.find(begun)
            taken = set(self._names(_INDEX))
            code = next(code for code in iter(self.new_code, "") if code not in taken)
            return self._add(code, (), by, [what], None, event)

    def add(
        self,
        code: str,
        by: str,
        *,
        seen: Sequence[str] | None = None,
        event: str = "",
        and_then: Amendment | None = None,
        **what: Any,  # noqa: ANN401 - as above
    ) -> Record:
        """One more fact, and with it why it was entered; both in one commit, or neither.

        Args:
            code: of the sample, as somebody typed it.
            by: member of staff.
            seen: ids of the newest facts that the author had on their screen; None for all.
                What was entered elsewhere meanwhile then stands beside this, as a conflict.
            event: id of the fact, where whoever enters it chose one; the same one counts once.
            and_then: why it is changed, after a release.
            what: one field of `CheckEvent`, by name.

        Raises:
            CodeError: that is no code.
            ControlError: there is no such check here, or it has too many facts.
            SpoolError: the disk refused.
        """
        with self._lock:
            known = self._events(read_code(code))
            facts = [what] if and_then is None else [what, {"amendment": and_then}]
            return self._add(read_code(code), known, by, facts, seen, event)

    def take_known(self, event: CheckEvent) -> bool:
        """A fact from elsewhere of a check that is here; False where there is nothing to keep.

        A check that is not here is not begun by it: half a record would say too little.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock:
            known = self._events_or_none(event.check)
            if not known or len(known) >= MOST_FACTS:
                return False
            if any(one.event == event.event for one in known):
                return False
            self._write(event.check, known, [event])
            return True

    def send_back(self, event: CheckEvent) -> None:
        """Send a fact without keeping it here.

        Raises:
            SpoolError: the disk refused.
        """
        self.spool.append([Draft(DESK, event, event=True)], self.moment())

    def find(self, code: str) -> Record:
        """One check.

        Raises:
            CodeError: that is no code.
            ControlError: there is no such check here.
        """
        return record(self._events(read_code(code)))

    def codes(self) -> tuple[str, ...]:
        """The codes of all checks here, newest first."""
        return tuple(reversed(self._names(_INDEX)))

    def attached_to(self, spectrum: str) -> str:
        """The code of the check that a spectrum is of; "" for none.

        Raises:
            SpoolError: the disk refused.
        """
        return self.spool.recall(_attached(spectrum)) or ""

    def last_strips(self) -> dict[str, Strip]:
        """The strip of each kind that was dipped last, for what is the same on the next one.

        Raises:
            SpoolError: the disk refused.
        """
        found = {}
        for kind in KINDS:
            try:
                text = self.spool.recall(f"strip.{kind}")
                event = codec.decode_body(CheckEvent, text) if text else None
            except DecodeError:
                continue  # written by another version
            if event is not None and event.strip is not None:
                found[str(kind)] = event.strip
        return found

    def _add(
        self,
        code: str,
        known: Sequence[CheckEvent],
        by: str,
        facts: Sequence[dict[str, Any]],
        seen: Sequence[str] | None,
        event: str,
    ) -> Record:
        if event and any(each.event == event for each in known):
            return record(known)
        if len(known) + len(facts) > MOST_FACTS:
            raise ControlError(f"check {code} has {MOST_FACTS} facts: begin another")
        made: list[CheckEvent] = []
        for what in facts:
            fact = CheckEvent(
                check=code,
                event=self.new_fact_id() if made or not event else event,
                after=_after(known, seen, made),
                at_ms=self.moment().wall_ms,
                by=by,
                **what,
            )
            if not fact.what:
                raise ControlError("a fact says exactly one thing")
            made.append(fact)
        self._write(code, known, made)
        return record((*known, *made))

    def _write(self, code: str, known: Sequence[CheckEvent], news: Sequence[CheckEvent]) -> None:
        events = (*known, *news)
        memory = {f"check.{code}": json.dumps([codec.encode_body(each) for each in events])}
        names = self._names(_INDEX)
        if code not in names:
            self.spool.forget(f"check.{old}" for old in [*names, code][:-MOST_CHECKS])
            memory[_INDEX] = json.dumps([*names, code][-MOST_CHECKS:])
        for event in news:
            if event.strip is not None and event.strip.result != "not-done":
                memory[f"strip.{event.strip.kind}"] = codec.encode_body(event)
        memory |= self._attachments(code, events)
        self.spool.append([Draft(DESK, each, event=True) for each in news], self.moment(), memory)

    def _attachments(self, code: str, events: Sequence[CheckEvent]) -> dict[str, str]:
        """Which check the spectra that these facts speak of are of now."""
        now = set(record(events).spectra)
        named = {each.attachment.spectrum for each in events if each.attachment}
        return {
            _attached(name): code if name in now else ""
            for name in named
            if name in now or self.attached_to(name) == code
        }

    def _begun_by(self, event: str) -> str:
        if event:
            for code in self.codes()[:RECENT]:
                events = self._events_or_none(code)
                if events and events[0].event == event:
                    return code
        return ""

    def _events(self, code: str) -> tuple[CheckEvent, ...]:
        found = self._events_or_none(code)
        if not found:
            raise ControlError(f"there is no check {code} here: look at the label again")
        return found

    def _events_or_none(self, code: str) -> tuple[CheckEvent, ...]:
        told = _list(self.spool.recall(f"check.{code}"))
        return tuple(codec.decode_body(CheckEvent, str(text)) for text in told)

    def _names(self, index: str) -> list[str]:
        return [str(name) for name in _list(self.spool.recall(index))]


def _after(
    known: Sequence[CheckEvent], seen: Sequence[str] | None, made: Sequence[CheckEvent]
) -> tuple[str, ...]:
    """What a fact comes after: the newest that its author had seen, and what they entered before.

    What was entered by the same hand a moment ago is seen by it, whatever a screen showed.
    """
    heads = record(known).heads if known else ()
    names = {each.event for each in known}
    shown = heads if seen is None else tuple(name for name in seen if name in names)
    return tuple(dict.fromkeys((*shown, *(each.event for each in made))))


def _attached(spectrum: str) -> str:
    return f"attached.{spectrum}"


def _list(text: str | None) -> list[object]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []
