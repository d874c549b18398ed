"""From counts to a spectrum: dark, background, and what the instrument's own calibration mends.

Pure. Counts less the dark are divided by the instrument's linearity polynomial, lose the stray
light that it tells of, and become absorbance where there is a background. What was done, and what
was not and why, is said in facts that go with the spectrum.
"""

import math
from dataclasses import dataclass

from firmware_bridge import corrections
from firmware_bridge.drivers.readings import SpectrumReading
from hardware.profile import SpectrumSettings

LEAST_RATIO = 1e-4
"""Absorbance above 4 is not measured but noise: the ratio is cut here."""

FACTS = ("dark", "nonlinearity", "stray_light")
"""What `Reduced.facts` tells of, in the order in which it is done."""

Values = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reduced:
    """A spectrum's values, and how they came about.

    Attributes:
        values: absorbance, or counts above the dark.
        facts: what was done, by name: each of `FACTS`.
    """

    values: Values
    facts: dict[str, str]


def fits(other: SpectrumReading, sample: SpectrumReading) -> bool:
    """Whether two readings of one instrument were taken alike, so that they can be compared."""
    return (
        (other.serial == sample.serial or not (other.serial and sample.serial))
        and len(other.values) == len(sample.values)
        and other.integration_time_us == sample.integration_time_us
        and other.calibration.scans_added == sample.calibration.scans_added
    )


def reduced(
    settings: SpectrumSettings,
    sample: SpectrumReading,
    background: SpectrumReading | None,
    dark: SpectrumReading | None,
) -> Reduced:
    """The spectrum of a sample.

    Args:
        settings: what the instrument's spectra are.
        sample: its reading.
        background: the one to divide by; it must fit, and is not used where counts are wanted.
        dark: the one to subtract, if there is one that fits.
    """
    seen = [sample]
    if settings.response == "absorbance" and background is not None:
        seen.append(background)
    light = [less(reading.values, dark) for reading in seen]
    facts = {"dark": "none" if dark is None else "subtracted"}
    light, facts["nonlinearity"] = _linear(light, sample, has_dark=dark is not None)
    light, facts["stray_light"] = _without_stray(light, sample)
    values = light[0] if len(light) == 1 else _absorbance(light[0], light[1])
    return Reduced(values, facts)


def less(values: Values, dark: SpectrumReading | None) -> Values:
    """Counts above the dark, where there is one."""
    if dark is None:
        return values
    return tuple(value - low for value, low in zip(values, dark.values, strict=True))


def _linear(
    light: list[Values], sample: SpectrumReading, *, has_dark: bool
) -> tuple[list[Values], str]:
    """Each divided by the instrument's polynomial, and what to say of it."""
    coefficients, scans = sample.calibration.nonlinearity, sample.calibration.scans_added
    if not coefficients:
        return light, "none"
    if not has_dark:
        return light, "not divided: no dark that fits"
    single = [tuple(value / scans for value in values) for values in light]
    if not all(corrections.nonlinearity_fits(coefficients, values) for values in single):
        return light, "not divided: the instrument's polynomial is no calibration"
    mended = [corrections.linearised(values, coefficients) for values in single]
    return [tuple(value * scans for value in values) for values in mended], "divided"


def _without_stray(light: list[Values], sample: SpectrumReading) -> tuple[list[Values], str]:
    coefficients = sample.calibration.stray_light
    if not coefficients:
        return light, "none"
    if not corrections.stray_light_fits(coefficients):
        return light, "not subtracted: the instrument's coefficient is no part"
    part = coefficients[0]
    return [corrections.without_stray_light(values, part) for values in light], f"less {part:g}"


def _absorbance(sample: Values, background: Values) -> Values:
    """A = -log10(sample / background), both above the dark, pixel by pixel."""
    return tuple(
        -math.log10(max(LEAST_RATIO, s / max(1.0, b)))
        for s, b in zip(sample, background, strict=True)
    )
