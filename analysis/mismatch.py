"""How a reference may differ from the same substance measured elsewhere, as directions.

Each band may stand higher or lower and further left or right by itself; the whole spectrum may be
curved (another ordinate), moved or broadened (another resolution). A fit that may move a little
along these directions is not fooled by them, and what it leaves is nearer to what is really new.
The sizes are standard deviations; `learned_scale` measures them on replicate references.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from threading import Lock
from typing import TypeAlias

import numpy as np

from analysis.mixture import Float32Array, IndexArray
from analysis.preprocess.recipe import Recipe
from analysis.spectrum import FloatArray

Rows: TypeAlias = Callable[[IndexArray], Float32Array]

BANDS = 10
BAND_HEIGHT = 0.2
BAND_SHIFT_CM1 = 1.2
WHOLE_SHIFT_CM1 = 0.4
CURVATURE = 0.08
BROADENING_CM1 = 2.2
LEAST_CHANNELS, MOST_CHANNELS = 0.5, 2.0
REMEMBERED = 2000
FEW_PAIRS = 10.0
"""So many pairs of replicates move the scale half of the way to what they show."""


class Mismatch:
    """The directions of each reference of a library, made when first asked for.

    Args:
        rows: gives the additive ordinates of references, shape (references, points).
        recipe: the library's recipe.
        scale: how far references are off, relative to the usual.
    """

    def __init__(self, rows: Rows, recipe: Recipe, scale: float = 1.0) -> None:
        self._rows = rows
        self._recipe = recipe
        self.scale = scale
        self._known: dict[int, Float32Array] = {}
        self._lock = Lock()

    def of(self, references: Sequence[int]) -> Float32Array:
        """Directions of these references, shape (references, directions, points).

        Each is a departure of the unit-norm feature row, one standard deviation long; unused ones
        are zero.
        """
        with self._lock:
            missing = [r for r in references if r not in self._known]
            if len(self._known) + len(missing) > REMEMBERED:
                self._known = {r: self._known[r] for r in references if r in self._known}
            for reference in missing:
                self._known[reference] = self._made(reference)
            return np.array([self._known[r] for r in references], dtype=np.float32)

    def _made(self, reference: int) -> Float32Array:
        values = self._rows(np.array([reference]))[0].astype(np.float64)
        low, high = float(values.min()), float(values.max())
        unit = (values - low) / max(high - low, 1e-12)
        norm = max(float(np.linalg.norm(self._recipe.derivative(unit))), 1e-12)
        bands = self._recipe.derivative(separate_bands(unit)) / norm
        largest = np.argsort(-np.linalg.norm(bands, axis=1), kind="stable")[:BANDS]
        bands = bands[largest]
        whole = self._recipe.derivative(unit) / norm
        curved = self._recipe.derivative(unit * np.log(np.maximum(unit, 1e-6))) / norm
        slope = np.gradient(whole)
        found = np.zeros((2 * BANDS + 3, values.size))
        found[: len(bands)] = BAND_HEIGHT * bands
        found[BANDS : BANDS + len(bands)] = self._channels(BAND_SHIFT_CM1) * np.gradient(
            bands, axis=1
        )
        found[2 * BANDS] = CURVATURE * curved
        found[2 * BANDS + 1] = self._channels(WHOLE_SHIFT_CM1) * slope
        found[2 * BANDS + 2] = self._channels(BROADENING_CM1) ** 2 * np.gradient(slope)
        made: Float32Array = (self.scale * found).astype(np.float32)
        return made

    def _channels(self, width_cm1: float) -> float:
        """A width in channels; on axes in nm a channel stands for 4 cm-1."""
        step = self._recipe.step if self._recipe.axis_unit == "cm-1" else 4.0
        share = width_cm1 / BAND_SHIFT_CM1
        return share * float(np.clip(BAND_SHIFT_CM1 / step, 0.3 * LEAST_CHANNELS, MOST_CHANNELS))


def separate_bands(values: FloatArray) -> FloatArray:
    """A spectrum cut at its minima, each part over a straight line, shape (bands, points)."""
    inner = (values[1:-1] <= values[:-2]) & (values[1:-1] < values[2:])
    cuts = np.concatenate([[0], np.flatnonzero(inner) + 1, [values.size - 1]])
    found = np.zeros((cuts.size - 1, values.size))
    for k, (start, stop) in enumerate(pairwise(cuts)):
        part = values[start : stop + 1]
        found[k, start : stop + 1] = part - np.linspace(part[0], part[-1], part.size)
    return found


def strongest(
    mismatch: Mismatch, support: IndexArray, amounts: FloatArray, parts: int, directions: int
) -> Float32Array:
    """The directions that matter most in each fit, shape (rows, directions, points).

    Args:
        mismatch: of the library.
        support: references used, in the library's count, shape (rows, slots).
        amounts: their amounts, shape (rows, slots).
        parts: of so many of the largest parts directions are taken.
        directions: how many are kept of a row.
    """
    order = np.argsort(-amounts, axis=1, kind="stable")[:, :parts]
    largest = np.take_along_axis(support, order, axis=1)
    size = np.take_along_axis(amounts, order, axis=1).astype(np.float32)
    unique, where = np.unique(largest, return_inverse=True)
    table = mismatch.of([int(r) for r in unique])
    lengths = np.linalg.norm(table, axis=2)
    worth = (size[..., None] * lengths[where.reshape(largest.shape)]).reshape(len(support), -1)
    kept = np.sort(np.argsort(-worth, axis=1, kind="stable")[:, :directions], axis=1)
    part, direction = np.divmod(kept, lengths.shape[1])
    owner = np.take_along_axis(where.reshape(largest.shape), part, axis=1)
    scaled: Float32Array = (
        np.take_along_axis(size, part, axis=1)[..., None] * table[owner, direction]
    )
    return scaled


def learned_scale(features: Rows, mismatch: Mismatch, owner: IndexArray, most: int = 400) -> float:
    """How far replicate references differ, relative to what is reckoned with; 1 without any.

    Pairs of references of one substance are fitted to each other; the scale is the median over
    pairs of the root mean square of what is left, over what was expected.

    Args:
        features: gives unit-norm features of references.
        mismatch: with scale 1.
        owner: index of the substance of each reference.
        most: at most so many pairs are looked at.
    """
    pairs = replicate_pairs(owner, most)
    if not pairs:
        return 1.0
    ratios = []
    for one, two in pairs:
        a, b = features(np.array([one, two])).astype(np.float64)
        rest = b - float(a @ b) * a
        expected = float((mismatch.of([one])[0].astype(np.float64) ** 2).sum())
        ratios.append(float(rest @ rest) / max(expected, 1e-12))
    measured = float(np.clip(np.sqrt(np.median(ratios)), 0.3, 3.0))
    trust = len(pairs) / (len(pairs) + FEW_PAIRS)
    return float(measured**trust)


def replicate_pairs(owner: IndexArray, most: int) -> list[tuple[int, int]]:
    """Neighbouring references of one substance, at most so many pairs."""
    order = np.argsort(owner, kind="stable")
    same = np.flatnonzero(owner[order][1:] == owner[order][:-1])
    return [(int(order[k]), int(order[k + 1])) for k in same[:most]]
