"""Baselines, held against those of another library and against curves that are known."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest
from pybaselines import Baseline

from analysis.preprocess.baseline import airpls, arpls
from analysis.preprocess.whittaker import ROWS_FOR_SIDE_BY_SIDE, penalty_diagonals, smooth
from analysis.spectrum import FloatArray

X: FloatArray = np.linspace(0.0, 1.0, 400)
Method = Callable[..., FloatArray]


def hump() -> FloatArray:
    curve: FloatArray = 2.0 + 1.5 * np.exp(-(((X - 0.4) / 0.5) ** 2))
    return curve


def spectra(count: int, seed: int = 0) -> FloatArray:
    rng = np.random.default_rng(seed)
    centres = rng.random((count, 8, 1))
    bands: FloatArray = (rng.random((count, 8, 1)) / (1 + ((X - centres) / 0.008) ** 2)).sum(axis=1)
    noisy: FloatArray = bands + hump() + 0.01 * rng.normal(size=(count, X.size))
    return noisy


@pytest.mark.parametrize("smoothness", [1e3, 1e5, 1e6])
@pytest.mark.parametrize(("ours", "name"), [(airpls, "airpls"), (arpls, "arpls")])
def test_they_are_those_of_pybaselines(ours: Method, name: str, smoothness: float) -> None:
    rows = spectra(6)
    theirs = getattr(Baseline(X), name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = np.array([theirs(row, lam=smoothness)[0] for row in rows])
    assert np.allclose(ours(rows, smoothness), wanted, atol=1e-6)


@pytest.mark.parametrize("method", [airpls, arpls])
def test_many_at_once_are_as_each_alone(method: Method) -> None:
    rows = spectra(ROWS_FOR_SIDE_BY_SIDE + 30)
    together = method(rows)
    assert np.allclose(together, [method(row) for row in rows], atol=1e-6)
    assert np.array_equal(method(rows.reshape(2, -1, X.size)).reshape(rows.shape), together)


@pytest.mark.parametrize("method", [airpls, arpls])
def test_a_hump_under_bands_is_found(method: Method) -> None:
    quiet = np.abs(method(spectra(4), 1e5) - hump())
    assert np.median(quiet) < 0.04


@pytest.mark.parametrize("method", [airpls, arpls])
@pytest.mark.parametrize(
    "values",
    [
        np.zeros(60),
        np.full(60, 7.0),
        np.full(60, -1e99),
        np.linspace(0, 1, 60),
        np.full(60, 1e-300),
        np.eye(60)[30],
        -np.eye(60)[30],
        1e99 * np.eye(60)[30],
    ],
)
def test_odd_input_ends_finite_and_in_silence(method: Method, values: FloatArray) -> None:
    with np.errstate(all="raise", under="ignore"):
        curve = method(values)
    assert np.isfinite(curve).all()
    assert np.abs(curve).max() <= 2 * np.abs(values).max()


@pytest.mark.parametrize("method", [airpls, arpls])
def test_a_constant_is_its_own_baseline(method: Method) -> None:
    assert np.allclose(method(np.full((3, 100), 7.0)), 7.0)


@pytest.mark.parametrize("method", [airpls, arpls])
def test_scale_goes_through(method: Method) -> None:
    row = spectra(1)[0]
    assert np.array_equal(method(1024.0 * row), 1024.0 * method(row))


@pytest.mark.parametrize("points", [15, 16, 17, 30, 31])
@pytest.mark.parametrize("columns", [3, ROWS_FOR_SIDE_BY_SIDE])
def test_the_smoother_solves_its_equations(columns: int, points: int) -> None:
    rng = np.random.default_rng(4)
    values, weights = rng.normal(size=(2, points, columns))
    weights = np.abs(weights)
    difference = np.diff(np.eye(points), n=2, axis=0)
    penalty = 50.0 * difference.T @ difference
    for k, curve in enumerate(smooth(values, weights, 50.0).T):
        wanted = np.linalg.solve(np.diag(weights[:, k]) + penalty, weights[:, k] * values[:, k])
        assert np.allclose(curve, wanted)


def test_the_penalty_is_that_of_second_differences() -> None:
    difference = np.diff(np.eye(7), n=2, axis=0)
    whole = difference.T @ difference
    for offset, diagonal in enumerate(penalty_diagonals(7)):
        assert np.allclose(np.diag(whole, offset), diagonal)


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 5"):
        arpls(np.ones(4))
