"""Heat and cold of lots: what is known is added up, what is not is never taken for fine."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.exposure import (
    HOUR_MS,
    Exposure,
    ExposureSettings,
    Reading,
    Stay,
    exposure_words,
    review_lots,
    stay_exposure,
)


def readings(*temperatures_c: float, every_h: float = 1.0, from_h: float = 0.0) -> list[Reading]:
    return [
        Reading(round((from_h + number * every_h) * HOUR_MS), each)
        for number, each in enumerate(temperatures_c)
    ]


def stay(hours: float, lot: str = "L1", machine: str = "m", from_h: float = 0.0) -> Stay:
    start_ms = round(from_h * HOUR_MS)
    return Stay(lot, machine, "A1", start_ms, start_ms + round(hours * HOUR_MS))


def test_a_steady_heat_is_hours_times_degrees() -> None:
    had = stay_exposure(stay(4), readings(*[43.0] * 5))
    assert (had.hot_h, had.hot_degree_h, had.warm_degree_h) == (4, 12, 72)
    assert (had.known_h, had.unknown_h, had.cold_h, had.hottest_c) == (4, 0, 0, 43)


def test_a_crossing_is_found_between_readings() -> None:
    had = stay_exposure(stay(1), readings(38.0, 42.0))
    assert had.hot_h == pytest.approx(0.5)
    assert had.hot_degree_h == pytest.approx(0.5)
    cold = stay_exposure(stay(1), readings(7.0, -1.0))
    assert cold.cold_h == pytest.approx(0.75)
    assert cold.frozen_h == pytest.approx(0.125)


def test_a_gap_is_unknown_whatever_lies_around_it() -> None:
    had = stay_exposure(stay(10), [*readings(21.0, 21.0), *readings(21.0, 21.0, from_h=9)])
    assert (had.known_h, had.unknown_h) == (2, 8)
    assert stay_exposure(stay(5), []) == Exposure(unknown_h=5)


def test_a_faulty_probe_is_a_gap() -> None:
    had = stay_exposure(stay(2), readings(21.0, 85.0, 21.0))
    assert (had.known_h, had.unknown_h, had.hot_h) == (0, 2, 0)
    assert stay_exposure(stay(2), readings(21.0, math.nan, 21.0)).unknown_h == 2


TEMPERATURES = st.lists(st.floats(-20, 60), min_size=2, max_size=30)


@given(TEMPERATURES)
def test_known_and_unknown_make_the_whole_and_warmer_is_never_less(
    temperatures: list[float],
) -> None:
    told = readings(*temperatures)
    whole = stay_exposure(stay(40, from_h=-3), told)
    assert whole.known_h + whole.unknown_h == pytest.approx(40)
    assert whole.known_h == pytest.approx(len(temperatures) - 1)
    warmer = stay_exposure(stay(40, from_h=-3), readings(*[each + 1 for each in temperatures]))
    assert warmer.hot_h >= whole.hot_h - 1e-9
    assert warmer.hot_degree_h >= whole.hot_degree_h - 1e-9
    assert warmer.cold_degree_h <= whole.cold_degree_h + 1e-9


@given(TEMPERATURES, st.integers(1, 29))
def test_two_stays_in_turn_add_up_to_one(temperatures: list[float], hours: int) -> None:
    told, whole_h = readings(*temperatures), len(temperatures) - 1
    cut = min(hours, whole_h)
    parts = stay_exposure(stay(cut), told) + stay_exposure(stay(whole_h - cut, from_h=cut), told)
    whole = stay_exposure(stay(whole_h), told)
    for name in ("known_h", "cold_h", "hot_degree_h", "warm_degree_h", "cool_degree_h"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), abs=1e-6)


@given(TEMPERATURES)
def test_the_sums_are_those_of_a_fine_grid(temperatures: list[float]) -> None:
    had = stay_exposure(stay(len(temperatures) - 1), readings(*temperatures))
    steps = 200
    hot = 0.0
    for start, end in pairwise(temperatures):
        for step in range(steps):
            hot += max(0.0, start + (end - start) * (step + 0.5) / steps - 40) / steps
    assert had.hot_degree_h == pytest.approx(hot, abs=0.02)


def test_more_than_a_day_outside_asks_for_a_review_and_says_why() -> None:
    (found,) = review_lots([stay(30)], {"m": readings(*[44.0] * 31)})
    assert found.advice == "review"
    assert "Hamilton" in found.reasons[0].source
    words = exposure_words(found)
    assert "look at it and decide" in words
    assert "never leave a machine without naloxone" in words
    assert "do not use" not in words.lower()


def test_a_short_heat_and_a_frost_are_told_with_the_label() -> None:
    (warm,) = review_lots([stay(2)], {"m": readings(39.0, 41.0, 39.0)})
    assert (warm.advice, warm.reasons[0].source[:5]) == ("review", "label")
    (frost,) = review_lots([stay(2)], {"m": readings(1.0, -2.0, 1.0)})
    assert frost.reasons[0].text == "It may have been frozen."


def test_fine_is_only_what_was_seen_to_be_fine() -> None:
    (fine,) = review_lots([stay(30)], {"m": readings(*[22.0] * 31)})
    assert (fine.advice, fine.reasons) == ("none", ())
    (dark,) = review_lots([stay(30)], {})
    assert dark.advice == "unknown"
    assert "not known" in dark.reasons[0].text


def test_the_worst_of_a_lot_is_what_one_item_can_have_had() -> None:
    hot, mild = readings(*[44.0] * 21), readings(*[22.0] * 21)
    later = readings(*[44.0] * 11, from_h=20)
    stays = [
        stay(20, machine="hot"),
        stay(20, machine="mild"),
        stay(10, machine="later", from_h=20),
        stay(20, lot="L2", machine="mild"),
    ]
    first, second = review_lots(stays, {"hot": hot, "mild": mild, "later": later})
    assert (first.lot, first.worst.hot_h) == ("L1", 30)
    assert (second.lot, second.advice) == ("L2", "none")


def test_limits_can_be_set() -> None:
    strict = ExposureSettings(most_c=30.0, review_h=1.0)
    (found,) = review_lots([stay(3)], {"m": readings(*[31.0] * 4)}, strict)
    assert "more than 1 h" in found.reasons[0].text
