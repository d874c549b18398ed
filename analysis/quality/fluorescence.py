"""How much of a Raman spectrum is the smooth hump of fluorescence, and how much bands."""

import numpy as np

from analysis import words
from analysis.findings import QualityReason
from analysis.quality.rows import Column, Rows
from analysis.spectrum import FloatArray

# Wider than a Raman band of a solid, narrower than a fluorescence hump.
BLOCK_CM1 = 60.0
MOST = 0.9


def fluorescence(rows: Rows) -> Column:
    """Share of the signal that lies below the bands, per row; said above 90 %, never blocking."""
    if rows.axis[rows.inside].size < 8:
        return [None] * len(rows.spectra)
    return [
        QualityReason(
            "fluorescence", share, MOST, blocks=False, text=words.FLUORESCES if share > MOST else ""
        )
        for share in np.round(smooth_share(rows.axis[rows.inside], rows.seen), 4).tolist()
    ]


def smooth_share(axis: FloatArray, values: FloatArray) -> FloatArray:
    """Area under the lowest points of each 60 cm-1, over all the area, shape (rows,).

    An offset of the detector counts as smooth too, so that the dark spectrum should be taken off.

    Args:
        axis: Raman shift in cm-1, ascending, shape (points,).
        values: shape (rows, points).
    """
    block = np.floor((axis - axis[0]) / BLOCK_CM1)
    starts = np.flatnonzero(np.diff(block, prepend=-1.0) > 0)
    lowest = np.maximum(np.minimum.reduceat(values, starts, axis=1), 0.0)
    counts = np.diff(np.append(starts, axis.size))
    total = np.maximum(values, 0.0).sum(axis=1)
    share: FloatArray = np.clip((lowest @ counts) / np.where(total > 0, total, 1.0), 0.0, 1.0)
    return share
