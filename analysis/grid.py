"""The one grid of a library: chosen from the axes of its references, and who fits on it."""

from collections.abc import Sequence

import numpy as np

from analysis.errors import LibraryError
from analysis.preprocess.recipe import Recipe, odd_window
from analysis.reference import Reference
from analysis.spectrum import FloatArray, Spectrum

MOST_POINTS = 1024
LEAST_POINTS = 16
LEAST_COVERAGE = 0.5
WINDOW_CM1 = 24.0
WINDOW_CHANNELS = 7
MOST_WINDOW_CHANNELS = 31
FAMILY_OF_KINDS = {
    "ir-absorbance": "infrared",
    "ir-transmittance": "infrared",
    "raman": "raman",
    "nir": "nir",
    "counts": "counts",
}


def comparable_kind(spectrum: Spectrum) -> str:
    """What a spectrum may be compared with: "infrared", "raman", "nir" or "counts"."""
    return FAMILY_OF_KINDS[spectrum.kind]


def recipe_for(references: Sequence[Reference]) -> Recipe:
    """The grid that three quarters of the references cover, as finely as they are.

    Raises:
        LibraryError: there are none, of several techniques or axis units, or far apart.
    """
    if not references:
        raise LibraryError("a library needs at least one reference")
    kinds = {comparable_kind(r.spectrum) for r in references}
    units = {r.spectrum.axis_unit for r in references}
    if len(kinds) > 1 or len(units) > 1:
        raise LibraryError(
            f"one technique and one axis unit is wanted, not {', '.join(sorted(kinds | units))}"
        )
    axes = [r.spectrum.axis for r in references]
    start = float(np.quantile([a[0] for a in axes], 0.75, method="lower"))
    stop = float(np.quantile([a[-1] for a in axes], 0.25, method="higher"))
    step = max(
        float(np.median([np.median(np.diff(a)) for a in axes])), (stop - start) / (MOST_POINTS - 1)
    )
    points = int(np.floor((stop - start) / step + 1e-6)) + 1 if stop > start else 0
    if points < LEAST_POINTS:
        raise LibraryError("the references have too little of their axes in common")
    unit = units.pop()
    window = odd_window(WINDOW_CM1, step) if unit == "cm-1" else WINDOW_CHANNELS
    window = min(window, MOST_WINDOW_CHANNELS)
    return Recipe(kinds.pop(), unit, round(start, 6), round(step, 6), points, window)


def misfit(recipe: Recipe, reference: Reference) -> str:
    """Why a reference can't stand in a library of this recipe; "" when it can."""
    spectrum, grid = reference.spectrum, recipe.grid()
    kind, unit = comparable_kind(spectrum), spectrum.axis_unit
    if (kind, unit) != (recipe.kind, recipe.axis_unit):
        return (
            f"{reference.substance}: one technique and one axis unit is wanted: {kind} in {unit} "
            f"does not go with {recipe.kind} in {recipe.axis_unit}"
        )
    axis = spectrum.axis
    if float(np.mean((grid >= axis[0]) & (grid <= axis[-1]))) < LEAST_COVERAGE:
        return (
            f"{reference.substance}: covers {axis[0]:g} to {axis[-1]:g} {unit}, less "
            f"than half of what the other references do ({grid[0]:g} to {grid[-1]:g})"
        )
    return ""


def on_grid(recipe: Recipe, references: Sequence[Reference]) -> FloatArray:
    """All references on the grid, shape (references, points).

    Raises:
        LibraryError: one of them does not fit; the message names it and says why.
    """
    values = np.empty((len(references), recipe.points))
    for row, reference in zip(values, references, strict=True):
        if reason := misfit(recipe, reference):
            raise LibraryError(reason)
        row[:] = recipe.on_grid(reference.spectrum)
    return values
