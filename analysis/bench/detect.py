"""One world, one matcher, the baselines beside it: the whole run, and its result as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.bench import baselines
from analysis.bench.evaluate import Answers, Tell, Truth, answers, truth_of
from analysis.bench.figures import (
    ALPHA,
    FalsePositives,
    Sensitivity,
    Verdicts,
    false_positives,
    of_own_target,
    sensitivity,
    verdicts,
)
from analysis.bench.metrics import conformal_p
from analysis.bench.worlds import Sample, World
from analysis.identify import Matcher
from analysis.library import Library
from analysis.spectrum import FloatArray

SHARES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is drawn.

    Attributes:
        calibration: blanks to calibrate with.
        blanks: blanks to test with.
        positives: samples at each of `SHARES`.
    """

    calibration: int
    blanks: int
    positives: int


SIZES: Mapping[str, Size] = {"ci": Size(1500, 1000, 60), "full": Size(5000, 10000, 500)}
CALIBRATIONS = ("own", "synthetic")
"""Blanks of the world that no test sample shares a stranger with; or made up from the library."""


@dataclass(frozen=True, slots=True)
class Method:
    """The figures of one method.

    Attributes:
        name: as tables have it.
        calibration: one of `CALIBRATIONS`.
        sensitivity: what it finds.
        false_positives: what it finds in blanks.
        verdicts: what its verdicts are worth; None for a baseline, which gives none.
        calibration_s: seconds to calibrate.
        per_spectrum_s: seconds per test spectrum, in batches.
    """

    name: str
    calibration: str
    sensitivity: Sensitivity
    false_positives: FalsePositives
    verdicts: Verdicts | None
    calibration_s: float
    per_spectrum_s: float


@dataclass(frozen=True, slots=True)
class Detection:
    """All that was measured in one world.

    Attributes:
        world: its name.
        label: what is measured in it and what is simulated.
        share_meaning: what a share of 1 is.
        references: entries of the library.
        targets: how many substances are watched.
        seed: of the world and of all samples.
        size: how much was drawn.
        methods: ours first, then the baselines.
    """

    world: str
    label: str
    share_meaning: str
    references: int
    targets: int
    seed: int
    size: Size
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """All samples of one run."""

    calibration: list[Sample]
    blanks: list[Sample]
    positives: Mapping[float, list[Sample]]

    @property
    def tested(self) -> int:
        """How many samples are tested."""
        return len(self.blanks) + sum(len(s) for s in self.positives.values())


def drawn(world: World, size: Size, seed: int) -> Drawn:
    """Draw all samples of a run; calibration, blanks and positives from chances of their own."""
    streams = [np.random.default_rng([seed, 101, k]) for k in range(3)]
    return Drawn(
        world.calibration_blanks(size.calibration, streams[0]),
        world.blanks(size.blanks, streams[1]),
        {share: world.positives(size.positives, share, streams[2]) for share in SHARES},
    )


def run(
    world: World,
    size: Size,
    *,
    seed: int,
    calibrations: Sequence[str],
    clock: Callable[[], float],
    tell: Tell,
) -> Detection:
    """Measure one world.

    Args:
        world: made by `catalogue.build`.
        size: how much to draw.
        seed: of all samples.
        calibrations: some of `CALIBRATIONS`; each is a matcher of its own.
        clock: seconds, rising.
        tell: called with a line about the progress.
    """
    samples = drawn(world, size, seed)
    library = Library.build(world.references)
    truth = truth_of(world, library)
    methods = []
    for calibration in calibrations:
        tell(f"{world.name}: calibrating, {calibration} blanks")
        methods.append(_ours(library, samples, truth, calibration, seed, clock, tell))
    for name in baselines.BASELINES:
        tell(f"{world.name}: {name}")
        methods.append(_baseline(name, library, samples, truth, seed, clock))
    return Detection(
        world.name,
        world.label,
        world.share_meaning,
        len(world.references),
        len(world.targets),
        seed,
        size,
        tuple(methods),
    )


def _ours(
    library: Library,
    samples: Drawn,
    truth: Truth,
    calibration: str,
    seed: int,
    clock: Callable[[], float],
    tell: Tell,
) -> Method:
    matcher = Matcher(library, list(truth.targets))
    begun = clock()
    if calibration == "own":
        matcher.calibrate([s.spectrum for s in samples.calibration], seed=seed)
    else:
        matcher.calibrate(n=len(samples.calibration), seed=seed)
    calibrated = clock()
    on_blanks = answers(matcher, samples.blanks, truth, tell)
    on_positives = {s: answers(matcher, some, truth) for s, some in samples.positives.items()}
    ended = clock()
    rng = np.random.default_rng([seed, 102])
    return Method(
        "Harborlight",
        calibration,
        sensitivity(_found(on_positives, samples, truth), rng),
        false_positives(on_blanks.p, samples.blanks, truth, rng),
        verdicts(on_blanks, samples.blanks, on_positives, samples.positives, truth, rng),
        calibrated - begun,
        (ended - calibrated) / samples.tested,
    )


def _found(
    said: Mapping[float, Answers], samples: Drawn, truth: Truth
) -> dict[float, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    return {
        share: of_own_target(one.p <= ALPHA, samples.positives[share], truth)
        for share, one in said.items()
    }


def _baseline(
    name: str,
    library: Library,
    samples: Drawn,
    truth: Truth,
    seed: int,
    clock: Callable[[], float],
) -> Method:
    bench = baselines.bench_of(library, truth.targets)
    scorer = baselines.BASELINES[name]

    def scores(some: Sequence[Sample]) -> FloatArray:
        return baselines.scored(bench, [s.spectrum for s in some], scorer)

    begun = clock()
    known = scores(samples.calibration)
    calibrated = clock()
    p = conformal_p(known, scores(samples.blanks))
    found = {
        share: of_own_target(conformal_p(known, scores(some)) <= ALPHA, some, truth)
        for share, some in samples.positives.items()
    }
    ended = clock()
    rng = np.random.default_rng([seed, 102])
    return Method(
        name,
        "own",
        sensitivity(found, rng),
        false_positives(p, samples.blanks, truth, rng),
        None,
        calibrated - begun,
        (ended - calibrated) / samples.tested,
    )
