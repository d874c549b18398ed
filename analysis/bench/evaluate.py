"""What a matcher answers to a world's samples, as arrays, and the truth beside it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.bench.metrics import BoolArray
from analysis.bench.worlds import Sample, World
from analysis.findings import Identification, TargetVerdict
from analysis.identify import Matcher
from analysis.library import Library
from analysis.spectrum import FloatArray

AT_ONCE = 250
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said of each sample about each watched substance; arrays (samples, targets).

    Attributes:
        p: p-values; not a number where none was given.
        detected: whether the verdict was "detected".
        not_detected: whether it was "not detected above X".
        limit: X, as a fraction; not a number where none was given.
        false: of each sample, whether it got any "detected" that is not true, of a substance or
            of a family; shape (samples,).
    """

    p: FloatArray
    detected: BoolArray
    not_detected: BoolArray
    limit: FloatArray
    false: BoolArray


@dataclass(frozen=True, slots=True)
class Truth:
    """What a world knows of its library.

    Attributes:
        targets: the watched substances, in the order of all arrays.
        family: of each substance of the library.
        height: of the highest band of each substance's first reference.
    """

    targets: tuple[str, ...]
    family: Mapping[str, str]
    height: Mapping[str, float]


def truth_of(world: World, library: Library) -> Truth:
    """Families and band heights of a world's library."""
    height: dict[str, float] = {}
    for entry, tall in zip(library.entries, np.ptp(library.values, axis=1).tolist(), strict=True):
        height.setdefault(entry.substance, tall)
    return Truth(world.targets, {e.substance: e.family for e in library.entries}, height)


def signal_share(sample: Sample, truth: Truth) -> float:
    """The target's share of the explained signal, as a matcher that knows no masses counts it.

    Each component counts by the height of its highest band; what is in no library is left out.
    """
    signal = {
        p.substance: p.share * truth.height[p.substance] for p in sample.components if p.known
    }
    return signal.get(sample.target or "", 0.0) / (sum(signal.values()) or 1.0)


def answers(
    matcher: Matcher, samples: Sequence[Sample], truth: Truth, tell: Tell | None = None
) -> Answers:
    """Ask a calibrated matcher, a few hundred samples at once, and keep what is judged.

    Args:
        matcher: calibrated, watching the world's targets.
        samples: of the world.
        truth: about its library.
        tell: called with a line about the progress.
    """
    rows: list[tuple[list[TargetVerdict | None], bool]] = []
    for start in range(0, len(samples), AT_ONCE):
        part = samples[start : start + AT_ONCE]
        found = matcher.identify_batch([sample.spectrum for sample in part])
        pairs = zip(part, found, strict=True)
        rows += [
            (_by_target(one, truth), any(is_false(v, sample, truth) for v in one.detected))
            for sample, one in pairs
        ]
        if tell is not None:
            tell(f"{len(rows)} of {len(samples)} samples")
    verdicts = [row for row, _ in rows]
    return Answers(
        p=_numbers(verdicts, lambda v: v.p_value),
        detected=_flags(verdicts, "detected"),
        not_detected=_flags(verdicts, "not_detected"),
        limit=_numbers(verdicts, lambda v: v.limit),
        false=np.array([false for _, false in rows], dtype=np.bool_),
    )


def _by_target(found: Identification, truth: Truth) -> list[TargetVerdict | None]:
    by_name = {v.target: v for v in found.targets if v.level == "substance"}
    return [by_name.get(target) for target in truth.targets]


def is_false(verdict: TargetVerdict, sample: Sample, truth: Truth) -> bool:
    """Whether a "detected" is not true: what it names is not in the sample."""
    present = {part.substance for part in sample.components}
    if verdict.level == "family":
        present = {truth.family[name] for name in present if name in truth.family}
    return verdict.target not in present


def _numbers(
    rows: list[list[TargetVerdict | None]], of: Callable[[TargetVerdict], float | None]
) -> FloatArray:
    def number(verdict: TargetVerdict | None) -> float:
        value = None if verdict is None else of(verdict)
        return float("nan") if value is None else value

    return np.array([[number(v) for v in row] for row in rows], dtype=np.float64)


def _flags(rows: list[list[TargetVerdict | None]], verdict: str) -> BoolArray:
    return np.array([[v is not None and v.verdict == verdict for v in row] for row in rows])


def judged_target(
    samples: Sequence[Sample], targets: Sequence[str], rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Which target each sample is judged for.

    A positive for what is in it; a blank with a relative for the one it is a relative of; any
    other blank for one by chance. One judgement per sample keeps the intervals exact.
    """
    where = {name: k for k, name in enumerate(targets)}

    def chosen() -> Iterator[int]:
        for sample in samples:
            name = sample.target or sample.relative_of
            yield int(rng.integers(len(targets))) if name is None else where[name]

    return np.fromiter(chosen(), dtype=np.intp, count=len(samples))
