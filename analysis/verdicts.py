"""From evidence and calibration to verdicts: detected, not detected above X, inconclusive."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis import words
from analysis.calibration import Calibration
from analysis.detect import Evidence, GroupEvidence
from analysis.findings import TargetVerdict
from analysis.limits import family_least_odds, lead_threshold
from analysis.substances import find_substance, folded
from analysis.watch import Group, Watch

WIDEST_LIMIT = 0.5
LEAST_LIMIT = 0.05
"""No smaller limit is stated, however clear the spectrum: limits are learned from made-up samples,
and no field study shows infrared to see less than 5 to 10 % (services say so themselves; against
laboratory results all misses lay at or below 10 %)."""

TWO_SIDED_95 = 1.96

Beside = Callable[[Group, GroupEvidence, int], GroupEvidence]


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """The verdicts of one family.

    Attributes:
        group: the family.
        verdicts: the family's first (when it is wanted), then its members'.
        found: True where the family, or a watched member of it, was detected.
        sisters: names that can't be told apart, best first; one name when it is clear.
    """

    group: Group
    verdicts: tuple[TargetVerdict, ...]
    found: bool
    sisters: tuple[str, ...] = ()

    def named(self) -> frozenset[str]:
        """The substances that were themselves detected."""
        seen = (v for v in self.verdicts if v.level == "substance" and v.verdict == "detected")
        return frozenset(v.target for v in seen)


def undecided(watch: Watch, reason: str) -> tuple[GroupFinding, ...]:
    """All groups inconclusive for one reason."""
    return tuple(
        GroupFinding(
            group,
            tuple(_inconclusive(level, name, group, reason) for level, name in group.units()),
            found=False,
        )
        for group in watch.groups
    )


def decide(
    watch: Watch, evidence: Evidence, calibration: Calibration, beside: Beside
) -> tuple[GroupFinding, ...]:
    """All groups, each judged by itself.

    Args:
        watch: the watch list.
        evidence: what was measured on the sample.
        calibration: knows every verdict of the watch list.
        beside: evidence for a group's members beside one of its references.
    """
    if evidence.unexplained > calibration.most_unexplained:
        return undecided(watch, words.TOO_MUCH_UNEXPLAINED)
    return tuple(
        _Judge(group, found, calibration, evidence.unexplained).finding(beside)
        for group, found in zip(watch.groups, evidence.groups, strict=True)
    )


def in_order(watch: Watch, findings: tuple[GroupFinding, ...]) -> tuple[TargetVerdict, ...]:
    """The verdicts in the order of the watch list; names without reference are inconclusive."""
    listed: dict[tuple[str, str], TargetVerdict] = {}
    for target in watch.targets:
        if target in watch.missing:
            listed[("substance", target)] = TargetVerdict(
                target, "substance", "inconclusive", reason=words.NO_REFERENCE
            )
            continue
        for finding in findings:
            for verdict in finding.verdicts:
                if _belongs(target, finding.group, verdict):
                    listed.setdefault((verdict.level, verdict.target), verdict)
    return tuple(listed.values())


def _belongs(target: str, group: Group, verdict: TargetVerdict) -> bool:
    if folded(target) == folded(group.family):
        return True
    row, named = find_substance(target), find_substance(verdict.target)
    same = folded(target) == folded(verdict.target)
    return verdict.level == "substance" and (same or (row is not None and row == named))


def _inconclusive(level: str, name: str, group: Group, reason: str) -> TargetVerdict:
    return TargetVerdict(
        target=name,
        level="family" if level == "family" else "substance",
        verdict="inconclusive",
        reason=reason,
        family=group.family,
    )


class _Judge:
    """Judges one family on one sample."""

    def __init__(
        self, group: Group, found: GroupEvidence, calibration: Calibration, unexplained: float
    ) -> None:
        self._group = group
        self._found = found
        self._calibration = calibration
        self._unexplained = unexplained
        scores = np.where(np.isfinite(found.scores), found.scores, -1e9)
        self._best = int(scores.argmax())
        squares = np.clip(scores, 0.0, None) ** 2
        close = squares >= squares[self._best] - calibration.name_margin
        order = np.argsort(-scores, kind="stable")
        self._close = tuple(int(i) for i in order if close[i])
        self._wall = lead_threshold(calibration, group, self._best, unexplained)
        self._is_found = bool(scores[self._best] > self._wall)

    def finding(self, beside: Beside) -> GroupFinding:
        """All verdicts of the family."""
        group = self._group
        verdicts = [self._family()] if group.wanted else []
        if self._is_found:
            rest = beside(group, self._found, int(self._found.best[self._best]))
            verdicts.extend(self._member_of_found(name, rest) for name in group.watched)
        else:
            verdicts.extend(self._missed(name) for name in group.watched)
        seen = any(v.verdict == "detected" for v in verdicts)
        names = tuple(group.names[i] for i in self._close) if seen else ()
        return GroupFinding(group, tuple(verdicts), found=seen, sisters=names)

    def _family(self) -> TargetVerdict:
        score = float(self._found.scores[self._best])
        base = self._base("family", self._group.family, score)
        if self._is_found:
            return self._with_share(base, self._best)
        least = family_least_odds(self._found.least_odds)
        return self._with_limit(base, least)

    def _member_of_found(self, name: str, rest: GroupEvidence) -> TargetVerdict:
        at = self._group.names.index(name)
        base = self._base("substance", name, float(self._found.scores[at]))
        if at in self._close and len(self._close) == 1:
            return self._with_share(base, at)
        if at in self._close:
            others = [self._group.names[i] for i in self._close if i != at]
            return replace(base, reason=words.sisters(others))
        if float(rest.scores[at]) > self._wall:
            return replace(base, reason=words.may_stand_beside(self._group.names[self._best]))
        return self._with_limit(base, float(rest.least_odds[at]))

    def _missed(self, name: str) -> TargetVerdict:
        at = self._group.names.index(name)
        base = self._base("substance", name, float(self._found.scores[at]))
        return self._with_limit(base, float(self._found.least_odds[at]))

    def _base(self, level: str, name: str, score: float) -> TargetVerdict:
        p_value = self._calibration.p_value(level, name, score, self._unexplained)
        base = _inconclusive(level, name, self._group, "")
        return replace(base, p_value=p_value, score=score)

    def _with_share(self, base: TargetVerdict, at: int) -> TargetVerdict:
        odds, error = float(self._found.odds()[at]), float(self._found.least_odds[at])
        low, high = (max(0.0, odds + k * TWO_SIDED_95 * error) for k in (-1, 1))
        interval = (low / (1 + low), high / (1 + high))
        return replace(base, verdict="detected", share=odds / (1 + odds), share_interval=interval)

    def _with_limit(self, base: TargetVerdict, least_odds: float) -> TargetVerdict:
        if not np.isfinite(self._wall):
            return replace(base, reason=words.FEW_BLANKS)
        factor = self._calibration.limit_factor(base.level, self._unexplained)
        odds = factor * self._wall * least_odds
        limit = max(LEAST_LIMIT, odds / (1 + odds))
        if limit > WIDEST_LIMIT:
            return replace(base, reason=words.CANT_BE_SEEN)
        row = find_substance(base.target)
        rarely = row is not None and row.ir_at_street_levels == "rarely"
        note = words.RARELY_SEEN if rarely else ""
        return replace(base, verdict="not_detected", limit=limit, reason=note)
