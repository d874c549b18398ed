"""Savitzky-Golay derivatives by local polynomials (Anal. Chem. 36 (1964) 1627).

Written with numpy alone: `scipy.signal` costs half a second of start-up on a Raspberry Pi.
"""

from functools import lru_cache
from math import factorial

import numpy as np

from analysis.spectrum import FloatArray


@lru_cache(maxsize=32)
def _kernel(window: int, order: int, derivative: int) -> FloatArray:
    half = window // 2
    powers = np.vander(np.arange(-half, half + 1, dtype=np.float64), order + 1, increasing=True)
    kernel: FloatArray = np.linalg.pinv(powers)[derivative] * factorial(derivative)
    kernel.flags.writeable = False
    return kernel


def savitzky_golay(
    values: FloatArray, window: int, order: int = 2, derivative: int = 1
) -> FloatArray:
    """Derivative per channel of evenly spaced values, same shape (..., points).

    At the ends the outermost values are held, as a baseline would go on.

    Args:
        values: evenly spaced, shape (..., points).
        window: odd number of channels, larger than `order`.
        order: degree of the local polynomial.
        derivative: 0 smooths, 1 and 2 differentiate.
    """
    half = window // 2
    pad = [(0, 0)] * (values.ndim - 1) + [(half, half)]
    held = np.pad(values, pad, mode="edge")
    views = np.lib.stride_tricks.sliding_window_view(held, window, axis=-1)
    smooth: FloatArray = views @ _kernel(window, order, derivative)
    return smooth
