"""Evidence for each target against a background without its family, before any verdict.

The score is the signed root of a generalised likelihood ratio: how many standard deviations of the
weighted residual the target would take away, after everything else has been fitted. Its scale is
settled by calibration, not by theory: mismatch is not white noise.
"""

from dataclasses import dataclass, replace

import numpy as np

from analysis.mixture import Fit, IndexArray, estimate_shift, weighted_fit
from analysis.preprocess.resample import shifted
from analysis.spectrum import FloatArray
from analysis.watch import Group

LARGE_LIBRARY = 512
NEAREST = 192
NEAREST_TO_RESIDUAL = 64
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class GroupEvidence:
    """What one family's references say, one number per substance of the group.

    Attributes:
        scores: evidence of the best reference of each substance, in standard deviations.
        least_odds: odds (target to background) at which the score would be one on average.
        best: index, in the library, of the best reference of each substance.
        background: the fit without the family; its support counts in the library.
    """

    scores: FloatArray
    least_odds: FloatArray
    best: IndexArray
    background: Fit

    def odds(self) -> FloatArray:
        """Estimated odds of each substance to the background, shape (substances,)."""
        finite = np.where(np.isfinite(self.scores), self.scores, 0.0)
        estimated: FloatArray = np.clip(finite, 0.0, None) * self.least_odds
        return estimated


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything measured on one sample.

    Attributes:
        query: aligned unit-norm features, shape (points,).
        shift_channels: how far the sample lay to the right of the library.
        fit: the fit with every reference allowed.
        unexplained: fraction of the squared features that this fit leaves.
        pool: references that were considered for the background.
        groups: evidence for each group, in the order given.
    """

    query: FloatArray
    shift_channels: float
    fit: Fit
    unexplained: float
    pool: IndexArray
    groups: tuple[GroupEvidence, ...]


def background_pool(query: FloatArray, atoms: FloatArray, allowed: IndexArray) -> IndexArray:
    """The references worth trying: all of a small library, the nearest of a large one.

    Nearest to the query, and nearest to what the first of them leave.
    """
    if allowed.size <= LARGE_LIBRARY:
        return allowed
    near = _nearest(query, atoms, allowed, NEAREST)
    rest = query
    for _ in range(3):
        first = weighted_fit(query, atoms[near], np.arange(near.size, dtype=np.intp))
        rest = first.residual
        near = np.union1d(near, _nearest(rest, atoms, allowed, NEAREST_TO_RESIDUAL))
    return near


def _nearest(query: FloatArray, atoms: FloatArray, allowed: IndexArray, count: int) -> IndexArray:
    likeness = (atoms @ query.astype(atoms.dtype))[allowed]
    taken = np.argpartition(-likeness, count)[:count]
    return np.sort(allowed[taken])


def gather(
    features: FloatArray, atoms: FloatArray, groups: tuple[Group, ...], allowed: IndexArray
) -> Evidence:
    """Align a sample and weigh the evidence for each group.

    Args:
        features: unit-norm features of the sample as it came, shape (points,).
        atoms: unit-norm features of the library, shape (references, points).
        groups: the families to test.
        allowed: references that may be used (calibration holds some back).
    """
    pool = background_pool(features, atoms, allowed)
    near = np.asarray(atoms[pool], dtype=np.float64)
    every = np.arange(pool.size, dtype=np.intp)
    shift = estimate_shift(features, near, every)
    query = shifted(features, shift)
    query = query / max(float(np.linalg.norm(query)), TINY)
    fit = weighted_fit(query, near, every)
    found = tuple(_weigh(query, atoms, near, pool, fit, group, allowed) for group in groups)
    whole = replace(fit, support=pool[fit.support])
    return Evidence(query, shift, whole, float(fit.residual @ fit.residual), pool, found)


def _weigh(
    query: FloatArray,
    atoms: FloatArray,
    near: FloatArray,
    pool: IndexArray,
    fit: Fit,
    group: Group,
    allowed: IndexArray,
) -> GroupEvidence:
    relatives = np.isin(pool, group.members)
    background = fit
    if relatives[fit.support].any():
        background = weighted_fit(query, near, np.flatnonzero(~relatives))
    tested = np.asarray(atoms[group.members], dtype=np.float64)
    whole = replace(background, support=pool[background.support])
    found = against(tested, near[background.support], whole, group)
    usable = np.isin(found.best, allowed)
    return replace(found, scores=np.where(usable, found.scores, -np.inf))


def beside(atoms: FloatArray, group: Group, found: GroupEvidence, reference: int) -> GroupEvidence:
    """Evidence for the rest of a family once one of its references is granted.

    Args:
        atoms: features of the library, shape (references, points).
        group: the family.
        found: its evidence against the background.
        reference: index, in the library, of the reference that is granted.
    """
    support = np.append(found.background.support, reference)
    used = np.asarray(atoms[support], dtype=np.float64)
    tested = np.asarray(atoms[group.members], dtype=np.float64)
    return against(tested, used, found.background, group)


def against(tested: FloatArray, used: FloatArray, background: Fit, group: Group) -> GroupEvidence:
    """Evidence of a group's references against a fitted background, best per substance.

    Args:
        tested: features of the group's references, shape (members, points).
        used: features of the background's references, shape (used, points).
        background: the fit without the group.
        group: whose references these are.
    """
    norms, moments, scale = apart_from(tested, used, background)
    scores = moments / norms / scale
    total = max(float(background.amounts.sum()), TINY)
    best = np.zeros(len(group.names), dtype=np.intp)
    for k in range(len(group.names)):
        own = np.flatnonzero(group.owner == k)
        best[k] = own[int(scores[own].argmax())]
    return GroupEvidence(
        scores[best], (scale / norms / total)[best], group.members[best], background
    )


def apart_from(
    tested: FloatArray, used: FloatArray, fit: Fit
) -> tuple[FloatArray, FloatArray, float]:
    """What is left of each reference, and of the sample, when others have been fitted.

    Args:
        tested: features to look for, shape (tested, points).
        used: features that have been fitted, shape (used, points).
        fit: its weights and residual.

    Returns:
        Norms of what is left of the tested, their moments with what is left of the sample, and
        the root mean square of the latter; all in weighted units.
    """
    left = fit.residual * fit.weights
    apart = tested * fit.weights
    if used.size:
        basis, _ = np.linalg.qr((used * fit.weights).T)
        apart = apart - (apart @ basis) @ basis.T
        left = left - basis @ (left @ basis)
    norms: FloatArray = np.linalg.norm(apart, axis=1) + TINY
    moments: FloatArray = apart @ left
    return norms, moments, float(np.sqrt(np.mean(left**2))) + TINY
