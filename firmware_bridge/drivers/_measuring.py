"""What spectrometer drivers share about a measurement: its settings, and how long it exposes."""

from typing import Literal

from pydantic import BaseModel, Field

from firmware_bridge.drivers.readings import Calibration, Purpose
from firmware_bridge.exposure import ExposureFinder, ExposureGoal


class MeasuringSettings(BaseModel, extra="forbid", frozen=True):
    """What can be set of a measurement on every instrument whose integration time can be."""

    auto_exposure: Literal["off", "background", "sample"] = Field(
        default="off",
        description="On which measurement the integration time is found; the others keep it.",
    )
    exposure_target: float = Field(
        default=0.8, ge=0.1, le=0.95, description="Wanted level of the brightest pixel, of 1."
    )
    correct_nonlinearity: bool = Field(
        default=True, description="Divide by the instrument's own linearity polynomial."
    )
    correct_stray_light: bool = Field(
        default=False, description="Subtract the instrument's own stray light coefficient."
    )
    interval_s: float | None = Field(
        default=None, gt=0, description="Take a sample every so many seconds; else on request only."
    )

    def finder(
        self, purpose: Purpose, top: float, limits_us: tuple[int, int], step_us: int
    ) -> ExposureFinder | None:
        """The controller for a measurement; None where its integration time stays as it is.

        Args:
            purpose: what is measured.
            top: the count at which one scan is saturated.
            limits_us: shortest and longest integration time, microseconds.
            step_us: its grain, microseconds.
        """
        if self.auto_exposure != purpose.value:
            return None
        shortest_us, longest_us = limits_us
        goal = ExposureGoal(self.exposure_target, top, shortest_us, longest_us, step_us)
        return ExposureFinder(goal)

    def calibration(
        self, nonlinearity: tuple[float, ...], stray_light: tuple[float, ...], scans_added: int = 1
    ) -> Calibration:
        """What of the instrument's own calibration is to be used."""
        return Calibration(
            nonlinearity=nonlinearity if self.correct_nonlinearity else (),
            stray_light=stray_light if self.correct_stray_light else (),
            scans_added=scans_added,
        )


def listed(coefficients: tuple[float, ...]) -> str:
    """Coefficients as a text for the details of a reading; "none" where there are none."""
    return " ".join(f"{each:.6g}" for each in coefficients) or "none"
