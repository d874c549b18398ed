import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import AnalysisError, Library, Matcher
from analysis.calibration import Calibration
from analysis.errors import CalibrationError
from analysis.simulate import InstrumentModel, World, elsewhere, measured
from analysis.tables import least_factor, list_level, table, unit_scales
from tests.analysis.worlds import AXIS, mixture, references


def calibration_of(matcher: Matcher) -> Calibration:
    assert matcher.library.calibration is not None
    return matcher.library.calibration


def p_value(known: Calibration, unit: tuple[str, str], score: float, left: float) -> float:
    """The p-value of one verdict on one sample."""
    bins = known.bins_of(np.array([left]))
    return float(known.p_values(np.array([[score]]), known.places((unit,)), bins)[0, 0])


def test_a_higher_score_has_a_smaller_p_value(demonstration: Matcher) -> None:
    known = calibration_of(demonstration)
    for unit in known.units:
        for left in (0.01, 0.1, 0.4):
            rising = [p_value(known, unit, s, left) for s in np.linspace(-5, 40, 60)]
            assert all(a >= b for a, b in itertools.pairwise(rising))
            assert 0 < rising[-1] < rising[0] <= 1


def test_the_wall_is_where_the_p_value_reaches_the_list_level(demonstration: Matcher) -> None:
    known = calibration_of(demonstration)
    unit = ("family", "fentanyls")
    scale = known.unit_scales[known.places((unit,))[0]]
    wall = float(known.walls(known.bins_of(np.array([0.02])))[0] * scale)
    assert np.isfinite(wall)
    assert p_value(known, unit, wall * 1.0001, 0.02) <= known.list_p
    assert p_value(known, unit, wall * 0.9999, 0.02) > known.list_p


@given(st.integers(30, 400), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_p_values_of_blanks_are_what_they_say(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(count, 3))
    blank, bins = np.ones(scores.shape, dtype=bool), np.zeros(count, dtype=np.intp)
    levels, walls = table(scores, blank, bins, 1)
    for level, wall in zip(levels, walls[0], strict=True):
        if np.isfinite(wall):
            assert (scores > wall).mean() <= level


def test_a_bin_without_blanks_is_refused() -> None:
    with pytest.raises(CalibrationError, match="no blanks at all"):
        table(np.ones((3, 1)), np.ones((3, 1), dtype=bool), np.zeros(3, dtype=np.intp), 2)


def test_the_list_level_lets_through_no_more_than_it_may() -> None:
    rng = np.random.default_rng(4)
    p_values = rng.uniform(size=(2000, 50))
    level = list_level(p_values, 0.015)
    assert 0 < (p_values.min(axis=1) <= level).mean() <= 0.015


def test_the_factor_is_where_too_many_are_missed() -> None:
    ratios = np.linspace(3.0, 0.01, 500)
    factor = least_factor(ratios, ratios > 1.0, 0.05, 40)
    missed = ~(ratios > 1.0)[ratios >= factor]
    assert 0.8 < factor < 1.0
    assert missed.mean() <= 0.05
    assert least_factor(ratios, np.zeros(500, dtype=bool), 0.05, 40) == np.inf


def test_scales_are_pulled_towards_one_when_blanks_are_few() -> None:
    rng = np.random.default_rng(2)
    wide = np.array([1.0, 1.0, 3.0])
    few, many = (rng.normal(size=(n, 3)) * wide for n in (100, 20_000))
    blank = np.ones((1, 3), dtype=bool)
    scales = [unit_scales(s, np.repeat(blank, len(s), axis=0)) for s in (few, many)]
    assert 1.0 < scales[0][2] < scales[1][2] <= 3.0


def test_a_calibration_survives_its_arrays(demonstration: Matcher) -> None:
    known = calibration_of(demonstration)
    again = Calibration.from_arrays(known.as_arrays())
    assert again is not None
    assert again.units == known.units
    assert np.allclose(again.scores, known.scores)
    assert Calibration.from_arrays({}) is None
    hurt = known.as_arrays()
    hurt["calibration_edges"] = np.zeros(99)
    with pytest.raises(AnalysisError, match="do not fit"):
        Calibration.from_arrays(hurt)


def test_too_little_to_calibrate_with_is_refused() -> None:
    few = Matcher(Library.build(references(6, seed=1)), ["targets"])
    with pytest.raises(CalibrationError, match="only 2 substances"):
        few.calibrate(n=200)
    enough = Matcher(Library.build(references(12, seed=1)), ["targets"])
    with pytest.raises(CalibrationError, match="too few"):
        enough.calibrate(n=50)
    with pytest.raises(CalibrationError, match="own blanks"):
        enough.calibrate([references(1, 0)[0].spectrum])


@pytest.mark.slow
def test_own_blanks_calibrate_too() -> None:
    refs = references(12, seed=1)
    blanks = [mixture([refs[4 + k % 8], refs[5 + k % 7]], [0.6, 0.4], k) for k in range(200)]
    matcher = Matcher(Library.build(refs), ["targets"]).calibrate(blanks, n=200)
    assert calibration_of(matcher).source == "own blanks"
    assert matcher.identify(blanks[0]).calibration == "own blanks"


def test_made_up_samples_never_hold_an_exact_copy_with_a_sister() -> None:
    refs = references(10, seed=2)
    twice = refs + [
        dataclasses.replace(r, spectrum=mixture([r], [1.0], 7), instrument="b") for r in refs
    ]
    library = Library.build(twice)
    world = World(library.rows, library.owner, np.zeros(0, dtype=np.intp), library.recipe)
    for seed in range(30):
        made = world.sample(np.random.default_rng(seed))
        assert set(made.parts.tolist()) <= set(made.held.tolist())


def test_another_instrument_changes_a_spectrum_but_not_beyond_recognition() -> None:
    values = references(1, 5)[0].spectrum.values
    model = InstrumentModel()
    for seed in range(10):
        rng = np.random.default_rng(seed)
        other = measured(elsewhere(values, model, 4.0, rng), model, 4.0, rng)
        assert other.shape == AXIS.shape
        assert 0.7 < np.corrcoef(values, other)[0, 1] < 0.99999
