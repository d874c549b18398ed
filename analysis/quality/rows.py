"""Spectra that share one axis, as rows of one array: each check is a few array operations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from analysis.findings import QualityReason
from analysis.preprocess.ordinate import additive_rows
from analysis.preprocess.recipe import Recipe
from analysis.spectrum import FloatArray, Spectrum

Column: TypeAlias = "list[QualityReason | None]"


@dataclass(frozen=True, slots=True)
class Rows:
    """Spectra of one kind on one axis.

    Attributes:
        spectra: what they were made of.
        recipe: what they are held against.
        axis: all of it, shape (points,).
        raw: values as measured, shape (spectra, points).
        values: in the ordinate in which mixtures add up, same shape.
        inside: the part of the axis that the library covers.
        height: largest less smallest value inside, shape (spectra,).
    """

    spectra: Sequence[Spectrum]
    recipe: Recipe
    axis: FloatArray
    raw: FloatArray
    values: FloatArray
    inside: slice
    height: FloatArray

    @property
    def seen(self) -> FloatArray:
        """Values inside the library's range, shape (spectra, points inside)."""
        return self.values[:, self.inside]


def stacked(spectra: Sequence[Spectrum], recipe: Recipe) -> Rows:
    """Rows of spectra that are alike (`preprocess.recipe.alike`)."""
    first = spectra[0]
    raw = np.stack([spectrum.values for spectrum in spectra])
    values = additive_rows(first.kind, raw)
    stop = recipe.start + recipe.step * recipe.points
    inside = slice(
        int(np.searchsorted(first.axis, recipe.start)),
        int(np.searchsorted(first.axis, stop, side="right")),
    )
    part = values[:, inside]
    height = np.ptp(part, axis=1) if part.shape[1] else np.zeros(len(spectra))
    return Rows(spectra, recipe, first.axis, raw, values, inside, height)


def reasons(
    name: str, numbers: FloatArray, limit: float, text: str, *, most: bool = False, digits: int = 4
) -> Column:
    """One blocking reason per row: blocked below the limit, or above it with `most`."""
    bad = (numbers > limit if most else numbers < limit).tolist()
    rounded = np.round(numbers, digits).tolist()
    return [
        QualityReason(name, value, limit, blocks=wrong, text=text if wrong else "")
        for value, wrong in zip(rounded, bad, strict=True)
    ]
