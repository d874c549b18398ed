"""Whether the axis of a spectrum is one the library can be held against."""

import numpy as np

from analysis import words
from analysis.findings import QualityReason
from analysis.preprocess.recipe import Recipe
from analysis.spectrum import NM_PER_CM, FloatArray, Spectrum

LEAST_OVERLAP = 0.8
COARSEST = 3.0
LEAST_POINTS = 8
UM_PER_CM = 1e4
KINDS = {"ir-absorbance": "infrared", "ir-transmittance": "infrared", "nir": "nir"}


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
    return _covered(spectrum.axis, recipe)


def of_axis(spectrum: Spectrum, recipe: Recipe) -> tuple[QualityReason, ...]:
    """Technique, overlap and spacing: what needs no values. The first that blocks ends it."""
    if not comparable(spectrum, recipe):
        measured = (KINDS.get(spectrum.kind, spectrum.kind), spectrum.axis_unit)
        text = words.other_technique(measured, (recipe.kind, recipe.axis_unit))
        return (QualityReason("technique", 0.0, 1.0, blocks=True, text=text),)
    covered = overlap(spectrum, recipe)
    if covered < LEAST_OVERLAP:
        text = words.too_little_overlap(covered) + _guess(spectrum.axis, recipe)
        return (QualityReason("overlap", covered, LEAST_OVERLAP, blocks=True, text=text),)
    gap = _largest_gap(spectrum.axis, recipe) / recipe.step
    coarse = gap > COARSEST
    return (
        QualityReason("overlap", round(covered, 4), LEAST_OVERLAP, blocks=False),
        QualityReason(
            "spacing", round(gap, 4), COARSEST, coarse, words.TOO_COARSE if coarse else ""
        ),
    )


def _covered(axis: FloatArray, recipe: Recipe) -> float:
    grid, half = recipe.grid(), recipe.step / 2
    inside = (grid >= axis[0] - half) & (grid <= axis[-1] + half)
    return float(np.mean(inside))


def _largest_gap(axis: FloatArray, recipe: Recipe) -> float:
    """Between neighbours of which at least one lies within the library's range."""
    stop = recipe.start + recipe.step * recipe.points
    before = (axis[1:] >= recipe.start) & (axis[:-1] <= stop)
    return float(np.diff(axis)[before].max())


def _guess(axis: FloatArray, recipe: Recipe) -> str:
    """What unit the axis seems to be in, where that would explain it."""
    if recipe.axis_unit != "cm-1" or recipe.kind in {"raman", "counts"} or axis[0] <= 0:
        return ""
    for unit, factor in (("nm", NM_PER_CM), ("micrometres", UM_PER_CM)):
        with np.errstate(over="ignore"):
            converted = (factor / axis)[::-1]
        if np.isfinite(converted).all() and _covered(converted, recipe) >= LEAST_OVERLAP:
            return words.axis_seems_to_be(unit)
    return ""
