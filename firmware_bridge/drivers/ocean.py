"""Ocean Optics spectrometers over RS-232: USB2000, USB2000+, USB4000, HR, Flame, SAD500.

`firmware_bridge.framing.ocean_talk` says what is said; `_spectrometer` keeps the time and tries
again. The set-up waits for a silent line and asks `v`, which the device can only answer when it is
done with all that it was asked before.

Sources: Flame-S/T manual 225-00000-000-11-201604, chapter 8; SAD500 Communications and Control.
"""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import Field, model_validator

from firmware_bridge.drivers._measuring import MeasuringSettings, listed
from firmware_bridge.drivers._spectrometer import SpectrometerDriver
from firmware_bridge.drivers.readings import Fault, FaultReading, Purpose, SpectrumReading
from firmware_bridge.framing.exchange import ReplyError, Talk
from firmware_bridge.framing.ocean import Mode
from firmware_bridge.framing.ocean_pixels import PixelChoice, in_steps, of_list, of_ranges
from firmware_bridge.framing.ocean_spectrum import FrameLayout, Generation, SpectrumFrame
from firmware_bridge.framing.ocean_talk import BAUD_CODES, OceanTalk

WORD_MAX, DOUBLE_WORD_MAX = 0xFFFF, 0xFFFFFFFF

_MOST_PARTS: Mapping[Generation, tuple[int, int]] = {
    Generation.FLAME: (10, 10),
    Generation.SAD500: (81, 0),
}
"""How many single pixels and how many ranges can be asked for."""

_ADVICE: Mapping[Fault, str] = {
    Fault.REFUSED: "Check the settings of this device against its manual.",
    Fault.LINE_NOISE: "Check cable, ground and baud rate.",
    Fault.BAD_CHECKSUM: "Check cable and ground; try a lower baud rate.",
    Fault.PROTOCOL: "Check the settings 'header' and 'scans' and the model.",
    Fault.NO_REPLY: "Check power, cable and baud rate (9600 after power-up).",
}


