"""How fast: each job against its peers, growth with library and batch, memory."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from analysis.bench import memory, peers
from analysis.bench.crowd import FAMILY, axis_of, crowd, mixtures, references_of
from analysis.bench.evaluate import Tell
from analysis.bench.roof import Roof, measured_roof
from analysis.bench.timing import Contender, Timing, can_limit_threads, in_turn, threads
from analysis.identify import Matcher
from analysis.library import Library
from analysis.spectrum import FloatArray

Clock = Callable[[], float]
TARGETS = 100
CALIBRATION = 300


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the jobs are.

    Attributes:
        search: references of the search jobs.
        channels: of the search and baseline jobs.
        batch: queries at once.
        growth: sizes of library to grow over.
        batches: sizes of batch to grow over.
        rounds: of each timing.
    """

    search: int
    channels: int
    batch: int
    growth: tuple[int, ...]
    batches: tuple[int, ...]
    rounds: int


SCALES: Mapping[str, Scale] = {
    "ci": Scale(2000, 600, 100, (500, 2000), (1, 10, 100), 7),
    "full": Scale(10_000, 1800, 1000, (500, 2000, 10_000, 50_000), (1, 10, 100, 1000), 7),
}
DETECT_REFERENCES = 500
GROWTH_CHANNELS = 600
GROWTH_BATCH = 20


