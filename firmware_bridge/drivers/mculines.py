"""Boards with a microcontroller that send a spectrum as a line of numbers (C12880MA and others).

In the form "request" the bridge sends a command and reads one line; in the form "stream" the board
sends lines without end: the rest of the line under way is dropped, and the next one, which the
board began to measure after the request, is taken.

Sources: published firmware of the GroupGets C12880MA breakout (stream) and of the open-eio
microspec (request `SPEC.READ?`); the format belongs to the firmware and may differ on yours.
"""

from collections.abc import Mapping
from typing import Literal, cast

from pydantic import Field, model_validator

from firmware_bridge.drivers._certificate import UNCALIBRATED, CertificateSettings
from firmware_bridge.drivers._spectrometer import SpectrometerDriver
from firmware_bridge.drivers.readings import Fault, FaultReading, Purpose, SpectrumReading
from firmware_bridge.framing.csv_lines import LineAnswer, LineShape, Pause
from firmware_bridge.framing.exchange import Exchange, ReplyError, Talk

MARGIN_S = 2.0
_ENDS = {"lf": b"\n", "cr": b"\r", "crlf": b"\r\n"}
_ADVICE: Mapping[Fault, str] = {
    Fault.NO_REPLY: "Check cable, power, baud rate, and whether the form is 'request' or 'stream'.",
    Fault.LINE_NOISE: "Check cable, ground and baud rate, and the setting 'adc_max'.",
    Fault.PROTOCOL: "Check the setting 'pixels' against the board's firmware, and the cable.",
}


class Settings(CertificateSettings, extra="forbid", frozen=True):
    """What has to be known about one board."""

    form: Literal["request", "stream"] = Field(
        default="request", description="'request': one line per command; 'stream': without end."
    )
    read_command: str = Field(
        default="SPEC.READ?",
        min_length=1,
        max_length=60,
        pattern=r"^[ -~]+$",
        description="What a spectrum is asked for with, in the form 'request'.",
    )
    integration_command: str = Field(
        default="",
        max_length=60,
        pattern=r"^[ -~]*$",
        description="What sets the integration time; {us}, {ms} or {s} stand for it. Empty: none.",
    )
    command_end: Literal["lf", "cr", "crlf"] = Field(
        default="lf", description="What ends a command."
    )
    start_s: float = Field(
        default=2.0, ge=0, le=30, description="How long the board starts after its port is opened."
    )
    pixels: int = Field(default=288, ge=2, le=8192, description="How many numbers a line has.")
    drop_last: int = Field(
        default=0, ge=0, le=16, description="So many at the end are no pixels and are dropped."
    )
    adc_max: int = Field(
        default=1023, ge=1, le=0xFFFFFF, description="Counts at which a pixel is saturated."
    )
    integration_time_us: int = Field(
        default=30_000, ge=1, le=60_000_000, description="Integration time of a line, in us."
    )
    scans: int = Field(default=1, ge=1, le=1000, description="How many lines are averaged.")
    baud: int = Field(default=115_200, ge=600, le=4_000_000, description="Speed of the line.")
    interval_s: float | None = Field(
        default=None, gt=0, description="Take a sample every so many seconds; else on request only."
    )

    @model_validator(mode="after")
    def _pixels_are_left(self) -> "Settings":
        if self.pixels - self.drop_last < 2:
            raise ValueError("drop_last leaves fewer than 2 pixels")
        return self


class LinesDialect:
    """The lines of one board (see `firmware_bridge.drivers._spectrometer.Dialect`)."""

    name = "mculines"
    advice = _ADVICE

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.interval_s = settings.interval_s
        self._shape = LineShape(settings.pixels, settings.adc_max, settings.drop_last)
        self._told_uncalibrated = False
        self._starting = True

    def forget(self) -> None:
        """Opening the port restarts many boards."""
        self._starting = True

    def set_up(self) -> Talk[list[FaultReading]]:
        """Let the board start, set its integration time, and see that it sends a spectrum."""
        if self._starting:
            yield from self._pause("the board's start", b"", self._settings.start_s)
            self._starting = False
        yield from self._set_integration_time()
        yield from self._line(joined=self._settings.form == "stream")
        if self._settings.coefficients or self._told_uncalibrated:
            return []
        self._told_uncalibrated = True
        return [UNCALIBRATED]

    def measure(self, purpose: Purpose) -> Talk[SpectrumReading]:
        """The mean of the wanted lines."""
        settings = self._settings
        lines: list[tuple[int, ...]] = []
        for turn in range(settings.scans):
            line = yield from self._line(joined=settings.form == "stream" and turn == 0)
            lines.append(line)
        columns = list(zip(*lines, strict=True))
        axis, unit = settings.axis(len(columns))
        return SpectrumReading(
            axis=axis,
            values=tuple(sum(column) / len(lines) for column in columns),
            axis_unit=unit,
            purpose=purpose,
            integration_time_us=settings.integration_time_us,
            scans=settings.scans,
            saturated_pixels=sum(max(column) >= settings.adc_max for column in columns),
            serial=settings.serial,
            details={"checksum": "the board has none", **settings.details()},
        )

    def _line(self, *, joined: bool) -> Talk[tuple[int, ...]]:
        settings = self._settings
        send = b"" if settings.form == "stream" else self._command(settings.read_command)
        once_s = settings.integration_time_us / 1e6 + 10 * self._shape.longest_bytes / settings.baud
        limit_s = (2 if joined else 1) * once_s + MARGIN_S
        value = yield Exchange("a spectrum", send, limit_s, LineAnswer(self._shape, joined=joined))
        return cast("tuple[int, ...]", value)

    def _set_integration_time(self) -> Talk[None]:
        template = self._settings.integration_command
        if not template:
            return
        time_us = self._settings.integration_time_us
        words = {"{us}": f"{time_us}", "{ms}": f"{time_us / 1e3:g}", "{s}": f"{time_us / 1e6:g}"}
        for word, text in words.items():
            template = template.replace(word, text)
        yield from self._pause("the integration time", self._command(template), 0.5)

    def _pause(self, what: str, send: bytes, seconds: float) -> Talk[None]:
        try:
            yield Exchange(what, send, seconds, Pause())
        except ReplyError:
            return

    def _command(self, text: str) -> bytes:
        return text.encode("ascii") + _ENDS[self._settings.command_end]


def make(settings: Settings) -> SpectrometerDriver:
    """Make the driver of one board."""
    return SpectrometerDriver(LinesDialect(settings))