class Settings(MeasuringSettings, extra="forbid", frozen=True):
    """What has to be known about one spectrometer on an RS-232 line."""

    header: Generation = Field(
        default=Generation.FLAME,
        description="Meaning of the frame header: 'flame' (Flame, USB2000+) or 'sad500' (older).",
    )
    mode: Mode = Field(
        default=Mode.BINARY, description="Mode to put the device in: 'binary' or 'ascii' (slower)."
    )
    pixels: int = Field(default=2048, ge=8, le=16384, description="How many pixels it has.")
    pixel_first: int = Field(default=0, ge=0, le=16383, description="The first pixel to be sent.")
    pixel_last: int | None = Field(
        default=None, ge=0, le=16383, description="The last pixel to be sent; else the last of all."
    )
    pixel_step: int = Field(
        default=1, ge=1, le=1024, description="Send only every so many-th pixel."
    )
    pixel_list: str = Field(
        default="",
        max_length=500,
        description="Send only these pixels, such as '12 340 701'; at most 10, SAD500: 81.",
    )
    pixel_ranges: str = Field(
        default="",
        max_length=200,
        description="Send only these ranges, such as '100-220 640-900'; at most 10.",
    )
    integration_time_ms: int = Field(
        default=100, ge=1, le=65535, description="Integration time of one scan, in ms."
    )
    integration_time_max_ms: int = Field(
        default=10_000, ge=1, le=65535, description="The longest that auto_exposure may set, in ms."
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
        default=9600, ge=600, le=115200, description="Speed of the line after power-up."
    )
    fast_baud: int | None = Field(
        default=None, description="Speed to switch the line to with K; none stays at baud."
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> "Settings":
        if self.compressed and (self.mode is Mode.ASCII or self.scans > 1):
            raise ValueError("compressed = true needs mode = 'binary' and scans = 1")
        if self.fast_baud is not None and self.fast_baud not in BAUD_CODES:
            raise ValueError(f"fast_baud must be one of {', '.join(map(str, BAUD_CODES))}")
        if len(self.choice().numbers) < 2:
            raise ValueError(
                "pixel_first, _last, _step, _list or _ranges leave fewer than 2 pixels"
            )
        return self

    def choice(self) -> PixelChoice:
        """Which pixels the device sends.

        Raises:
            ValueError: they can't be asked for so.
        """
        last = self.pixels - 1 if self.pixel_last is None else self.pixel_last
        stepped = in_steps(self.pixels, self.pixel_first, last, self.pixel_step)
        wished = [bool(self.pixel_list), bool(self.pixel_ranges), stepped.mode != 0]
        if sum(wished) > 1:
            raise ValueError(
                "only one can be set of pixel_list, pixel_ranges, and pixel_first, _last and _step"
            )
        most_listed, most_ranges = _MOST_PARTS[self.header]
        if self.pixel_list:
            return of_list(self.pixel_list, self.pixels, most_listed)
        if self.pixel_ranges:
            return of_ranges(self.pixel_ranges, self.pixels, most_ranges)
        return stepped

    def layout(self) -> FrameLayout:
        """The shape of the frames that the device sends with these settings."""
        choice = self.choice()
        return FrameLayout(
            pixels=len(choice.numbers),
            generation=self.header,
            mode=self.mode,
            compressed=self.compressed,
            checksum=self.use_checksum,
            pixel_mode=choice.mode,
            parameters=choice.parameters,
        )

    @property
    def top(self) -> int:
        """The count at which a pixel of a whole spectrum is saturated."""
        wide = self.header is Generation.FLAME and self.scans > 1
        return min(self.adc_max * self.scans, DOUBLE_WORD_MAX if wide else WORD_MAX)


class OceanDialect:
    """The letters for one device (see `firmware_bridge.drivers._spectrometer.Dialect`)."""

    name = "ocean"
    advice = _ADVICE

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.interval_s = settings.interval_s
        self._choice = settings.choice()
        self._say = OceanTalk(
            settings.layout(),
            settings.integration_time_ms,
            settings.scans,
            settings.boxcar,
            settings.baud,
            self._choice.words,
        )
        self._told_uncalibrated = False
        self._firmware = ""
        self.forget()

    def forget(self) -> None:
        """Another device may be on the line, which has the speed of its settings again."""
        self._serial = ""
        self._axis_nm: tuple[float, ...] = ()
        self._nonlinearity: tuple[float, ...] = ()
        self._stray_light: tuple[float, ...] = ()
        self._say = replace(self._say, baud=self._settings.baud)

    def set_up(self) -> Talk[list[FaultReading]]:
        """Mode, speed, settings and identity."""
        self._firmware = yield from self._reach()
        yield from self._say.set_up()
        if self._axis_nm:
            return []
        return (yield from self._identify())

    def measure(self, purpose: Purpose) -> Talk[SpectrumReading]:
        """One spectrum, with the integration time found first where that is wanted."""
        settings = self._settings
        limits_us = (1000, settings.integration_time_max_ms * 1000)
        finder = settings.finder(purpose, settings.top / settings.scans, limits_us, 1000)
        while True:
            frame = yield from self._say.spectrum()
            used_us = self._say.integration_time_ms * 1000
            peak = max(frame.pixels) / settings.scans
            wanted_us = None if finder is None else finder.next_us(used_us, peak)
            if wanted_us is None:
                return self._reading(frame, purpose)
            self._say = replace(self._say, integration_time_ms=wanted_us // 1000)
            yield from self._say.set_time()

    def _reach(self) -> Talk[str]:
        """Find the device at the speed it has, and bring it to the wanted one; its version."""
        fast = self._settings.fast_baud
        if fast is None:
            return (yield from self._say.wake_up())
        slow, now = self._settings.baud, self._say.baud
        other = slow if now == fast else fast
        try:
            version = yield from self._say.wake_up(set_baud=True)
        except ReplyError:
            self._say = replace(self._say, baud=other)
            version = yield from self._say.wake_up(set_baud=True)
        if self._say.baud != fast:
            yield from self._say.change_baud(fast)
            self._say = replace(self._say, baud=fast)
            version = yield from self._say.wake_up(set_baud=True)
        return version

    def _identify(self) -> Talk[list[FaultReading]]:
        try:
            self._serial = yield from self._say.slot(0)
        except ReplyError:
            self._serial = ""
        try:
            self._axis_nm = yield from self._say.wavelengths(self._choice.numbers)
            self._told_uncalibrated = False
        except ReplyError as problem:
            # A device that is not there at all fails here, and is not called uncalibrated.
            yield from self._say.settle()
            yield from self._say.version()
            return self._uncalibrated(problem)
        self._nonlinearity = yield from self._say.nonlinearity()
        self._stray_light = yield from self._say.stray_light()
        return []

    def _uncalibrated(self, problem: ReplyError) -> list[FaultReading]:
        if self._told_uncalibrated:
            return []
        self._told_uncalibrated = True
        detail = f"no wavelength calibration could be read ({problem}); the axis is in pixels"
        advice = "Write the coefficients into the device again (slots 1 to 4)."
        return [FaultReading(Fault.UNREADABLE, detail, advice)]

    def _reading(self, frame: SpectrumFrame, purpose: Purpose) -> SpectrumReading:
        settings = self._settings
        return SpectrumReading(
            axis=self._axis_nm or tuple(map(float, self._choice.numbers)),
            values=tuple(map(float, frame.pixels)),
            axis_unit="nm" if self._axis_nm else "pixel",
            purpose=purpose,
            integration_time_us=self._say.integration_time_ms * 1000,
            scans=settings.scans,
            saturated_pixels=sum(count >= settings.top for count in frame.pixels),
            serial=self._serial,
            details={
                "firmware": self._firmware,
                "boxcar": str(settings.boxcar),
                "checksum": "verified" if settings.use_checksum else "off",
                "non-linearity": listed(self._nonlinearity),
                "stray light": listed(self._stray_light),
            },
            calibration=settings.calibration(
                self._nonlinearity, self._stray_light, scans_added=settings.scans
            ),
            full_scale=float(settings.top),
        )


def make(settings: Settings) -> SpectrometerDriver:
    """Make the driver of one spectrometer."""
    return SpectrometerDriver(OceanDialect(settings))
