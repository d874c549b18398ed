"""Spikes out of detector spectra: a cosmic ray lights one to three channels of one scan.

Candidates are steps with a large modified z-score (Whitaker and Hayes, Chemom. Intell. Lab. Syst.
179 (2018) 82). The flanks of strong Raman bands have such scores too; so a spike must also rise
and fall within three channels, and by far more than anything in the channels around it. A band of
an instrument that samples it with 2.5 channels or more at half height is never taken for one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.spectrum import FloatArray

LARGE_Z = 8.0
MAD_TO_SIGMA = 0.6745
WIDEST = 3
AROUND = 8
STANDS_OUT = 4.0
POINTS_FOR_SCALE = 400
ROWS_AT_ONCE = 128
Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Despiked:
    """Rows without their spikes.

    Attributes:
        values: same shape (..., points); the very input where nothing was taken out.
        taken: how many channels were replaced, shape (...,).
    """

    values: FloatArray
    taken: NDArray[np.intp]


def despike(values: FloatArray) -> Despiked:
    """Take spikes of one to three channels out of rows (..., points); lines go in their place."""
    rows = values.reshape(-1, values.shape[-1])
    marked = np.concatenate(
        [
            find_spikes(rows[k : k + ROWS_AT_ONCE])
            for k in range(0, max(rows.shape[0], 1), ROWS_AT_ONCE)
        ]
    )
    taken = marked.sum(axis=-1).reshape(values.shape[:-1])
    if not marked.any():
        return Despiked(values, taken)
    mended = rows.copy()
    for row in np.flatnonzero(marked.any(axis=-1)):
        bad = marked[row]
        mended[row, bad] = np.interp(np.flatnonzero(bad), np.flatnonzero(~bad), rows[row, ~bad])
    return Despiked(mended.reshape(values.shape), taken)


def find_spikes(rows: FloatArray) -> NDArray[np.bool_]:
    """Which channels belong to a spike, shape (rows, points)."""
    marked = np.zeros(rows.shape, dtype=np.bool_)
    if rows.shape[-1] < 2 * AROUND:
        return marked
    steps = np.diff(rows, axis=-1)
    large = _large(steps)
    row, rise = np.nonzero(large)
    for width in range(1, WIDEST + 1):
        at, fall = _pairs(steps, large, row, rise, width)
        keep = _stands_out(steps, at, fall - width, fall)
        for k in range(width):
            marked[at[keep], fall[keep] - k] = True
    return marked


def _large(steps: FloatArray) -> NDArray[np.bool_]:
    """Steps with a large modified z-score in their row."""
    some = steps[:, :: max(1, steps.shape[-1] // POINTS_FOR_SCALE)]
    middle = np.median(some, axis=-1, keepdims=True)
    scale = np.median(np.abs(some - middle), axis=-1, keepdims=True) / MAD_TO_SIGMA
    away = np.abs(steps - middle)
    found: NDArray[np.bool_] = (away > LARGE_Z * scale) & (away > 0)
    return found


def _pairs(
    steps: FloatArray, large: NDArray[np.bool_], row: Index, rise: Index, width: int
) -> tuple[Index, Index]:
    """Large steps whose opposite comes `width` channels later: rows, and where it falls again."""
    inside = rise + width < steps.shape[-1]
    at, up = row[inside], rise[inside]
    fall = up + width
    turned = large[at, fall] & (np.sign(steps[at, up]) != np.sign(steps[at, fall]))
    return at[turned], fall[turned]


def _stands_out(steps: FloatArray, at: Index, rise: Index, fall: Index) -> NDArray[np.bool_]:
    """Whether both steps are several times as large as any other step around."""
    offsets = np.arange(-AROUND, AROUND + WIDEST + 1)
    where = rise[:, None] + offsets
    other = (where < rise[:, None]) | (where > fall[:, None])
    other &= (where >= 0) & (where < steps.shape[-1])
    near = np.abs(steps[at[:, None], np.clip(where, 0, steps.shape[-1] - 1)])
    around = np.where(other, near, 0.0).max(axis=-1, initial=0.0)
    least = np.minimum(np.abs(steps[at, rise]), np.abs(steps[at, fall]))
    found: NDArray[np.bool_] = least > STANDS_OUT * around
    return found
