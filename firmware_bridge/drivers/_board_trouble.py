"""Trouble on the line to our own controller board: what is told of it, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from firmware_bridge.drivers.readings import Fault, FaultReading, Reading
from firmware_bridge.framing.board_lines import Damaged

TELL_EVERY_S = 60.0
"""The same trouble is told so often at most."""

DAMAGE_LEAST = 3
"""Fewer damaged messages are sent again and need no word."""

_ADVICE = {
    Fault.NO_REPLY: "Look at the board's power, its cable and `ls -l /dev/serial/by-id`.",
    Fault.LINE_NOISE: "Check the baud rate (115200 8N1), ground, and that it is our board.",
    Fault.BAD_CHECKSUM: "Check the cable for wear, and keep it off motors and lamps.",
    Fault.OVERSIZED_FRAME: "Check the cable and the baud rate; restart the board.",
    Fault.PROTOCOL: "Flash the firmware that comes with this version of Harborlight.",
}


@dataclass(slots=True)
class Trouble:
    """What was wrong of late."""

    is_silent: bool = False
    _damaged: int = 0
    _noisy: bool = False
    _told_s: dict[Fault, float] = field(default_factory=dict)

    def heard(self) -> None:
        """A whole message came."""
        self.is_silent = False

    def silent(self, seconds: float) -> list[Reading]:
        """Nothing came for so long; told once."""
        if self.is_silent:
            return []
        self.is_silent = True
        fault = Fault.LINE_NOISE if self._noisy else Fault.NO_REPLY
        detail = f"no message of the board for {seconds:g} s"
        if self._noisy:
            detail += "; bytes came that are none"
        self._noisy = False
        return [FaultReading(fault, detail, _ADVICE[fault])]

    def damaged(self, found: Damaged, now_s: float, *, knows_it: bool) -> list[Reading]:
        """Bytes came that are no message; `knows_it` says that messages came before."""
        self._damaged += 1
        self._noisy = True
        if self._damaged < DAMAGE_LEAST:
            return []
        fault = Fault.OVERSIZED_FRAME if found.oversized else Fault.BAD_CHECKSUM
        told = self._tell(
            fault if knows_it else Fault.LINE_NOISE,
            f"{self._damaged} damaged messages, at last {found.why}",
            now_s,
        )
        if told:
            self._damaged = 0
        return told

    def misunderstood(self, why: str, now_s: float) -> list[Reading]:
        """A message was whole but did not fit."""
        return self._tell(Fault.PROTOCOL, f"a message that does not fit: {why}", now_s)

    def other_version(self, hello: Mapping[str, object], now_s: float) -> list[Reading]:
        """The board speaks a version that we do not know."""
        detail = f"the board speaks version {hello.get('v')!r} of the protocol, this bridge 1"
        return self._tell(Fault.PROTOCOL, detail, now_s)

    def _tell(self, fault: Fault, detail: str, now_s: float) -> list[Reading]:
        if now_s - self._told_s.get(fault, float("-inf")) < TELL_EVERY_S:
            return []
        self._told_s[fault] = now_s
        return [FaultReading(fault, detail, _ADVICE[fault])]
