"""Evidence for each target against a background without its family, before any verdict.

Each sample is aligned and fitted once with every reference. A family that this fit uses gets a
fit of its own, without it; all others share the first. Scores are settled by calibration, not by
theory: mismatch is not white noise.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.evidence import Weighed, weigh
from analysis.mismatch import Mismatch
from analysis.mixture import (
    Atoms,
    Fits,
    IndexArray,
    MaskArray,
    estimate_shifts,
    summed,
    weighted_fits,
)
from analysis.panel import Panel
from analysis.preprocess.resample import shifted_rows
from analysis.spectrum import FloatArray

ROWS_AT_ONCE = 256
TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Everything measured on some samples; rows are samples, columns substances of the panel.

    Attributes:
        queries: aligned unit-norm features, shape (rows, points).
        shifts_channels: how far each sample lay to the right of the library, shape (rows,).
        fits: with every reference allowed; supports count in the library.
        unexplained: fraction of the squared features that these leave, shape (rows,).
        scores: evidence of the best reference of each substance, in standard deviations.
        odds: estimated odds of each substance to the background.
        least_odds: odds at which the plain score would be one on average.
        best: index, in the library, of the best reference of each substance.
    """

    queries: FloatArray
    shifts_channels: FloatArray
    fits: Fits
    unexplained: FloatArray
    scores: FloatArray
    odds: FloatArray
    least_odds: FloatArray
    best: IndexArray

    def __len__(self) -> int:
        return int(self.unexplained.size)

    @classmethod
    def joined(cls, parts: "list[Evidence]") -> "Evidence":
        """Portions, one after the other."""
        if len(parts) == 1:
            return parts[0]

        def rows(name: str) -> FloatArray:
            joined: FloatArray = np.concatenate([getattr(p, name) for p in parts])
            return joined

        fits = Fits(
            np.concatenate([p.fits.support for p in parts]),
            np.concatenate([p.fits.amounts for p in parts]),
            np.concatenate([p.fits.weights for p in parts]),
        )
        return cls(
            rows("queries"),
            rows("shifts_channels"),
            fits,
            rows("unexplained"),
            rows("scores"),
            rows("odds"),
            rows("least_odds"),
            np.concatenate([p.best for p in parts]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """What a detection needs of a library.

    Attributes:
        atoms: all references.
        families: the group of the panel that each reference belongs to; -1 for none.
        strengths: height of a unit-norm reference's highest band, shape (references,).
        mismatch: of the library.
        window: channels that are spoilt together, odd.
    """

    atoms: Atoms
    families: IndexArray
    strengths: FloatArray
    mismatch: Mismatch
    window: int


def gather(
    features: FloatArray, bench: Bench, panel: Panel, allowed: MaskArray | None = None
) -> Evidence:
    """Align samples and weigh the evidence for each substance of the panel.

    Args:
        features: unit-norm features of the samples as they came, shape (rows, points).
        bench: of the library.
        panel: who is tested.
        allowed: which references may be used in which row (calibration holds some back).
    """
    parts = [
        _gather(features[rows], bench, panel, None if allowed is None else allowed[rows])
        for rows in _portions(len(features))
    ]
    return Evidence.joined(parts)


def _portions(rows: int) -> Iterator[slice]:
    for start in range(0, max(rows, 1), ROWS_AT_ONCE):
        yield slice(start, start + ROWS_AT_ONCE)


def _gather(
    features: FloatArray, bench: Bench, panel: Panel, allowed: MaskArray | None
) -> Evidence:
    shifts = estimate_shifts(features, bench.atoms, allowed)
    queries = shifted_rows(features, shifts)
    queries = queries / np.maximum(np.linalg.norm(queries, axis=1), TINY)[:, None]
    fits = weighted_fits(queries, bench.atoms, allowed, bench.mismatch.scale)
    rest = queries - fits.models(bench.atoms)
    weighed, totals = _weigh(queries, fits, bench, panel, allowed)
    best = panel.best_references(weighed.scores)
    tested = panel.tested[best]
    strength = bench.strengths[tested] / np.maximum(totals, TINY)[:, panel.group_of]
    return Evidence(
        queries,
        shifts,
        fits,
        np.einsum("np,np->n", rest, rest),
        np.take_along_axis(weighed.scores, best, axis=1),
        np.take_along_axis(weighed.amounts, best, axis=1) * strength,
        np.take_along_axis(weighed.least, best, axis=1) * strength,
        tested,
    )


def _weigh(
    queries: FloatArray, fits: Fits, bench: Bench, panel: Panel, allowed: MaskArray | None
) -> tuple[Weighed, FloatArray]:
    """Evidence of every tested reference, and the background's strength, (rows, groups)."""
    groups = panel.reference_group
    used = np.where(fits.amounts > 0, bench.families[fits.support], -1)
    in_fit = (used[:, :, None] == np.arange(len(panel.group_starts))).any(axis=1)
    wanted = ~in_fit[:, groups]
    if allowed is not None:
        wanted &= allowed[:, panel.tested]
    weighed = _weigh_rows(queries, fits, bench, panel, wanted)
    totals = np.repeat(_total(fits, bench)[:, None], len(panel.group_starts), axis=1)
    for rows, group in _refits(in_fit):
        free = np.broadcast_to(bench.families != group, (rows.size, len(bench.atoms)))
        if allowed is not None:
            free = free & allowed[rows]
        own = weighted_fits(queries[rows], bench.atoms, free, bench.mismatch.scale)
        columns = np.flatnonzero(groups == group)
        asked = np.ones((rows.size, columns.size), dtype=bool)
        if allowed is not None:
            asked = allowed[np.ix_(rows, panel.tested[columns])]
        part = _weigh_rows(queries[rows], own, bench, panel, asked, columns)
        for name in ("scores", "amounts", "least"):
            getattr(weighed, name)[np.ix_(rows, columns)] = getattr(part, name)
        totals[rows, group] = _total(own, bench)
    return weighed, totals


def _refits(in_fit: MaskArray) -> Iterator[tuple[IndexArray, int]]:
    for group in np.flatnonzero(in_fit.any(axis=0)):
        yield np.flatnonzero(in_fit[:, group]), int(group)


def _total(fits: Fits, bench: Bench) -> FloatArray:
    total: FloatArray = (fits.amounts * bench.strengths[fits.support]).sum(axis=1)
    return total


def _weigh_rows(
    queries: FloatArray,
    fits: Fits,
    bench: Bench,
    panel: Panel,
    wanted: MaskArray,
    columns: IndexArray | None = None,
) -> Weighed:
    tested = panel.tested if columns is None else panel.tested[columns]
    every = np.arange(len(bench.atoms), dtype=np.intp)
    return weigh(queries, bench.atoms, fits, tested, wanted, bench.mismatch, every, bench.window)


def band_heights(values: FloatArray, slopes: FloatArray) -> FloatArray:
    """Height of the highest band of each reference, scaled to unit norm of its derivative.

    Args:
        values: additive ordinates, shape (references, points).
        slopes: their first derivatives, not scaled, shape (references, points).
    """
    heights: FloatArray = np.ptp(values, axis=1) / np.maximum(np.linalg.norm(slopes, axis=1), TINY)
    return heights


__all__ = ["Bench", "Evidence", "band_heights", "gather", "summed"]
