"""Room air in an infrared spectrum: water vapour and carbon dioxide that the background missed.

Both may stand up (more than in the background) or hang down (less).
"""

from functools import lru_cache

import numpy as np

from analysis import words
from analysis.findings import QualityReason
from analysis.quality.rows import Column, Rows
from analysis.spectrum import FloatArray

# Rotational lines of water vapour as an instrument of about 4 cm-1 shows them: where neighbours
# run together, the maximum of the two. cm-1 and height against the tallest. Read from the
# background spectra of two instruments; the two agree within 0.9 cm-1.
WATER_LINES_CM1 = (
    (1396.3, 0.22), (1419.0, 0.36), (1436.6, 0.33), (1457.0, 0.65), (1473.2, 0.46),
    (1488.7, 0.28), (1506.8, 0.79), (1521.2, 0.40), (1540.5, 0.84), (1558.6, 1.00),
    (1576.3, 0.40), (1616.5, 0.36), (1635.6, 0.55), (1653.0, 0.88), (1670.1, 0.25),
    (1684.2, 0.69), (1698.9, 0.52), (1717.0, 0.60), (1733.6, 0.53), (1750.0, 0.25),
    (1771.9, 0.36), (1792.1, 0.26), (1844.3, 0.24), (1868.4, 0.27),
    (3566.8, 0.28), (3587.1, 0.25), (3628.9, 0.51), (3648.7, 0.61), (3670.1, 0.22),
    (3675.3, 0.41), (3689.0, 0.51), (3711.0, 0.40), (3734.4, 0.40), (3744.7, 0.31),
    (3750.7, 0.38), (3801.0, 0.31), (3820.2, 0.28), (3837.9, 0.37), (3853.1, 0.92),
    (3870.1, 0.23), (3902.2, 0.31),
)  # fmt: skip
WATER_RANGES_CM1 = ((1390.0, 1900.0), (3550.0, 3910.0))
# The two branches of the band at 2349 cm-1, unresolved: centre and width of each.
CO2_BRANCHES_CM1 = ((2341.5, 15.0), (2360.5, 8.5))
CO2_RANGE_CM1 = (2250.0, 2450.0)
LINE_WIDTH_CM1 = 2.2
SLOW_CM1 = 16.0
COARSEST_WATER_CM1 = 2.5
COARSEST_CO2_CM1 = 8.0
FINEST_CM1 = 0.5
# Elsewhere, the same pattern of lines is on nothing: what it finds there is chance.
ELSEWHERE_CM1 = tuple(sign * away for sign in (-1.0, 1.0) for away in np.arange(6.0, 45.0, 2.3))
LEAST_Z = 5.0
MOST_TYPICAL = 4.0
LEAST_EXPLAINED = 0.6
MOST_OF_HEIGHT = 0.02


def water_vapour(rows: Rows) -> Column:
    """Height of the strongest water line as a share of the spectrum's height, per row.

    Nothing where the points lie further apart than 2.5 cm-1 or neither range is covered.
    """
    fitted = water_lines(rows.axis, rows.values)
    if fitted is None:
        return [None] * len(rows.spectra)
    return _said("water_vapour", fitted, rows, words.WATER_VAPOUR)


def carbon_dioxide(rows: Rows) -> Column:
    """Height of the CO2 doublet at 2349 cm-1 as a share of the spectrum's height, per row.

    Nothing where the points lie further apart than 8 cm-1 or the range is not covered.
    """
    fitted = co2_doublet(rows.axis, rows.values)
    if fitted is None:
        return [None] * len(rows.spectra)
    return _said("carbon_dioxide", fitted, rows, words.CARBON_DIOXIDE)


def _said(name: str, fitted: FloatArray, rows: Rows, text: str) -> Column:
    share = np.round(fitted / np.where(rows.height > 0, rows.height, 1.0), 4)
    return [
        QualityReason(name, part, MOST_OF_HEIGHT, False, text if abs(part) > MOST_OF_HEIGHT else "")
        for part in share.tolist()
    ]


