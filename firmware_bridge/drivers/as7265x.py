"""The ams AS7265x chip set: 18 broad channels from 410 to 940 nm, by AT commands.

It sees colours. Eighteen points can't tell one substance from another; spectra of it are shown, and
the matcher's quality checks hold back any result.

Source: ams AS7265x data sheet v1-04 (2018). `ATDATA`, `ATCDATA` and `ATGAIN` are in it; that
`ATINTTIME` counts in 2.78 ms, and the order of the channels, are to be checked on the device.
"""

from collections.abc import Mapping
from typing import Literal, cast

from pydantic import BaseModel, Field, model_validator

from firmware_bridge.drivers._spectrometer import SpectrometerDriver
from firmware_bridge.drivers.readings import Fault, FaultReading, Purpose, SpectrumReading
from firmware_bridge.framing.at_text import AtAnswer, command, values
from firmware_bridge.framing.exchange import Exchange, Talk

CHANNELS = 18
STEP_US = 2780
REPLY_S = 1.0
RAW_MAX = 65535
GAINS = {1: 0, 4: 1, 16: 2, 64: 3}
_ORDER = "610 680 730 760 810 860 560 585 645 705 900 940 410 435 460 485 510 535"
_ADVICE: Mapping[Fault, str] = {
    Fault.NO_REPLY: "Check cable and power, and that I2C_ENB is low, which makes it speak UART.",
    Fault.LINE_NOISE: "Check cable, ground and baud rate (115200).",
    Fault.PROTOCOL: "Is it an AS7265x with all three chips? Others send fewer channels.",
    Fault.REFUSED: "Its firmware does not know the command that the detail names.",
}


class Settings(BaseModel, extra="forbid", frozen=True):
    """What has to be known about one chip set."""

    data: Literal["calibrated", "raw"] = Field(
        default="calibrated", description="'calibrated' asks ATCDATA, 'raw' asks ATDATA."
    )
    gain: int = Field(default=16, description="Gain of the detector: 1, 4 (3.7), 16 or 64.")
    integration_steps: int = Field(
        default=50, ge=1, le=255, description="Integration time in steps of 2.78 ms."
    )
    scans: int = Field(default=1, ge=1, le=1000, description="How many readings are averaged.")
    channels_nm: str = Field(
        default=_ORDER,
        max_length=200,
        description="Wavelengths of the 18 numbers in the order in which they come, nm.",
    )
    interval_s: float | None = Field(
        default=None, gt=0, description="Take a sample every so many seconds; else on request only."
    )

    @model_validator(mode="after")
    def _values_fit(self) -> "Settings":
        if self.gain not in GAINS:
            raise ValueError(f"gain must be one of {', '.join(map(str, GAINS))}")
        if len(set(self.order)) != CHANNELS or not all(300 <= nm <= 1100 for nm in self.order):
            raise ValueError("channels_nm must be 18 different wavelengths from 300 to 1100 nm")
        return self

    @property
    def order(self) -> tuple[float, ...]:
        """The wavelengths as they come; () where they are no numbers."""
        try:
            return tuple(map(float, self.channels_nm.replace(",", " ").split()))
        except ValueError:
            return ()


class As7265xDialect:
    """The commands of one chip set (see `firmware_bridge.drivers._spectrometer.Dialect`)."""

    name = "as7265x"
    advice = _ADVICE

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.interval_s = settings.interval_s

    def forget(self) -> None:
        """It tells nothing that could be kept."""

    def set_up(self) -> Talk[list[FaultReading]]:
        """Wait for a silent line, see that it is there, set gain and integration time."""
        longest_s = self._settings.integration_steps * STEP_US / 1e6
        yield Exchange("a silent line", b"\n", longest_s + REPLY_S, None)
        yield from self._say("AT")
        yield from self._say(f"ATGAIN={GAINS[self._settings.gain]}")
        yield from self._say(f"ATINTTIME={self._settings.integration_steps}")
        return []

    def measure(self, purpose: Purpose) -> Talk[SpectrumReading]:
        """The mean of the wanted readings, in the order of the wavelengths."""
        settings = self._settings
        taken: list[tuple[float, ...]] = []
        for _ in range(settings.scans):
            text = yield from self._say("ATCDATA" if settings.data == "calibrated" else "ATDATA")
            taken.append(values(text, CHANNELS))
        columns = sorted(zip(settings.order, *taken, strict=True))
        raw = settings.data == "raw"
        return SpectrumReading(
            axis=tuple(column[0] for column in columns),
            values=tuple(sum(column[1:]) / len(taken) for column in columns),
            axis_unit="nm",
            purpose=purpose,
            integration_time_us=settings.integration_steps * STEP_US,
            scans=settings.scans,
            saturated_pixels=sum(raw and max(column[1:]) >= RAW_MAX for column in columns),
            details={"data": settings.data, "gain": str(settings.gain), "checksum": "none"},
        )

    def _say(self, text: str) -> Talk[str]:
        # Two groups of channels are measured one after the other.
        limit_s = REPLY_S + 2 * self._settings.integration_steps * STEP_US / 1e6
        value = yield Exchange(text, command(text), limit_s, AtAnswer(text))
        return cast("str", value)


def make(settings: Settings) -> SpectrometerDriver:
    """Make the driver of one chip set."""
    return SpectrometerDriver(As7265xDialect(settings))
