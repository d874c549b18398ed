"""Some references of a library as a detection uses them: their features and their bands' heights.

Both need the same derivative, which is most of the work where a library is too large to keep all
features in memory; so what was made once is taken over into the next choice.
"""

from dataclasses import dataclass

import numpy as np

from analysis.library import Library
from analysis.mixture import Float32Array, IndexArray
from analysis.spectrum import FloatArray

TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Some references.

    Attributes:
        index: where each stands in the library, ascending, shape (references,).
        features: unit-norm features, shape (references, points).
        heights: height of each one's highest band, scaled to unit norm of its derivative, shape
            (references,).
    """

    index: IndexArray
    features: Float32Array
    heights: FloatArray

    @classmethod
    def of(cls, library: Library, index: IndexArray) -> "Chosen":
        """Those at these places of a library."""
        values = library.rows(index)
        slopes = library.recipe.derivative(values.astype(np.float64))
        features = library.recipe.normalised(slopes).astype(np.float32)
        return cls(index, features, _heights(values, slopes))

    def with_only(self, library: Library, index: IndexArray) -> "Chosen":
        """Those at these places; what is known here already is not made again."""
        known = np.isin(index, self.index, assume_unique=True)
        from_here = np.searchsorted(self.index, index[known])
        made = Chosen.of(library, index[~known])
        features = np.empty((index.size, self.features.shape[1]), dtype=np.float32)
        features[known], features[~known] = self.features[from_here], made.features
        heights = np.empty(index.size)
        heights[known], heights[~known] = self.heights[from_here], made.heights
        return Chosen(index, features, heights)


def band_heights(library: Library, references: IndexArray) -> FloatArray:
    """Height of the highest band of each reference, scaled to unit norm of its derivative.

    Args:
        library: whose references they are.
        references: their indices, shape (references,).
    """
    values = library.rows(references)
    return _heights(values, library.recipe.derivative(values.astype(np.float64)))


def _heights(values: Float32Array, slopes: FloatArray) -> FloatArray:
    if not len(values):
        return np.zeros(0)
    heights: FloatArray = np.ptp(values, axis=1) / np.maximum(np.linalg.norm(slopes, axis=1), TINY)
    return heights
