"""The table `[instrument]` of a bridge's configuration: how instruments must be looked after."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firmware_bridge.instrument.performance import FixedLimits
from firmware_bridge.instrument.state import Rules

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=7 * 86_400)]
Offset = Annotated[float, Field(gt=0, le=8)]

_RULES, _LIMITS = Rules(), FixedLimits()


class InstrumentTable(BaseModel):
    """What holds for every instrument of this bridge."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    performance_every_h: Annotated[float, Field(gt=0, le=10_000)] = Field(
        default=_RULES.performance_every_h,
        description="hours from one performance check to the next",
    )
    background_max_s: Seconds = Field(
        default=_RULES.background_max_s, description="a background may be so old at a sample"
    )
    dark_max_s: Seconds = Field(
        default=_RULES.dark_max_s, description="a dark may be so old at a sample"
    )
    warm_up_s: Seconds = Field(
        default=_RULES.warm_up_s, description="from switching on to the first sample"
    )
    strong_share: Share = Field(
        default=_RULES.strong_share,
        description="from this part of the instrument's range (an absorbance of 1) a sample is "
        "strong and wants a blank after it",
    )
    carry_over_share: Share = Field(
        default=_RULES.carry_over_share,
        description="a blank may show at most this part of the strong sample before it",
    )
    peak_offset_cm1: Offset = Field(
        default=_LIMITS.peak_offset_cm1,
        description="the standard's worst band may be so far off, infrared",
    )
    raman_peak_offset_cm1: Offset = Field(
        default=3.0, description="the standard's worst band may be so far off, Raman"
    )
    least_energy: Share = Field(
        default=_LIMITS.least_energy, description="light of the check, least part of full scale"
    )
    most_noise: Share = Field(
        default=_LIMITS.most_noise, description="noise of the check at most, infrared"
    )
    raman_most_noise: Share = Field(
        default=0.05, description="noise of the check over the highest band at most, Raman"
    )
    most_line: Share = Field(
        default=_LIMITS.most_line, description="the 100 % line may be so far from 1"
    )

    def rules(self, *, raman: bool) -> Rules:
        """As the instrument rules want them."""
        limits = FixedLimits(
            peak_offset_cm1=self.raman_peak_offset_cm1 if raman else self.peak_offset_cm1,
            least_energy=self.least_energy,
            most_noise=self.raman_most_noise if raman else self.most_noise,
            most_line=self.most_line,
        )
        return Rules(
            performance_every_h=self.performance_every_h,
            background_max_s=self.background_max_s,
            dark_max_s=self.dark_max_s,
            warm_up_s=self.warm_up_s,
            strong_share=self.strong_share,
            carry_over_share=self.carry_over_share,
            limits=limits,
        )
