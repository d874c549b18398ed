"""The wavenumber check: a measurement of polystyrene or silicon against where its bands are."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from analysis import words
from analysis.findings import QualityReason
from analysis.preprocess.ordinate import additive_values
from analysis.spectrum import FloatArray, Spectrum

Standard: TypeAlias = Literal["polystyrene", "silicon"]
# Infrared polystyrene: the bands that the pharmacopoeias check, each within 1 cm-1.
INFRARED_POLYSTYRENE_CM1: Final = (1028.3, 1154.5, 1583.0, 1601.2, 1942.9, 2849.5, 3026.4, 3060.0)
# Raman polystyrene: ASTM E1840. The strongest of its bands.
RAMAN_POLYSTYRENE_CM1: Final = (620.9, 1001.4, 1031.8, 1602.3, 3054.3)
RAMAN_SILICON_CM1: Final = (520.5,)
INFRARED_TOLERANCE_CM1 = 1.0
RAMAN_TOLERANCE_CM1 = 3.0
REACH_CM1 = 8.0
FLOOR_CM1 = 12.0
TOP = 0.7
LEAST_HEIGHT_OF_ALL = 0.01
LEAST_PROMINENCE = 0.3


@dataclass(frozen=True, slots=True)
class Found:
    """A band that was looked for: where it should be and where it is (nan: not found), in cm-1."""

    nominal_cm1: float
    position_cm1: float


def check_wavenumbers(
    spectrum: Spectrum, standard: Standard = "polystyrene"
) -> tuple[QualityReason, ...]:
    """One reason for each band of the standard that the axis covers; a deviation too large blocks.

    The value is the deviation in cm-1, found less nominal; for a band that was not found it is
    the reach of the search.
    """
    lines, tolerance = _lines(spectrum, standard)
    if not lines:
        text = words.no_band_of(standard)
        return (QualityReason("wavenumbers", 0.0, 1.0, blocks=True, text=text),)
    return tuple(_reason(found, tolerance, standard) for found in find_bands(spectrum, lines))


def find_bands(spectrum: Spectrum, lines_cm1: tuple[float, ...]) -> tuple[Found, ...]:
    """Where bands are, to a fraction of a channel: a parabola through the top of each."""
    values = additive_values(spectrum)
    tall = float(np.ptp(values))
    return tuple(Found(line, _position(spectrum.axis, values, line, tall)) for line in lines_cm1)


def _lines(spectrum: Spectrum, standard: str) -> tuple[tuple[float, ...], float]:
    raman = spectrum.kind in {"raman", "counts"}
    infrared = spectrum.kind in {"ir-absorbance", "ir-transmittance"}
    if spectrum.axis_unit != "cm-1" or not (raman or (infrared and standard == "polystyrene")):
        return (), 0.0
    lines: tuple[float, ...] = INFRARED_POLYSTYRENE_CM1
    if raman:
        lines = RAMAN_SILICON_CM1 if standard == "silicon" else RAMAN_POLYSTYRENE_CM1
    low, high = spectrum.axis[0] + REACH_CM1, spectrum.axis[-1] - REACH_CM1
    seen = tuple(line for line in lines if low <= line <= high)
    return seen, RAMAN_TOLERANCE_CM1 if raman else INFRARED_TOLERANCE_CM1


def _reason(found: Found, tolerance: float, standard: str) -> QualityReason:
    name = f"wavenumber {found.nominal_cm1:g}"
    if np.isnan(found.position_cm1):
        text = words.band_not_found(found.nominal_cm1, standard)
        return QualityReason(name, REACH_CM1, tolerance, blocks=True, text=text)
    off = found.position_cm1 - found.nominal_cm1
    bad = abs(off) > tolerance
    text = words.axis_is_off(found.nominal_cm1, found.position_cm1, standard) if bad else ""
    return QualityReason(name, round(off, 3), tolerance, blocks=bad, text=text)


def _position(axis: FloatArray, values: FloatArray, line: float, tall: float) -> float:
    """The position of the highest point near a line, or nan where no band stands there.

    The floor is the line through both ends of a window around that point, so that a band which is
    off stands in its middle all the same.
    """
    near = np.flatnonzero(np.abs(axis - line) <= REACH_CM1)
    if near.size < 3:
        return float("nan")
    rough = near[int(np.argmax(values[near]))]
    around = np.flatnonzero(np.abs(axis - axis[rough]) <= FLOOR_CM1)
    x, y = axis[around], values[around]
    y = y - np.interp(x, x[[0, -1]], y[[0, -1]])
    top = int(np.argmax(y))
    restless = float(np.median(np.abs(np.diff(y, n=2)))) if y.size > 4 else 0.0
    least = max(LEAST_HEIGHT_OF_ALL * tall, LEAST_PROMINENCE * restless)
    if top in {0, y.size - 1} or y[top] <= least or abs(x[top] - line) > REACH_CM1:
        return float("nan")
    return _parabola(x, y / y[top], top)


def _parabola(x: FloatArray, y: FloatArray, top: int) -> float:
    """The vertex of a least-squares parabola through the upper part of a band of height 1.

    Through the logarithm, in which a Gaussian band is a parabola.
    """
    low = np.flatnonzero(y <= TOP)
    left = int(low[low < top].max(initial=-1)) + 1
    right = int(low[low > top].min(initial=y.size)) - 1
    left, right = max(0, min(left, top - 1)), min(y.size - 1, max(right, top + 1))
    part = slice(left, right + 1)
    curve, slope, _ = np.polyfit(x[part] - x[top], np.log(np.maximum(y[part], 0.05)), 2)
    if curve >= 0:
        return float(x[top])
    return float(np.clip(x[top] - slope / (2 * curve), x[left], x[right]))
