import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from analysis.mixture import (
    MAX_ATOMS,
    Atoms,
    MaskArray,
    estimate_shifts,
    greedy,
    nonnegative,
    product,
    weighted_fits,
)
from analysis.preprocess.derivative import savitzky_golay
from analysis.preprocess.resample import shifted, shifted_rows
from analysis.spectrum import FloatArray
from tests.analysis.worlds import bands

RNG = np.random.default_rng(8)
RAW = np.array([bands(RNG) for _ in range(30)])
SLOPES = savitzky_golay(RAW, 7)
ROWS = SLOPES / np.linalg.norm(SLOPES, axis=1, keepdims=True)
ATOMS = Atoms(ROWS)


def taken(data: FloatArray, least: float, allowed: MaskArray | None = None) -> dict[int, float]:
    """References and amounts of one sample."""
    plain = np.ones((1, data.size), dtype=np.float32)
    support, amounts = greedy(data[None], plain, ATOMS, least, allowed)
    return {int(k): float(a) for k, a in zip(support[0], amounts[0], strict=True) if a > 0}


def only(*references: int) -> MaskArray:
    """A mask that allows these references."""
    mask: MaskArray = np.isin(np.arange(30), references)
    return mask


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_amounts_are_those_of_scipy_within_a_hair_or_a_little_worse(seed: int) -> None:
    rng = np.random.default_rng(seed)
    atoms = ROWS[rng.choice(30, 6, replace=False)]
    data = rng.normal(size=6) @ atoms + 0.01 * rng.normal(size=atoms.shape[1])
    live = np.ones((1, 6), dtype=bool)
    ours = nonnegative((atoms @ atoms.T)[None], (atoms @ data)[None], live)[0]
    _, best = nnls(atoms.T, data)
    assert (ours >= 0).all()
    assert np.linalg.norm(data - ours @ atoms) <= 1.06 * best


def test_identical_atoms_do_no_harm() -> None:
    twice = np.array([ROWS[0], ROWS[0]])
    live = np.ones((1, 2), dtype=bool)
    amounts = nonnegative((twice @ twice.T)[None], (twice @ ROWS[0])[None], live)
    assert amounts.sum() == pytest.approx(1.0)


def test_what_is_not_live_gets_nothing() -> None:
    gram, moments = np.eye(3)[None], np.ones((1, 3))
    amounts = nonnegative(gram, moments, np.array([[True, False, True]]))
    assert amounts[0].tolist() == pytest.approx([1.0, 0.0, 1.0])
    assert nonnegative(np.zeros((2, 0, 0)), np.zeros((2, 0)), np.ones((2, 0), bool)).shape == (2, 0)


def test_a_mixture_is_taken_apart_without_noise() -> None:
    found = taken(0.5 * ROWS[3] + 0.3 * ROWS[7] + 0.2 * ROWS[20], 1e-4)
    assert {k for k, a in found.items() if a > 1e-4} == {3, 7, 20}
    assert found[7] == pytest.approx(0.3, abs=1e-4)


def test_no_more_atoms_are_used_than_allowed() -> None:
    found = taken(np.ones(30) @ ROWS, 0.0)
    assert 0 < len(found) <= MAX_ATOMS
    assert set(taken(ROWS[0], 1e-6, only(4, 5))) <= {4, 5}


def test_nothing_allowed_leaves_everything() -> None:
    fits = weighted_fits(ROWS[:2], ATOMS, only())
    assert not fits.amounts.any()
    assert np.allclose(ROWS[:2] - fits.models(ATOMS), ROWS[:2])


@pytest.mark.parametrize("shift", [-1.2, -0.4, 0.0, 0.7])
def test_the_shift_is_found_to_a_tenth_of_a_channel(shift: float) -> None:
    data = shifted(0.6 * ROWS[2] + 0.4 * ROWS[9], -shift)
    assert estimate_shifts(data[None], ATOMS)[0][0] == pytest.approx(shift, abs=0.1)


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=30))
@settings(deadline=None)
def test_rows_are_shifted_as_one_alone(shifts: list[float]) -> None:
    rows = shifted_rows(ROWS[: len(shifts)], np.array(shifts))
    for row, alone, shift in zip(rows, ROWS, shifts, strict=False):
        assert np.allclose(row, shifted(alone, shift), atol=1e-12)


@given(st.integers(1, 60), st.integers(0, 1000))
@settings(deadline=None)
def test_a_row_hardly_depends_on_its_batch(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, ROWS.shape[1])).astype(np.float32)
    together = product(rows, ATOMS.rows)
    assert np.allclose(together[-1:], product(rows[-1:], ATOMS.rows), rtol=1e-4, atol=1e-5)


def test_a_fit_hardly_depends_on_its_batch() -> None:
    rng = np.random.default_rng(1)
    data = rng.dirichlet(np.ones(30), size=40) @ ROWS
    together = weighted_fits(data, ATOMS)
    for row in (0, 17, 39):
        alone = weighted_fits(data[row : row + 1], ATOMS)
        assert np.array_equal(alone.support[0], together.support[row])
        assert np.allclose(alone.amounts[0], together.amounts[row], rtol=1e-4, atol=1e-6)
