"""Ocean Optics spectrometers over RS-232: USB2000, USB2000+, USB4000, HR, Flame, SAD500.

`firmware_bridge.framing.ocean_talk` says what is said; this driver keeps the time, tries again, and
makes readings. A measurement is tried three times. Whatever goes wrong, the next try waits for a
silent line and begins with the whole set-up, whose `v` the device can only answer when it is done
with all that it was asked before: so a late spectrum is never taken for the one that was asked for
after it.

Sources: Flame-S/T manual 225-00000-000-11-201604, chapter 8; SAD500 Communications and Control.
"""

from collections.abc import Callable
from functools import partial

from pydantic import BaseModel, Field, model_validator

from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import (
    Fault,
    FaultReading,
    Purpose,
    Reading,
    SpectrumReading,
)
from firmware_bridge.framing.ocean import (
    ChecksumError,
    MismatchError,
    Mode,
    NoiseError,
    NoReplyError,
    OceanError,
    RefusedError,
)
from firmware_bridge.framing.ocean_spectrum import FrameLayout, Generation, SpectrumFrame
from firmware_bridge.framing.ocean_talk import Exchange, OceanTalk, Talk

TRIES = 3
QUIET_S = 0.3
IDLE_S = 60.0
BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)

_FAULTS: dict[type[OceanError], tuple[Fault, str]] = {
    RefusedError: (Fault.REFUSED, "Check the settings of this device against its manual."),
    NoiseError: (Fault.LINE_NOISE, "Check cable, ground and baud rate."),
    ChecksumError: (Fault.BAD_CHECKSUM, "Check cable and ground; try a lower baud rate."),
    MismatchError: (Fault.PROTOCOL, "Check the settings 'header' and 'scans' and the model."),
    NoReplyError: (Fault.NO_REPLY, "Check power, cable and baud rate (9600 after power-up)."),
}


class Settings(BaseModel, extra="forbid", frozen=True):
    """What has to be known about one spectrometer on an RS-232 line."""

    header: Generation = Field(
        default=Generation.FLAME,
        description="Meaning of the frame header: 'flame' (Flame, USB2000+) or 'sad500' (older).",
    )
    mode: Mode = Field(
        default=Mode.BINARY, description="Mode to put the device in: 'binary' or 'ascii' (slower)."
    )
    pixels: int = Field(
        default=2048, ge=8, le=16384, description="How many pixels the device sends."
    )
    integration_time_ms: int = Field(
        default=100, ge=1, le=65535, description="Integration time of one scan, in ms."
    )
    scans: int = Field(default=1, ge=1, le=5000, description="How many scans the device adds up.")
    boxcar: int = Field(
        default=0, ge=0, le=500, description="Half-width of the device's smoothing, in pixels."
    )
    use_checksum: bool = Field(
        default=True, description="Ask for a checksum after each spectrum; leave it on."
    )
    compressed: bool = Field(
        default=False, description="Send differences, a third faster; binary and one scan only."
    )
    adc_max: int = Field(
        default=65535, ge=1, le=65535, description="Counts at which one scan is saturated."
    )
    baud: int = Field(
        default=9600, ge=600, le=115200, description="Speed of the line, for the time limits."
    )
    interval_s: float | None = Field(
        default=None, gt=0, description="Take a sample every so many seconds; else on request only."
    )

    @model_validator(mode="after")
    def _compression_fits(self) -> "Settings":
        if self.compressed and (self.mode is Mode.ASCII or self.scans > 1):
            raise ValueError("compressed = true needs mode = 'binary' and scans = 1")
        return self

    def layout(self) -> FrameLayout:
        """The shape of the frames that the device sends with these settings."""
        return FrameLayout(
            pixels=self.pixels,
            generation=self.header,
            mode=self.mode,
            compressed=self.compressed,
            checksum=self.use_checksum,
        )


