"""A board with a microcontroller and a line sensor: lines of numbers, asked for or without end.

After the published firmware of the GroupGets C12880MA breakout (a comma after each number, CR LF,
no commands) and of the open-eio microspec (`SPEC.READ?`, commas between the numbers, LF, and a last
number that lies one past the end of its array, which is rubbish).
"""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.simulators.device import Reply
from hardware.simulators.optics import Exposure

INPUT_MAX_BYTES = 256
PAUSE_S = 0.01
SECONDS_PER_BYTE = 10 / 115_200

Counts = Callable[[Exposure], list[int]]


@dataclass(frozen=True, slots=True)
class BoardNature:
    """What a board is.

    Attributes:
        streams: it sends lines without end and hears nothing.
        read_command: what it is asked with, if it is asked.
        integration_ms: of each line.
        strays: so many of the last numbers are rubbish.
    """

    streams: bool
    read_command: bytes = b"SPEC.READ?"
    integration_ms: float = 30.0
    strays: int = 0


class LineBoard:
    """The dialogue. Pure: bytes and time in, bytes out.

    Args:
        nature: what it is.
        counts: gives the counts of the pixels.

    Attributes:
        spectra: how many were sent since power-up.
        wake_at_s: when the next line is ready.
        corrupt_checksums: has no effect: there are none.
        line_baud: always None.
    """

    def __init__(self, nature: BoardNature, counts: Counts) -> None:
        self._nature = nature
        self._counts = counts
        self.spectra = 0
        self.wake_at_s: float | None = 0.0 if nature.streams else None
        self.corrupt_checksums = False
        self.line_baud: int | None = None
        self._input = bytearray()

    def power_up(self, now_s: float) -> None:
        """It starts anew."""
        self.reset()
        self.wake_at_s = now_s + 1.0 if self._nature.streams else None

    def reset(self) -> None:
        """Forget half a command."""
        self._input.clear()

    def pull_trigger(self, _now_s: float) -> bool:
        """It has none."""
        return False

    def told(self) -> Reply:
        """How it is."""
        return {"spectra": self.spectra, "streams": self._nature.streams}

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes; a line that is no command is answered with a word about it."""
        if self._nature.streams:
            return b""
        self._input += data
        del self._input[:-INPUT_MAX_BYTES]
        said = b""
        while (end := self._input.find(b"\n")) >= 0:
            line = bytes(self._input[:end]).strip()
            del self._input[: end + 1]
            if line == self._nature.read_command:
                self.wake_at_s = now_s + self._nature.integration_ms / 1000
            elif line:
                said += b"### Error: unknown command\n"
        return said

    def wake(self, now_s: float) -> bytes:
        """A line is ready."""
        if self.wake_at_s is None or self.wake_at_s > now_s:
            return b""
        line = self._line()
        self.wake_at_s = None
        if self._nature.streams:
            busy_s = self._nature.integration_ms / 1000 + len(line) * SECONDS_PER_BYTE
            self.wake_at_s = now_s + busy_s + PAUSE_S
        return line

    def _line(self) -> bytes:
        self.spectra += 1
        counts = self._counts(Exposure(self._nature.integration_ms))
        texts = [b"%d" % count for count in counts]
        if self._nature.streams:
            return b"".join(text + b"," for text in texts) + b"\r\n"
        if self._nature.strays:
            texts[-self._nature.strays :] = [b"7"] * self._nature.strays
        return b",".join(texts) + b"\n"
