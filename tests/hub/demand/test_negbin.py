"""Counts against sums that are made another way."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.demand import negbin

MEANS, EXTRAS = st.floats(0.01, 60), st.floats(0, 40)


@given(MEANS, EXTRAS)
def test_more_items_are_never_more_likely(mean: float, extra: float) -> None:
    tail = [negbin.at_least(count, mean, mean + extra) for count in range(40)]
    assert tail[0] == 1
    assert all(0 <= each <= 1 for each in tail)
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(tail))


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 10), st.floats(0, 10))
def test_the_tails_sum_to_the_mean(mean: float, extra: float) -> None:
    variance = mean + extra
    whole = sum(negbin.at_least(count, mean, variance) for count in range(1, 200))
    assert whole <= mean + 1e-6
    if extra < mean:
        assert whole == pytest.approx(mean, rel=1e-3)


@given(st.integers(0, 30), MEANS, EXTRAS)
def test_what_is_missed_is_what_is_wanted_beyond(count: int, mean: float, extra: float) -> None:
    here = negbin.missed(count, mean, mean + extra)
    more = negbin.missed(count + 1, mean, mean + extra)
    assert here - more == pytest.approx(negbin.at_least(count + 1, mean, mean + extra), abs=1e-6)


def test_it_is_the_law_of_a_rate_that_varies_as_gamma() -> None:
    rng, mean, shape = random.Random(5), 6.0, 3.0
    drawn = []
    for _ in range(20_000):
        left, count = rng.gammavariate(shape, mean / shape), 0
        while (left := left - rng.expovariate(1)) > 0:
            count += 1
        drawn.append(count)
    for count in (1, 4, 8, 15):
        seen = sum(each >= count for each in drawn) / len(drawn)
        assert negbin.at_least(count, mean, mean + mean**2 / shape) == pytest.approx(
            seen, abs=0.012
        )


@pytest.mark.parametrize("mean", [1e-6, 0.5, 30.0, 2000.0])
def test_quantiles_leave_out_what_they_say(mean: float) -> None:
    for variance in (mean, 2 * mean, mean + mean**2):
        low, high = negbin.quantile(0.1, mean, variance), negbin.quantile(0.9, mean, variance)
        assert negbin.at_least(high + 1, mean, variance) <= 0.1 + 1e-9
        assert negbin.at_least(low, mean, variance) >= 0.9 - 1e-9


def test_nothing_expected_is_nothing() -> None:
    assert negbin.at_least(1, 0.0, 0.0) == 0
    assert negbin.at_least(0, 0.0, 0.0) == 1
    assert negbin.missed(3, 0.0, 0.0) == 0
    assert negbin.quantile(0.9, 0.0, 0.0) == 0
