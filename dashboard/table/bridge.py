"""The bridge beside the table, over its control socket: the only way to anything that is known.

Every answer is that of the same desk that `harborlight check` asks, so that pages and commands can
do the same, and neither can do more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware_bridge.control import ask
from firmware_bridge.errors import ControlError, NobodyError

Plain = dict[str, Any]

ANSWER_S = 10.0
MEASURE_S = 120.0
"""A spectrum of many scans takes a minute or two; nobody stands at a table for longer."""

NOT_THERE = NobodyError
REFUSED = ControlError
"""What asking may raise; a `NobodyError` is a `ControlError` too."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who enters something, and what they had on their screen.

    Attributes:
        by: member of staff.
        event: id of the fact that this will become, made with the form.
        seen: ids of the newest facts on the screen; None where there were none to see.
        reason: why it is changed, where the card was released before.
    """

    by: str
    event: str
    seen: Sequence[str] | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Questions to a running bridge.

    Every method raises `NobodyError` where none answers, and `ControlError` where it refuses.

    Attributes:
        socket: its control socket.
    """

    socket: Path

    def check(self, act: str, **what: object) -> Plain:
        """One step of a check, as `firmware_bridge.check_desk` knows them."""
        return ask(self.socket, {"do": "check", "act": act, **what}, ANSWER_S)

    def begin(self, entry: Entry, fields: Mapping[str, object]) -> Plain:
        """A new check."""
        return self.check("new", by=entry.by, event=entry.event, fields=dict(fields))

    def add(self, code: str, what: str, fields: Mapping[str, object], entry: Entry) -> Plain:
        """One fact of a check."""
        return self.check(
            "add",
            code=code,
            what=what,
            fields=dict(fields),
            by=entry.by,
            event=entry.event,
            seen=None if entry.seen is None else list(entry.seen),
            reason_of_change=entry.reason,
        )

    def status(self) -> Plain:
        """How the bridge and its devices are."""
        return ask(self.socket, {"do": "status"}, ANSWER_S)

    def instruments(self) -> list[Plain]:
        """Every instrument of this table, with what stands in its way now."""
        told = ask(self.socket, {"do": "instrument", "act": "list"}, ANSWER_S)
        folders = self.status().get("folders", [])
        return [each | {"drops": each["device"] in folders} for each in told["instruments"]]  # type: ignore[attr-defined]  # plain JSON

    def instrument(self, device: str, act: str = "show") -> Plain:
        """How one stands, with its charts; `act` "moved" says that it was moved."""
        return ask(self.socket, {"do": "instrument", "act": act, "device": device}, ANSWER_S)

    def measure(self, device: str, what: str) -> Plain:
        """Have a sample, a background, a dark, a blank or a standard measured, and wait for it.

        Returns:
            `state` ("done", "failed", "waiting"), `lines` for a person, `check`: the spectrum's id.
        """
        question: dict[str, object] = {"do": "ask", "device": device, "what": what}
        return ask(self.socket, question | {"wait_s": MEASURE_S}, MEASURE_S + ANSWER_S)
