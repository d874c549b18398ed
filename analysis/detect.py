"""Evidence for each target against a background without its family, before any verdict.

Each sample is aligned and fitted once with every reference. A family that this fit uses gets a
fit of its own, without it; all others share the first. Scores are settled by calibration, not by
theory: mismatch is not white noise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.candidates import Candidates
from analysis.evidence import Weighed, weigh
from analysis.mixture import Fits, IndexArray, MaskArray, estimate_shifts, weighted_fits
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
        totals: highest bands of these fits, added up, shape (rows,).
        unexplained: fraction of the squared features that these leave, shape (rows,).
        scores: evidence of the best reference of each substance, in standard deviations.
        odds: estimated odds of each substance to the background.
        least_odds: odds at which the plain score would be one on average.
        best: index, in the library, of the best reference of each substance.
    """

    queries: FloatArray
    shifts_channels: FloatArray
    fits: Fits
    totals: FloatArray
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
            rows("totals"),
            rows("unexplained"),
            rows("scores"),
            rows("odds"),
            rows("least_odds"),
            np.concatenate([p.best for p in parts]),
        )


def gather(
    features: FloatArray,
    candidates: Candidates,
    panel: Panel,
    barred: Sequence[IndexArray] | None = None,
) -> Evidence:
    """Align samples and weigh the evidence for each substance of the panel.

    Args:
        features: unit-norm features of the samples as they came, shape (rows, points).
        candidates: of the library.
        panel: who is tested.
        barred: references that may not be used, for each row (calibration holds some back).
    """
    size = candidates.rows_at_once(ROWS_AT_ONCE)
    parts = []
    for start in range(0, max(len(features), 1), size):
        rows = slice(start, start + size)
        own = None if barred is None else barred[rows]
        near, allowed = candidates.near(features[rows], panel.tested, own)
        parts.append(_gather(features[rows], near, panel, allowed))
    return Evidence.joined(parts)


def _gather(
    features: FloatArray, candidates: Candidates, panel: Panel, allowed: MaskArray | None
) -> Evidence:
    local = replace(panel, tested=candidates.places(panel.tested))
    shifts, support, amounts = estimate_shifts(features, candidates.atoms, allowed)
    queries = shifted_rows(features, shifts)
    queries = queries / np.maximum(np.linalg.norm(queries, axis=1), TINY)[:, None]
    fits = weighted_fits(
        queries, candidates.atoms, allowed, candidates.mismatch.scale, (support, amounts)
    )
    rest = queries - fits.models(candidates.atoms)
    weighed, totals = _weigh(queries, fits, candidates, local, allowed)
    best = panel.best_references(weighed.scores)
    strength = (
        candidates.strengths[local.tested[best]] / np.maximum(totals, TINY)[:, panel.group_of]
    )
    return Evidence(
        queries,
        shifts,
        replace(fits, support=candidates.index[fits.support]),
        _total(fits, candidates),
        np.einsum("np,np->n", rest, rest),
        np.take_along_axis(weighed.scores, best, axis=1),
        np.take_along_axis(weighed.amounts, best, axis=1) * strength,
        np.take_along_axis(weighed.least, best, axis=1) * strength,
        panel.tested[best],
    )


def _weigh(
    queries: FloatArray, fits: Fits, candidates: Candidates, panel: Panel, allowed: MaskArray | None
) -> tuple[Weighed, FloatArray]:
    """Evidence of every tested reference, and the background's strength, (rows, groups)."""
    groups = panel.reference_group
    used = np.where(fits.amounts > 0, candidates.families[fits.support], -1)
    in_fit = (used[:, :, None] == np.arange(len(panel.group_starts))).any(axis=1)
    free = np.ones((len(queries), groups.size), dtype=bool)
    if allowed is not None:
        free = allowed[:, panel.tested]
    weighed = _weigh_rows(queries, fits, candidates, panel, free & ~in_fit[:, groups])
    totals = np.repeat(_total(fits, candidates)[:, None], len(panel.group_starts), axis=1)
    for rows, own in _refits(in_fit):
        others = candidates.families[None, :] != own[:, None]
        if allowed is not None:
            others &= allowed[rows]
        kept = np.where(used[rows] == own[:, None], 0.0, fits.amounts[rows])
        start = (fits.support[rows], kept)
        without = weighted_fits(
            queries[rows], candidates.atoms, others, candidates.mismatch.scale, start
        )
        asked = free[rows] & (groups == own[:, None])
        part = _weigh_rows(queries[rows], without, candidates, panel, asked)
        where, columns = np.nonzero(groups == own[:, None])
        for name in ("scores", "amounts", "least"):
            getattr(weighed, name)[rows[where], columns] = getattr(part, name)[where, columns]
        totals[rows, own] = _total(without, candidates)
    return weighed, totals


def _refits(in_fit: MaskArray) -> Iterator[tuple[IndexArray, IndexArray]]:
    """Pairs of a row and a group that its fit uses, in portions."""
    rows, groups = np.nonzero(in_fit)
    for start in range(0, rows.size, ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        yield rows[part], groups[part]


def _total(fits: Fits, candidates: Candidates) -> FloatArray:
    total: FloatArray = (fits.amounts * candidates.strengths[fits.support]).sum(axis=1)
    return total


def _weigh_rows(
    queries: FloatArray, fits: Fits, candidates: Candidates, panel: Panel, wanted: MaskArray
) -> Weighed:
    return weigh(
        queries,
        candidates.atoms,
        fits,
        panel.tested,
        wanted,
        candidates.mismatch,
        candidates.index,
        candidates.window,
    )
