"""What is said to an instrument that speaks the Ocean Binary Protocol; no time, no port.

    reach        0x100 serial number, at the speed it has; with a wanted speed 0x810, and again
    set-up       0x10 checksum type, 0x110110 trigger, 0x110010 integration time, 0x120010 scans to
                 average, 0x121010 boxcar
    identity     0x80, 0x90 revisions; 0x180100, 0x180101 wavelength, 0x181100, 0x181101
                 non-linearity and 0x183100, 0x183101 stray light coefficients; 0x110220 pixels
    spectrum     0x101100 as it is, 0x101000 corrected, or 0x100928 from the buffer, which is
                 cleared first (0x100830) so that no older one is taken

Every request carries a tag of its own, and only an answer with that tag is taken. What a model does
not know it answers with NACK; a value that can be done without is then left out. An answer in
version 2 of the protocol is refused by name: its messages are not published.

Sources: STS Data Sheet 030-00000-003-05-201604; SeaBreeze 3.0 for the types of QE Pro, Spark and
Flame-X.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, cast

from firmware_bridge.framing.exchange import (
    Exchange,
    MismatchError,
    NoiseError,
    RefusedError,
    Talk,
)
from firmware_bridge.framing.obp import (
    NO_FLAGS,
    Flag,
    Message,
    encode,
)
from firmware_bridge.framing.obp_answer import MessageAnswer

REPLY_S = 1.5
MARGIN_S = 2.0
COEFFICIENTS_MAX = 16
TEXT_MAX = 64
TAG_MAX = 0xFFFF

CHECKSUM_TYPE = 0x00000010
HARDWARE_REVISION = 0x00000080
FIRMWARE_REVISION = 0x00000090
SERIAL_NUMBER = 0x00000100
SET_BAUD = 0x00000810
CLEAR_BUFFER = 0x00100830
INTEGRATION_TIME = 0x00110000
SET_INTEGRATION_TIME = 0x00110010
SET_TRIGGER = 0x00110110
PIXEL_COUNT = 0x00110220
SET_SCANS = 0x00120010
SET_BOXCAR = 0x00121010
WAVELENGTH_COUNT = 0x00180100
NONLINEARITY_COUNT = 0x00181100
STRAY_LIGHT_COUNT = 0x00183100

T = TypeVar("T")


class SpectrumKind(StrEnum):
    """Which message brings a spectrum, and how wide its pixels are."""

    RAW = "raw"
    CORRECTED = "corrected"
    BUFFERED = "buffered"

    @property
    def message(self) -> int:
        """The message type."""
        kinds = {self.RAW: 0x00101100, self.CORRECTED: 0x00101000, self.BUFFERED: 0x00100928}
        return kinds[self]

    @property
    def pixel_bytes(self) -> int:
        """How many bytes a pixel has."""
        return 4 if self is SpectrumKind.BUFFERED else 2

    @property
    def metadata_bytes(self) -> int:
        """How many bytes stand before the first pixel."""
        return 32 if self is SpectrumKind.BUFFERED else 0


@dataclass(frozen=True, slots=True)
class SpectrumData:
    """One spectrum as it came.

    Attributes:
        pixels: counts.
        verified: its frame carried an MD5 checksum, and it fitted.
    """

    pixels: tuple[int, ...]
    verified: bool


class ObpTalk:
    """All that can be said to one device.

    Args:
        pixels: how many it sends.
        spectrum: which message brings them.
        baud: speed of the line.
    """

    def __init__(self, pixels: int, spectrum: SpectrumKind, baud: int) -> None:
        self._pixels = pixels
        self._spectrum = spectrum
        self._tag = 0
        self.baud = baud
        self.md5 = False

    def serial_number(self, *, set_baud: bool = False) -> Talk[str]:
        """Ask for the serial number, which also shows that the device is there.

        Args:
            set_baud: set the port to `baud` first.
        """
        baud = self.baud if set_baud else None
        data = yield from self._ask(SERIAL_NUMBER, what="serial number", set_baud=baud)
        return printable(data)

    def change_baud(self, baud: int) -> Talk[None]:
        """Switch the device to another speed: it answers at the old one, then switches."""
        yield from self.tell(SET_BAUD, struct.pack("<L", baud), "RS-232 speed")

    def use_md5(self, *, wanted: bool) -> Talk[None]:
        """Have both sides send MD5 checksums; a device that has none goes on without."""
        self.md5 = False
        asked = yield from self.offered(self.tell(CHECKSUM_TYPE, bytes([wanted]), "checksum type"))
        self.md5 = wanted and asked is not None

    def revisions(self) -> Talk[str]:
        """Firmware and hardware revision as text; "" for what it does not say."""
        firmware = yield from self.offered(self._ask(FIRMWARE_REVISION, what="firmware revision"))
        hardware = yield from self.offered(self._ask(HARDWARE_REVISION, what="hardware revision"))
        told = []
        if firmware is not None and len(firmware) == 2:
            told.append(f"{firmware[1]:x}.{firmware[0]:02x}")
        if hardware is not None and len(hardware) == 1:
            told.append(f"hardware {hardware[0]}")
        return ", ".join(told)

    def pixel_count(self) -> Talk[int | None]:
        """How many pixels it says that it has; None where it does not say."""
        data = yield from self.offered(self._ask(PIXEL_COUNT, what="number of pixels"))
        return int.from_bytes(data, "little") if data is not None and 2 <= len(data) <= 4 else None

    def coefficients(self, count_kind: int) -> Talk[tuple[float, ...]]:
        """The coefficients of one kind, lowest order first; () where it has none.

        Args:
            count_kind: the message that asks how many; the next type asks for each.
        """
        data = yield from self.offered(self._ask(count_kind, what="number of coefficients"))
        if data is None or len(data) != 1 or data[0] > COEFFICIENTS_MAX:
            return ()
        found = []
        for index in range(data[0]):
            raw = yield from self._ask(count_kind + 1, bytes([index]), f"coefficient {index}")
            if len(raw) != 4:
                raise MismatchError(f"coefficient {index} came in {len(raw)} bytes instead of 4")
            found.append(float(struct.unpack("<f", raw)[0]))
        return tuple(found)

    def integration_time(self, time_us: int) -> Talk[None]:
        """Set the integration time, and hold what the device says of it against it."""
        told = yield from self._set_and_read(time_us)
        if told is not None and told != time_us:
            raise MismatchError(f"{time_us} us was set, the device says {told} us")

    def _set_and_read(self, time_us: int) -> Talk[int | None]:
        raw = struct.pack("<L", time_us)
        yield from self.tell(SET_INTEGRATION_TIME, raw, "integration time")
        data = yield from self.offered(self._ask(INTEGRATION_TIME, what="integration time"))
        return int.from_bytes(data, "little") if data is not None and len(data) == 4 else None

    def spectrum(self, exposure_s: float) -> Talk[SpectrumData]:
        """Take one spectrum.

        Args:
            exposure_s: how long the device measures, all scans together.
        """
        kind = self._spectrum
        if kind is SpectrumKind.BUFFERED:
            yield from self.offered(self.tell(CLEAR_BUFFER, b"", "clearing of the buffer"))
        size = kind.metadata_bytes + kind.pixel_bytes * self._pixels
        limit_s = exposure_s + 10 * size / self.baud + MARGIN_S
        answer = yield from self._exchange(kind.message, b"", "a spectrum", limit_s, NO_FLAGS)
        if len(answer.data) != size:
            got = len(answer.data)
            raise MismatchError(
                f"a spectrum of {got} bytes came, {self._pixels} pixels have {size}"
            )
        letter = "L" if kind.pixel_bytes == 4 else "H"
        shape = f"<{self._pixels}{letter}"
        return SpectrumData(struct.unpack_from(shape, answer.data, kind.metadata_bytes), answer.md5)

    def tell(self, kind: int, data: bytes, what: str) -> Talk[bool]:
        """Send a command and wait for its ACK."""
        yield from self._exchange(kind, data, what, REPLY_S, Flag.ACK_REQUESTED)
        return True

    def offered(self, talk: Talk[T]) -> Talk[T | None]:
        """What the talk gives; None where the device does not know of it."""
        try:
            return (yield from talk)
        except RefusedError:
            return None

    def _ask(
        self, kind: int, data: bytes = b"", what: str = "", set_baud: int | None = None
    ) -> Talk[bytes]:
        answer = yield from self._exchange(kind, data, what, REPLY_S, NO_FLAGS, set_baud)
        return answer.data

    def _exchange(
        self,
        kind: int,
        data: bytes,
        what: str,
        limit_s: float,
        flags: Flag,
        set_baud: int | None = None,
    ) -> Talk[Message]:
        self._tag = self._tag % TAG_MAX + 1
        send = encode(Message(kind, data, flags, regarding=self._tag, md5=self.md5))
        longest = max(4 * self._pixels + 64, 1024)
        reply = MessageAnswer(kind, self._tag, longest)
        limit_s += 10 * (len(send) + 64) / self.baud
        value = yield Exchange(what, send, limit_s, reply, set_baud)
        return cast("Message", value)


def printable(data: bytes) -> str:
    """A text of the device.

    Raises:
        NoiseError: it is none, or too long.
    """
    text = data.replace(b"\0", b"").decode("latin-1").strip()
    if len(data) > TEXT_MAX or not (text.isascii() and text.isprintable()):
        raise NoiseError(f"a text with unprintable characters came: {data[:TEXT_MAX]!r}")
    return text
