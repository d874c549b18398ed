"""Which references explain a spectrum, and what nothing explains."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.candidates import Candidates
from analysis.chosen import band_heights
from analysis.evidence import weigh
from analysis.findings import Component, TargetVerdict
from analysis.library import Library
from analysis.mixture import Atoms, Fits, IndexArray, nonnegative
from analysis.search import nearest_rows
from analysis.spectrum import FloatArray
from analysis.verdicts import TWO_SIDED_95, GroupFinding

LEAST_SCORE = 4.0
LEAST_SHARE = 0.01
LEAST_LIKENESS = 0.5
MOST_ALIKE = 48
DEFAULT_NAME_MARGIN = 9.0
DEFAULT_LEAST_EVIDENCE = 8.0
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Composition:
    """A fit of which every part is needed.

    Attributes:
        components: what explains the spectrum, largest first; none has look-alikes yet.
        fit: all references that are needed, those too that may not be named.
        support: references used, in the library's count.
        amounts: of unit-norm features, shape (used,).
        unexplained: fraction of the squared features that is left.
    """

    components: tuple[Component, ...]
    fit: "Needed"
    support: IndexArray
    amounts: FloatArray
    unexplained: float


@dataclass(frozen=True, slots=True, eq=False)
class Needed:
    """One sample's fit: references, amounts above zero, channel weights, residual."""

    support: IndexArray
    amounts: FloatArray
    weights: FloatArray
    residual: FloatArray


class Composer:
    """Names what is needed to explain a sample, and may be named.

    Args:
        library: whose references explain it.
        candidates: how they may be off.
    """

    def __init__(self, library: Library, candidates: Candidates) -> None:
        self._library = library
        self._candidates = candidates
        self._entries = library.entries

    def compose(
        self,
        query: FloatArray,
        fits: Fits,
        row: int,
        findings: tuple[GroupFinding, ...],
        least_evidence: float = DEFAULT_LEAST_EVIDENCE,
    ) -> Composition:
        """The composition of one sample.

        What looks like a member of a watched family that was not detected is not named, and
        nothing else is put in its place: its part counts as unexplained.

        Args:
            query: aligned unit-norm features, shape (points,).
            fits: of a batch of samples.
            row: which of them.
            findings: verdicts by family; they decide what may be named.
            least_evidence: robust evidence that a reference must have beside the others.
        """
        used = fits.amounts[row] > 0
        granted = [f.reference for f in findings if f.found and f.reference is not None]
        support = np.unique([*fits.support[row][used], *granted]).astype(np.intp)
        start = Needed(support, np.ones(support.size), fits.weights[row].astype(np.float64), query)
        fit = self._needed_only(query, self._refitted(query, start))
        fit = self._shown_only(query, fit, least_evidence, np.array(granted, dtype=np.intp))
        parts = self._parts(fit)
        shown = np.array([_may_be_named(part, findings) for part in parts], dtype=bool)
        left = query - fit.amounts[shown] @ self._rows(fit.support[shown])
        return Composition(
            _named(parts, findings), fit, fit.support[shown], fit.amounts[shown], float(left @ left)
        )

    def with_alike(
        self, composition: Composition, findings: tuple[GroupFinding, ...], name_margin: float
    ) -> tuple[Component, ...]:
        """The components, each with the substances that could stand in for it.

        Args:
            composition: of one sample, as `compose` gave it.
            findings: that it was made with.
            name_margin: squared score by which a substance must lead to be named alone.
        """
        fit, margin = composition.fit, max(name_margin, DEFAULT_NAME_MARGIN)
        parts = [
            replace(part, alike=self._alike(fit, k, margin))
            if _may_be_named(part, findings)
            else part
            for k, part in enumerate(self._parts(fit))
        ]
        return _named(parts, findings)

    def _rows(self, references: IndexArray) -> FloatArray:
        rows: FloatArray = self._library.feature_rows(references).astype(np.float64)
        return rows

    def _needed_only(self, query: FloatArray, fit: Needed) -> Needed:
        """Drop the least needed reference, and fit again, until each is needed."""
        while fit.support.size:
            scores = self._scores(fit)
            weak = np.where(self._shares(fit) < LEAST_SHARE, 0.0, scores)
            if weak.min() >= LEAST_SCORE:
                break
            support = np.delete(fit.support, int(weak.argmin()))
            fit = self._refitted(query, replace(fit, support=support))
        return fit

    def _shown_only(
        self, query: FloatArray, fit: Needed, least: float, granted: IndexArray
    ) -> Needed:
        """Drop what mismatch of the others may explain, the weakest first, until each stands.

        What calibration has granted stays.
        """
        while fit.support.size:
            scores = self._evidence(query, fit)
            scores[np.isin(fit.support, granted)] = np.inf
            if scores.min() >= least:
                break
            support = np.delete(fit.support, int(scores.argmin()))
            fit = self._refitted(query, replace(fit, support=support))
        return fit

    def _evidence(self, query: FloatArray, fit: Needed) -> FloatArray:
        """Robust evidence for each reference beside all others, shape (used,)."""
        count = fit.support.size
        slots = max(count - 1, 1)  # the last one stands beside an empty slot
        others = np.zeros((count, slots), dtype=np.intp)
        for k in range(count):
            others[k, : count - 1] = np.delete(np.arange(count), k)
        fits = Fits(
            others,
            np.zeros(others.shape),
            np.repeat(fit.weights[None].astype(np.float32), count, axis=0),
        )
        rows = self._rows(fit.support)
        for k in range(count):
            kept = replace(fit, support=np.delete(fit.support, k))
            again = self._refitted(query, kept)
            at = np.searchsorted(kept.support, again.support)
            fits.amounts[k, at] = again.amounts
        weighed = weigh(
            np.repeat(query[None], count, axis=0),
            Atoms(rows),
            fits,
            np.arange(count),
            np.eye(count, dtype=bool),
            self._candidates.mismatch,
            fit.support,
            self._candidates.window,
        )
        found: FloatArray = weighed.scores.diagonal().copy()
        return found

    def _refitted(self, query: FloatArray, fit: Needed) -> Needed:
        rows = self._rows(fit.support)
        used = rows * fit.weights
        live = np.ones((1, fit.support.size), dtype=bool)
        moments = (used @ (query * fit.weights))[None]
        amounts = nonnegative((used @ used.T)[None], moments, live)[0]
        kept = amounts > 0
        left = query - amounts @ rows
        return Needed(fit.support[kept], amounts[kept], fit.weights, left)

    def _shares(self, fit: Needed) -> FloatArray:
        heights = fit.amounts * band_heights(self._library, fit.support)
        shares: FloatArray = heights / heights.sum()
        return shares

    def _scores(self, fit: Needed) -> FloatArray:
        """How much each reference is needed, in standard deviations of the weighted residual."""
        used = self._rows(fit.support) * fit.weights
        gram = used @ used.T
        gram.flat[:: gram.shape[0] + 1] *= 1.0 + TINY
        # One over the diagonal of the inverse is the squared norm beside all others.
        apart = 1.0 / np.sqrt(np.maximum(np.diag(np.linalg.inv(gram)), TINY))
        scores: FloatArray = fit.amounts * apart / self._scale(fit)
        return scores

    @staticmethod
    def _scale(fit: Needed) -> float:
        return float(np.sqrt(np.mean((fit.residual * fit.weights) ** 2))) + TINY

    def _parts(self, fit: Needed) -> list[Component]:
        if not fit.support.size:
            return []
        scores, shares = self._scores(fit), self._shares(fit)
        parts = []
        for k, one in enumerate(fit.support):
            entry, share = self._entries[one], float(shares[k])
            error = TWO_SIDED_95 * share / max(float(scores[k]), TINY)
            interval = (max(0.0, share - error), min(1.0, share + error))
            score = float(scores[k])
            parts.append(Component(entry.substance, share, interval, entry.family, score))
        return parts

    def _alike(self, fit: Needed, k: int, margin: float) -> tuple[str, ...]:
        """Substances that could stand in for one reference without being told from it."""
        one = fit.support[k]
        own_row = self._rows(one[None])
        near, likeness = nearest_rows(self._library, own_row, MOST_ALIKE)[0]
        near = np.setdiff1d(near[likeness > LEAST_LIKENESS], fit.support)
        others = np.append(one, near)
        residual = fit.residual + float(fit.amounts[k]) * own_row[0]
        norms, moments = apart_from(
            self._rows(others), self._rows(np.delete(fit.support, k)), residual, fit.weights
        )
        squares = np.clip(moments / norms / self._scale(fit), 0.0, None) ** 2
        close = others[squares >= squares[0] - margin]
        own = self._entries[one].substance
        return tuple(sorted({self._entries[i].substance for i in close} - {own}))


