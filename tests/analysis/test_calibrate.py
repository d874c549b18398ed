import dataclasses
import itertools

import numpy as np
import pytest

from analysis import AnalysisError, Library, Matcher
from analysis.calibration import Calibration
from analysis.errors import CalibrationError
from analysis.simulate import InstrumentModel, World, elsewhere, measured
from tests.analysis.worlds import AXIS, mixture, references


def calibration_of(matcher: Matcher) -> Calibration:
    assert matcher.library.calibration is not None
    return matcher.library.calibration


def test_a_higher_score_has_a_smaller_p_value(demonstration: Matcher) -> None:
    known = calibration_of(demonstration)
    for level, name in known.units:
        for unexplained in (0.01, 0.1, 0.4):
            rising = [known.p_value(level, name, s, unexplained) for s in np.linspace(0, 20, 60)]
            assert all(a >= b for a, b in itertools.pairwise(rising))
            assert 0 < rising[-1] < rising[0] <= 1


def test_the_threshold_is_where_the_p_value_reaches_the_list_level(
    demonstration: Matcher,
) -> None:
    known = calibration_of(demonstration)
    wall = known.threshold("family", "fentanyls", 0.02)
    assert np.isfinite(wall)
    assert known.p_value("family", "fentanyls", wall * 1.0001, 0.02) <= known.list_p
    assert known.p_value("family", "fentanyls", wall, 0.02) > known.list_p


def test_a_calibration_survives_its_arrays(demonstration: Matcher) -> None:
    known = calibration_of(demonstration)
    again = Calibration.from_arrays(known.as_arrays())
    assert again is not None
    assert again.units == known.units
    assert np.allclose(again.scores, known.scores)
    assert Calibration.from_arrays({}) is None
    hurt = known.as_arrays()
    hurt["calibration_edges"] = np.zeros(1, dtype=np.float32)
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
    names = [e.substance for e in library.entries]
    world = World(
        library.values.astype(np.float64), names, np.zeros(0, dtype=np.intp), library.recipe
    )
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
