"""A sparse non-negative fit that knows how wrong its references may be.

The limit of finding a minor component is not noise but mismatch: the same substance, measured
elsewhere, differs in band heights and positions. So each channel gets a variance that grows with
the fit and with its slope, and the support is chosen again under these weights (iteratively
re-weighted, three rounds), which was the largest gain of the experiments in docs/matcher.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.preprocess.resample import shifted
from analysis.spectrum import FloatArray

IndexArray = NDArray[np.intp]
MaskArray = NDArray[np.bool_]

MAX_ATOMS = 8
ROUNDS = 3
HEIGHT_MISMATCH = 0.25
SHIFT_MISMATCH = 0.25
FLOOR = 0.004
LEAST_EVIDENCE = 3.0
LEAST_UNWEIGHTED = 1e-3
MAX_SHIFT_CHANNELS = 2.0
RIDGE = 1e-10


@dataclass(frozen=True, slots=True)
class Fit:
    """One fit of a query by a few references.

    Attributes:
        support: indices of the references used, in the order in which they were taken.
        amounts: their amounts, all above zero, shape (used,).
        weights: one over the standard deviation of each channel, shape (points,).
        residual: query minus fit, not weighted, shape (points,).
    """

    support: IndexArray
    amounts: FloatArray
    weights: FloatArray
    residual: FloatArray


def nonnegative(gram: FloatArray, moments: FloatArray) -> FloatArray:
    """Least squares with no negative amount, for a handful of atoms.

    Solves, and drops the most negative atom until none is left negative.

    Args:
        gram: inner products of the atoms, shape (k, k).
        moments: inner products of atoms and data, shape (k,).
    """
    if not moments.size:
        return np.zeros(0)
    matrix = gram.copy()
    matrix.flat[:: moments.size + 1] *= 1.0 + RIDGE
    part = np.linalg.solve(matrix, moments).astype(np.float64, copy=False)
    if part.min() >= 0:
        return part
    amounts = np.zeros(moments.size)
    kept = np.arange(moments.size)
    while part.min() < 0 and kept.size > 1:
        kept = np.delete(kept, int(part.argmin()))
        part = np.linalg.solve(matrix[kept[:, None], kept], moments[kept]).astype(np.float64)
    amounts[kept] = np.clip(part, 0.0, None)
    return amounts


def greedy(
    data: FloatArray, atoms: FloatArray, allowed: IndexArray, least: float
) -> tuple[IndexArray, FloatArray]:
    """Orthogonal matching pursuit with non-negative amounts.

    Args:
        data: weighted query, shape (points,).
        atoms: weighted references, shape (references, points).
        allowed: which references may be used.
        least: stop when no atom's normalised correlation reaches this.

    Returns:
        Indices of the atoms with an amount above zero, and the amounts.
    """
    pool = atoms if allowed.size == atoms.shape[0] else atoms[allowed]
    scales = 1.0 / (np.sqrt(np.einsum("ij,ij->i", pool, pool)) + 1e-12)
    moments = pool @ data
    gains = moments.copy()
    chosen: list[int] = []
    columns = np.empty((MAX_ATOMS, allowed.size))
    amounts = np.zeros(0)
    while len(chosen) < min(MAX_ATOMS, allowed.size):
        worth = gains * scales
        best = int(worth.argmax())
        if worth[best] < least:
            break
        columns[len(chosen)] = pool @ pool[best]
        scales[best] = 0.0  # never taken twice
        chosen.append(best)
        amounts = nonnegative(columns[: len(chosen), chosen], moments[chosen])
        kept = amounts > 0
        if not kept.all():
            chosen = [c for c, k in zip(chosen, kept, strict=True) if k]
            columns[: len(chosen)] = columns[: kept.size][kept]
            amounts = amounts[kept]
        gains = moments - amounts @ columns[: len(chosen)]
    return allowed[np.array(chosen, dtype=np.intp)], amounts


def channel_weights(used: FloatArray, amounts: FloatArray) -> FloatArray:
    """One over the standard deviation of each channel: a floor, band heights, band positions.

    Args:
        used: features of the references used, shape (used, points).
        amounts: their amounts, shape (used,).
    """
    heights = amounts @ np.abs(used)
    positions = amounts @ np.abs(np.gradient(used, axis=1))
    variance = FLOOR**2 + (HEIGHT_MISMATCH * heights) ** 2 + (SHIFT_MISMATCH * positions) ** 2
    weights: FloatArray = 1.0 / np.sqrt(variance)
    return weights


def weighted_fit(query: FloatArray, atoms: FloatArray, allowed: IndexArray) -> Fit:
    """The whole fit: unweighted first, then re-selected under mismatch weights.

    Args:
        query: unit-norm features of the sample, shape (points,).
        atoms: unit-norm features of the references, shape (references, points).
        allowed: indices of the references that may be used.
    """
    support, amounts = greedy(query, atoms, allowed, LEAST_UNWEIGHTED)
    weights = np.ones(query.size)
    for _ in range(ROUNDS):
        weights = channel_weights(atoms[support], amounts)
        support, amounts = greedy(query * weights, atoms * weights, allowed, LEAST_EVIDENCE)
    return Fit(support, amounts, weights, query - amounts @ atoms[support])


def estimate_shift(query: FloatArray, atoms: FloatArray, allowed: IndexArray) -> float:
    """How many channels the query lies to the right of the library, by two Gauss-Newton steps.

    Args:
        query: unit-norm features of the sample, shape (points,).
        atoms: unit-norm features of the references, shape (references, points).
        allowed: indices of the references that may be used.
    """
    total = 0.0
    for _ in range(2):
        moved = shifted(query, total)
        support, amounts = greedy(moved, atoms, allowed, LEAST_UNWEIGHTED)
        model = amounts @ atoms[support]
        slope = np.gradient(model)
        strength = float(slope @ slope)
        if strength <= 0:
            break
        total -= float((moved - model) @ slope) / strength
        total = float(np.clip(total, -MAX_SHIFT_CHANNELS, MAX_SHIFT_CHANNELS))
    return total
