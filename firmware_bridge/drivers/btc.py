"""B&W Tek BTC100 and BTC110 boards on a serial line, in ASCII mode.

The board keeps no calibration and no serial number. A spectrum has no checksum: a lost line or a
letter is seen, a changed digit is not.

Source: notes of an owner, T. Trebisky (mmto.org, 2025); there is no manual.
"""

from collections.abc import Mapping
from typing import cast

from pydantic import Field, model_validator

from firmware_bridge.drivers._certificate import UNCALIBRATED, CertificateSettings
from firmware_bridge.drivers._spectrometer import SpectrometerDriver
from firmware_bridge.drivers.readings import Fault, FaultReading, Purpose, SpectrumReading
from firmware_bridge.framing.btc import AckAnswer, ScanAnswer, command
from firmware_bridge.framing.exchange import Exchange, ReplyError, Talk
from firmware_bridge.framing.ocean_talk import BAUD_CODES

REPLY_S = 1.5
MARGIN_S = 2.0
LINE_BYTES = 7
_ADVICE: Mapping[Fault, str] = {
    Fault.NO_REPLY: "Check power, cable and baud rate (9600 after power-up).",
    Fault.LINE_NOISE: "Check cable, ground and baud rate.",
    Fault.PROTOCOL: "Check the setting 'pixels', and the cable.",
}


class Settings(CertificateSettings, extra="forbid", frozen=True):
    """What has to be known about one board."""

    pixels: int = Field(default=2048, ge=2, le=8192, description="How many pixels it sends.")
    integration_time_ms: int = Field(
        default=100, ge=50, le=65000, description="Integration time of one scan, in ms."
    )
    scans: int = Field(default=1, ge=1, le=1000, description="How many scans the board averages.")
    adc_max: int = Field(
        default=65535, ge=1, le=65535, description="Counts at which a pixel is saturated."
    )
    baud: int = Field(
        default=9600, ge=600, le=115200, description="Speed of the line after power-up."
    )
    fast_baud: int | None = Field(
        default=None, description="Speed to switch the line to with K; none stays at baud."
    )
    interval_s: float | None = Field(
        default=None, gt=0, description="Take a sample every so many seconds; else on request only."
    )

    @model_validator(mode="after")
    def _speed_is_known(self) -> "Settings":
        if self.fast_baud is not None and self.fast_baud not in BAUD_CODES:
            raise ValueError(f"fast_baud must be one of {', '.join(map(str, BAUD_CODES))}")
        return self


class BtcDialect:
    """The letters of one board (see `firmware_bridge.drivers._spectrometer.Dialect`)."""

    name = "btc"
    advice = _ADVICE

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.interval_s = settings.interval_s
        self._baud = settings.baud
        self._told_uncalibrated = False

    def forget(self) -> None:
        """The port has the speed of its settings again."""
        self._baud = self._settings.baud

    def set_up(self) -> Talk[list[FaultReading]]:
        """Speed, ASCII mode, integration time and scans."""
        yield from self._reach()
        yield from self._tell("I", self._settings.integration_time_ms)
        yield from self._tell("A", self._settings.scans)
        if self._settings.coefficients or self._told_uncalibrated:
            return []
        self._told_uncalibrated = True
        return [UNCALIBRATED]

    def measure(self, purpose: Purpose) -> Talk[SpectrumReading]:
        """One scan."""
        settings = self._settings
        send = command("S")
        exposure_s = settings.integration_time_ms * settings.scans / 1000
        limit_s = exposure_s + 10 * LINE_BYTES * settings.pixels / self._baud + MARGIN_S
        value = yield Exchange("S", send, limit_s, ScanAnswer(send, settings.pixels))
        counts = cast("tuple[int, ...]", value)
        axis, unit = settings.axis(len(counts))
        return SpectrumReading(
            axis=axis,
            values=tuple(map(float, counts)),
            axis_unit=unit,
            purpose=purpose,
            integration_time_us=settings.integration_time_ms * 1000,
            scans=settings.scans,
            saturated_pixels=sum(count >= settings.adc_max for count in counts),
            serial=settings.serial,
            details={"checksum": "the board has none", **settings.details()},
        )

    def _reach(self) -> Talk[None]:
        """Find the board at the speed it has, and bring it to the wanted one."""
        fast = self._settings.fast_baud
        if fast is None:
            yield from self._wake_up(None)
            return
        other = self._settings.baud if self._baud == fast else fast
        try:
            yield from self._wake_up(self._baud)
        except ReplyError:
            self._baud = other
            yield from self._wake_up(other)
        if self._baud != fast:
            # The last bytes of its ACK come at the new speed already: nothing is read of it.
            yield Exchange("K", command("K", BAUD_CODES[fast]), MARGIN_S, None)
            self._baud = fast
            yield from self._wake_up(fast)

    def _wake_up(self, baud: int | None) -> Talk[None]:
        longest_s = 10 * LINE_BYTES * self._settings.pixels / self._baud + MARGIN_S
        yield Exchange("a silent line", b"\n", longest_s, None, baud)
        yield from self._tell("a")

    def _tell(self, letter: str, argument: int | None = None) -> Talk[None]:
        send = command(letter, argument)
        what = send.decode("ascii").strip()
        yield Exchange(what, send, REPLY_S + 10 * 20 / self._baud, AckAnswer(send))


def make(settings: Settings) -> SpectrometerDriver:
    """Make the driver of one board."""
    return SpectrometerDriver(BtcDialect(settings))
