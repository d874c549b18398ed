"""What is said to an Ocean spectrometer, and in which order; no time, no port, no policy.

Each talk is a generator: it yields an `Exchange` (bytes to send, and what to wait for), is sent the
value of the reply, or is thrown the `OceanError` that the reply ended in, and returns what was
learned. Whoever runs it keeps the time.

    set-up      CR CR bB (or aA), silence, v, then I A B G k T P
    identity    x 0 (serial number), x 1 to x 4 (wavelength coefficients)
    spectrum    S

Sources: Flame-S/T manual 225-00000-000-11-201604, chapter 8; SAD500 Communications and Control.
"""

from collections.abc import Generator
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TypeAlias, TypeVar, cast

from firmware_bridge.framing.ocean import (
    AckReply,
    Mode,
    NoiseError,
    NoReplyError,
    OceanError,
    RefusedError,
    Reply,
    TextReply,
    WordReply,
    encode,
)
from firmware_bridge.framing.ocean_spectrum import FrameLayout, SpectrumFrame, spectrum_reply

REPLY_S = 1.5
MARGIN_S = 2.0
SLOT_TRIES = 3
WAVELENGTH_SLOTS = (1, 2, 3, 4)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One thing to say and what to wait for.

    Attributes:
        what: the command in words, for messages.
        send: the bytes.
        limit_s: how long it may take, in seconds.
        reply: the reader of the reply; None waits for a silent line and drops what comes.
    """

    what: str
    send: bytes
    limit_s: float
    reply: Reply[object] | None

    def too_late(self) -> OceanError:
        """What to say when the limit is over."""
        limit = f"{self.limit_s:.1f} s"
        if self.reply is None:
            return NoiseError(f"the line did not fall silent within {limit}")
        if self.reply.received:
            got = self.reply.received
            return NoiseError(f"only {got} bytes of the reply to {self.what} came in {limit}")
        return NoReplyError(f"no reply to {self.what} within {limit}")


Talk: TypeAlias = Generator[Exchange, object, T]


@dataclass(frozen=True, slots=True)
class OceanTalk:
    """All that can be said to one device with one set of settings.

    Attributes:
        layout: the shape of its spectrum frames, and the mode.
        integration_time_ms: of one scan.
        scans: how many scans the device adds.
        boxcar: half-width of the device's smoothing, in pixels.
        baud: speed of the line.
    """

    layout: FrameLayout
    integration_time_ms: int
    scans: int
    boxcar: int
    baud: int

    def set_up(self) -> Talk[str]:
        """Bring the device from any state to the wanted one; returns its firmware version."""
        # Two CR end any argument that the device may still wait for, in either mode.
        yield from self.settle(b"\r\r" + self.layout.mode.selector)
        version = yield from self.version()
        for letter, argument in (
            ("I", self.integration_time_ms),
            ("A", self.scans),
            ("B", self.boxcar),
            ("G", int(self.layout.compressed)),
            ("k", int(self.layout.checksum)),
            ("T", 0),
            ("P", 0),
        ):
            yield from self._set(letter, argument)
        return version

    def settle(self, send: bytes = b"") -> Talk[None]:
        """Wait for a silent line, longer than the longest spectrum takes."""
        yield Exchange("a silent line", send, self._transfer_s + MARGIN_S, None)

    def version(self) -> Talk[str]:
        """Ask for the firmware version (`v`), which also shows the mode; 1000 is 1.00.0."""
        if self.layout.mode is Mode.BINARY:
            number = yield from self._ask("v", None, WordReply())
        else:
            text = yield from self._ask("v", None, TextReply(self._echo("v")))
            if not (text.isdigit() and int(text) <= 0xFFFF):
                raise NoiseError(f"the version {text!r} is no number")
            number = int(text)
        return f"{number // 1000}.{number // 10 % 100:02d}.{number % 10}"

    def slot(self, slot: int) -> Talk[str]:
        """Read an information slot until two readings in a row agree: it has no checksum."""
        last: str | None = None
        problem: OceanError = NoiseError(f"no two readings of slot {slot} agree")
        for _ in range(SLOT_TRIES):
            try:
                text = yield from self._ask("x", slot, TextReply(self._echo("x", slot)))
            except RefusedError:
                raise
            except OceanError as trouble:
                problem = trouble
                yield from self.settle()
                continue
            if text == last:
                return text
            last = text
        raise problem

    def wavelengths(self) -> Talk[tuple[float, ...]]:
        """Read the wavelength of each pixel, in nm."""
        texts: list[str] = []
        for slot in WAVELENGTH_SLOTS:
            text = yield from self.slot(slot)
            texts.append(text)
        return wavelengths_nm(texts, self.layout.pixels)

    def spectrum(self) -> Talk[SpectrumFrame]:
        """Take one spectrum (`S`) and hold it against what was asked for."""
        exposure_s = self.integration_time_ms * self.scans / 1000
        reply = spectrum_reply(self.layout, self._echo("S"))
        limit_s = exposure_s + self._transfer_s + MARGIN_S
        frame = yield from self._ask("S", None, reply, limit_s)
        frame.require(self.integration_time_ms, self.scans)
        return frame

    def _set(self, letter: str, argument: int) -> Talk[None]:
        try:
            yield from self._ask(letter, argument, AckReply(self._echo(letter, argument)))
        except RefusedError as refusal:
            # A device without the option refuses to switch it off; the frame is judged anyway.
            if argument:
                raise RefusedError(f"the device refused {letter} {argument} (NAK)") from refusal

    def _ask(
        self, letter: str, argument: int | None, reply: Reply[T], limit_s: float = REPLY_S
    ) -> Talk[T]:
        send = encode(letter, argument, self.layout.mode)
        what = letter if argument is None else f"{letter} {argument}"
        limit_s += 10 * len(send) / self.baud
        value = yield Exchange(what, send, limit_s, cast("Reply[object]", reply))
        return cast("T", value)

    def _echo(self, letter: str, argument: int | None = None) -> bytes:
        mode = self.layout.mode
        return encode(letter, argument, mode) if mode is Mode.ASCII else b""

    @property
    def _transfer_s(self) -> float:
        return self.layout.longest_bytes * 10 / self.baud


def wavelengths_nm(texts: list[str], pixels: int) -> tuple[float, ...]:
    """The wavelength of each pixel, in nm: the sum of c_i * pixel**i.

    Args:
        texts: the coefficients c0, c1, ... as the device holds them, in text.
        pixels: how many pixels there are.

    Raises:
        NoiseError: a text is no number, or the axis does not rise or fall throughout above 0 nm.
    """
    try:
        coefficients = [float(text) for text in texts]
    except ValueError as problem:
        raise NoiseError(f"a wavelength coefficient is no number: {texts}") from problem
    axis = tuple(
        sum(c * pixel**power for power, c in enumerate(coefficients)) for pixel in range(pixels)
    )
    steps = [later - earlier for earlier, later in pairwise(axis)]
    is_monotone = all(step > 0 for step in steps) or all(step < 0 for step in steps)
    if not (is_monotone and isfinite(axis[-1]) and isfinite(axis[0]) and min(axis) > 0):
        raise NoiseError(f"the wavelength coefficients {texts} give no axis")
    return axis
