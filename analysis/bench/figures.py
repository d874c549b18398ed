"""From answers and truth to the figures of the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.bench.evaluate import Answers, Truth, judged_target, signal_share
from analysis.bench.metrics import (
    BoolArray,
    Estimate,
    Rate,
    Uniformity,
    counted,
    detection_limit_interval,
    mean_interval,
    uniformity,
    worst,
)
from analysis.bench.worlds import Sample
from analysis.spectrum import FloatArray

ALPHA = 0.01


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What is found, at a p-value of at most 0.01.

    Attributes:
        at: by share of the target.
        lod50: share that is found in half of the samples.
        lod95: share that is found in 95 % of them.
    """

    at: Mapping[float, Rate]
    lod50: Estimate
    lod95: Estimate


@dataclass(frozen=True, slots=True)
class FalsePositives:
    """What is found in blanks, at a p-value of at most 0.01.

    Attributes:
        pairs: every blank for every target; the interval draws whole blanks anew.
        pairs_unknown: the same, blanks with a component that is in no library.
        overall: one target per blank, the one whose relative it holds where it holds one: 20 % of
            the blanks then hold a relative of the very target they are judged for.
        unknown: the same, blanks with a component that is in no library.
        relative: the same, blanks with a near relative of that target.
        per_target: every blank without a relative of the target, by target.
        worst: the target with the highest rate.
    """

    pairs: Estimate
    pairs_unknown: Estimate
    overall: Rate
    unknown: Rate
    relative: Rate
    per_target: Mapping[str, Rate]
    worst: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the verdicts are worth, beside the p-values.

    Attributes:
        detected_at: positives whose target was "detected", by share.
        any_false: blanks with any false "detected", over the whole watch list.
        any_false_without_relative: the same, blanks without a relative of a target.
        no_p_value: fraction of verdicts on blanks for which no p-value was given.
        coverage_mass: of positives "not detected above X", those with no more than X by mass.
        coverage_signal: the same, by share of the explained signal.
        coverage_at: by share, by mass.
        coverage_signal_at: by share, by share of the explained signal.
        median_limit: median X on blanks.
        uniform: p-values of blanks without a relative, one target by chance each, against uniform.
    """

    detected_at: Mapping[float, Rate]
    any_false: Rate
    any_false_without_relative: Rate
    no_p_value: float
    coverage_mass: Rate
    coverage_signal: Rate
    coverage_at: Mapping[float, Rate]
    coverage_signal_at: Mapping[float, Rate]
    median_limit: float
    uniform: Uniformity


def sensitivity(found: Mapping[float, BoolArray], rng: np.random.Generator) -> Sensitivity:
    """Rates and detection limits.

    Args:
        found: by share, whether each positive was found.
        rng: for the bootstrap.
    """
    at = {share: counted(flags) for share, flags in found.items()}
    return Sensitivity(
        at, detection_limit_interval(at, 0.5, rng), detection_limit_interval(at, 0.95, rng)
    )


def of_own_target(values: np.ndarray, samples: Sequence[Sample], truth: Truth) -> np.ndarray:
    """Of an array (samples, targets), each positive's own target: shape (samples,)."""
    where = {name: k for k, name in enumerate(truth.targets)}
    columns = [where[sample.target or ""] for sample in samples]
    return values[np.arange(len(samples)), columns]


def false_positives(
    p: FloatArray, blanks: Sequence[Sample], truth: Truth, rng: np.random.Generator
) -> FalsePositives:
    """Rates of p <= 0.01 on blanks; no p-value counts as not found.

    Args:
        p: p-values, shape (blanks, targets).
        blanks: the samples.
        truth: about the library.
        rng: which target a blank without a relative is judged for.
    """
    found = p <= ALPHA
    judged = found[np.arange(len(blanks)), judged_target(blanks, truth.targets, rng)]
    unknown = np.array([b.unknown for b in blanks], dtype=np.bool_)
    relative = np.array([b.relative for b in blanks], dtype=np.bool_)
    of = np.array([b.relative_of or "" for b in blanks])
    per_target = {t: counted(found[of != t, k]) for k, t in enumerate(truth.targets)}
    return FalsePositives(
        mean_interval(found.mean(axis=1), rng),
        mean_interval(found[unknown].mean(axis=1), rng),
        counted(judged),
        counted(judged[unknown]),
        counted(judged[relative]),
        per_target,
        worst(per_target),
    )


def verdicts(
    on_blanks: Answers,
    blanks: Sequence[Sample],
    on_positives: Mapping[float, Answers],
    positives: Mapping[float, Sequence[Sample]],
    truth: Truth,
    rng: np.random.Generator,
) -> Verdicts:
    """What the verdicts are worth. Arguments as in `Answers` and `false_positives`."""
    relative = np.array([b.relative for b in blanks], dtype=np.bool_)
    mass, signal = {}, {}
    for share, said in on_positives.items():
        samples = positives[share]
        told = of_own_target(said.not_detected & np.isfinite(said.limit), samples, truth)
        limit = of_own_target(said.limit, samples, truth)
        by_signal = np.array([signal_share(s, truth) for s in samples])
        mass[share] = counted(limit[told] >= share)
        signal[share] = counted(limit[told] >= by_signal[told])
    columns = judged_target(blanks, truth.targets, rng)
    limits = on_blanks.limit[on_blanks.not_detected & np.isfinite(on_blanks.limit)]
    return Verdicts(
        detected_at={
            share: counted(of_own_target(said.detected, positives[share], truth))
            for share, said in on_positives.items()
        },
        any_false=counted(on_blanks.false),
        any_false_without_relative=counted(on_blanks.false[~relative]),
        no_p_value=float(np.mean(~np.isfinite(on_blanks.p))),
        coverage_mass=_sum(mass),
        coverage_signal=_sum(signal),
        coverage_at=mass,
        coverage_signal_at=signal,
        median_limit=float(np.median(limits)) if limits.size else float("nan"),
        uniform=uniformity(on_blanks.p[np.arange(len(blanks)), columns][~relative]),
    )


def _sum(rates: Mapping[float, Rate]) -> Rate:
    return Rate(sum(r.hits for r in rates.values()), sum(r.of for r in rates.values()))
