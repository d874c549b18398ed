"""Spectrometers that speak the Ocean Binary Protocol over RS-232: STS, QE Pro, Spark, Flame-X.

`firmware_bridge.framing.obp_talk` says what is said; `_spectrometer` keeps the time and tries
again. Every request has a tag that its answer must carry: a late answer is never taken for another.

Sources: STS Data Sheet 030-00000-003-05-201604; SeaBreeze 3.0 for the types of QE Pro, Spark
and Flame-X.
"""

import struct
from collections.abc import Mapping

from pydantic import Field, model_validator

from firmware_bridge.drivers._measuring import MeasuringSettings, listed
from firmware_bridge.drivers._spectrometer import SpectrometerDriver
from firmware_bridge.drivers.readings import Fault, FaultReading, Purpose, SpectrumReading
from firmware_bridge.framing import obp_talk
from firmware_bridge.framing.axis import wavelengths_nm
from firmware_bridge.framing.exchange import MismatchError, RefusedError, ReplyError, Talk
from firmware_bridge.framing.obp_talk import ObpTalk, SpectrumData, SpectrumKind

_ADVICE: Mapping[Fault, str] = {
    Fault.REFUSED: "Compare the settings of this device with the data sheet of its model.",
    Fault.LINE_NOISE: "Check cable, ground and baud rate.",
    Fault.BAD_CHECKSUM: "Check cable and ground; try a lower baud rate.",
    Fault.PROTOCOL: "Check the settings 'pixels' and 'spectrum' and the model.",
    Fault.NO_REPLY: "Check power, cable and baud rate (9600 after power-up).",
}


class Settings(MeasuringSettings, extra="forbid", frozen=True):
    """What has to be known about one instrument on an RS-232 line."""

    pixels: int = Field(default=1024, ge=2, le=65536, description="How many pixels it sends.")
    spectrum: SpectrumKind = Field(
        default=SpectrumKind.RAW,
        description="'raw', 'corrected' (both 16 bits), or 'buffered' (32 bits, QE Pro).",
    )
    integration_time_us: int = Field(
        default=100_000, ge=1, le=1_600_000_000, description="Integration time of one scan, in us."
    )
    integration_time_min_us: int = Field(
        default=10, ge=1, le=1_600_000_000, description="The shortest that it can do, in us."
    )
    integration_time_max_us: int = Field(
        default=10_000_000,
        ge=1,
        le=1_600_000_000,
        description="The longest that auto_exposure may set, in us.",
    )
    scans: int = Field(default=1, ge=1, le=5000, description="How many scans are averaged.")
    boxcar: int = Field(
        default=0, ge=0, le=15, description="Half-width of the device's smoothing, in pixels."
    )
    use_checksum: bool = Field(
        default=True, description="Have both sides send MD5 checksums; leave it on."
    )
    adc_max: int = Field(
        default=65535, ge=1, le=0xFFFFFFFF, description="Counts at which a pixel is saturated."
    )
    baud: int = Field(
        default=9600, ge=600, le=1_000_000, description="Speed of the line after power-up."
    )
    fast_baud: int | None = Field(
        default=None,
        ge=9600,
        le=1_000_000,
        description="Speed to switch the line to; none stays at baud.",
    )

    @model_validator(mode="after")
    def _times_in_order(self) -> "Settings":
        if not self.integration_time_min_us <= self.integration_time_us:
            raise ValueError("integration_time_us must not be below integration_time_min_us")
        return self


