"""The checks of one table, on its own disk: they are whole without any network.

Every fact is kept, and sent to the hub, in one commit of the spool: after a power cut it is there,
or it was never entered. The findings on spectra are kept without their curves, which the hub has.
"""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from firmware_bridge.contract import codec
from firmware_bridge.contract.check.code import read_code
from firmware_bridge.contract.check.facts import Sighting
from firmware_bridge.contract.check.record import Record, record
from firmware_bridge.contract.check_events import CheckEvent
from firmware_bridge.contract.errors import DecodeError
from firmware_bridge.contract.messages import Findings
from firmware_bridge.errors import ControlError
from firmware_bridge.spool import Draft, Moment, Spool

DESK = "desk"
"""The device name under which a table speaks of its checks."""

MOST_CHECKS = 3_000
"""So many checks are kept at the table, the newest; the hub keeps them all."""

MOST_FACTS = 500
"""No check has more facts; a program that goes on for ever is stopped."""

MOST_FINDINGS = 3_000
_INDEX, _FINDINGS_INDEX = "checks", "findings"


@dataclass(frozen=True, slots=True)
class CheckBook:
    """Checks and findings, kept in the spool's memory.

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

    def begin(self, by: str, **what: Any) -> Record:  # noqa: ANN401 - one field of CheckEvent
        """A new check with its first fact.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock:
            taken = set(self._names(_INDEX))
            code = next(code for code in iter(self.new_code, "") if code not in taken)
            return self._add(code, (), by, what)

    def add(self, code: str, by: str, **what: Any) -> Record:  # noqa: ANN401 - as above
        """One more fact.

        Args:
            code: of the sample, as somebody typed it.
            by: member of staff.
            what: one field of `CheckEvent`, by name.

        Raises:
            CodeError: that is no code.
            ControlError: there is no such check here, or it has too many facts.
            SpoolError: the disk refused.
        """
        with self._lock:
            return self._add(read_code(code), self._events(read_code(code)), by, what)

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
            self._write(event.check, (*known, event), event)
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

    def sightings(self, of: Record) -> tuple[Sighting, ...]:
        """What is known of its spectra."""
        found = []
        for spectrum in of.spectra:
            text = self.spool.recall(f"findings.{spectrum}")
            try:
                body = codec.decode_body(Findings, text) if text else None
            except DecodeError:
                body = None  # written by another version: it counts as not known
            if body is not None:
                found.append(Sighting(spectrum, body))
        return tuple(found)

    def keep_findings(self, drafts: Sequence[Draft]) -> None:
        """Keep the findings among these messages, without their curves."""
        found = [draft.body for draft in drafts if isinstance(draft.body, Findings)]
        if not found:
            return
        with self._lock:
            names = [*self._names(_FINDINGS_INDEX), *(body.check for body in found)]
            self.spool.forget(f"findings.{old}" for old in names[:-MOST_FINDINGS])
            memory = {_FINDINGS_INDEX: json.dumps(names[-MOST_FINDINGS:])}
            for body in found:
                bare = replace(body, axis=(), measured=(), fit=(), residual=())
                memory[f"findings.{body.check}"] = codec.encode_body(bare)
            self.spool.append([], self.moment(), memory)

    def _add(self, code: str, known: Sequence[CheckEvent], by: str, what: dict[str, Any]) -> Record:
        if len(known) >= MOST_FACTS:
            raise ControlError(f"check {code} has {MOST_FACTS} facts: begin another")
        event = CheckEvent(
            check=code,
            event=self.new_fact_id(),
            after=record(known).heads if known else (),
            at_ms=self.moment().wall_ms,
            by=by,
            **what,
        )
        if not event.what:
            raise ControlError("a fact says exactly one thing")
        self._write(code, (*known, event), event)
        return record((*known, event))

    def _write(self, code: str, events: Sequence[CheckEvent], news: CheckEvent) -> None:
        memory = {f"check.{code}": json.dumps([codec.encode_body(each) for each in events])}
        names = self._names(_INDEX)
        if code not in names:
            self.spool.forget(f"check.{old}" for old in [*names, code][:-MOST_CHECKS])
            memory[_INDEX] = json.dumps([*names, code][-MOST_CHECKS:])
        self.spool.append([Draft(DESK, news, event=True)], self.moment(), memory)

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


def _list(text: str | None) -> list[object]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []
