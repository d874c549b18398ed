"""Which named substances the residual speaks against: taking them away digs negative bands.

A substance that is not in a sample, but was fitted, takes something away where it has bands of
its own and the sample has none. There the residual goes below its surroundings.
"""

from dataclasses import dataclass

from analysis import words
from analysis.explain import PeakEvidence, SubstanceEvidence

LEAST_BANDS = 2
SIGNIFICANT = 1.5


@dataclass(frozen=True, slots=True)
class Refutation:
    """One named substance that the spectrum speaks against.

    Attributes:
        substance: its name.
        position: of the deepest negative band it leaves, in the axis's unit.
        depth: how deep that is, in the ordinate of the sample.
        bands: how many of its bands it leaves negative.
        text: the same as a sentence.
    """

    substance: str
    position: float
    depth: float
    bands: int
    text: str


def refutations(evidence: tuple[SubstanceEvidence, ...], unit: str) -> tuple[Refutation, ...]:
    """The named substances that leave more negative bands than they have bands that are seen.

    Bands count by their heights; at least two must be negative, by one and a half allowances. One
    band that is not there refutes nothing: hydrogen bonds and salts move single bands.

    Args:
        evidence: what `explain` answered.
        unit: of the axis, for the sentence.
    """
    found = (_refutation(one, unit) for one in evidence)
    return tuple(one for one in found if one is not None)


def over_subtracted(peak: PeakEvidence) -> bool:
    """Whether taking the substance away leaves a negative band here that can't be chance."""
    return peak.seen == "missing" and 1 - peak.ratio >= SIGNIFICANT * peak.allowance


def _refutation(one: SubstanceEvidence, unit: str) -> Refutation | None:
    dug = [p for p in one.peaks if over_subtracted(p)]
    seen = sum(p.height for p in one.peaks if p.seen == "seen")
    if len(dug) < LEAST_BANDS or sum(p.height for p in dug) <= seen:
        return None
    deepest = max(dug, key=lambda p: (_depth(p), -p.position))
    depth = _depth(deepest) * one.tallest
    text = words.refuted(one.substance, deepest.position, unit, len(dug), one.seen)
    return Refutation(one.substance, deepest.position, depth, len(dug), text)


def _depth(peak: PeakEvidence) -> float:
    return (1 - peak.ratio) * peak.height
