"""The instrument's side of the Ocean letter protocol: letters in, answers out.

Sources: Flame-S/T manual 225-00000-000-11-201604, pages 81 to 89 and 106 to 114; SAD500
Communications and Control. Not stated there, and chosen here: in ASCII mode each number of a
spectrum stands on its own line (CR LF), commands without argument act at once, a half command is
forgotten after a second, compression together with more than one scan is answered with ETX, and P
has one answer for all its numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hardware.simulators import ocean_pixels, ocean_wire
from hardware.simulators.device import Reply
from hardware.simulators.ocean_wire import ACK, ETX, LAST_WORD, NAK, STX, Scan

HALF_COMMAND_S = 1.0
INPUT_MAX_BYTES = 1024
DIGITS_MAX = 5
ENDS = b"\r\n"
SPEEDS = (115200, 38400, 19200, 9600, 4800, 2400, 1200, 600)
"""What K switches to, by its argument."""


@dataclass(slots=True)
class Acquisition:
    """What the next spectrum shall be; the values are those after power-up and after Q."""

    integration_ms: int = 100
    scans: int = 1
    boxcar: int = 0
    trigger: int = 0
    compressed: bool = False
    checksum: bool = False
    lamp: bool = True
    pixel_mode: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Nature:
    """What an instrument is.

    Attributes:
        generation: which header it sends.
        firmware_version: what `v` answers.
        slots: what `x` answers, by index.
        scans_max: how many scans it can add.
    """

    generation: Literal["flame", "sad500"]
    firmware_version: int
    slots: Mapping[int, str] = field(default_factory=dict)
    scans_max: int = 15


Acquire = Callable[[Acquisition], list[int]]
Words = tuple[int, ...]


class OceanInstrument:
    """The dialogue. Pure: bytes and time in, bytes out.

    Args:
        nature: what it is.
        acquire: gives the counts of the pixels, added over the scans.

    Attributes:
        acquisition: what the next spectrum shall be.
        ascii_mode: numbers are text; the mode after power-up is binary.
        spectra: how many were sent since power-up.
        wake_at_s: when a spectrum is ready, or a half command is forgotten.
        corrupt_checksums: send wrong checksums.
        line_baud: the speed it was switched to by K; None while it never was.
    """

    def __init__(self, nature: Nature, acquire: Acquire) -> None:
        self._nature = nature
        self._acquire = acquire
        self.acquisition = Acquisition()
        self.ascii_mode = False
        self.spectra = 0
        self.wake_at_s: float | None = None
        self.corrupt_checksums = False
        self.line_baud: int | None = None
        self._input = bytearray()
        self._last_frame = b""
        self._ready_at_s: float | None = None
        self._armed = False

    def reset(self) -> None:
        """Forget a half command and a spectrum on its way."""
        self._input.clear()
        self._ready_at_s = self.wake_at_s = None
        self._armed = False

    def power_up(self, now_s: float) -> None:
        """Settings, mode and speed as after power-up."""
        self.reset()
        self.acquisition, self.ascii_mode, self._last_frame = Acquisition(), False, b""
        self.line_baud = None if self.line_baud is None else SPEEDS[3]
        self._plan(now_s)

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that arrived; what to answer at once."""
        self._input += data
        del self._input[INPUT_MAX_BYTES:]
        answer = self._work(now_s)
        self._plan(now_s)
        return answer

    def wake(self, now_s: float) -> bytes:
        """A spectrum is ready, or a half command has waited too long."""
        answer = b""
        if self._ready_at_s is not None and self._ready_at_s <= now_s:
            self._ready_at_s = None
            answer = self._spectrum() + self._work(now_s)
        elif self._ready_at_s is None and not self._armed:
            self._input.clear()
        self._plan(now_s)
        return answer

    def pull_trigger(self, now_s: float) -> bool:
        """The external trigger line is pulled; whether the instrument waited for it."""
        waited = self._armed
        if waited:
            self._armed = False
            self._expose(now_s)
            self._plan(now_s)
        return waited

    def told(self) -> Reply:
        """How it is set."""
        wanted = self.acquisition
        return {
            "mode": "ascii" if self.ascii_mode else "binary",
            "integration_ms": wanted.integration_ms,
            "scans": wanted.scans,
            "checksum": wanted.checksum,
            "spectra": self.spectra,
            "baud": self.line_baud,
        }

    def _plan(self, now_s: float) -> None:
        self.wake_at_s = self._ready_at_s
        if self.wake_at_s is None and self._input and not self._armed:
            self.wake_at_s = now_s + HALF_COMMAND_S

    def _work(self, now_s: float) -> bytes:
        """Do every whole command that has arrived; none while a spectrum is taken."""
        answer = bytearray()
        while self._input and self._ready_at_s is None and not self._armed:
            done = self._command(now_s)
            if done is None:
                break
            answer += done
        return bytes(answer)

    def _command(self, now_s: float) -> bytes | None:
        """The answer to the first command; None while it is not all there."""
        letter = chr(self._input[0])
        if letter in "\r\n":
            del self._input[:1]
            return b""
        if letter in "ab":
            return self._mode(letter)
        if letter not in _COMMANDS:
            return self._echo(1) + NAK
        count, act = _COMMANDS[letter]
        if letter == "P":
            count = ocean_pixels.due(self._first_words, self._nature.generation)
        taken = self._ascii_words(count) if self.ascii_mode else self._binary_words(count)
        if taken is None:
            return None
        size, values = taken
        echo = self._echo(size)
        return echo + (NAK if values is None else act(self, values, now_s))

    def _echo(self, size: int) -> bytes:
        """Take so many bytes from the input; in ASCII mode they are sent back."""
        taken = bytes(self._input[:size])
        del self._input[:size]
        return taken if self.ascii_mode else b""

    def _mode(self, letter: str) -> bytes | None:
        """Set the mode by aA or bB: two letters, so that it can't happen by accident."""
        if len(self._input) < 2:
            return None
        if self._input[1] != ord(letter.upper()):
            return self._echo(1) + NAK
        echo = self._echo(2)
        self.ascii_mode = letter == "a"
        return echo + ACK

    def _first_words(self, count: int) -> Words | None:
        taken = self._ascii_words(count) if self.ascii_mode else self._binary_words(count)
        return None if taken is None else taken[1]

    def _binary_words(self, count: int) -> tuple[int, Words] | None:
        size = 1 + 2 * count
        if len(self._input) < size:
            return None
        pairs = [self._input[at : at + 2] for at in range(1, size, 2)]
        return size, tuple(int.from_bytes(pair, "big") for pair in pairs)

    def _ascii_words(self, count: int) -> tuple[int, Words | None] | None:
        """Decimal numbers, each ended by CR or LF; None for the values where one is no number."""
        values: list[int] = []
        at = 1
        for _number in range(count):
            start = at
            while at < len(self._input) and self._input[at] not in ENDS:
                at += 1
            text = bytes(self._input[start:at])
            if (text and not text.isdigit()) or len(text) > DIGITS_MAX:
                return at, None
            if at == len(self._input):
                return None
            at += 1
            if not text or int(text) > ocean_wire.WORD_MAX:
                return at, None
            values.append(int(text))
        return at, tuple(values)

    def _say(self, *values: int) -> bytes:
        if self.ascii_mode:
            return b"".join(b"%d\r\n" % value for value in values)
        return ocean_wire.words(values)

    def _expose(self, now_s: float) -> None:
        wanted = self.acquisition
        self._ready_at_s = now_s + wanted.integration_ms * wanted.scans / 1000

    def _spectrum(self) -> bytes:
        wanted = self.acquisition
        self.spectra += 1
        pixels = ocean_pixels.chosen(self._acquire(wanted), wanted.pixel_mode)
        scan = Scan(pixels, wanted.integration_ms, wanted.scans, self.spectra)
        self._last_frame = STX + self._frame(scan)
        return self._last_frame

    def _frame(self, scan: Scan) -> bytes:
        generation = self._nature.generation
        doubled = generation == "flame" and scan.scans > 1
        head = ocean_wire.header(scan, generation, doubled=doubled)
        head[-1:] = self.acquisition.pixel_mode
        payload = ocean_wire.double_words(scan.pixels) if doubled else ocean_wire.words(scan.pixels)
        total = ocean_wire.checksum(payload)
        if self.acquisition.compressed and not self.ascii_mode:
            payload = ocean_wire.compress(
                [min(pixel, ocean_wire.WORD_MAX) for pixel in scan.pixels]
            )
            total = ocean_wire.compressed_checksum(payload)
        total ^= 0x5555 if self.corrupt_checksums else 0
        tail = [LAST_WORD, total] if self.acquisition.checksum else [LAST_WORD]
        if self.ascii_mode:
            return self._say(*head, *scan.pixels, *tail)
        return ocean_wire.words(head) + payload + ocean_wire.words(tail)

    def do_setting(self, name: str, value: int, least: int, most: int) -> bytes:
        """Set one value of the acquisition; NAK where it is out of range."""
        if not least <= value <= most:
            return NAK
        kind = type(getattr(self.acquisition, name))
        setattr(self.acquisition, name, kind(value))
        return ACK

    def do_scans(self, value: int) -> bytes:
        """A: how many scans to add."""
        return self.do_setting("scans", value, 1, self._nature.scans_max)

    def do_acquire(self, now_s: float) -> bytes:
        """S: STX and the spectrum when it is there; ETX where it can't be."""
        wanted = self.acquisition
        if wanted.compressed and wanted.scans > 1:
            return ETX
        if wanted.trigger >= 2:
            self._armed = True
        else:
            self._expose(now_s)
        return b""

    def do_again(self) -> bytes:
        """O: the last spectrum once more."""
        return self._last_frame or ETX

    def do_defaults(self) -> bytes:
        """Q: all settings as after power-up; the mode stays."""
        self.acquisition = Acquisition()
        return ACK

    def do_pixels(self, values: Words) -> bytes:
        """P: which pixels are sent."""
        if not ocean_pixels.fits(values):
            return NAK
        self.acquisition.pixel_mode = values
        return ACK

    def do_baud(self, code: int) -> bytes:
        """K: ACK at the old speed, then the new one."""
        if code not in range(len(SPEEDS)):
            return NAK
        self.line_baud = SPEEDS[code]
        return ACK

    def do_version(self) -> bytes:
        """The `v` command: ACK and the firmware version."""
        return ACK + self._say(self._nature.firmware_version)

    def do_slot(self, index: int) -> bytes:
        """The `x` command: ACK and the text of one EEPROM slot."""
        text = self._nature.slots.get(index)
        return NAK if text is None else ACK + text.encode("ascii") + b"\r\n"


