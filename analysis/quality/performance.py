"""The figures of an instrument's performance check: band positions, energy, noise, 100 % line.

After ASTM E1421, level zero. Of plain rows of counts and one spectrum of the standard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.errors import SpectrumError
from analysis.preprocess.ordinate import additive_values
from analysis.quality.signal import signal_to_noise
from analysis.quality.wavenumbers import Standard, check_wavenumbers
from analysis.spectrum import FloatArray, Spectrum

LIT: Final = 0.1
"""The 100 % line is looked at where the beam has at least this part of its largest counts."""

HEIGHT_PERCENTILES: Final = (1.0, 99.0)
"""One pixel without light must not count as a strong band."""


@dataclass(frozen=True, slots=True)
class Line:
    """A 100 % line: one background over the one before it.

    Attributes:
        noise: root mean square of what is left when its slow part is taken off.
        largest: largest departure of its slow part from 1.
    """

    noise: float
    largest: float


def worst_offset_cm1(spectrum: Spectrum, standard: Standard) -> float:
    """How far the worst band of the standard lies from where it belongs, found less nominal.

    A band that was not found counts as the whole reach of the search (8 cm-1).

    Raises:
        SpectrumError: the axis covers no band of that standard.
    """
    reasons = check_wavenumbers(spectrum, standard)
    if [reason.name for reason in reasons] == ["wavenumbers"]:
        raise SpectrumError(reasons[0].text)
    return max((reason.value for reason in reasons), key=abs)


def hundred_percent_line(first: Sequence[float], second: Sequence[float]) -> Line:
    """The 100 % line of two backgrounds, taken one after the other with the same settings.

    Args:
        first: counts less dark, one per pixel.
        second: the same of the later one.

    Raises:
        SpectrumError: they have different lengths, or hardly any light.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.size != two.size:
        raise SpectrumError(f"two backgrounds of {one.size} and {two.size} pixels")
    lit = one >= LIT * one.max(initial=0.0)
    if one.max(initial=0.0) <= 0 or lit.sum() < 8:
        raise SpectrumError("there is no light in the background")
    ratio = two[lit] / one[lit]
    slow = _slow(ratio)
    rest = ratio - slow
    return Line(float(np.sqrt(np.mean(rest**2))), float(np.abs(slow - 1).max()))


def _slow(ratio: FloatArray) -> FloatArray:
    """The part of a line that a person would see: a running mean over a sixteenth of it."""
    half = max(1, ratio.size // 32)
    padded = np.pad(ratio, half, mode="reflect" if half < ratio.size else "edge")
    kernel = np.full(2 * half + 1, 1.0 / (2 * half + 1))
    slow: FloatArray = np.convolve(padded, kernel, "valid")
    return slow


def relative_noise(spectrum: Spectrum) -> float:
    """Noise between bands over the height of the spectrum."""
    return 1.0 / max(signal_to_noise(additive_values(spectrum)), 1e-6)


def height(spectrum: Spectrum) -> float:
    """From the floor to the highest bands, in the additive ordinate; single pixels do not count."""
    low, high = np.percentile(additive_values(spectrum), HEIGHT_PERCENTILES)
    return float(high - low)


def carried_over(blank: Spectrum, strong: Sequence[float]) -> float:
    """How much of an earlier sample a blank still shows: 1 for all of it, never below 0.

    Least squares of the blank on that sample over a straight floor.

    Args:
        blank: of the cleaned place.
        strong: values of the earlier sample, on the axis of the blank.

    Raises:
        SpectrumError: they have different lengths.
    """
    values, shape = additive_values(blank), np.asarray(strong, dtype=np.float64)
    if values.size != shape.size:
        raise SpectrumError("the blank was taken with another axis than the sample before")
    columns = np.column_stack([shape, np.ones(shape.size), np.linspace(-1.0, 1.0, shape.size)])
    return max(0.0, float(np.linalg.lstsq(columns, values, rcond=None)[0][0]))
