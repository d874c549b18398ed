"""Which references explain a spectrum, and what nothing explains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.detect import apart_from
from analysis.entries import Entry
from analysis.findings import Component, TargetVerdict
from analysis.mixture import Fit, IndexArray, nonnegative, weighted_fit
from analysis.spectrum import FloatArray
from analysis.verdicts import TWO_SIDED_95, GroupFinding

LEAST_SCORE = 4.0
LEAST_SHARE = 0.01
DEFAULT_NAME_MARGIN = 9.0


@dataclass(frozen=True, slots=True)
class Composition:
    """A fit of which every part is needed.

    Attributes:
        components: what explains the spectrum, largest first.
        support: references used, in the library's count.
        amounts: of unit-norm features, shape (used,).
        unexplained: fraction of the squared features that is left.
    """

    components: tuple[Component, ...]
    support: IndexArray
    amounts: FloatArray
    unexplained: float


def compose(
    query: FloatArray,
    atoms: FloatArray,
    pool: IndexArray,
    entries: Sequence[Entry],
    findings: tuple[GroupFinding, ...],
    name_margin: float,
) -> Composition:
    """Fit a sample, and name what is needed and may be named.

    What looks like a member of a watched family that was not detected is not named, and nothing
    else is put in its place: its part counts as unexplained.

    Args:
        query: aligned unit-norm features, shape (points,).
        atoms: unit-norm features of the library, shape (references, points).
        pool: references to consider.
        entries: what they are.
        findings: verdicts by family; they decide what may be named.
        name_margin: squared score by which a substance must lead to be named alone.
    """
    granted = [_granted(f, entries) for f in findings if f.found]
    allowed = np.unique(np.concatenate([pool, *granted]))
    near = np.asarray(atoms[allowed], dtype=np.float64)
    fit = _needed_only(query, near, weighted_fit(query, near, np.arange(allowed.size)))
    barred = {f.group.family for f in findings if not f.found}
    parts = _parts(near, allowed, fit, entries, max(name_margin, DEFAULT_NAME_MARGIN))
    shown = np.array([part.family not in barred for part in parts], dtype=bool)
    support, amounts = fit.support[shown], fit.amounts[shown]
    kept = [part for part in parts if part.family not in barred]
    left = query - amounts @ near[support]
    named = _merged(_as_families(kept, findings))
    return Composition(named, allowed[support], amounts, float(left @ left))


def _granted(finding: GroupFinding, entries: Sequence[Entry]) -> IndexArray:
    kept = [i for i in finding.group.members if entries[i].substance in finding.sisters]
    return np.array(kept, dtype=np.intp)


def _needed_only(query: FloatArray, near: FloatArray, fit: Fit) -> Fit:
    """Drop the least needed reference, and fit again, until each is needed."""
    while fit.support.size:
        scores = _scores(near, fit)
        shares = fit.amounts / fit.amounts.sum()
        weak = np.where(shares < LEAST_SHARE, 0.0, scores)
        if weak.min() >= LEAST_SCORE:
            break
        support = np.delete(fit.support, int(weak.argmin()))
        fit = _refitted(query, near, replace(fit, support=support))
    return fit


def _refitted(query: FloatArray, near: FloatArray, fit: Fit) -> Fit:
    used = near[fit.support] * fit.weights
    amounts = nonnegative(used @ used.T, used @ (query * fit.weights))
    support, kept = fit.support[amounts > 0], amounts[amounts > 0]
    return Fit(support, kept, fit.weights, query - kept @ near[support])


def _scores(near: FloatArray, fit: Fit) -> FloatArray:
    """How much each reference is needed, in standard deviations of the weighted residual."""
    scale = float(np.sqrt(np.mean((fit.residual * fit.weights) ** 2))) + 1e-9
    norms = np.zeros(fit.support.size)
    for k, one in enumerate(fit.support):
        others = near[np.delete(fit.support, k)]
        norms[k] = apart_from(near[one : one + 1], others, fit)[0][0]
    scores: FloatArray = fit.amounts * norms / scale
    return scores


def _parts(
    near: FloatArray, allowed: IndexArray, fit: Fit, entries: Sequence[Entry], margin: float
) -> list[Component]:
    if not fit.support.size:
        return []
    scores, total = _scores(near, fit), float(fit.amounts.sum())
    parts = []
    for k, one in enumerate(fit.support):
        entry = entries[allowed[one]]
        share = float(fit.amounts[k]) / total
        error = TWO_SIDED_95 * share / max(float(scores[k]), 1e-9)
        interval = (max(0.0, share - error), min(1.0, share + error))
        alike = _alike(near, allowed, fit, k, entries, margin)
        parts.append(
            Component(entry.substance, share, interval, entry.family, float(scores[k]), alike)
        )
    return parts


def _alike(
    near: FloatArray,
    allowed: IndexArray,
    fit: Fit,
    k: int,
    entries: Sequence[Entry],
    margin: float,
) -> tuple[str, ...]:
    """Substances that could stand in for one reference without being told from it."""
    one = fit.support[k]
    kept = np.delete(fit.support, k)
    without = replace(fit, support=kept, residual=fit.residual + float(fit.amounts[k]) * near[one])
    norms, moments, _ = apart_from(near, near[kept], without)
    scale = float(np.sqrt(np.mean((fit.residual * fit.weights) ** 2))) + 1e-9
    squares = np.clip(moments / norms / scale, 0.0, None) ** 2
    squares[fit.support[np.arange(fit.support.size) != k]] = 0.0
    close = np.flatnonzero(squares >= squares[one] - margin)
    own = entries[allowed[one]].substance
    return tuple(sorted({entries[allowed[i]].substance for i in close} - {own}))


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
    return replace(verdict, share=whole.share, share_interval=whole.interval)


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
