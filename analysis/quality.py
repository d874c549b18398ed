"""The gate before any match: each check a name, a number and what it means."""

from collections.abc import Iterator

import numpy as np

from analysis import words
from analysis.findings import QualityReason
from analysis.preprocess.ordinate import additive_values
from analysis.preprocess.recipe import Recipe
from analysis.spectrum import FloatArray, Spectrum

LEAST_OVERLAP = 0.8
LEAST_CONTACT = 0.3
COARSEST = 3.0
PLATEAU_POINTS = 4
LEAST_SIGNAL_TO_NOISE = 5.0
POOR_SIGNAL_TO_NOISE = 15.0
KINDS = {"ir-absorbance": "infrared", "ir-transmittance": "infrared", "nir": "nir"}
SIXTH_DIFFERENCE_NORM = 20.0**0.5
MAD_TO_SIGMA = 0.6745


def comparable(spectrum: Spectrum, recipe: Recipe) -> bool:
    """Whether a spectrum is of the library's technique and unit.

    Detector counts over Raman shift may be compared with Raman spectra, and the other way round.
    """
    kind = KINDS.get(spectrum.kind, spectrum.kind)
    raman = {"raman", "counts"}
    same = kind == recipe.kind or {kind, recipe.kind} <= raman
    return same and spectrum.axis_unit == recipe.axis_unit


def overlap(spectrum: Spectrum, recipe: Recipe) -> float:
    """Fraction of the library's axis that a spectrum covers, to half a channel."""
    grid, half = recipe.grid(), recipe.step / 2
    inside = (grid >= spectrum.axis[0] - half) & (grid <= spectrum.axis[-1] + half)
    return float(np.mean(inside))


def check(spectrum: Spectrum, recipe: Recipe) -> tuple[QualityReason, ...]:
    """All checks of one spectrum against one library; none raises."""
    if not comparable(spectrum, recipe):
        return (QualityReason("technique", 0.0, 1.0, blocks=True, text=words.OTHER_TECHNIQUE),)
    covered = overlap(spectrum, recipe)
    if covered < LEAST_OVERLAP:
        text = words.too_little_overlap(covered)
        return (QualityReason("overlap", covered, LEAST_OVERLAP, blocks=True, text=text),)
    return (_reason("overlap", covered, LEAST_OVERLAP, ""), *_of_values(spectrum, recipe))


def _of_values(spectrum: Spectrum, recipe: Recipe) -> Iterator[QualityReason]:
    values = additive_values(spectrum)
    inside = (spectrum.axis >= recipe.start) & (
        spectrum.axis <= recipe.start + recipe.step * recipe.points
    )
    values = values[inside]
    height = float(np.ptp(values)) if values.size else 0.0
    largest = float(np.abs(values).max()) if values.size else 0.0
    if height <= 1e-9 * max(largest, 1e-300):
        yield QualityReason("signal", height, 0.0, blocks=True, text=words.CONSTANT)
        return
    spacing = float(np.diff(spectrum.axis[inside]).max()) / recipe.step
    yield _reason("spacing", spacing, COARSEST, words.TOO_COARSE, most=True)
    if recipe.kind == "infrared":
        yield _reason("contact", height, LEAST_CONTACT, words.NO_CONTACT)
    plateau = float(longest_plateau(values))
    yield _reason("saturation", plateau, PLATEAU_POINTS - 1, words.SATURATED, most=True)
    yield _noise(values)


def _reason(
    name: str, value: float, limit: float, text: str, *, most: bool = False
) -> QualityReason:
    bad = value > limit if most else value < limit
    return QualityReason(name, round(value, 4), limit, blocks=bad, text=text if bad else "")


def _noise(values: FloatArray) -> QualityReason:
    ratio = signal_to_noise(values)
    text = ""
    if ratio < POOR_SIGNAL_TO_NOISE:
        text = words.TOO_NOISY
    blocks = ratio < LEAST_SIGNAL_TO_NOISE
    return QualityReason("noise", round(ratio, 2), LEAST_SIGNAL_TO_NOISE, blocks=blocks, text=text)


def signal_to_noise(values: FloatArray) -> float:
    """Height over noise; noise from the median of third differences, at most a million.

    Third differences hide slow signal; in a coarsely sampled spectrum they still hold some, so
    that the ratio errs low.
    """
    thirds = np.abs(np.diff(values, n=3))
    noise = float(np.median(thirds)) / MAD_TO_SIGMA / SIXTH_DIFFERENCE_NORM
    return min(float(np.ptp(values)) / max(noise, 1e-300), 1e6)


def longest_plateau(values: FloatArray) -> int:
    """How many neighbours stand exactly at the highest value: a detector at its end does that."""
    top = np.concatenate([[False], values >= values.max(), [False]])
    turns = np.flatnonzero(np.diff(top.astype(np.int8)))
    return int((turns[1::2] - turns[::2]).max())
