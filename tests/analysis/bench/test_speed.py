"""Timing: in turn, on fresh inputs, by a clock that is handed in; and contenders that agree."""

import json
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from analysis import Library, Matcher
from analysis.bench import peers, speed
from analysis.bench.crowd import FAMILY, crowd, mixtures, references_of
from analysis.bench.memory import measured_apart
from analysis.bench.plain import Plain, plain
from analysis.bench.roof import Roof, measured_roof
from analysis.bench.speed_goals import ratio_to, speed_standings
from analysis.bench.speed_report import duration, speed_report
from analysis.bench.timing import LEAST_ROUNDS, Contender, in_turn


def test_contenders_take_turns_on_the_same_fresh_input() -> None:
    seen: list[tuple[str, int]] = []
    clock, inputs = count(), count()

    def noting(name: str) -> Contender:
        return Contender(name, lambda given: seen.append((name, given)))

    found = in_turn(
        [noting(name) for name in ("a", "b", "c")],
        lambda: next(inputs),
        rounds=1,
        clock=lambda: float(next(clock)),
    )
    assert [t.rounds for t in found] == [LEAST_ROUNDS] * 3
    assert [t.least for t in found] == [1.0] * 3
    rounds = [seen[k : k + 3] for k in range(0, len(seen), 3)]
    assert len(rounds) == LEAST_ROUNDS + 1
    for number, turn in enumerate(rounds):
        assert sorted(turn) == [("a", number), ("b", number), ("c", number)]
    assert {turn[0][0] for turn in rounds} == {"a", "b", "c"}


def test_a_contender_with_a_part_is_timed_on_it_and_scaled() -> None:
    sizes: list[int] = []
    clock = count()
    (found,) = in_turn(
        [Contender("slow", lambda given: sizes.append(len(given)), part=0.25)],
        lambda: list(range(20)),
        rounds=7,
        clock=lambda: float(next(clock)),
    )
    assert set(sizes) == {5}
    assert found.least == 4.0


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return crowd(120, 200, np.random.default_rng(0))


def test_a_crowd_has_peaks_of_one_and_families(values: np.ndarray) -> None:
    assert values.dtype == np.float32
    assert values.max(axis=1) == pytest.approx(1.0)
    slope = np.diff(values.astype(float), axis=1)
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    cosine = slope @ slope.T
    same = np.arange(120)[:, None] // FAMILY == np.arange(120)[None, :] // FAMILY
    np.fill_diagonal(cosine, np.nan)
    assert np.nanmedian(cosine[same]) > np.nanmedian(cosine[~same]) + 0.2


def test_all_searchers_find_the_same_ten(values: np.ndarray) -> None:
    """A peer that answers another question would be no peer."""
    matcher = Matcher(Library.build(references_of(values)), [])
    features = matcher.library.features().astype(np.float32)
    spectra = mixtures(values, 5, np.random.default_rng(1))
    own, by_numpy, *packages = peers.searchers(matcher, features, 5)
    hits = [[h.reference for h in one] for one in own.work(own.ready(spectra))]  # type: ignore[attr-defined]  # a tuple of hits
    assert by_numpy.work(by_numpy.ready(spectra)).tolist() == hits  # type: ignore[attr-defined]  # an array
    for one in packages:
        found = one.work(one.ready(spectra))
        assert np.asarray(found[1]).tolist() == hits  # type: ignore[index]  # distances and indices


def test_detectors_and_smoothers_do_their_jobs(values: np.ndarray) -> None:
    library = Library.build(references_of(values))
    matcher = Matcher(library, ["s00000"])
    spectra = mixtures(values, 3, np.random.default_rng(2))
    ours, nnls = peers.detectors(matcher, library)
    assert len(ours.work(ours.ready(spectra))) == 3  # type: ignore[arg-type]  # a tuple
    amounts = np.array(nnls.work(nnls.ready(spectra)))
    assert amounts.shape == (3, len(library))
    assert (amounts >= 0).all()
    rows = np.abs(np.random.default_rng(3).normal(size=(2, 200))) + 5
    for one in peers.smoothers(np.arange(200.0)):
        assert np.isfinite(np.asarray(one.work(rows))).all()


def test_memory_is_that_of_a_process_of_its_own(values: np.ndarray, tmp_path: Path) -> None:
    ballast = np.ones(30_000_000)
    file = tmp_path / "crowd.hlib"
    Library.build(references_of(values)).save(file)
    before, most = measured_apart(file, 3)
    assert 5e6 < before <= most < 240e6 + before
    assert before < ballast.nbytes


def test_a_roof_is_measured_and_scales() -> None:
    clock = count()
    roof = measured_roof(lambda: float(next(clock)), np.random.default_rng(4), rounds=1)
    assert roof.multiply_flops == pytest.approx(2 * 1800**3)
    assert roof == Roof(roof.multiply_flops, 16000 * 1800 * 4)
    assert roof.product_s(1800, 1800, 1800) == pytest.approx(1.0)
    assert roof.scan_s(16000, 1800) == pytest.approx(1.0)


@pytest.fixture(scope="module")
def result() -> Plain:
    """A whole tiny run with a clock that only counts: its times mean nothing."""
    tiny = speed.Scale(120, 120, 8, (80, 160), (1, 4), 7)
    clock = count()
    found = speed.run(tiny, seed=5, clock=lambda: float(next(clock)), tell=lambda _line: None)
    machine = {"architecture": "abacus", "cores": 2, "blas": "none"}
    return json.loads(json.dumps(plain(found))) | {"machine": machine}


@pytest.mark.slow
def test_a_run_measures_every_job_and_says_what_is_not_built(result: Plain) -> None:
    names = {job["name"].split(" ")[0] for job in result["jobs"]}
    assert names == {"search", "detect", "arPLS"}
    assert [s["references"] for s in result["growth"]] == [80, 160]
    assert [b["size"] for b in result["batches"]] == [1, 4]
    built = peers.own_arpls() is not None
    assert any("arPLS" in line for line in result["not_built"]) != built


@pytest.mark.slow
def test_the_page_of_a_run_shows_jobs_growth_and_floor(result: Plain) -> None:
    page = speed_report(result)
    for wanted in ("scipy nnls", "floor", "2-core abacus machine", "| 160 |", "per doubling"):
        assert wanted in page
    assert "None" not in page


@pytest.mark.slow
def test_goals_of_speed_are_ratios(result: Plain) -> None:
    assert {s.ratio for s in speed_standings(result)} == {True}
    job = {"timings": [{"name": "Harborlight", "least": 2.0}, {"name": "FAISS flat", "least": 6.0}]}
    assert ratio_to(job, "FAISS flat") == pytest.approx(3.0)
    assert ratio_to(job, "scipy nnls") is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(2.5, "2.5 s"), (0.0025, "2.5 ms"), (0.00000025, "0.25 us")]
)
def test_a_duration_stands_in_the_unit_that_suits(seconds: float, words: str) -> None:
    assert duration(seconds) == words
