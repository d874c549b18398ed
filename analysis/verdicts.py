"""From evidence and calibration to verdicts: detected, not detected above X, inconclusive."""

from dataclasses import dataclass, replace

import numpy as np

from analysis import words
from analysis.calibrate import family_least_odds
from analysis.calibration import Calibration
from analysis.detect import Evidence
from analysis.findings import Level, TargetVerdict, Verdict
from analysis.mixture import MaskArray
from analysis.panel import Panel
from analysis.spectrum import FloatArray
from analysis.substances import find_substance
from analysis.watch import Group, Watch

WIDEST_LIMIT = 0.5
LEAST_LIMIT = 0.05
"""No smaller limit is stated, however clear the spectrum: limits are learned from made-up samples,
and no field study shows infrared to see less than 5 to 10 % (services say so themselves; against
laboratory results all misses lay at or below 10 %)."""

TWO_SIDED_95 = 1.96


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """The verdicts of one family.

    Attributes:
        group: the family.
        verdicts: the family's first (when it is wanted), then its members'.
        found: True where the family, or a watched member of it, was detected.
        sisters: names that can't be told apart, best first; one name when it is clear.
        reference: index, in the library, of the reference that fits best; None when not found.
    """

    group: Group
    verdicts: tuple[TargetVerdict, ...]
    found: bool
    sisters: tuple[str, ...] = ()
    reference: int | None = None

    def named(self) -> frozenset[str]:
        """The substances that were themselves detected."""
        seen = (v for v in self.verdicts if v.level == "substance" and v.verdict == "detected")
        return frozenset(v.target for v in seen)


def undecided(watch: Watch, reason: str) -> tuple[GroupFinding, ...]:
    """All groups inconclusive for one reason."""
    return tuple(_undecided(group, reason) for group in watch.groups)


def _undecided(group: Group, reason: str) -> GroupFinding:
    verdicts = tuple(_inconclusive(level, name, group, reason) for level, name in group.units())
    return GroupFinding(group, verdicts, found=False)


def in_order(watch: Watch, findings: tuple[GroupFinding, ...]) -> tuple[TargetVerdict, ...]:
    """The verdicts in the order of the watch list; names without reference are inconclusive.

    Args:
        watch: the watch list.
        findings: one for each of its groups, in their order.
    """
    return tuple(
        TargetVerdict(place, "substance", "inconclusive", reason=words.NO_REFERENCE)
        if isinstance(place, str)
        else findings[place[0]].verdicts[place[1]]
        for place in watch.order
    )


