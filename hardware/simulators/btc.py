"""A B&W Tek BTC board: letters and digits in, echo and the word ACK out (T. Trebisky, mmto.org).

Chosen here: an unknown command is answered with its echo and NAK as a word, and only ASCII mode
sends spectra.
"""

from collections.abc import Callable

from hardware.simulators.device import Reply
from hardware.simulators.optics import Exposure

INPUT_MAX_BYTES = 256
SPEEDS = (115200, 38400, 19200, 9600, 4800, 2400, 1200, 600)
GREETING = b"\xfe\x00\xf8BTC110S\r\n"

Counts = Callable[[Exposure], list[int]]


class BtcBoard:
    """The dialogue. Pure: bytes and time in, bytes out.

    Args:
        counts: gives the counts of the pixels, added over the scans.

    Attributes:
        spectra: how many were sent since power-up.
        wake_at_s: when a scan is done, or the board greets.
        corrupt_checksums: has no effect: there are none.
        line_baud: the speed it was switched to; None while it never was.
    """

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self.spectra = 0
        self.wake_at_s: float | None = None
        self.corrupt_checksums = False
        self.line_baud: int | None = None
        self._input = bytearray()
        self._ms, self._scans, self._ascii = 100, 1, False
        self._greets = False

    def power_up(self, now_s: float) -> None:
        """It starts anew, and greets."""
        self.reset()
        self._ms, self._scans, self._ascii = 100, 1, False
        self.line_baud = None if self.line_baud is None else SPEEDS[3]
        self._greets, self.wake_at_s = True, now_s + 0.2

    def reset(self) -> None:
        """Forget half a command and a scan on its way."""
        self._input.clear()
        self.wake_at_s, self._greets = None, False

    def pull_trigger(self, _now_s: float) -> bool:
        """It has none."""
        return False

    def told(self) -> Reply:
        """How it is set."""
        return {
            "mode": "ascii" if self._ascii else "binary",
            "integration_ms": self._ms,
            "scans": self._scans,
            "spectra": self.spectra,
            "baud": self.line_baud,
        }

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that arrived; what to answer at once."""
        self._input += data
        del self._input[:-INPUT_MAX_BYTES]
        return self._work(now_s)

    def wake(self, now_s: float) -> bytes:
        """A scan is done, or the board greets."""
        if self.wake_at_s is None or self.wake_at_s > now_s:
            return b""
        self.wake_at_s = None
        if self._greets:
            self._greets = False
            return GREETING
        self.spectra += 1
        total = self._counts(Exposure(self._ms, self._scans))
        lines = b"".join(b"%05d\r\n" % (count // self._scans) for count in total)
        return lines + b"\0" + self._work(now_s)

    def _work(self, now_s: float) -> bytes:
        said = b""
        while self.wake_at_s is None and (end := self._input.find(b"\n")) >= 0:
            line = bytes(self._input[:end]).strip()
            del self._input[: end + 1]
            if line:
                done = self._command(line, now_s)
                said += line + (b"\r\nACK\r\n" if done else b"\r\nNAK\r\n")
        return said

    def _command(self, line: bytes, now_s: float) -> bool:
        letter, digits = line[:1], line[1:]
        number = int(digits) if digits.isdigit() and len(digits) <= 5 else -1
        if line in {b"a", b"b"}:
            self._ascii = line == b"a"
        elif line == b"S" and self._ascii:
            self.wake_at_s = now_s + self._ms * self._scans / 1000
        elif letter == b"I" and 50 <= number <= 65000:
            self._ms = number
        elif letter == b"A" and number >= 1:
            self._scans = number
        elif letter == b"K" and 0 <= number < len(SPEEDS):
            self.line_baud = SPEEDS[number]
        else:
            return False
        return True
