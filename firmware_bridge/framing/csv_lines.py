"""Spectra as lines of decimal numbers, as boards with a microcontroller send them.

One spectrum is one line: whole numbers parted by commas, with or without a comma after the last
one, ended by LF or CR LF. The format is that of each board's firmware, not of the sensor (Hamamatsu
C12880MA, C12666MA and others have no digital interface).

A line has no checksum: a lost comma, a lost line or a letter is seen, a changed digit is not.
"""

from dataclasses import dataclass

from firmware_bridge.framing.exchange import Answer, MismatchError, NoiseError

TALK_LINES_MAX = 16
"""A board may greet, or repeat a command, in so many lines without a number."""
_FIELD_BYTES = 12


@dataclass(frozen=True, slots=True)
class LineShape:
    """What a line must be.

    Attributes:
        count: how many numbers.
        largest: the largest number that a pixel can have, the top of the converter.
        strays: so many at the end are no pixels, may be anything, and are dropped.
    """

    count: int
    largest: int
    strays: int = 0

    @property
    def longest_bytes(self) -> int:
        """A longer line is not waited for."""
        return self.count * _FIELD_BYTES + 64


def parsed(line: bytes, shape: LineShape) -> tuple[int, ...]:
    """The pixels of one line.

    Raises:
        NoiseError: it holds something else, or a number that the converter can't give.
        MismatchError: it holds another count of numbers.
    """
    fields = [field.strip() for field in line.strip().split(b",")]
    if fields and not fields[-1]:
        fields.pop()
    wrong = next((field for field in fields if not field.isdigit() or len(field) > 10), None)
    if wrong is not None:
        raise NoiseError(f"{wrong[:16]!r} came where a number was due")
    values = tuple(map(int, fields))
    if len(values) != shape.count:
        raise MismatchError(f"a line of {len(values)} numbers came, {shape.count} were due")
    pixels = values[: shape.count - shape.strays]
    if max(pixels) > shape.largest:
        raise NoiseError(f"{max(pixels)} came, the converter ends at {shape.largest}")
    return pixels


class LineAnswer(Answer):
    """The next whole line of numbers.

    Args:
        shape: what it must be.
        joined: the reader comes into a stream: what stands before the first end of line is the
            rest of a line that began earlier, and is dropped.
    """

    def __init__(self, shape: LineShape, *, joined: bool = False) -> None:
        super().__init__()
        self._shape = shape
        self._skip = joined
        self._held = bytearray()
        self._talk_lines = 0

    def feed(self, data: bytes) -> tuple[int, ...] | None:
        """Take bytes that arrived; the numbers once their line is whole."""
        self.received += len(data)
        self._held += data
        while (end := self._held.find(b"\n")) >= 0:
            line = bytes(self._held[:end])
            del self._held[: end + 1]
            if self._skip:
                self._skip = False
            elif self._is_spectrum(line):
                return parsed(line, self._shape)
        if len(self._held) > self._shape.longest_bytes:
            raise NoiseError(f"no end of line in {len(self._held)} bytes")
        return None

    def _is_spectrum(self, line: bytes) -> bool:
        """Blank lines and talk are passed over, within reason."""
        if b"," in line or line.strip().isdigit():
            return True
        self._talk_lines += bool(line.strip())
        if self._talk_lines > TALK_LINES_MAX:
            raise NoiseError(f"{self._talk_lines} lines without a spectrum came")
        return False


class Pause(Answer):
    """Nothing is expected: time passes, and what comes is dropped."""

    def feed(self, data: bytes) -> None:
        """Drop it."""
        self.received += len(data)