class OceanDriver:
    """The dialogue with one Ocean spectrometer (see `firmware_bridge.drivers.base.Driver`)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._say = OceanTalk(
            settings.layout(),
            settings.integration_time_ms,
            settings.scans,
            settings.boxcar,
            settings.baud,
        )
        self._waiting: list[Purpose] = []
        self._current: Purpose | None = None
        self._talk: Talk[None] | None = None
        self._exchange: Exchange | None = None
        self._limit_s = self._heard_s = 0.0
        self._retry_s: float | None = None
        self._sample_s: float | None = None
        self._found: list[Reading] = []
        self._open = self._ready = False
        self._tries = self._outages = 0
        self._told_down = self._told_uncalibrated = False
        self._serial = self._firmware = ""
        self._axis_nm: tuple[float, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether the device answers and is set up."""
        return self._ready

    def opened(self, now_s: float) -> Step:
        """Begin with the set-up; a measurement that was under way counts as one failed try."""
        self._open, self._ready = True, False
        # Another device may have been plugged in: nothing that the last one said is kept.
        self._serial, self._axis_nm = "", ()
        self._outages = 0
        if self._current is None:
            return self._begin_afresh(now_s)
        return self._try_failed(
            Fault.PORT_LOST, "the port was re-opened", "Check cable and power.", now_s
        )

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes; those that nobody asked for are dropped."""
        exchange = self._exchange
        if exchange is None or not data:
            return self.wake(now_s)
        self._heard_s = now_s
        if exchange.reply is None:
            return self.wake(now_s)
        return self._hear(partial(exchange.reply.feed, data), now_s)

    def wake(self, now_s: float) -> Step:
        """Notice silence, a time limit, the end of a pause, or that a sample is due."""
        exchange = self._exchange
        if exchange is None:
            return self._rest(now_s) if self._open else Step()
        if now_s < self._heard_s + QUIET_S:
            return self._wait_on(now_s)
        if exchange.reply is None:
            return self._proceed(None, now_s)
        return self._hear(exchange.reply.quiet, now_s)

    def request(self, what: str, now_s: float) -> Step:
        """Take a spectrum: "sample", "background" or "dark"; each waits at most once.

        Raises:
            UnknownRequestError: this driver does nothing else.
        """
        if what not in set(Purpose):
            known = ", ".join(Purpose)
            raise UnknownRequestError(f"ocean can't do {what!r}; it takes spectra: {known}")
        self._queue(Purpose(what))
        if self._open and self._exchange is None:
            return self._begin_afresh(now_s)
        return Step()

    def _queue(self, purpose: Purpose) -> None:
        if purpose not in self._waiting:
            self._waiting.append(purpose)

    def _hear(self, listen: Callable[[], object], now_s: float) -> Step:
        """Let the reply say whether it is whole."""
        try:
            value = listen()
        except OceanError as problem:
            return self._trouble(problem, now_s)
        return self._wait_on(now_s) if value is None else self._proceed(value, now_s)

    def _wait_on(self, now_s: float) -> Step:
        if self._exchange is not None and now_s >= self._limit_s:
            return self._trouble(self._exchange.too_late(), now_s)
        quiet_s = self._heard_s + QUIET_S
        return self._step(min(quiet_s, self._limit_s) if quiet_s > now_s else self._limit_s)

    def _step(self, wake_at_s: float, send: bytes = b"") -> Step:
        readings, self._found = tuple(self._found), []
        return Step(send=send, readings=readings, wake_at_s=wake_at_s)

    def _begin_afresh(self, now_s: float) -> Step:
        self._tries = 0
        return self._begin(now_s)

    def _begin(self, now_s: float) -> Step:
        """Start a try: the set-up where it is needed, then the next measurement, if any."""
        if self._talk is not None:
            self._talk.close()
        self._retry_s = None
        self._talk = self._one_try()
        return self._proceed(None, now_s)

    def _one_try(self) -> Talk[None]:
        if self._current is None and self._waiting:
            self._current = self._waiting.pop(0)
        if not self._ready:
            self._firmware = yield from self._say.set_up()
            if not self._axis_nm:
                yield from self._identify()
            self._ready = True
        if self._current is not None:
            frame = yield from self._say.spectrum()
            self._found.append(self._reading(frame, self._current))

    def _proceed(self, value: object, now_s: float) -> Step:
        return self._go_on(lambda talk: talk.send(value), now_s)

    def _trouble(self, problem: OceanError, now_s: float) -> Step:
        """Tell the talk first: it may know what to do."""
        return self._go_on(lambda talk: talk.throw(problem), now_s)

    def _go_on(self, move: Callable[[Talk[None]], Exchange], now_s: float) -> Step:
        if self._talk is None:
            return self._rest(now_s)
        try:
            self._exchange = move(self._talk)
        except StopIteration:
            return self._try_done(now_s)
        except OceanError as problem:
            fault, advice = _FAULTS.get(type(problem), (Fault.PROTOCOL, ""))
            return self._try_failed(fault, str(problem), advice, now_s)
        self._heard_s, self._limit_s = now_s, now_s + self._exchange.limit_s
        return self._step(min(now_s + QUIET_S, self._limit_s), self._exchange.send)

    def _try_done(self, now_s: float) -> Step:
        self._talk = self._exchange = self._current = None
        self._outages = 0
        self._told_down = False
        return self._begin_afresh(now_s) if self._waiting else self._rest(now_s)

    def _try_failed(self, fault: Fault, detail: str, advice: str, now_s: float) -> Step:
        self._ready = False
        self._tries += 1
        # A set-up that is known to fail is tried once per pause; a measurement always in full.
        if self._tries < TRIES and (self._current is not None or not self._told_down):
            return self._begin(now_s)
        self._tell(fault, detail, advice)
        self._talk = self._exchange = self._current = None
        if self._waiting:
            return self._begin_afresh(now_s)
        self._retry_s = now_s + BACKOFF_S[min(self._outages, len(BACKOFF_S) - 1)]
        self._outages += 1
        return self._rest(now_s)

    def _tell(self, fault: Fault, detail: str, advice: str) -> None:
        """One fault per failed measurement, and one for a device that can't be set up."""
        if self._current is not None:
            told = f"{self._current}: {detail}"
            self._found.append(FaultReading(fault, told, advice, self._current.value))
        elif not self._told_down:
            self._found.append(FaultReading(fault, f"set-up: {detail}", advice))
        self._told_down = True

    def _rest(self, now_s: float) -> Step:
        """Nothing is under way: wait for a pause to end or for a sample to be due."""
        if self._retry_s is not None and now_s >= self._retry_s:
            return self._begin_afresh(now_s)
        if self._ready and self._settings.interval_s is not None:
            if self._sample_s is None:
                self._sample_s = now_s + self._settings.interval_s
            if now_s >= self._sample_s:
                self._sample_s = now_s + self._settings.interval_s
                self._queue(Purpose.SAMPLE)
                return self._begin_afresh(now_s)
        due = [at_s for at_s in (self._retry_s, self._sample_s) if at_s is not None]
        return self._step(min([at_s for at_s in due if at_s > now_s], default=now_s + IDLE_S))

    def _identify(self) -> Talk[None]:
        try:
            self._serial = yield from self._say.slot(0)
        except OceanError:
            self._serial = ""
        try:
            self._axis_nm = yield from self._say.wavelengths()
            self._told_uncalibrated = False
        except OceanError as problem:
            # A device that is not there at all fails here, and is not called uncalibrated.
            yield from self._say.settle()
            yield from self._say.version()
            self._tell_uncalibrated(problem)

    def _tell_uncalibrated(self, problem: OceanError) -> None:
        if self._told_uncalibrated:
            return
        self._told_uncalibrated = True
        detail = f"no wavelength calibration could be read ({problem}); the axis is in pixels"
        advice = "Write the coefficients into the device again (slots 1 to 4)."
        self._found.append(FaultReading(Fault.UNREADABLE, detail, advice))

    def _reading(self, frame: SpectrumFrame, purpose: Purpose) -> SpectrumReading:
        settings = self._settings
        top = min(settings.adc_max * settings.scans, 0xFFFFFFFF if frame.wide else 0xFFFF)
        return SpectrumReading(
            axis=self._axis_nm or tuple(map(float, range(settings.pixels))),
            values=tuple(map(float, frame.pixels)),
            axis_unit="nm" if self._axis_nm else "pixel",
            purpose=purpose,
            integration_time_us=settings.integration_time_ms * 1000,
            scans=settings.scans,
            saturated_pixels=sum(count >= top for count in frame.pixels),
            serial=self._serial,
            details={
                "firmware": self._firmware,
                "boxcar": str(settings.boxcar),
                "checksum": "verified" if settings.use_checksum else "off",
            },
            full_scale=float(top),
        )


def make(settings: Settings) -> OceanDriver:
    """Make the driver of one spectrometer."""
    return OceanDriver(settings)