def water_lines(axis: FloatArray, values: FloatArray) -> FloatArray | None:
    """Fitted height of the strongest line, shape (rows,); 0 where the pattern is not there.

    Args:
        axis: wavenumbers in cm-1, shape (points,).
        values: absorbance, shape (rows, points).
    """
    parts = [_between(axis, *ends, COARSEST_WATER_CM1) for ends in WATER_RANGES_CM1]
    found = [part for part in parts if part is not None]
    if not found:
        return None
    patterns = np.hstack([_patterns(axis[part].tobytes()) for part in found])
    measured = np.hstack([_fast(axis[part], values[:, part]) for part in found])
    # Sharp bands of the sample would drown the lines: nothing may count more than a line can.
    scale = MOST_TYPICAL * np.median(np.abs(measured), axis=1, keepdims=True)
    kept = np.clip(measured / np.where(scale > 0, scale, 1.0), -1.0, 1.0)
    sizes = np.einsum("ij,ij->i", patterns, patterns)
    here = (kept @ patterns[0]) / sizes[0]
    # The lines come every 18 cm-1 or so, so that they match themselves elsewhere as well: what is
    # left without them says what chance does.
    left = kept - here[:, None] * patterns[0]
    chance = np.maximum(((left @ patterns[1:].T) / sizes[1:]).std(axis=1), 1e-9)
    there = np.abs(here) > LEAST_Z * chance
    fitted: FloatArray = np.where(there, (measured @ patterns[0]) / sizes[0], 0.0)
    return fitted


def co2_doublet(axis: FloatArray, values: FloatArray) -> FloatArray | None:
    """Fitted height of the doublet over a curved floor, shape (rows,); 0 where it is not there.

    Args:
        axis: wavenumbers in cm-1, shape (points,).
        values: absorbance, shape (rows, points).
    """
    part = _between(axis, *CO2_RANGE_CM1, COARSEST_CO2_CM1)
    if part is None:
        return None
    x, measured = axis[part], values[:, part]
    floor = np.vander((x - x.mean()) / np.ptp(x), 3)
    floor = np.linalg.qr(floor)[0]
    shape = sum(
        (_gaussians(x, (centre,), width)[0] for centre, width in CO2_BRANCHES_CM1),
        start=np.zeros(x.size),
    )
    bands = shape - floor @ (floor.T @ shape)
    left = measured - (measured @ floor) @ floor.T
    scale = np.abs(left).max(axis=1, keepdims=True)
    left /= np.where(scale > 0, scale, 1.0)
    heights = left @ bands / (bands @ bands)
    explained = heights**2 * (bands @ bands)
    there = explained > LEAST_EXPLAINED * np.einsum("ij,ij->i", left, left)
    fitted: FloatArray = np.where(there, heights, 0.0) * scale[:, 0]
    return fitted


def _between(axis: FloatArray, low: float, high: float, coarsest: float) -> slice | None:
    if axis[0] > low or axis[-1] < high:
        return None
    first, last = int(np.searchsorted(axis, low)), int(np.searchsorted(axis, high))
    inside = axis[first:last]
    if inside.size < 8 or float(np.diff(inside).max()) > coarsest:
        return None
    return slice(first, last, max(1, int(inside.size * FINEST_CM1 / (high - low))))


@lru_cache(maxsize=8)
def _patterns(axis: bytes) -> FloatArray:
    """The lines where they are, and at each of the places where they are not, less what is slow."""
    x = np.frombuffer(axis)
    centres, heights = np.array(WATER_LINES_CM1).T
    shifts = (0.0, *ELSEWHERE_CM1)
    lines = np.stack([heights @ _gaussians(x, centres + s, LINE_WIDTH_CM1) for s in shifts])
    patterns = _fast(x, lines)
    patterns.flags.writeable = False
    return patterns


def _gaussians(x: FloatArray, centres: FloatArray | tuple[float, ...], width: float) -> FloatArray:
    away = (x - np.asarray(centres)[:, None]) / width
    bands: FloatArray = np.exp(-0.5 * away**2)
    return bands


def _fast(x: FloatArray, rows: FloatArray) -> FloatArray:
    """Rows less their running mean: what changes within a few cm-1."""
    half = max(1, round(SLOW_CM1 / 2 / float(np.median(np.diff(x)))))
    held = np.concatenate(
        [np.repeat(rows[:, :1], half, axis=1), rows, np.repeat(rows[:, -1:], half, axis=1)], axis=1
    )
    running = np.cumsum(held, axis=1)
    before = np.concatenate([np.zeros((rows.shape[0], 1)), running], axis=1)
    width = 2 * half + 1
    fast: FloatArray = rows - (before[:, width:] - before[:, :-width]) / width
    return fast