def apart_from(
    tested: FloatArray, used: FloatArray, residual: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What is left of each reference when others have been fitted.

    Args:
        tested: features to look for, shape (tested, points).
        used: features that have been fitted, shape (used, points).
        residual: what those leave of the sample, shape (points,).
        weights: one over the standard deviation of each channel, shape (points,).

    Returns:
        Norms of what is left of the tested, and their moments with what is left of the sample.
    """
    left = residual * weights
    apart = tested * weights
    if used.size:
        basis, _ = np.linalg.qr((used * weights).T)
        apart = apart - (apart @ basis) @ basis.T
        left = left - basis @ (left @ basis)
    norms: FloatArray = np.linalg.norm(apart, axis=1) + TINY
    moments: FloatArray = apart @ left
    return norms, moments


def _may_be_named(part: Component, findings: tuple[GroupFinding, ...]) -> bool:
    """Whether it is of no watched family, or of one that was detected."""
    return all(f.found for f in findings if f.group.family == part.family)


def _named(parts: list[Component], findings: tuple[GroupFinding, ...]) -> tuple[Component, ...]:
    kept = [part for part in parts if _may_be_named(part, findings)]
    return _merged(_as_families(kept, findings))


def _as_families(parts: list[Component], findings: tuple[GroupFinding, ...]) -> list[Component]:
    """A member of a detected family that was not itself detected goes by the family's name."""
    found = {f.group.family: f for f in findings if f.found}
    renamed = []
    for part in parts:
        finding = found.get(part.family)
        if finding is None or part.substance in finding.named():
            renamed.append(part)
            continue
        several = len(finding.sisters) > 1
        alike = finding.sisters if several else (part.substance,)
        renamed.append(replace(part, substance=part.family, alike=alike))
    return renamed


def with_shares(
    verdicts: tuple[TargetVerdict, ...], components: tuple[Component, ...]
) -> tuple[TargetVerdict, ...]:
    """The verdicts with the shares of the composition, so that both say the same number."""
    return tuple(_with_share(v, components) if v.verdict == "detected" else v for v in verdicts)


def _with_share(verdict: TargetVerdict, components: tuple[Component, ...]) -> TargetVerdict:
    of_family = verdict.level == "family"
    own = [c for c in components if (c.family if of_family else c.substance) == verdict.target]
    if not own:
        return verdict
    whole = own[0]
    for part in own[1:]:
        whole = _sum(whole, part)
    low, high = verdict.share_interval or whole.interval
    interval = (min(low, whole.share), max(high, whole.share))
    return replace(verdict, share=whole.share, share_interval=interval)


def _merged(parts: list[Component]) -> tuple[Component, ...]:
    """Several references of one substance are one component."""
    merged: dict[str, Component] = {}
    for part in parts:
        old = merged.get(part.substance)
        merged[part.substance] = part if old is None else _sum(old, part)
    return tuple(sorted(merged.values(), key=lambda c: (-c.share, c.substance)))


def _sum(one: Component, two: Component) -> Component:
    share = one.share + two.share
    half = np.hypot(one.interval[1] - one.share, two.interval[1] - two.share)
    return replace(
        one,
        share=share,
        interval=(max(0.0, share - float(half)), min(1.0, share + float(half))),
        score=float(np.hypot(one.score, two.score)),
        alike=tuple(sorted({*one.alike, *two.alike} - {one.substance})),
    )