def _inconclusive(level: str, name: str, group: Group, reason: str) -> TargetVerdict:
    kind: Level = "family" if level == "family" else "substance"
    return TargetVerdict(name, kind, "inconclusive", reason=reason, family=group.family)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a verdict says of one sample, by unit; as plain numbers, which Python reads quicker."""

    p_values: list[float]
    scores: list[float]
    limits: list[float]
    can_be_found: list[bool]


class Judge:
    """Turns the evidence of many samples into verdicts, by one calibration.

    Args:
        watch: the watch list.
        panel: the same as arrays.
        calibration: of the library; a family with a verdict that it does not know is inconclusive.
        evidence: what was measured on the samples.
    """

    def __init__(
        self, watch: Watch, panel: Panel, calibration: Calibration, evidence: Evidence
    ) -> None:
        self._watch = watch
        self._panel = panel
        self._calibration = calibration
        self._evidence = evidence
        known = np.array([calibration.knows(*unit) for unit in panel.units], dtype=bool)
        places = calibration.places(tuple(u for u, k in zip(panel.units, known, strict=True) if k))
        self._bins = calibration.bins_of(evidence.unexplained)
        self.unit_scores = panel.unit_scores(evidence.scores)
        self.p_values = np.ones(self.unit_scores.shape)
        self.p_values[:, known] = calibration.p_values(
            self.unit_scores[:, known], places, self._bins
        )
        self._walls = np.full(self.unit_scores.shape, np.inf)
        self._walls[:, known] = (
            calibration.walls(self._bins)[:, None] * calibration.unit_scales[places]
        )
        self._is_known = [
            bool(known[panel.unit_group == n].all()) for n in range(len(watch.groups))
        ]
        self._limits = self._all_limits()
        self._reached = self.p_values <= calibration.list_p
        self._strong = self._strong_groups()
        self._units = [
            [int(u) for u in np.flatnonzero(panel.unit_group == number)]
            for number in range(len(watch.groups))
        ]
        self._notes = [_note(name) for _, name in panel.units]

    def findings(self, row: int) -> tuple[GroupFinding, ...]:
        """All groups of one sample, each judged by itself."""
        if self._evidence.unexplained[row] > self._calibration.most_unexplained:
            return undecided(self._watch, words.TOO_MUCH_UNEXPLAINED)
        told = _Told(
            self.p_values[row].tolist(),
            self.unit_scores[row].tolist(),
            self._limits[row].tolist(),
            np.isfinite(self._walls[row]).tolist(),
        )
        return tuple(
            self._finding(row, number, group, told)
            if self._is_known[number]
            else _undecided(group, words.NOT_CALIBRATED)
            for number, group in enumerate(self._watch.groups)
        )

    def _strong_groups(self) -> MaskArray:
        """Groups of which any member, watched or not, stands out, shape (rows, groups)."""
        panel, scores = self._panel, self._evidence.scores
        strong = np.zeros((len(self._evidence), len(self._watch.groups)), dtype=bool)
        for number, group in enumerate(self._watch.groups):
            units = panel.unit_group == number
            if group.wanted:
                strong[:, number] = self._reached[:, units][:, 0]
                continue
            best = scores[:, panel.group_of == number].max(axis=1)
            strong[:, number] = self._reached[:, units].any(axis=1) | (
                best > self._walls[:, units].min(axis=1)
            )
        return strong

    def _all_limits(self) -> FloatArray:
        """Shares above which each verdict's target would have shown, shape (rows, units)."""
        panel, least = self._panel, self._evidence.least_odds
        if not panel.units:
            return np.zeros((len(self._evidence), 0))
        families = family_least_odds(least, panel.group_starts)[:, panel.unit_group]
        is_family = panel.unit_substance < 0
        own = np.where(is_family, families, least[:, panel.unit_substance])
        factors = self._calibration.limit_factors[:, self._bins].T
        factor = np.where(is_family, factors[:, :1], factors[:, 1:])
        odds = factor * self._lead_walls() * own
        limits: FloatArray = np.maximum(LEAST_LIMIT, 1.0 - 1.0 / (1.0 + odds))
        return limits

    def _lead_walls(self) -> FloatArray:
        """The wall that decides about each verdict: its family's, where the family is judged."""
        panel, walls = self._panel, self._walls.copy()
        for at in np.flatnonzero(panel.unit_substance < 0):
            same = panel.unit_group == panel.unit_group[at]
            walls[:, same] = self._walls[:, [at]]
        return walls

    def _finding(self, row: int, number: int, group: Group, told: "_Told") -> GroupFinding:
        units = self._units[number]
        if not self._strong[row, number]:
            verdicts = tuple([self._with_limit(told, unit, group) for unit in units])
            return GroupFinding(group, verdicts, found=False)
        columns = np.flatnonzero(self._panel.group_of == number)
        close = self._close(self._evidence.scores[row, columns])
        names = tuple(group.names[k] for k in close)
        verdicts = tuple(self._verdict(row, unit, group, names, told) for unit in units)
        if not any(v.verdict == "detected" for v in verdicts):
            return GroupFinding(group, verdicts, found=False)
        best = int(self._evidence.best[row, columns[close[0]]])
        return GroupFinding(group, verdicts, found=True, sisters=names, reference=best)

    def _close(self, scores: FloatArray) -> tuple[int, ...]:
        """Members of a family that fit about as well as the best, best first."""
        squares = np.clip(np.where(np.isfinite(scores), scores, 0.0), 0.0, None) ** 2
        wall = squares.max() - self._calibration.name_margin
        order = np.argsort(-squares, kind="stable")
        return tuple(int(k) for k in order if squares[k] >= wall)

    def _verdict(
        self, row: int, unit: int, group: Group, close: tuple[str, ...], told: "_Told"
    ) -> TargetVerdict:
        """One verdict of a family that stands out; `close` fit about as well as the best."""
        level, name = self._panel.units[unit]
        if level == "family":
            return self._with_share(row, unit, group, close[0], told)
        if name not in close:
            return self._made(told, unit, group, reason=words.may_stand_beside(close[0]))
        if len(close) > 1:
            others = [n for n in close if n != name]
            return self._made(told, unit, group, reason=words.sisters(others))
        if not (group.wanted or self._reached[row, unit]):
            return self._with_limit(told, unit, group)
        return self._with_share(row, unit, group, name, told)

    def _with_share(
        self, row: int, unit: int, group: Group, name: str, told: "_Told"
    ) -> TargetVerdict:
        number = int(self._panel.unit_group[unit])
        column = int(self._panel.group_starts[number]) + group.names.index(name)
        odds = float(self._evidence.odds[row, column])
        low, high = self._calibration.share_factors
        share = _share(odds)
        interval = (min(share, _share(odds / float(high))), max(share, _share(odds / float(low))))
        base = self._made(told, unit, group)
        return replace(base, verdict="detected", share=share, share_interval=interval)

    def _with_limit(self, told: "_Told", unit: int, group: Group) -> TargetVerdict:
        if not told.can_be_found[unit]:
            return self._made(told, unit, group, reason=words.FEW_BLANKS)
        limit = told.limits[unit]
        if limit > WIDEST_LIMIT:
            return self._made(told, unit, group, reason=words.CANT_BE_SEEN)
        return self._made(told, unit, group, "not_detected", limit, self._notes[unit])

    def _made(
        self,
        told: "_Told",
        unit: int,
        group: Group,
        verdict: Verdict = "inconclusive",
        limit: float | None = None,
        reason: str = "",
    ) -> TargetVerdict:
        level, name = self._panel.units[unit]
        kind: Level = "family" if level == "family" else "substance"
        p_value, score = told.p_values[unit], told.scores[unit]
        return TargetVerdict(
            name, kind, verdict, p_value, None, None, limit, reason, group.family, score
        )


def _note(name: str) -> str:
    table = find_substance(name)
    rarely = table is not None and table.ir_at_street_levels == "rarely"
    return words.RARELY_SEEN if rarely else ""


def _share(odds: float) -> float:
    return odds / (1.0 + odds)
