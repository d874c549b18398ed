"""What is compared of each reference: unit-norm derivatives, or unit-norm values for "raw"."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.preprocess.recipe import Recipe
from analysis.quanta import QuantisedRows
from analysis.spectrum import FloatArray

Mode: TypeAlias = Literal["derivative", "raw"]
BLOCK_ROWS = 512

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]


def centred(values: FloatArray) -> FloatArray:
    """Mean taken off, scaled to unit norm, same shape (..., points); zeros stay zeros."""
    apart = values - values.mean(axis=-1, keepdims=True)
    norms = np.linalg.norm(apart, axis=-1, keepdims=True)
    unit: FloatArray = apart / np.where(norms > 0, norms, 1.0)
    return unit


def in_mode(recipe: Recipe, mode: Mode) -> Callable[[FloatArray], FloatArray]:
    """What brings values on the grid, shape (..., points), to what is compared."""
    return recipe.features if mode == "derivative" else centred


@dataclass(frozen=True, slots=True, eq=False)
class FeatureRows:
    """Features of quantised rows, made when they are asked for.

    Attributes:
        quantised: the rows.
        make: from values to features, row by row.
    """

    quantised: QuantisedRows
    make: Callable[[FloatArray], FloatArray]

    def __len__(self) -> int:
        return len(self.quantised)

    def take(self, rows: IntArray | slice) -> Float32Array:
        """These rows, float32, shape (rows taken, points)."""
        found: Float32Array = self.make(self.quantised.values(rows).astype(np.float64)).astype(
            np.float32
        )
        return found

    def all(self) -> Float32Array:
        """All rows, made block by block."""
        count, points = self.quantised.steps.shape
        found = np.empty((count, points), dtype=np.float32)
        for start in range(0, count, BLOCK_ROWS):
            part = slice(start, start + BLOCK_ROWS)
            found[part] = self.take(part)
        return found
