"""The Whittaker smoother: (W + lambda D'D) z = W y, D the second difference, for many rows at once.

A few rows go to LAPACK's banded Cholesky. Many rows are eliminated side by side, channel after
channel: each step of the recursion is one numpy operation over all rows (the smoother: Eilers,
Anal. Chem. 75 (2003) 3631; its system has five diagonals).
"""

import numpy as np

from analysis.spectrum import FloatArray

ROWS_FOR_SIDE_BY_SIDE = 64
POINTS_FOR_SIDE_BY_SIDE = 16
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
    if values.shape[1] < ROWS_FOR_SIDE_BY_SIDE or values.shape[0] < POINTS_FOR_SIDE_BY_SIDE:
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

    From both ends at once, as the penalty looks the same from either: half as many steps, of
    twice the width. Four or five channels are left in the middle.
    """
    points, rows = values.shape
    steps = points // 2 - 2
    first, second, right = np.empty((3, steps, 2 * rows))
    ends = _eliminate(_both_ends(values, steps), _both_ends(weights, steps), first, second, right)
    middle = _middle(values[steps:-steps], weights[steps:-steps], ends, points)
    after = np.concatenate([middle[0], middle[-1]])
    _substitute(right, first, second, after, np.concatenate([middle[1], middle[-2]]))
    return np.concatenate([right[:, :rows], middle, right[::-1, rows:]])


def _both_ends(rows: FloatArray, steps: int) -> FloatArray:
    return np.concatenate([rows[:steps], rows[: -steps - 1 : -1]], axis=1)


def _eliminate(
    values: FloatArray,
    weights: FloatArray,
    first: FloatArray,
    second: FloatArray,
    right: FloatArray,
) -> FloatArray:
    """Fill L[i + 1, i], L[i + 2, i] and z[i]; answer what the next two channels lose by it.

    L[i + 2, i] is 1 / D[i] too, as the second diagonal is 1. The answer has shape (5, columns):
    what is taken off the two diagonals, the one between them, and the two right sides. Rows are
    walked as such: indexing would cost as much as the arithmetic.
    """
    main, off, _ = penalty_diagonals(2 * LEAST_POINTS + values.shape[0])
    side, spare, pivot, none = np.zeros((4, values.shape[1]))
    first_1 = second_1 = second_2 = right_1 = right_2 = none
    rows = zip(weights, values, first, second, right, main, off, strict=False)
    for weight, value, one, two, now, diagonal, beside in rows:
        np.add(weight, diagonal, out=pivot)
        np.subtract(pivot, np.multiply(side, first_1, out=spare), out=pivot)
        np.subtract(pivot, second_2, out=pivot)
        np.divide(1.0, pivot, out=two)
        np.multiply(weight, value, out=now)
        np.subtract(now, np.multiply(first_1, right_1, out=spare), out=now)
        np.subtract(now, np.multiply(second_2, right_2, out=spare), out=now)
        np.subtract(beside, first_1, out=side)
        np.multiply(side, two, out=one)
        first_1, second_2, second_1, right_2, right_1 = one, second_1, two, right_1, now
    first_right = first_1 * right_1 + second_2 * right_2
    return np.stack([side * first_1 + second_2, second_1, first_1, first_right, second_1 * right_1])


def _middle(values: FloatArray, weights: FloatArray, ends: FloatArray, points: int) -> FloatArray:
    """The four or five channels in the middle, after both ends were eliminated."""
    size, rows = values.shape
    main, off, _ = penalty_diagonals(points)
    part = slice((points - size) // 2, (points + size) // 2)
    penalty = np.diag(main[part]) + np.eye(size, k=2) + np.eye(size, k=-2)
    beside = np.diag(off[part][: size - 1], k=1)
    system = np.tile(penalty + beside + beside.T, (rows, 1, 1))
    system[:, range(size), range(size)] += weights.T
    right = (weights * values).T
    for lost, edge, inner in ((ends[:, :rows], 0, 1), (ends[:, rows:], -1, -2)):
        system[:, edge, edge] -= lost[0]
        system[:, inner, inner] -= lost[1]
        system[:, edge, inner] -= lost[2]
        system[:, inner, edge] -= lost[2]
        right[:, edge] -= lost[3]
        right[:, inner] -= lost[4]
    solved = np.linalg.solve(system, right[:, :, None])[:, :, 0]
    return np.asarray(solved.T, dtype=np.float64)


def _substitute(
    right: FloatArray,
    first: FloatArray,
    second: FloatArray,
    after: FloatArray,
    after_next: FloatArray,
) -> None:
    """L' x = z / D in place of z, towards both ends."""
    spare = np.empty(right.shape[1])
    for now, one, two in zip(right[::-1], first[::-1], second[::-1], strict=True):
        np.multiply(now, two, out=now)
        np.subtract(now, np.multiply(one, after, out=spare), out=now)
        np.subtract(now, np.multiply(two, after_next, out=spare), out=now)
        after, after_next = now, after