@dataclass(frozen=True, slots=True)
class Job:
    """One job at one number of threads.

    Attributes:
        name: what is done.
        threads: at most so many.
        roof_s: seconds that the job can't fall below by plain computing; None where not known.
        timings: of all contenders.
    """

    name: str
    threads: int
    roof_s: float | None
    timings: tuple[Timing, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One size of library, one thread.

    Attributes:
        references: how many.
        build_s: seconds to build it from spectra.
        open_s: seconds to open its file.
        search_s: seconds per single search.
        identify_s: seconds per spectrum for all verdicts, in a batch.
        file_bytes: of its file.
        memory_bytes: that its use adds to a process, at most.
    """

    references: int
    build_s: float
    open_s: float
    search_s: float
    identify_s: float
    file_bytes: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One size of batch, one thread: seconds per spectrum."""

    size: int
    search_s: float
    identify_s: float


@dataclass(frozen=True, slots=True)
class Speed:
    """All that was measured."""

    scale: Scale
    seed: int
    threads_limited: bool
    roofs: Mapping[int, Roof]
    jobs: tuple[Job, ...]
    growth: tuple[Step, ...]
    batches: tuple[Batch, ...]
    not_built: tuple[str, ...]


def run(scale: Scale, *, seed: int, clock: Clock, tell: Tell) -> Speed:
    """Measure everything.

    Args:
        scale: one of `SCALES`.
        seed: of all made-up spectra.
        clock: seconds, rising.
        tell: called with a line about the progress.
    """
    rng = np.random.default_rng([seed, 211])
    values = crowd(scale.search, scale.channels, rng)
    searching = Matcher(Library.build(references_of(values)), [])
    detecting = _calibrated(crowd(DETECT_REFERENCES, GROWTH_CHANNELS, rng), seed)
    roofs: dict[int, Roof] = {}
    jobs: list[Job] = []
    for count in (1, 2) if can_limit_threads() else (1,):
        with threads(count):
            tell(f"roof and jobs, {count} threads")
            roofs[count] = measured_roof(clock, rng)
            jobs += _jobs(scale, searching, values, detecting, rng, clock, count, roofs[count])
    with threads(1):
        tell("batches")
        batches = tuple(_batches(scale, searching, values, detecting, rng, clock))
        del searching, values
        growth = tuple(_growth(scale, rng, seed, clock, tell))
    return Speed(
        scale,
        seed,
        can_limit_threads(),
        roofs,
        tuple(jobs),
        growth,
        batches,
        tuple(_not_built()),
    )


def _calibrated(values: np.ndarray, seed: int) -> Matcher:
    """A matcher of a crowd, calibrated."""
    library = Library.build(references_of(values))
    return Matcher(library, _watched(len(values))).calibrate(n=CALIBRATION, seed=seed)


def _watched(n: int) -> list[str]:
    """Half of each of the first families: a fifth of all substances, 100 at most."""
    half = [f"s{k:05d}" for k in range(n) if k % FAMILY < FAMILY // 2]
    return half[: min(TARGETS, n // 5)]


def _jobs(
    scale: Scale,
    searching: Matcher,
    values: np.ndarray,
    detecting: Matcher,
    rng: np.random.Generator,
    clock: Clock,
    count: int,
    roof: Roof,
) -> Iterator[Job]:
    features = searching.library.features().astype(np.float32)
    n, channels = features.shape
    for queries in (1, scale.batch):
        name = f"search {queries:,} x {n:,}, {channels:,} channels"
        floor = roof.scan_s(n, channels) if queries == 1 else roof.product_s(queries, n, channels)
        work = peers.searchers(searching, features, queries)
        fresh = partial(mixtures, values, queries, rng)
        yield Job(name, count, floor, tuple(_timed(work, fresh, scale, clock)))
    sampled = detecting.library.values
    name = f"detect {scale.batch:,} x {len(sampled):,}, {len(detecting.targets)} targets"
    work = peers.detectors(detecting, detecting.library)
    fresh = partial(mixtures, sampled, scale.batch, rng)
    yield Job(name, count, None, tuple(_timed(work, fresh, scale, clock)))
    name = f"arPLS {scale.batch:,} x {scale.channels:,}"
    smooth = peers.smoothers(axis_of(scale.channels))
    yield Job(name, count, None, tuple(_timed(smooth, partial(_humps, scale, rng), scale, clock)))


def _timed(
    work: Sequence[Contender], fresh: Callable[[], object], scale: Scale, clock: Clock
) -> list[Timing]:
    return in_turn(work, fresh, rounds=scale.rounds, clock=clock) if work else []


def _humps(scale: Scale, rng: np.random.Generator) -> FloatArray:
    """Spectra on a broad background, for baselines."""
    rows = crowd(scale.batch, scale.channels, rng).astype(np.float64)
    where = np.linspace(-1, 1, scale.channels)
    broad = np.exp(-((where - rng.uniform(-1, 1, (scale.batch, 1))) ** 2) / 0.5)
    humps: FloatArray = rows + 3 * broad + 0.01 * rng.normal(size=rows.shape)
    return humps


def _batches(
    scale: Scale,
    searching: Matcher,
    values: np.ndarray,
    detecting: Matcher,
    rng: np.random.Generator,
    clock: Clock,
) -> Iterator[Batch]:
    sampled = detecting.library.values
    for size in scale.batches:
        (finder,) = (c for c in peers.own_search(searching, size))
        rounds = scale.rounds if size < 1000 else 3
        identify = Contender(peers.OURS, peers.verdicts_by(detecting))
        searched = _alone(finder, partial(mixtures, values, size, rng), rounds, clock)
        found = _alone(identify, partial(mixtures, sampled, size, rng), rounds, clock)
        yield Batch(size, searched / size, found / size)


def _alone(one: Contender, fresh: Callable[[], object], rounds: int, clock: Clock) -> float:
    return in_turn([one], fresh, rounds=rounds, clock=clock)[0].least


def _growth(
    scale: Scale, rng: np.random.Generator, seed: int, clock: Clock, tell: Tell
) -> Iterator[Step]:
    for n in scale.growth:
        tell(f"library of {n:,} references")
        values = crowd(n, GROWTH_CHANNELS, rng)
        references = references_of(values)
        begun = clock()
        library = Library.build(references)
        built = clock() - begun
        del references
        with tempfile.TemporaryDirectory() as folder:
            yield _step(library, values, Path(folder) / "crowd.hlib", built, rng, seed, clock)


def _step(
    library: Library,
    values: np.ndarray,
    file: Path,
    built: float,
    rng: np.random.Generator,
    seed: int,
    clock: Clock,
) -> Step:
    matcher = Matcher(library, _watched(len(values))).calibrate(n=CALIBRATION, seed=seed)
    matcher.library.save(file)
    begun = clock()
    Library.open(file)
    opened = clock() - begun
    search = Contender("search", lambda spectra: matcher.search(spectra[0]))
    searched = _alone(search, partial(mixtures, values, 1, rng), 20, clock)
    identify = Contender("identify", peers.verdicts_by(matcher))
    found = _alone(identify, partial(mixtures, values, GROWTH_BATCH, rng), 7, clock)
    before, most = memory.measured_apart(file, TARGETS)
    size = file.stat().st_size
    return Step(
        len(values), built, opened, searched, found / GROWTH_BATCH, size, max(0, most - before)
    )


def _not_built() -> Iterator[str]:
    if not hasattr(Matcher, "search_batch"):
        yield "search of a batch (Matcher.search_batch)"
    if peers.own_arpls() is None:
        yield "batched arPLS"
