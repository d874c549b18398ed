"""The worlds keep what they promise: shares, strangers, relatives, and nothing by accident."""

from pathlib import Path

import numpy as np
import pytest

from analysis import AnalysisError, Library
from analysis.bench.catalogue import NEEDS_DATA, WORLDS, build
from analysis.bench.compositions import Part
from analysis.bench.worlds import Sample, World

SIMULATED = [name for name in WORLDS if name not in NEEDS_DATA]


def a_world(name: str, data: Path | None = None) -> World:
    return build(name, seed=4, targets=12, references=80, data=data)


@pytest.fixture(scope="module", params=SIMULATED)
def world(request: pytest.FixtureRequest) -> World:
    return a_world(request.param)


def check_truth(world: World, samples: list[Sample]) -> None:
    """What must hold of every sample of every world."""
    known = {r.substance for r in world.references}
    for sample in samples:
        assert sum(p.share for p in sample.components) == pytest.approx(1.0)
        assert min(p.share for p in sample.components) > 0
        names = [p.substance for p in sample.components]
        assert len(set(names)) == len(names)
        for part in sample.components:
            assert part.known == (part.substance in known)
        assert sample.unknown == any(not p.known for p in sample.components)
        watched = {n for n in names if n in world.targets}
        assert watched == ({sample.target} if sample.target else set())
        assert np.isfinite(sample.spectrum.values).all()


def test_a_blank_holds_no_target(world: World) -> None:
    samples = world.blanks(60, np.random.default_rng(1))
    check_truth(world, samples)
    assert all(s.target is None and s.share == 0 for s in samples)


def test_a_positive_holds_one_target_at_its_share_and_all_have_their_turn(world: World) -> None:
    samples = world.positives(24, 0.05, np.random.default_rng(2))
    check_truth(world, samples)
    shares = [p.share for s in samples for p in s.components if p.substance == s.target]
    assert shares == pytest.approx([0.05] * 24)
    assert sorted(s.target or "" for s in samples) == sorted([*world.targets] * 2)


def test_as_many_strangers_and_relatives_as_asked_for(world: World) -> None:
    none = world.blanks(30, np.random.default_rng(3), unknown=0, relative=0)
    assert not any(s.unknown or s.relative for s in none)
    every = world.blanks(30, np.random.default_rng(3), unknown=1, relative=1)
    assert all(s.unknown and s.relative for s in every)
    some = world.blanks(400, np.random.default_rng(3))
    assert sum(s.unknown for s in some) == pytest.approx(120, abs=40)
    assert sum(s.relative for s in some) == pytest.approx(80, abs=40)


def test_no_stranger_of_the_test_is_met_in_calibration(world: World) -> None:
    rng = np.random.default_rng(5)
    met = world.calibration_blanks(150, rng, unknown=1)
    tests = world.blanks(150, rng, unknown=1) + world.positives(50, 0.1, rng, unknown=1)
    check_truth(world, met)
    assert not strangers(met) & strangers(tests)


def strangers(samples: list[Sample]) -> set[str]:
    return {p.substance for s in samples for p in s.components if not p.known}


def test_the_same_seed_gives_the_same_world_and_samples(world: World) -> None:
    again = a_world(world.name)
    assert [r.content_key() for r in again.references] == [
        r.content_key() for r in world.references
    ]
    one = world.blanks(3, np.random.default_rng(9))
    assert one == again.blanks(3, np.random.default_rng(9))
    assert one != world.blanks(3, np.random.default_rng(10))


def test_a_sample_is_never_the_librarys_own_measurement(world: World) -> None:
    """The same substance, measured elsewhere: alike, but well apart from the noise."""
    library = Library.build(world.references)
    rng = np.random.default_rng(6)
    for row, entry in list(zip(library.features(), library.entries, strict=True))[:12]:
        seen = world.render((Part(entry.substance, 1.0),), rng)
        cosine = float(row @ library.recipe.features(library.recipe.on_grid(seen)))
        assert 0.75 < cosine < 0.997


def test_sisters_are_alike_and_strange_families_are_not(world: World) -> None:
    library = Library.build(world.references)
    family = np.array([e.family for e in library.entries])
    cosines = library.features() @ library.features().T
    sisters = (family[:, None] == family[None, :]) & ~np.eye(len(family), dtype=bool)
    low, middle, high = np.percentile(cosines[sisters], [5, 50, 95])
    assert low > 0.3
    assert 0.5 < middle < 0.9
    assert high < 0.95
    assert abs(float(np.median(cosines[family[:, None] != family[None, :]]))) < 0.1


def test_more_instruments_give_more_references_of_each_substance() -> None:
    world = build("open-sim", seed=4, targets=5, references=40, replicates=3)
    assert len(world.references) == 120
    assert {r.instrument for r in world.references} == {
        f"{name} (simulated)" for name in ("A", "A1", "A2")
    }


@pytest.mark.parametrize("share", [0.0, -0.1, 0.5, float("nan")])
def test_a_share_that_can_not_be_is_refused(world: World, share: float) -> None:
    with pytest.raises(AnalysisError, match="share"):
        world.positives(1, share, np.random.default_rng(0))


def test_a_world_that_is_not_there_is_named() -> None:
    with pytest.raises(AnalysisError, match="'mars' is not known"):
        build("mars")
    with pytest.raises(AnalysisError, match="give --data"):
        build("raman", data=Path("no such folder"))
    with pytest.raises(AnalysisError, match="four times as many"):
        build("open-sim", targets=30, references=50)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", NEEDS_DATA)
def test_a_measured_world_keeps_the_same_promises(shared_data: Path, name: str) -> None:
    world = a_world(name, shared_data)
    rng = np.random.default_rng(7)
    check_truth(world, world.blanks(40, rng))
    check_truth(world, world.positives(20, 0.2, rng))
    rehearsed, tested = world.calibration_blanks(60, rng, unknown=1), world.blanks(60, rng)
    assert not strangers(rehearsed) & strangers(tested)
    Library.build(world.references)
