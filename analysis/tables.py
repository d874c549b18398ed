"""From the scores of blanks to the tables of a calibration. Pure."""

import numpy as np

from analysis.errors import CalibrationError
from analysis.mixture import IndexArray, MaskArray
from analysis.spectrum import FloatArray

BIN_QUANTILES = (0.3, 0.55, 0.72, 0.85, 0.94)
LEAST_PER_BIN = 200
SCALE_QUANTILE = 0.98
SHRINKAGE = 1000.0
LEAST_SCALE, MOST_SCALE = 0.5, 2.5
LEVELS = 512


def bin_edges(unexplained: FloatArray) -> FloatArray:
    """Edges between bins of the unexplained part; fewer bins where blanks are few."""
    bins = min(len(BIN_QUANTILES) + 1, max(1, unexplained.size // LEAST_PER_BIN))
    wanted = BIN_QUANTILES[len(BIN_QUANTILES) - (bins - 1) :]
    edges: FloatArray = np.unique(np.quantile(unexplained, wanted)) if wanted else np.zeros(0)
    return edges


def unit_scales(scores: FloatArray, blank: MaskArray) -> FloatArray:
    """What each verdict's scores are divided by: its upper quantile over that of all, shrunk.

    Args:
        scores: of the verdicts on all samples, shape (rows, units).
        blank: whether the sample is a blank for the verdict, shape (rows, units).
    """
    if not scores.shape[1]:
        return np.zeros(0)
    own = np.array([_upper(scores[b, k]) for k, b in enumerate(blank.T)])
    middle = float(np.median(own))
    if middle <= 0:
        return np.ones(own.size)
    counts = blank.sum(axis=0)
    pull = counts / (counts + SHRINKAGE)
    scales: FloatArray = np.clip(1.0 + pull * (own / middle - 1.0), LEAST_SCALE, MOST_SCALE)
    return scales


def _upper(scores: FloatArray) -> float:
    finite = scores[np.isfinite(scores)]
    return float(np.quantile(finite, SCALE_QUANTILE)) if finite.size else 1.0


def table(
    scaled: FloatArray, blank: MaskArray, bins: IndexArray, count: int
) -> tuple[FloatArray, FloatArray]:
    """p-values, ascending, and for each bin the scaled score above which each is reached.

    A finite sample proves no more than (rank + 1) / (blanks + 1); with the blanks of all verdicts
    in one table, blanks are samples times verdicts.

    Args:
        scaled: scores of the verdicts over their scales, shape (rows, units).
        blank: whether the sample is a blank for the verdict, shape (rows, units).
        bins: of the rows, shape (rows,).
        count: how many bins there are.

    Raises:
        CalibrationError: a bin has no blanks.
    """
    most = max(int(blank.sum()), 1)
    levels = np.geomspace(1.0 / (most + 1), 1.0, LEVELS)
    found = np.full((count, LEVELS), np.inf)
    for at in range(count):
        rows = bins == at
        kept = -np.sort(-scaled[rows][blank[rows]])
        if not kept.size:
            raise CalibrationError("one part of the samples has no blanks at all; use more blanks")
        # Above the score of rank r (from 0) lie r blanks: p = (r + 1) / (n + 1).
        ranks = np.floor(levels * (kept.size + 1)).astype(np.intp) - 1
        reached = ranks >= 0
        found[at, reached] = kept[np.minimum(ranks[reached], kept.size - 1)]
    return levels, found


def list_level(p_values: FloatArray, most: float) -> float:
    """The p-value at which at most this share of samples shows any verdict at or below it.

    Args:
        p_values: of the lead verdicts on samples without any target, shape (rows, leads).
        most: the share of samples, such as 0.015.
    """
    least = np.sort(p_values.min(axis=1)) if p_values.shape[1] else np.ones(1)
    allowed = int(np.floor(most * (least.size + 1)))
    below = least[least < least[min(allowed, least.size - 1)]]
    return float(below[-1]) if below.size else 0.0


def least_factor(ratios: FloatArray, found: MaskArray, misses: float, least: int) -> float:
    """The smallest ratio such that above it most were found, and nowhere above it far too few.

    One miss more than was seen is reckoned with, as for a finite sample one must.

    Args:
        ratios: true odds over the odds at which the wall is reached on average.
        found: whether each was found.
        misses: share that may be missed.
        least: from so many on, twice as many misses end the search.
    """
    order = np.argsort(-ratios, kind="stable")
    missed = 1 + np.cumsum(~found[order])
    count = np.arange(1, ratios.size + 1)
    good = missed <= misses * (count + 1)
    ends = np.flatnonzero((missed > 2 * misses * (count + 1)) & (count > least))
    stop = int(ends[0]) if ends.size else ratios.size
    within = np.flatnonzero(good[:stop])
    return float(ratios[order[within[-1]]]) if within.size else float("inf")
