"""The figures: exact intervals, limits that follow the curve, p-values that are what they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.bench.metrics import (
    Rate,
    conformal_p,
    counted,
    detection_limit,
    detection_limit_interval,
    mean_interval,
    never_falling,
    uniformity,
    worst,
)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (1, 100, 0.0003, 0.0545),
    ],
)
def test_the_exact_interval_is_that_of_the_tables(
    hits: int, of: int, low: float, high: float
) -> None:
    assert Rate(hits, of).interval == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 400), st.data())
def test_a_rate_lies_in_its_interval_and_mirrors(of: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, of))
    low, high = Rate(hits, of).interval
    assert 0 <= low <= hits / of <= high <= 1
    other_low, other_high = Rate(of - hits, of).interval
    assert (low, high) == pytest.approx((1 - other_high, 1 - other_low), abs=1e-9)


def test_a_rate_of_nothing_says_nothing() -> None:
    assert math.isnan(Rate(0, 0).value)
    assert Rate(0, 0).interval == (0.0, 1.0)
    assert counted(np.array([True, False, True])) == Rate(2, 3)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_a_fitted_curve_never_falls_and_keeps_its_mean(values: list[float]) -> None:
    row, weights = np.array(values), np.ones(len(values))
    fitted = never_falling(row, weights)
    assert (np.diff(fitted) >= -1e-12).all()
    assert fitted.mean() == pytest.approx(row.mean())
    if (np.diff(row) >= 0).all():
        assert fitted == pytest.approx(row)


def test_a_limit_of_detection_stands_where_the_curve_crosses() -> None:
    shares, n = np.array([0.01, 0.1]), np.array([100.0, 100.0])
    assert detection_limit(shares, np.array([0.0, 1.0]), n, 0.5) == pytest.approx(10**-1.5)
    assert detection_limit(shares, np.array([0.7, 1.0]), n, 0.5) == 0.01
    assert detection_limit(shares, np.array([0.0, 0.4]), n, 0.5) == math.inf


def test_a_limits_interval_holds_it_and_may_be_open() -> None:
    found = {0.01: Rate(1, 60), 0.05: Rate(30, 60), 0.1: Rate(57, 60)}
    half = detection_limit_interval(found, 0.5, np.random.default_rng(0))
    assert half.low < half.value < half.high < 0.1
    assert half.value == pytest.approx(0.05)
    high = detection_limit_interval(found, 0.95, np.random.default_rng(0))
    assert high.value == pytest.approx(0.1)
    assert high.high == math.inf


@given(st.integers(0, 2**32 - 1))
def test_a_conformal_p_value_counts_blanks_at_least_as_high(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known, asked = (
        rng.integers(0, 9, (20, 2)).astype(float),
        rng.integers(0, 9, (5, 2)).astype(float),
    )
    p = conformal_p(known, asked)
    for i in range(5):
        for t in range(2):
            assert p[i, t] == pytest.approx((1 + (known[:, t] >= asked[i, t]).sum()) / 21)


def test_uniform_p_values_pass_and_small_ones_do_not() -> None:
    rng = np.random.default_rng(1)
    fair = rng.random(2000)
    assert uniformity(fair).p_value > 0.01
    small = uniformity(fair**2)
    assert small.p_value < 1e-6
    assert small.too_small == small.distance
    assert uniformity(np.sqrt(fair)).too_small < 0.01
    assert uniformity(np.array([np.nan])).of == 0


def test_a_mean_over_whole_samples_has_an_honest_interval() -> None:
    """All pairs of a blank at once: the interval is that of blanks, not of pairs."""
    values = np.repeat([0.0, 1.0], [95, 5])
    found = mean_interval(values, np.random.default_rng(2))
    assert found.value == pytest.approx(0.05)
    assert 0.0 <= found.low < 0.03
    assert 0.08 < found.high < 0.12
    assert math.isnan(mean_interval(np.array([]), np.random.default_rng(2)).value)


def test_the_worst_target_is_the_one_with_the_highest_rate() -> None:
    assert worst({"a": Rate(1, 10), "b": Rate(3, 10), "c": Rate(3, 10)}) == "b"
