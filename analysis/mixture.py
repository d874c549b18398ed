"""Sparse non-negative fits that know how wrong their references may be, many samples at a time.

The limit of finding a minor component is not noise but mismatch: the same substance, measured
elsewhere, differs in band heights and positions. So each channel gets a variance that grows with
the fit and with its slope, and the support is chosen again under these weights (iteratively
re-weighted), which was the largest gain of the experiments in docs/matcher.md.

Rows are samples. A sample's result depends on the others in its batch only in the last digits of
single precision, as the processor sums products in another order.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.preprocess.resample import shifted_rows
from analysis.spectrum import FloatArray

IndexArray = NDArray[np.intp]
MaskArray = NDArray[np.bool_]
Float32Array = NDArray[np.float32]

MAX_ATOMS = 8
ROUNDS = 2
HEIGHT_MISMATCH = 0.25
SHIFT_MISMATCH = 0.25
FLOOR = 0.004
LEAST_EVIDENCE = 3.0
LEAST_UNWEIGHTED = 1e-3
MAX_SHIFT_CHANNELS = 2.0
RIDGE = 1e-9
TINY = 1e-12


class Atoms:
    """References as the fit uses them: unit-norm features, and what is often wanted of them.

    Args:
        features: shape (references, points).
    """

    def __init__(self, features: FloatArray | Float32Array) -> None:
        self.rows: Float32Array = np.ascontiguousarray(features, dtype=np.float32)

    @cached_property
    def squares(self) -> Float32Array:
        """Of every channel of every reference, shape (references, points)."""
        squares: Float32Array = self.rows * self.rows
        return squares

    @cached_property
    def slopes(self) -> Float32Array:
        """How steep every reference is at every channel, shape (references, points)."""
        slopes: Float32Array = np.abs(np.gradient(self.rows, axis=1)).astype(np.float32)
        return slopes

    def __len__(self) -> int:
        return int(self.rows.shape[0])

    def moments(self, weighted: Float32Array) -> Float32Array:
        """Inner products of every row with every reference, shape (rows, references)."""
        return product(weighted, self.rows)

    def norms(self, weights: Float32Array) -> Float32Array:
        """Norms of every reference under every row's weights, shape (rows, references)."""
        norms: Float32Array = np.sqrt(product(weights * weights, self.squares)) + np.float32(TINY)
        return norms


def product(rows: Float32Array, others: Float32Array) -> Float32Array:
    """Inner products of rows with others, shape (rows, others)."""
    found: Float32Array = rows @ others.T
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """Fits of many samples by a few references each.

    Attributes:
        support: indices of the references used, shape (rows, slots); unused slots hold 0.
        amounts: their amounts, 0 in unused slots, shape (rows, slots).
        weights: one over the standard deviation of each channel, shape (rows, points).
    """

    support: IndexArray
    amounts: FloatArray
    weights: Float32Array

    def models(self, atoms: Atoms) -> FloatArray:
        """The fitted curves, shape (rows, points)."""
        return summed(self.amounts, atoms.rows[self.support])

    def taken(self, rows: IndexArray) -> "Fits":
        """The fits of these rows."""
        return Fits(self.support[rows], self.amounts[rows], self.weights[rows])


def summed(amounts: FloatArray, curves: Float32Array) -> FloatArray:
    """Amounts times curves: (rows, slots) and (rows, slots, points) to (rows, points)."""
    total: FloatArray = np.matmul(amounts[:, None, :], curves.astype(np.float64))[:, 0]
    return total


def nonnegative(gram: FloatArray, moments: FloatArray, live: MaskArray) -> FloatArray:
    """Least squares with no negative amount, for a handful of atoms in each row.

    Solves, and drops the most negative atom of a row until none is left negative.

    Args:
        gram: inner products of the atoms, shape (rows, k, k).
        moments: inner products of atoms and data, shape (rows, k).
        live: which slots hold an atom, shape (rows, k).
    """
    k = moments.shape[1]
    found = np.zeros(moments.shape)
    if not k:
        return found
    kept, todo = live.copy(), np.arange(moments.shape[0])
    diagonal = np.einsum("nii->ni", gram)
    while todo.size:
        on = kept[todo]
        part = gram[todo] * (on[:, :, None] & on[:, None, :])
        lift = np.where(on, RIDGE * diagonal[todo] + TINY, 1.0)
        part[:, np.arange(k), np.arange(k)] += lift
        solved = np.linalg.solve(part, (moments[todo] * on)[..., None])[..., 0]
        found[todo] = solved
        bad = (solved < 0).any(axis=1)
        todo = todo[bad]
        kept[todo, solved[bad].argmin(axis=1)] = False
    return np.clip(found, 0.0, None)


