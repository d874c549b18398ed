"""Partial least squares: against its peer, and against what must hold of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.amounts import pls
from analysis.amounts.validation import chosen_components, leave_out, report
from analysis.spectrum import FloatArray


def world(seed: int, rows: int = 20, columns: int = 30) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    parts = rng.normal(size=(rows, 4))
    x = parts @ rng.normal(size=(4, columns)) + 0.01 * rng.normal(size=(rows, columns))
    return x, parts[:, 0] + 0.01 * rng.normal(size=rows)


@pytest.mark.parametrize("components", [1, 2, 5])
def test_it_equals_its_peer(components: int) -> None:
    peer = pytest.importorskip("sklearn.cross_decomposition")
    x, y = world(1)
    ours = pls.fit(x, y, components)
    theirs = peer.PLSRegression(n_components=components, scale=False).fit(x, y)
    fresh = world(2)[0]
    np.testing.assert_allclose(ours.predict(fresh), theirs.predict(fresh).ravel(), rtol=1e-8)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 12), st.integers(2, 20))
def test_all_components_are_least_squares(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(rows, columns)), rng.normal(size=rows)
    model = pls.fit(x, y, min(rows - 1, columns))
    centred = x - x.mean(axis=0)
    best = y.mean() + centred @ np.linalg.lstsq(centred, y - y.mean(), rcond=None)[0]
    np.testing.assert_allclose(model.predict(x), best, atol=1e-5)


def test_scores_are_orthogonal_and_cutting_is_fitting_fewer() -> None:
    x, y = world(3)
    model = pls.fit(x, y, 5)
    scores = model.scores(x)
    gram = scores.T @ scores
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-8 * gram.max())
    np.testing.assert_allclose(model.cut(2).predict(x), pls.fit(x, y, 2).predict(x))
    np.testing.assert_allclose(model.predict_each(x)[:, 1], model.cut(2).predict(x))
    assert model.t2(x).mean() == pytest.approx(5 * (20 - 1) / 20)


def test_rows_that_hold_nothing_give_no_component() -> None:
    assert pls.fit(np.ones((6, 9)), np.arange(6.0), 3).components == 0


def test_replicates_are_left_out_with_their_standard() -> None:
    """Rows of one standard share noise of their own; a replicate would give the others away."""
    rng = np.random.default_rng(4)
    owners = np.repeat(np.arange(10), 3)
    rows = np.repeat(rng.normal(size=(10, 40)), 3, axis=0) + 1e-3 * rng.normal(size=(30, 40))
    fractions = np.repeat(rng.uniform(size=10), 3)
    crossed = leave_out(rows, fractions, owners, 5)
    found = report(crossed.predicted, fractions, owners, tuple(map(str, range(10))))
    assert found.r2 < 0.5
    assert found.worst in found.standards


def test_fewest_components_within_one_standard_error() -> None:
    owners = np.arange(4)
    truth = np.zeros(4)
    errors = np.array([[3.0, 1.0, 0.9], [3.0, 0.5, 0.7], [3.0, 1.2, 1.0], [3.0, 0.4, 0.3]])
    assert chosen_components(errors, truth, owners) == 2
