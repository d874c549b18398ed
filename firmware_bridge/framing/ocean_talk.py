"""What is said to an Ocean spectrometer, and in which order; no time, no port, no policy.

    reach       CR CR bB (or aA), silence, v; with a wanted speed K, and the same again
    set-up      I A B G k T P
    identity    x 0 (serial number), x 1 to x 4 (wavelength coefficients), x 5 (stray light),
                x 14 (order of the non-linearity), x 6 ... (its coefficients)
    spectrum    S

Sources: Flame-S/T manual 225-00000-000-11-201604, chapter 8; SAD500 Communications and Control. The
codes of `K` are those that boards of this family are known to have; the manuals at hand have no
table of them for every model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from firmware_bridge.framing.axis import numbers, wavelengths_nm
from firmware_bridge.framing.exchange import (
    Exchange,
    NoiseError,
    RefusedError,
    ReplyError,
    Talk,
)
from firmware_bridge.framing.ocean import (
    AckReply,
    Mode,
    Reply,
    TextReply,
    WordReply,
    encode,
)
from firmware_bridge.framing.ocean_spectrum import FrameLayout, SpectrumFrame, spectrum_reply

REPLY_S = 1.5
MARGIN_S = 2.0
SLOT_TRIES = 4
WAVELENGTH_SLOTS = (1, 2, 3, 4)
STRAY_LIGHT_SLOT = 5
FIRST_NONLINEARITY_SLOT = 6
ORDER_SLOT = 14
ORDER_MAX = 7
BAUD_CODES: Mapping[int, int] = {
    115200: 0,
    38400: 1,
    19200: 2,
    9600: 3,
    4800: 4,
    2400: 5,
    1200: 6,
    600: 7,
}
"""Bits per second: the argument of `K`."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OceanTalk:
    """All that can be said to one device with one set of settings.

    Attributes:
        layout: the shape of its spectrum frames, and the mode.
        integration_time_ms: of one scan.
        scans: how many scans the device adds.
        boxcar: half-width of the device's smoothing, in pixels.
        baud: speed of the line.
        pixel_words: the arguments of `P`.
    """

    layout: FrameLayout
    integration_time_ms: int
    scans: int
    boxcar: int
    baud: int
    pixel_words: tuple[int, ...] = (0,)

    def wake_up(self, *, set_baud: bool = False) -> Talk[str]:
        """Bring the device from any state to the mode; returns its firmware version.

        Args:
            set_baud: set the port to `baud` first.
        """
        # Two CR end any argument that the device may still wait for, in either mode.
        selector = b"\r\r" + self.layout.mode.selector
        yield from self.settle(selector, self.baud if set_baud else None)
        return (yield from self.version())

    def change_baud(self, baud: int) -> Talk[None]:
        """Switch the device to another speed (`K`): it says ACK at the old one, then switches."""
        yield from self._set("K", BAUD_CODES[baud], must=True)

    def set_up(self) -> Talk[None]:
        """Write all settings."""
        yield from self.set_time()
        for letter, argument in (
            ("A", self.scans),
            ("B", self.boxcar),
            ("G", int(self.layout.compressed)),
            ("k", int(self.layout.checksum)),
            ("T", 0),
        ):
            yield from self._set(letter, argument)
        yield from self._set("P", *self.pixel_words)

    def set_time(self) -> Talk[None]:
        """Set the integration time (`I`)."""
        yield from self._set("I", self.integration_time_ms)

    def settle(self, send: bytes = b"", baud: int | None = None) -> Talk[None]:
        """Wait for a silent line, longer than the longest spectrum takes."""
        yield Exchange("a silent line", send, self._transfer_s + MARGIN_S, None, baud)

    def version(self) -> Talk[str]:
        """Ask for the firmware version (`v`), which also shows the mode; 1000 is 1.00.0."""
        if self.layout.mode is Mode.BINARY:
            number = yield from self._ask("v", (), WordReply())
        else:
            text = yield from self._ask("v", (), TextReply(self._echo("v")))
            if not (text.isdigit() and int(text) <= 0xFFFF):
                raise NoiseError(f"the version {text!r} is no number")
            number = int(text)
        return f"{number // 1000}.{number // 10 % 100:02d}.{number % 10}"

    def slot(self, slot: int) -> Talk[str]:
        """Read an information slot until two readings agree: it has no checksum."""
        seen: list[str] = []
        problem: ReplyError = NoiseError(f"no two readings of slot {slot} agree")
        for _ in range(SLOT_TRIES):
            try:
                text = yield from self._ask("x", (slot,), TextReply(self._echo("x", slot)))
            except RefusedError:
                raise
            except ReplyError as trouble:
                problem = trouble
                yield from self.settle()
                continue
            if text in seen:
                return text
            seen.append(text)
        raise problem

    def wavelengths(self, pixels: Sequence[int]) -> Talk[tuple[float, ...]]:
        """Read the wavelength of each pixel that is sent, in nm."""
        texts: list[str] = []
        for slot in WAVELENGTH_SLOTS:
            text = yield from self.slot(slot)
            texts.append(text)
        return wavelengths_nm(numbers(texts), pixels)

    def nonlinearity(self) -> Talk[tuple[float, ...]]:
        """The coefficients of the linearity polynomial; () where there are none to be read."""
        try:
            (order,) = numbers([(yield from self.slot(ORDER_SLOT))])
            if order != int(order) or not 1 <= order <= ORDER_MAX:
                return ()
            texts: list[str] = []
            for power in range(int(order) + 1):
                text = yield from self.slot(FIRST_NONLINEARITY_SLOT + power)
                texts.append(text)
            return numbers(texts)
        except ReplyError:
            return ()

    def stray_light(self) -> Talk[tuple[float, ...]]:
        """The stray light constant; () where there is none to be read."""
        try:
            text = yield from self.slot(STRAY_LIGHT_SLOT)
            return numbers(text.split()[:1])
        except ReplyError:
            return ()

    def spectrum(self) -> Talk[SpectrumFrame]:
        """Take one spectrum (`S`) and hold it against what was asked for."""
        exposure_s = self.integration_time_ms * self.scans / 1000
        reply = spectrum_reply(self.layout, self._echo("S"))
        limit_s = exposure_s + self._transfer_s + MARGIN_S
        frame = yield from self._ask("S", (), reply, limit_s)
        frame.require(self.integration_time_ms, self.scans)
        return frame

    def _set(self, letter: str, *arguments: int, must: bool = False) -> Talk[None]:
        try:
            yield from self._ask(letter, arguments, AckReply(self._echo(letter, *arguments)))
        except RefusedError as refusal:
            # A device without the option refuses to switch it off; the frame is judged anyway.
            if must or any(arguments):
                said = " ".join(map(str, arguments))
                raise RefusedError(f"the device refused {letter} {said} (NAK)") from refusal

    def _ask(
        self, letter: str, arguments: tuple[int, ...], reply: Reply[T], limit_s: float = REPLY_S
    ) -> Talk[T]:
        send = encode(letter, arguments, self.layout.mode)
        what = " ".join([letter, *map(str, arguments)])
        limit_s += 10 * len(send) / self.baud
        value = yield Exchange(what, send, limit_s, reply)
        return cast("T", value)

    def _echo(self, letter: str, *arguments: int) -> bytes:
        mode = self.layout.mode
        return encode(letter, arguments, mode) if mode is Mode.ASCII else b""

    @property
    def _transfer_s(self) -> float:
        return self.layout.longest_bytes * 10 / self.baud
