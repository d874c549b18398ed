"""The Whittaker smoother: (W + lambda D'D) z = W y, D the second difference, for many rows at once.

One row goes to LAPACK's banded Cholesky. Many rows are eliminated side by side, channel after
channel: each step of the recursion is one numpy operation over all rows (Eilers, Anal. Chem. 75
(2003) 3631; the system has five diagonals).
"""

import numpy as np

from analysis.spectrum import FloatArray

ROWS_FOR_SIDE_BY_SIDE = 96
LEAST_POINTS = 5


def penalty_diagonals(points: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Diagonals of D'D: main (points,), first (points - 1,) and second (points - 2,) off it.

    Raises:
        ValueError: fewer than five points.
    """
    if points < LEAST_POINTS:
        raise ValueError(f"{points} points; a baseline needs at least {LEAST_POINTS}")
    main, first = np.full(points, 6.0), np.full(points - 1, -4.0)
    main[[0, -1]], main[[1, -2]] = 1.0, 5.0
    first[[0, -1]] = -2.0
    return main, first, np.ones(points - 2)


def smooth(values: FloatArray, weights: FloatArray, smoothness: float) -> FloatArray:
    """The smooth curve through weighted points, shape (points, rows): one column per spectrum.

    Args:
        values: shape (points, rows).
        weights: same shape, none negative, at least two per column above 0.
        smoothness: lambda, above 0.

    Raises:
        ValueError: fewer than five points, or fewer than two with weight.
    """
    if values.shape[1] < ROWS_FOR_SIDE_BY_SIDE:
        return _one_by_one(values, weights, smoothness)
    return _side_by_side(values, weights / smoothness)


def _one_by_one(values: FloatArray, weights: FloatArray, smoothness: float) -> FloatArray:
    from scipy.linalg.lapack import dpbsv  # noqa: PLC0415 - scipy only where it is needed

    main, first, second = penalty_diagonals(values.shape[0])
    bands = np.empty((3, values.shape[0]), order="F")
    curves = np.empty_like(values)
    for k in range(values.shape[1]):
        bands[0] = smoothness * main + weights[:, k]
        bands[1, :-1], bands[2, :-2] = smoothness * first, smoothness * second
        _, curves[:, k], failed = dpbsv(
            bands, weights[:, k] * values[:, k], lower=1, overwrite_ab=1, overwrite_b=1
        )
        if failed:
            raise ValueError("too few points with weight: no smooth curve goes through them")
    return curves


def _side_by_side(values: FloatArray, weights: FloatArray) -> FloatArray:
    """LDL' of the five diagonals over lambda, all columns in step; weights are over lambda too.

    `first[i]` is L[i + 1, i]; `second[i]` is L[i + 2, i] and 1 / D[i], the same number as the
    second diagonal is 1. Rows are taken as lists: indexing would cost as much as the arithmetic.
    """
    points, rows = values.shape
    main, off, _ = penalty_diagonals(points)
    curve, lower = np.empty((points, rows)), np.empty((2, points, rows))
    first, second, right = list(lower[0]), list(lower[1]), list(curve)
    pivot, side, spare = np.empty((3, rows))
    none = np.zeros(rows)
    first_1 = second_1 = second_2 = right_1 = right_2 = none
    below = [*off.tolist(), 0.0]
    for i, (weight, value) in enumerate(zip(weights, values, strict=True)):
        np.add(weight, main[i], out=pivot)
        pivot -= np.multiply(side, first_1, out=spare) if i else none
        pivot -= second_2
        inverse = np.divide(1.0, pivot, out=second[i])
        now = np.multiply(weight, value, out=right[i])
        now -= np.multiply(first_1, right_1, out=spare)
        now -= np.multiply(second_2, right_2, out=spare)
        np.subtract(below[i], first_1, out=side)
        first_1 = np.multiply(side, inverse, out=first[i])
        second_2, second_1 = second_1, inverse
        right_2, right_1 = right_1, now
    return _substitute(curve, first, second)


def _substitute(curve: FloatArray, first: list[FloatArray], second: list[FloatArray]) -> FloatArray:
    """L' x = z / D, from the last channel to the first."""
    after = after_next = np.zeros(curve.shape[1])
    spare = np.empty(curve.shape[1])
    for now, one, two in zip(reversed(list(curve)), reversed(first), reversed(second), strict=True):
        np.multiply(now, two, out=now)
        np.subtract(now, np.multiply(one, after, out=spare), out=now)
        np.subtract(now, np.multiply(two, after_next, out=spare), out=now)
        after, after_next = now, after
    return curve
