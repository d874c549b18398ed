"""The ams AS7265x chip set: AT commands in, texts out (data sheet v1-04, AT command interface).

Chosen here: the 18 numbers come chip by chip (AS72651, AS72652, AS72653), answers end with LF, and
calibrated values are the raw ones by gain and integration time.
"""

from collections.abc import Callable

from hardware.simulators.device import Reply
from hardware.simulators.optics import Exposure

INPUT_MAX_BYTES = 256
STEP_S = 0.00278
ORDER_NM = (
    610,
    680,
    730,
    760,
    810,
    860,
    560,
    585,
    645,
    705,
    900,
    940,
    410,
    435,
    460,
    485,
    510,
    535,
)
GAINS = (1.0, 3.7, 16.0, 64.0)

Counts = Callable[[Exposure], list[int]]


class ChipSet:
    """The dialogue. Pure: bytes and time in, bytes out.

    Args:
        counts: gives the counts of the 18 channels by rising wavelength, at a gain of 16.

    Attributes:
        spectra: how many were sent since power-up.
        wake_at_s: when a measurement is done.
        corrupt_checksums: has no effect: there are none.
        line_baud: always None.
    """

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self.spectra = 0
        self.wake_at_s: float | None = None
        self.corrupt_checksums = False
        self.line_baud: int | None = None
        self._input = bytearray()
        self._asked = ""
        self._gain, self._steps = 3, 20

    def power_up(self, _now_s: float) -> None:
        """As after power-up."""
        self.reset()
        self._gain, self._steps = 3, 20

    def reset(self) -> None:
        """Forget half a command and a measurement on its way."""
        self._input.clear()
        self.wake_at_s = None

    def pull_trigger(self, _now_s: float) -> bool:
        """It has none."""
        return False

    def told(self) -> Reply:
        """How it is set."""
        return {"gain": GAINS[self._gain], "steps": self._steps, "spectra": self.spectra}

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that arrived; what to answer at once."""
        self._input += data
        del self._input[:-INPUT_MAX_BYTES]
        return self._work(now_s)

    def wake(self, now_s: float) -> bytes:
        """A measurement is done."""
        if self.wake_at_s is None or self.wake_at_s > now_s:
            return b""
        self.wake_at_s = None
        return self._data() + self._work(now_s)

    def _work(self, now_s: float) -> bytes:
        said = b""
        while self.wake_at_s is None:
            ends = [at for at in (self._input.find(b"\r"), self._input.find(b"\n")) if at >= 0]
            if not ends:
                break
            line = bytes(self._input[: min(ends)])
            del self._input[: min(ends) + 1]
            if line:
                said += self._command(line.decode("latin-1"), now_s)
        return said

    def _command(self, line: str, now_s: float) -> bytes:
        if line in {"ATDATA", "ATCDATA"}:
            self._asked = line
            self.wake_at_s = now_s + 2 * self._steps * STEP_S
            return b""
        name, _, value = line.partition("=")
        number = int(value) if value.isascii() and value.isdigit() else -1
        if name == "ATGAIN" and 0 <= number <= 3:
            self._gain = number
        elif name == "ATINTTIME" and 1 <= number <= 255:
            self._steps = number
        elif line != "AT":
            return b"ERROR\n"
        return b"OK\n"

    def _data(self) -> bytes:
        self.spectra += 1
        raw = self._counts(Exposure(self._steps * STEP_S * 1000))
        rising = sorted(ORDER_NM)
        factor = GAINS[self._gain] / 16
        counts = {nm: min(round(raw[place] * factor), 65535) for place, nm in enumerate(rising)}
        if self._asked == "ATDATA":
            texts = [str(counts[nm]) for nm in ORDER_NM]
        else:
            share = GAINS[self._gain] * self._steps
            texts = [f"{100 * counts[nm] / share:.2f}" for nm in ORDER_NM]
        return (", ".join(texts) + " OK\n").encode("ascii")
