import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from analysis.active_set import nonnegative_least_squares


@given(seed=st.integers(0, 100_000), atoms=st.integers(1, 30), alike=st.floats(0.0, 0.99))
def test_it_fits_as_well_as_scipy_does(seed: int, atoms: int, alike: float) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(atoms, 60))
    rows[1:] = alike * rows[:1] + (1 - alike) * rows[1:]
    target = rng.normal(size=60) + rows[0]
    ours = nonnegative_least_squares(rows, target)
    theirs, rest = nnls(rows.T, target)
    assert ours.min() >= 0
    assert np.linalg.norm(target - ours @ rows) <= rest * (1 + 1e-9)
    assert np.allclose(ours, theirs, atol=1e-6 * max(1.0, float(theirs.max())))


@pytest.mark.parametrize("target", [np.zeros(20), -np.ones(20)])
def test_what_no_atom_is_like_has_no_amounts(target: np.ndarray) -> None:
    rows = np.abs(np.random.default_rng(0).normal(size=(3, 20)))
    assert not nonnegative_least_squares(rows, target).any()


def test_the_same_atom_twice_is_no_trouble() -> None:
    row = np.random.default_rng(0).normal(size=20)
    found = nonnegative_least_squares(np.array([row, row, row]), 2 * row)
    assert np.isclose(found.sum(), 2.0)
