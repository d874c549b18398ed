"""The instrument's side of the Ocean Binary Protocol: messages in, answers out.

Sources: STS Data Sheet 030-00000-003-05-201604; for the QE Pro, the Spark and the Flame-X the
types that SeaBreeze 3.0 uses. Chosen here: averages keep whole counts, the 32 bytes before a
buffered spectrum hold its number and integration time and are else zero, and a QE Pro refuses the
16-bit spectra.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hardware.simulators import obp_wire
from hardware.simulators.device import Reply
from hardware.simulators.obp_wire import ACKS, ANSWERS, NACKS, Order
from hardware.simulators.optics import Exposure

INPUT_MAX_BYTES = 8192
UNKNOWN, WRONG_LENGTH, INVALID, NO_VALUE = 2, 5, 6, 12
SPEEDS = (9600, 19200, 38400, 57600, 115200, 230400, 460800)

Counts = Callable[[Exposure], list[int]]


@dataclass(frozen=True, slots=True)
class ObpNature:
    """What an instrument is.

    Attributes:
        serial: its serial number.
        revision: of its firmware, two bytes of binary coded decimal.
        pixels: how many it sends.
        wide: spectra are 32 bits and come from a buffer.
        shortest_us: the shortest integration time.
        averages: it can average scans and smooth.
        tables: wavelength, non-linearity and stray light coefficients by the type that counts them.
        unknown: types that this model does not know.
    """

    serial: str
    revision: int
    pixels: int
    wide: bool = False
    shortest_us: int = 10
    averages: bool = True
    tables: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    unknown: frozenset[int] = frozenset()


class ObpInstrument:
    """The dialogue. Pure: bytes and time in, bytes out.

    Args:
        nature: what it is.
        counts: gives the counts of the pixels, added over the scans.

    Attributes:
        spectra: how many were sent since power-up.
        wake_at_s: when a spectrum is ready.
        corrupt_checksums: send wrong checksums.
        line_baud: the speed it was switched to; None while it never was.
    """

    def __init__(self, nature: ObpNature, counts: Counts) -> None:
        self._nature = nature
        self._counts = counts
        self.spectra = 0
        self.wake_at_s: float | None = None
        self.corrupt_checksums = False
        self.line_baud: int | None = None
        self._defaults()
        self._next_baud: int | None = None
        self._input = bytearray()
        self._taking: Order | None = None
        self._armed = False

    def _defaults(self) -> None:
        self._time_us, self._scans, self._boxcar = 100_000, 1, 0
        self._trigger, self._md5 = 0, False

    def power_up(self, _now_s: float) -> None:
        """Settings and speed as after power-up."""
        self.reset()
        self._defaults()
        self.line_baud = None if self.line_baud is None else SPEEDS[0]

    def reset(self) -> None:
        """Forget half a message and a spectrum on its way."""
        self._input.clear()
        self._taking = self.wake_at_s = None
        self._armed = False

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that arrived; what to answer at once."""
        self._input += data
        del self._input[:-INPUT_MAX_BYTES]
        return self._work(now_s)

    def wake(self, now_s: float) -> bytes:
        """A spectrum is ready."""
        if self._taking is None or self.wake_at_s is None or self.wake_at_s > now_s:
            return b""
        order, self._taking, self.wake_at_s = self._taking, None, None
        return self._said(order, ANSWERS, self._spectrum()) + self._work(now_s)

    def pull_trigger(self, now_s: float) -> bool:
        """The external trigger line is pulled; whether the instrument waited for it."""
        waited, self._armed = self._armed, False
        if waited:
            self._expose(now_s)
        return waited

    def told(self) -> Reply:
        """How it is set."""
        return {
            "integration_us": self._time_us,
            "scans": self._scans,
            "boxcar": self._boxcar,
            "checksum": self._md5,
            "spectra": self.spectra,
            "baud": self.line_baud,
        }

    def _work(self, now_s: float) -> bytes:
        said = bytearray()
        while self._taking is None and (order := obp_wire.take(self._input)) is not None:
            said += self._answer(order, now_s)
        if self._next_baud is not None:
            self.line_baud, self._next_baud = self._next_baud, None
        return bytes(said)

    def _answer(self, order: Order, now_s: float) -> bytes:
        if order.trouble:
            return self._refused(order, order.trouble)
        if order.kind in self._nature.unknown:
            return self._refused(order, UNKNOWN)
        if order.kind in self._spectrum_kinds:
            self._taking = order
            self._armed = self._trigger != 0
            if not self._armed:
                self._expose(now_s)
            return b""
        told = self._asked(order)
        if told is not None:
            return self._said(order, ANSWERS, told) if told else self._refused(order, NO_VALUE)
        return self._set(order)

    @property
    def _spectrum_kinds(self) -> set[int]:
        return {0x00100928} if self._nature.wide else {0x00101000, 0x00101100}

    def _asked(self, order: Order) -> bytes | None:
        """What a question is answered with; empty for no such value, None if it is no question."""
        nature = self._nature
        plain = {
            0x00000080: b"\x01",
            0x00000090: nature.revision.to_bytes(2, "little"),
            0x00000100: nature.serial.encode("ascii"),
            0x00000101: b"\x10",
            0x00110000: struct.pack("<I", self._time_us),
            0x00110220: struct.pack("<I", nature.pixels),
            0x00120000: struct.pack("<H", self._scans),
            0x00121000: bytes([self._boxcar]),
        }
        if order.kind in plain:
            return plain[order.kind]
        if order.kind in nature.tables:
            return bytes([len(nature.tables[order.kind])])
        if order.kind - 1 in nature.tables:
            table = nature.tables[order.kind - 1]
            index = order.data[0] if len(order.data) == 1 else len(table)
            return struct.pack("<f", table[index]) if index < len(table) else b""
        return None

    def _set(self, order: Order) -> bytes:
        if order.kind == 0x00100830 and self._nature.wide:
            return self._done(order)
        widths = {0x10: 1, 0x810: 4, 0x00110010: 4, 0x00110110: 1}
        if self._nature.averages:
            widths |= {0x00120010: 2, 0x00121010: 1}
        if order.kind not in widths:
            return self._refused(order, UNKNOWN)
        if len(order.data) != widths[order.kind]:
            return self._refused(order, WRONG_LENGTH)
        return self._keep(order, obp_wire.number(order.data))

    def _keep(self, order: Order, value: int) -> bytes:
        """Set one value; NACK where it is out of range."""
        ranges = {
            0x10: (0, 1),
            0x810: (SPEEDS[0], SPEEDS[-1]),
            0x00110010: (self._nature.shortest_us, 1_600_000_000),
            0x00110110: (0, 2),
            0x00120010: (1, 5000),
            0x00121010: (0, 15),
        }
        least, most = ranges[order.kind]
        if not least <= value <= most or (order.kind == 0x810 and value not in SPEEDS):
            return self._refused(order, INVALID)
        if order.kind == 0x10:
            self._md5 = value == 1
        elif order.kind == 0x810:
            self._next_baud = value
        elif order.kind == 0x00110010:
            self._time_us = value
        elif order.kind == 0x00110110:
            self._trigger = value
        elif order.kind == 0x00120010:
            self._scans = value
        else:
            self._boxcar = value
        return self._done(order)

    def _expose(self, now_s: float) -> None:
        self.wake_at_s = now_s + self._time_us * self._scans / 1_000_000

    def _spectrum(self) -> bytes:
        self.spectra += 1
        total = self._counts(Exposure(self._time_us / 1000, self._scans, self._boxcar))
        pixels = [count // self._scans for count in total]
        if not self._nature.wide:
            return struct.pack(f"<{len(pixels)}H", *(min(pixel, 0xFFFF) for pixel in pixels))
        metadata = struct.pack("<IQI16x", self.spectra, 0, self._time_us)
        return metadata + struct.pack(f"<{len(pixels)}I", *pixels)

    def _done(self, order: Order) -> bytes:
        return self._said(order, ANSWERS | ACKS, b"") if order.wants_ack else b""

    def _refused(self, order: Order, error: int) -> bytes:
        return self._said(order, ANSWERS | NACKS, b"", error)

    def _said(self, order: Order, flags: int, data: bytes, error: int = 0) -> bytes:
        wrong = self.corrupt_checksums
        return obp_wire.answer(order, flags, data, error=error, md5=self._md5, wrong=wrong)
