"""To one scale: unit norm, or standard normal variate (Appl. Spectrosc. 43 (1989) 772)."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Real = TypeVar("Real", np.float32, np.float64)
# Squares of what lies between these neither overflow nor vanish, in float32 either.
LEAST, MOST = 1e-12, 1e12


def unit_norm(values: NDArray[Real]) -> NDArray[Real]:
    """Each row divided by its Euclidean norm, same shape (..., points); zeros stay zeros."""
    safe = _in_range(values)
    squares = np.add.reduce(safe * safe, axis=-1, keepdims=True)
    squares[squares == 0] = 1
    unit: NDArray[Real] = np.divide(safe, np.sqrt(squares))
    return unit


def standard_normal_variate(values: NDArray[Real]) -> NDArray[Real]:
    """Each row less its mean, over its standard deviation (n - 1); constant rows become zeros."""
    safe = _in_range(values)
    centred = safe - safe.mean(axis=-1, keepdims=True)
    points = values.shape[-1]
    return unit_norm(_settled(centred, safe)) * values.dtype.type(max(points - 1, 1) ** 0.5)


def _settled(centred: NDArray[Real], values: NDArray[Real]) -> NDArray[Real]:
    """Rows that differ from their mean by rounding alone become zeros."""
    rounding = 64 * np.finfo(values.dtype).eps * np.abs(values).max(axis=-1, keepdims=True)
    flat = np.abs(centred).max(axis=-1, keepdims=True) <= rounding
    settled: NDArray[Real] = np.where(flat, values.dtype.type(0.0), centred)
    return settled


def _in_range(values: NDArray[Real]) -> NDArray[Real]:
    """The same rows; very large or small ones by a power of two, which costs no digit."""
    largest = np.maximum(values.max(axis=-1, keepdims=True), -values.min(axis=-1, keepdims=True))
    odd = ((largest < LEAST) | (largest > MOST)) & (largest > 0)
    if not odd.any():
        return values
    exponents = np.where(odd, -np.frexp(largest)[1], 0)
    # In two halves: a factor of 2**1074 is no number itself.
    halves = exponents // 2
    scaled: NDArray[Real] = np.ldexp(np.ldexp(values, halves), exponents - halves)
    return scaled