def _accept(*allowed: int) -> Callable[[OceanInstrument, Words, float], bytes]:
    """A command that changes nothing here: ACK for the allowed values (none: for all)."""
    return lambda _self, values, _now_s: ACK if not allowed or values[0] in allowed else NAK


_Act = Callable[[OceanInstrument, Words, float], bytes]
_COMMANDS: Mapping[str, tuple[int, _Act]] = {
    "A": (1, lambda self, values, _now_s: self.do_scans(values[0])),
    "B": (1, lambda self, values, _now_s: self.do_setting("boxcar", values[0], 0, 500)),
    "G": (1, lambda self, values, _now_s: self.do_setting("compressed", values[0], 0, 1)),
    "I": (1, lambda self, values, _now_s: self.do_setting("integration_ms", values[0], 1, 65535)),
    "J": (1, lambda self, values, _now_s: self.do_setting("lamp", values[0], 0, 65535)),
    "K": (1, lambda self, values, _now_s: self.do_baud(values[0])),
    "L": (1, _accept(0, 1, 2)),
    "M": (1, _accept(0)),
    "N": (1, _accept(1)),
    "O": (1, lambda self, _values, _now_s: self.do_again()),
    "P": (1, lambda self, values, _now_s: self.do_pixels(values)),
    "Q": (0, lambda self, _values, _now_s: self.do_defaults()),
    "S": (0, lambda self, _values, now_s: self.do_acquire(now_s)),
    "T": (1, lambda self, values, _now_s: self.do_setting("trigger", values[0], 0, 4)),
    "W": (2, _accept()),
    "k": (1, lambda self, values, _now_s: self.do_setting("checksum", values[0], 0, 65535)),
    "v": (0, lambda self, _values, _now_s: self.do_version()),
    "x": (1, lambda self, values, _now_s: self.do_slot(values[0])),
}
"""Letter: how many WORDs follow, and what is done."""
