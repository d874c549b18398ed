import numpy as np
import pytest
from scipy.optimize import nnls

from analysis.mixture import MAX_ATOMS, estimate_shift, greedy, nonnegative, weighted_fit
from analysis.preprocess.derivative import savitzky_golay
from analysis.preprocess.resample import shifted
from tests.analysis.worlds import bands

RNG = np.random.default_rng(8)
RAW = np.array([bands(RNG) for _ in range(30)])
SLOPES = savitzky_golay(RAW, 7)
ATOMS = SLOPES / np.linalg.norm(SLOPES, axis=1, keepdims=True)
EVERY = np.arange(30)


@pytest.mark.parametrize("seed", range(20))
def test_amounts_are_those_of_scipy_within_a_hair_or_a_little_worse(seed: int) -> None:
    rng = np.random.default_rng(seed)
    atoms = ATOMS[rng.choice(30, 6, replace=False)]
    data = rng.normal(size=6) @ atoms + 0.01 * rng.normal(size=atoms.shape[1])
    ours = nonnegative(atoms @ atoms.T, atoms @ data)
    _, best = nnls(atoms.T, data)
    assert (ours >= 0).all()
    assert np.linalg.norm(data - ours @ atoms) <= 1.05 * best


def test_identical_atoms_do_no_harm() -> None:
    twice = np.array([ATOMS[0], ATOMS[0]])
    amounts = nonnegative(twice @ twice.T, twice @ ATOMS[0])
    assert amounts.sum() == pytest.approx(1.0)


def test_a_mixture_is_taken_apart_exactly_without_noise() -> None:
    data = 0.5 * ATOMS[3] + 0.3 * ATOMS[7] + 0.2 * ATOMS[20]
    support, amounts = greedy(data, ATOMS, EVERY, 1e-6)
    found = dict(zip(support.tolist(), amounts.tolist(), strict=True))
    assert {k for k, a in found.items() if a > 1e-6} == {3, 7, 20}
    assert found[7] == pytest.approx(0.3)


def test_no_more_atoms_are_used_than_allowed() -> None:
    support, amounts = greedy(np.ones(30) @ ATOMS, ATOMS, EVERY, 0.0)
    assert len(support) <= MAX_ATOMS
    assert (amounts > 0).all()
    support, _ = greedy(ATOMS[0], ATOMS, np.array([4, 5]), 1e-6)
    assert set(support.tolist()) <= {4, 5}


def test_nothing_allowed_leaves_everything() -> None:
    fit = weighted_fit(ATOMS[0], ATOMS, np.zeros(0, dtype=np.intp))
    assert fit.support.size == 0
    assert np.allclose(fit.residual, ATOMS[0])


@pytest.mark.parametrize("shift", [-1.2, -0.4, 0.0, 0.7])
def test_the_shift_is_found_to_a_tenth_of_a_channel(shift: float) -> None:
    data = shifted(0.6 * ATOMS[2] + 0.4 * ATOMS[9], -shift)
    assert estimate_shift(data, ATOMS, EVERY) == pytest.approx(shift, abs=0.1)
