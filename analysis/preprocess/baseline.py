"""Baselines under bands, for display and for classic search; detection uses derivatives instead.

airPLS: Zhang, Chen and Liang, Analyst 135 (2010) 1138. arPLS: Baek, Park, Ahn and Choo, Analyst
140 (2015) 250. Both smooth again and again, with less weight where the spectrum stands above the
curve. Here for many spectra at once; those that have settled leave the batch.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from analysis.preprocess.whittaker import smooth
from analysis.spectrum import FloatArray

METHODS = ("airpls", "arpls")
SMOOTHNESS = 1e5
TOLERANCE = 1e-3
MOST_ROUNDS = 50
ROWS_AT_ONCE = 512
LEAVE_TOGETHER = 0.9
# Of values that are scaled to 1: what is below is rounding.
SETTLED = 1e-10
LARGEST_EXPONENT = 50.0
Step: TypeAlias = tuple[FloatArray, FloatArray]
Rule: TypeAlias = Callable[[FloatArray, FloatArray, FloatArray, int], Step]


def airpls(
    values: FloatArray,
    smoothness: float = SMOOTHNESS,
    *,
    tolerance: float = TOLERANCE,
    rounds: int = MOST_ROUNDS,
) -> FloatArray:
    """Adaptive iteratively reweighted baseline, same shape (..., points).

    Args:
        values: evenly spaced, shape (..., points), five points or more.
        smoothness: lambda of the Whittaker smoother; grows with the fourth power of points per
            unit.
        tolerance: ends when what lies below the curve is less than this share of the signal.
        rounds: and after that many rounds in any case.

    Raises:
        ValueError: fewer than five points.
    """
    return _in_blocks(values, smoothness, tolerance, rounds, _airpls_weights)


def arpls(
    values: FloatArray,
    smoothness: float = SMOOTHNESS,
    *,
    tolerance: float = TOLERANCE,
    rounds: int = MOST_ROUNDS,
) -> FloatArray:
    """Asymmetrically reweighted baseline, same shape (..., points).

    Args:
        values: evenly spaced, shape (..., points), five points or more.
        smoothness: lambda of the Whittaker smoother; grows with the fourth power of points per
            unit.
        tolerance: ends when the weights change by less than this share.
        rounds: and after that many rounds in any case.

    Raises:
        ValueError: fewer than five points.
    """
    return _in_blocks(values, smoothness, tolerance, rounds, _arpls_weights)


def _in_blocks(
    values: FloatArray, smoothness: float, tolerance: float, rounds: int, rule: Rule
) -> FloatArray:
    rows = np.asarray(values, dtype=np.float64).reshape(-1, values.shape[-1])
    curves = np.empty_like(rows)
    for first in range(0, rows.shape[0], ROWS_AT_ONCE):
        part = rows[first : first + ROWS_AT_ONCE].T
        # A power of two takes no digit, and keeps very small and very large rows in range.
        scale = np.ldexp(1.0, np.frexp(np.abs(part).max(axis=0))[1])
        fitted = _fit(np.ascontiguousarray(part / scale), smoothness, tolerance, rounds, rule)
        curves[first : first + ROWS_AT_ONCE] = (fitted * scale).T
    return curves.reshape(values.shape)


def _fit(
    values: FloatArray, smoothness: float, tolerance: float, rounds: int, rule: Rule
) -> FloatArray:
    """Curves of columns, shape (points, rows). Columns that have settled are kept, and leave.

    They leave in company: to copy the others costs as much as to smooth a few too many.
    """
    curves = np.empty_like(values)
    left, going = np.arange(values.shape[1]), np.ones(values.shape[1], dtype=np.bool_)
    weights = np.ones_like(values)
    for round_ in range(1, rounds + 2):
        curve = smooth(values, weights, smoothness)
        weights, change = rule(values - curve, values, weights, round_)
        rests = going & ((change < tolerance) | (round_ > rounds))
        curves[:, left[rests]] = curve[:, rests]
        going &= ~rests
        if not going.any():
            break
        if np.count_nonzero(going) < LEAVE_TOGETHER * left.size:
            left, values, weights = left[going], values[:, going], weights[:, going]
            going = np.ones(left.size, dtype=np.bool_)
    return curves


def _airpls_weights(
    residual: FloatArray, values: FloatArray, weights: FloatArray, round_: int
) -> Step:
    """Next weights, and how much lies below the curve; columns with hardly a point there rest."""
    del weights
    below = np.minimum(residual, 0.0)
    total = -below.sum(axis=0)
    per = np.where(total > 0, round_ / np.where(total > 0, total, 1.0), 0.0)
    raised = np.exp(np.minimum(-below * per, LARGEST_EXPONENT))
    following = np.where(residual < 0, raised, 0.0)
    size = np.abs(values).sum(axis=0)
    change = total / np.where(size > 0, size, 1.0)
    return following, np.where((residual < 0).sum(axis=0) < 2, 0.0, change)


def _arpls_weights(
    residual: FloatArray, values: FloatArray, weights: FloatArray, round_: int
) -> Step:
    """Next weights, and their relative change; columns with hardly a point below rest."""
    del round_, values
    below = np.minimum(residual, 0.0)
    under = np.count_nonzero(below, axis=0)
    count = np.maximum(under, 2)
    mean = below.sum(axis=0) / count
    squares = np.einsum("ij,ij->j", below, below)
    spread = np.sqrt(np.maximum(squares - count * mean * mean, 0.0) / (count - 1))
    rests = (under < 2) | (spread <= SETTLED)
    # The logistic function of the paper by way of tanh, which can't overflow.
    steps = np.subtract(residual, 2.0 * spread - mean, out=below)
    steps /= np.where(rests, 1.0, spread)
    following: FloatArray = np.tanh(steps, out=steps)
    following -= 1.0
    following *= -0.5
    moved = following - weights
    change = np.einsum("ij,ij->j", moved, moved) / np.einsum("ij,ij->j", weights, weights)
    return following, np.where(rests, 0.0, np.sqrt(change))