class ObpDialect:
    """The messages for one device (see `firmware_bridge.drivers._spectrometer.Dialect`)."""

    name = "obp"
    advice = _ADVICE

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.interval_s = settings.interval_s
        self._time_us = settings.integration_time_us
        self._say = ObpTalk(settings.pixels, settings.spectrum, settings.baud)
        self._told_uncalibrated = False
        self._averages_itself = True
        self.forget()

    def forget(self) -> None:
        """Another device may be on the line, which has the speed of its settings again."""
        self._serial = self._revisions = ""
        self._axis_nm: tuple[float, ...] = ()
        self._nonlinearity: tuple[float, ...] = ()
        self._stray_light: tuple[float, ...] = ()
        self._say.baud = self._settings.baud
        self._say.md5 = False

    def set_up(self) -> Talk[list[FaultReading]]:
        """Speed, checksums, settings and identity."""
        self._say.md5 = False
        self._serial = yield from self._reach()
        yield from self._say.use_md5(wanted=self._settings.use_checksum)
        yield from self._write_settings()
        if self._axis_nm:
            return []
        return (yield from self._identify())

    def measure(self, purpose: Purpose) -> Talk[SpectrumReading]:
        """One spectrum, with the integration time found first where that is wanted."""
        settings = self._settings
        limits_us = (settings.integration_time_min_us, settings.integration_time_max_us)
        finder = settings.finder(purpose, settings.adc_max, limits_us, 1)
        while True:
            counts, verified, saturated = yield from self._averaged()
            wanted_us = None if finder is None else finder.next_us(self._time_us, max(counts))
            if wanted_us is None:
                return self._reading(counts, purpose, saturated, verified=verified)
            self._time_us = wanted_us
            yield from self._say.integration_time(wanted_us)

    def _reach(self) -> Talk[str]:
        """Find the device at the speed it has, bring it to the wanted one; its serial number."""
        fast = self._settings.fast_baud
        if fast is None:
            return (yield from self._say.serial_number())
        other = self._settings.baud if self._say.baud == fast else fast
        try:
            serial = yield from self._say.serial_number(set_baud=True)
        except MismatchError:
            raise  # it understood us at this speed, and is none of ours
        except ReplyError:
            self._say.baud = other
            serial = yield from self._say.serial_number(set_baud=True)
        if self._say.baud != fast:
            yield from self._say.change_baud(fast)
            self._say.baud = fast
            serial = yield from self._say.serial_number(set_baud=True)
        return serial

    def _write_settings(self) -> Talk[None]:
        settings, say = self._settings, self._say
        yield from say.offered(say.tell(obp_talk.SET_TRIGGER, b"\0", "trigger mode"))
        yield from say.integration_time(self._time_us)
        scans = struct.pack("<H", settings.scans)
        taken = yield from say.offered(say.tell(obp_talk.SET_SCANS, scans, "scans to average"))
        self._averages_itself = taken is not None
        boxcar = bytes([settings.boxcar])
        taken = yield from say.offered(say.tell(obp_talk.SET_BOXCAR, boxcar, "boxcar"))
        if taken is None and settings.boxcar:
            raise RefusedError(f"the device refused a boxcar of {settings.boxcar} pixels")

    def _identify(self) -> Talk[list[FaultReading]]:
        say = self._say
        self._revisions = yield from say.revisions()
        count = yield from say.pixel_count()
        if count is not None and count != self._settings.pixels:
            raise MismatchError(f"the device has {count} pixels, {self._settings.pixels} are set")
        self._nonlinearity = yield from say.coefficients(obp_talk.NONLINEARITY_COUNT)
        self._stray_light = yield from say.coefficients(obp_talk.STRAY_LIGHT_COUNT)
        coefficients = yield from say.coefficients(obp_talk.WAVELENGTH_COUNT)
        try:
            self._axis_nm = wavelengths_nm(coefficients, range(self._settings.pixels))
        except ReplyError as problem:
            return self._uncalibrated(problem)
        self._told_uncalibrated = False
        return []

    def _uncalibrated(self, problem: ReplyError) -> list[FaultReading]:
        if self._told_uncalibrated:
            return []
        self._told_uncalibrated = True
        detail = f"no wavelength calibration could be read ({problem}); the axis is in pixels"
        return [FaultReading(Fault.UNREADABLE, detail, "Have the instrument calibrated.")]

    def _averaged(self) -> Talk[tuple[tuple[float, ...], bool, int]]:
        """The mean of the wanted scans, whether all was verified, and how many pixels saturated."""
        settings = self._settings
        in_device = settings.scans if self._averages_itself else 1
        spectra: list[SpectrumData] = []
        for _ in range(settings.scans // in_device):
            exposure_s = self._time_us * in_device / 1_000_000
            spectrum = yield from self._say.spectrum(exposure_s)
            spectra.append(spectrum)
        columns = list(zip(*(each.pixels for each in spectra), strict=True))
        counts = tuple(sum(column) / len(spectra) for column in columns)
        saturated = sum(max(column) >= settings.adc_max for column in columns)
        return counts, all(each.verified for each in spectra), saturated

    def _reading(
        self, counts: tuple[float, ...], purpose: Purpose, saturated: int, *, verified: bool
    ) -> SpectrumReading:
        settings = self._settings
        return SpectrumReading(
            axis=self._axis_nm or tuple(map(float, range(settings.pixels))),
            values=counts,
            axis_unit="nm" if self._axis_nm else "pixel",
            purpose=purpose,
            integration_time_us=self._time_us,
            scans=settings.scans,
            saturated_pixels=saturated,
            serial=self._serial,
            details={
                "firmware": self._revisions,
                "boxcar": str(settings.boxcar),
                "checksum": "verified" if verified else "off",
                "averaged by": "the instrument" if self._averages_itself else "the bridge",
                "non-linearity": listed(self._nonlinearity),
                "stray light": listed(self._stray_light),
            },
            calibration=settings.calibration(self._nonlinearity, self._stray_light),
        )


def make(settings: Settings) -> SpectrometerDriver:
    """Make the driver of one spectrometer."""
    return SpectrometerDriver(ObpDialect(settings))
