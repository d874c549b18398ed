"""Non-negative least squares, exactly, for some dozens of atoms (Lawson and Hanson 1974, ch. 23).

With numpy alone: `scipy.optimize` costs a quarter of a second of start-up, and more on a small
computer, whenever a result is explained.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.spectrum import FloatArray

MaskArray: TypeAlias = NDArray[np.bool_]

RIDGE = 1e-12
TOLERANCE = 1e-12
ROUNDS_PER_ATOM = 5


def nonnegative_least_squares(atoms: FloatArray, target: FloatArray) -> FloatArray:
    """Amounts, none below zero, that bring the atoms' sum nearest to the target.

    Args:
        atoms: shape (atoms, points).
        target: shape (points,).

    Returns:
        Shape (atoms,).
    """
    gram, moments = atoms @ atoms.T, atoms @ target
    gram.flat[:: len(atoms) + 1] *= 1.0 + RIDGE
    amounts = np.zeros(len(atoms))
    used = np.zeros(len(atoms), dtype=bool)
    least = TOLERANCE * float(np.abs(moments).max(initial=0.0))
    for _ in range(ROUNDS_PER_ATOM * len(atoms)):
        gains = np.where(used, -np.inf, moments - gram @ amounts)
        if used.all() or gains.max() <= least:
            break
        used[int(gains.argmax())] = True
        amounts = _inward(gram, moments, amounts, used)
    return amounts


def _inward(
    gram: FloatArray, moments: FloatArray, amounts: FloatArray, used: MaskArray
) -> FloatArray:
    """Go towards the solution of the atoms in use; one that reaches zero leaves `used`."""
    while used.any():
        wanted = np.zeros(amounts.size)
        wanted[used] = np.linalg.solve(gram[np.ix_(used, used)], moments[used])
        below = used & (wanted <= 0)
        if not below.any():
            return wanted
        step = float((amounts[below] / (amounts[below] - wanted[below] + 1e-300)).min())
        amounts = amounts + step * (wanted - amounts)
        used &= amounts > TOLERANCE * float(amounts.max(initial=0.0))
        amounts = np.where(used, amounts, 0.0)
    return amounts
