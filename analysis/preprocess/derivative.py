"""Savitzky-Golay derivatives by local polynomials (Anal. Chem. 36 (1964) 1627).

Written with numpy alone: `scipy.signal` costs half a second of start-up on a Raspberry Pi.
"""

from functools import lru_cache
from math import factorial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Real = TypeVar("Real", np.float32, np.float64)
ROWS_AT_ONCE = 128


@lru_cache(maxsize=32)
def _kernel(window: int, order: int, derivative: int) -> tuple[float, ...]:
    half = window // 2
    powers = np.vander(np.arange(-half, half + 1, dtype=np.float64), order + 1, increasing=True)
    kernel = np.linalg.pinv(powers)[derivative] * factorial(derivative)
    return tuple(float(weight) for weight in kernel)


def savitzky_golay(
    values: NDArray[Real], window: int, order: int = 2, derivative: int = 1
) -> NDArray[Real]:
    """Derivative per channel of evenly spaced values, same shape (..., points) and dtype.

    At the ends the outermost values are held, as a baseline would go on. Each row is worked out
    in the same order of operations, so that a batch equals its rows bit for bit.

    Args:
        values: evenly spaced, shape (..., points), float64 or float32.
        window: odd number of channels, larger than `order`.
        order: degree of the local polynomial.
        derivative: 0 smooths, 1 and 2 differentiate.
    """
    half, points = window // 2, values.shape[-1]
    rows = values.reshape(-1, points)
    out = np.empty(rows.shape, dtype=values.dtype)
    weights = _kernel(window, order, derivative)
    for first in range(0, rows.shape[0], ROWS_AT_ONCE):
        part = slice(first, first + ROWS_AT_ONCE)
        _convolve(_held(rows[part], half), weights, derivative % 2 == 1, out[part])
    return out.reshape(values.shape)


def _held(rows: NDArray[Real], half: int) -> NDArray[Real]:
    points = rows.shape[1]
    held = np.empty((rows.shape[0], points + 2 * half), dtype=rows.dtype)
    held[:, half : half + points] = rows
    held[:, :half] = rows[:, :1]
    held[:, half + points :] = rows[:, -1:]
    return held


def _convolve(
    held: NDArray[Real],
    weights: tuple[float, ...],
    odd: bool,  # noqa: FBT001 - the symmetry of the weights is a yes or no
    out: NDArray[Real],
) -> None:
    """Slices added up, the two sides of the window together: its weights are even or odd."""
    half, points = len(weights) // 2, out.shape[1]
    pair = np.empty_like(out)
    np.multiply(held[:, half : half + points], 0.0 if odd else weights[half], out=out)
    for k in range(1, half + 1):
        left, right = held[:, half - k : half - k + points], held[:, half + k : half + k + points]
        (np.subtract if odd else np.add)(right, left, out=pair)
        np.multiply(pair, weights[half + k], out=pair)
        np.add(out, pair, out=out)