def greedy(
    data: FloatArray,
    weights: Float32Array,
    atoms: Atoms,
    least: float,
    allowed: MaskArray | None = None,
) -> tuple[IndexArray, FloatArray]:
    """Orthogonal matching pursuit with non-negative amounts, row by row.

    Args:
        data: features of the samples, shape (rows, points).
        weights: one over the standard deviation of each channel, shape (rows, points).
        atoms: the references.
        least: stop when no atom's normalised correlation reaches this.
        allowed: which references may be used, shape (rows, references) or (references,).

    Returns:
        Indices and amounts of the atoms, shapes (rows, slots); amount 0 where a slot is unused.
    """
    rows, slots = data.shape[0], min(MAX_ATOMS, len(atoms))
    scales = 1.0 / atoms.norms(weights)
    if allowed is not None:
        scales = scales * allowed
    weighted = data.astype(np.float32) * weights
    rest = weighted.copy()
    support = np.zeros((rows, slots), dtype=np.intp)
    amounts = np.zeros((rows, slots))
    used = np.zeros((rows, slots, data.shape[1]), dtype=np.float32)
    active = np.arange(rows)
    for slot in range(slots):
        worth = atoms.moments(rest[active] * weights[active]) * scales[active]
        best = worth.argmax(axis=1)
        going = worth[np.arange(active.size), best] >= least
        active, best = active[going], best[going]
        if not active.size:
            break
        scales[active, best] = 0.0  # never taken twice
        support[active, slot] = best
        used[active, slot] = atoms.rows[best] * weights[active]
        curves = used[active, : slot + 1]
        live = (amounts[active, : slot + 1] > 0) | (np.arange(slot + 1) == slot)
        part = _amounts(curves, weighted[active], live)
        amounts[active, : slot + 1] = part
        used[active, : slot + 1] *= (part > 0)[:, :, None]
        rest[active] = weighted[active] - np.matmul(part[:, None].astype(np.float32), curves)[:, 0]
    return support, amounts


def _amounts(curves: Float32Array, data: Float32Array, live: MaskArray) -> FloatArray:
    gram = np.matmul(curves, curves.transpose(0, 2, 1)).astype(np.float64)
    moments = np.matmul(curves, data[:, :, None])[..., 0].astype(np.float64)
    return nonnegative(gram, moments, live)


def channel_weights(
    atoms: Atoms,
    support: IndexArray,
    amounts: FloatArray,
    height: float = HEIGHT_MISMATCH,
    position: float = SHIFT_MISMATCH,
) -> Float32Array:
    """One over the standard deviation of each channel: a floor, band heights, band positions.

    Args:
        atoms: the references.
        support: which are used, shape (rows, slots).
        amounts: their amounts, shape (rows, slots).
        height: standard deviation of a band's height, as a fraction of it.
        position: standard deviation of a band's position, in channels.
    """
    some = amounts[:, None, :].astype(np.float32)
    heights = np.matmul(some, np.abs(atoms.rows[support]))[:, 0]
    positions = np.matmul(some, atoms.slopes[support])[:, 0]
    variance = FLOOR**2 + (height * heights) ** 2 + (position * positions) ** 2
    weights: Float32Array = (1.0 / np.sqrt(variance)).astype(np.float32)
    return weights


def weighted_fits(
    queries: FloatArray,
    atoms: Atoms,
    allowed: MaskArray | None = None,
    scale: float = 1.0,
    start: tuple[IndexArray, FloatArray] | None = None,
) -> Fits:
    """The whole fit: unweighted first, then re-selected under mismatch weights.

    Args:
        queries: unit-norm features of the samples, shape (rows, points).
        atoms: the references.
        allowed: which references may be used, shape (rows, references) or (references,).
        scale: how far references are off, relative to the usual.
        start: support and amounts of an earlier fit, for the first weights.
    """
    weights = np.ones(queries.shape, dtype=np.float32)
    support, amounts = start or greedy(queries, weights, atoms, LEAST_UNWEIGHTED, allowed)
    for _ in range(ROUNDS):
        weights = channel_weights(
            atoms, support, amounts, scale * HEIGHT_MISMATCH, scale * SHIFT_MISMATCH
        )
        support, amounts = greedy(queries, weights, atoms, LEAST_EVIDENCE, allowed)
    return Fits(support, amounts, weights)


def estimate_shifts(
    queries: FloatArray, atoms: Atoms, allowed: MaskArray | None = None
) -> tuple[FloatArray, IndexArray, FloatArray]:
    """How many channels each query lies to the right of the library, by two Gauss-Newton steps.

    The support and amounts of the last step's plain fit come with it.

    Args:
        queries: unit-norm features of the samples, shape (rows, points).
        atoms: the references.
        allowed: which references may be used, shape (rows, references) or (references,).
    """
    total = np.zeros(queries.shape[0])
    plain = np.ones(queries.shape, dtype=np.float32)
    support, amounts = np.zeros((len(queries), 1), dtype=np.intp), np.zeros((len(queries), 1))
    for _ in range(2):
        moved = shifted_rows(queries, total)
        support, amounts = greedy(moved, plain, atoms, LEAST_UNWEIGHTED, allowed)
        model = summed(amounts, atoms.rows[support])
        slope = np.gradient(model, axis=1)
        strength = np.einsum("np,np->n", slope, slope)
        step = np.einsum("np,np->n", moved - model, slope) / np.maximum(strength, TINY)
        total = np.clip(total - step, -MAX_SHIFT_CHANNELS, MAX_SHIFT_CHANNELS)
    return total, support, amounts
