"""What positives teach: the limit of "not detected above X", and when a sister may be named."""

from dataclasses import dataclass

import numpy as np

from analysis.calibration import Calibration
from analysis.detect import Evidence
from analysis.spectrum import FloatArray
from analysis.watch import Group

LIMIT_MISSES = 0.05
# Made-up positives are kinder than measured ones: with 1.0, measured infrared mixtures of 5 and
# 10 % were missed above the limit in 7 of 100 (docs/matcher.md).
LIMIT_ALLOWANCE = 1.3
NAME_MISSES = 0.02
LEAST_NAME_MARGIN = 9.0
LEAST_ABOVE = 40
NEVER = 1e6


@dataclass(frozen=True, slots=True)
class Positive:
    """One sample with a known target: its evidence, group, substance and odds."""

    evidence: Evidence
    group: int
    substance: int
    odds: float


def lead_threshold(
    calibration: Calibration, group: Group, substance: int, unexplained: float
) -> float:
    """The score that decides about a substance: its family's, or its own."""
    if group.wanted:
        return calibration.threshold("family", group.family, unexplained)
    name = group.names[substance]
    if not calibration.knows("substance", name):
        return float("inf")
    return calibration.threshold("substance", name, unexplained)


def limit_factors(
    listed: Calibration, positives: list[Positive], groups: tuple[Group, ...]
) -> FloatArray:
    """Factor on the odds limit above which at most 5 % of positives are missed, by bin."""
    bins = listed.edges.size + 1
    seen: list[list[list[tuple[float, bool]]]] = [[[] for _ in range(bins)] for _ in range(2)]
    for positive in positives:
        group, evidence = groups[positive.group], positive.evidence
        own = evidence.groups[positive.group]
        wall = lead_threshold(listed, group, positive.substance, evidence.unexplained)
        if positive.odds <= 0 or not np.isfinite(wall):
            continue
        score = own.scores.max() if group.wanted else own.scores[positive.substance]
        at = listed.bin_of(evidence.unexplained)
        kinds = (family_least_odds(own.least_odds), float(own.least_odds[positive.substance]))
        for kind, least in enumerate(kinds):
            seen[kind][at].append((positive.odds / (wall * least), bool(score > wall)))
    return np.array([[_least_factor(part) for part in kind] for kind in seen])


def family_least_odds(least_odds: FloatArray) -> float:
    """One number for a family: what three quarters of its members stay below."""
    return float(np.quantile(least_odds, 0.75))


def _least_factor(seen: list[tuple[float, bool]]) -> float:
    """The smallest factor such that, above it and above any larger one, 95 of 100 were found.

    One miss more than was seen is reckoned with, as for a finite sample one must.
    """
    ordered = sorted(seen, reverse=True)
    factor, misses = NEVER, 1
    for count, (ratio, found) in enumerate(ordered, start=1):
        misses += not found
        if misses <= LIMIT_MISSES * (count + 1):
            factor = ratio
        elif count > LEAST_ABOVE:
            break
    return LIMIT_ALLOWANCE * factor


def name_margin(listed: Calibration, positives: list[Positive], groups: tuple[Group, ...]) -> float:
    """How far the true substance falls behind the best of its family, in all but 2 %."""
    behind = []
    for positive in positives:
        group, evidence = groups[positive.group], positive.evidence
        scores = np.clip(evidence.groups[positive.group].scores, 0.0, None)
        wall = lead_threshold(listed, group, positive.substance, evidence.unexplained)
        if positive.odds > 0 and scores.max() > wall:
            behind.append(float(scores.max() ** 2 - scores[positive.substance] ** 2))
    if not behind:
        return NEVER
    return max(LEAST_NAME_MARGIN, float(np.quantile(behind, 1 - NAME_MISSES)))
