"""Levels from counts and counters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.stock import (
    DAY_MS,
    MAX_LEAP,
    Anchor,
    Reading,
    SlotPlan,
    StockFigure,
    days_to_empty,
    stock_figure,
)

COUNTED_MS = 1_800_000_000_000
PLAN = SlotPlan(capacity=20, par=16, minimum=4)


def at(minutes: float) -> int:
    return COUNTED_MS + round(minutes * 60_000)


def sold(minutes: float, dispensed: int | None, **more: object) -> Reading:
    return Reading(observed_ms=at(minutes), dispensed=dispensed, **more)  # type: ignore[arg-type]  # tests name any field


def figure(counted: int, dispensed_at: int | None, *readings: Reading) -> StockFigure:
    return stock_figure(PLAN, Anchor(counted, dispensed_at, COUNTED_MS), readings)


def test_a_slot_that_was_never_counted_has_no_level_and_says_so() -> None:
    made = stock_figure(PLAN, None, [sold(1, 500)])
    assert (made.level, made.confidence, made.as_of_ms) == (None, "unknown", None)
    assert "Not counted yet" in made.notes[0]


def test_a_level_is_the_count_less_what_left_since() -> None:
    made = figure(16, 1_000, sold(5, 1_001), sold(9, 1_004))
    assert (made.level, made.confidence, made.as_of_ms) == (12, "computed", at(9))


def test_an_unchanged_counter_leaves_the_count_as_it_is() -> None:
    assert figure(16, 1_000, sold(5, 1_000)).confidence == "counted"
    assert figure(16, 1_000).as_of_ms == COUNTED_MS


def test_sales_before_the_count_do_not_matter() -> None:
    assert figure(16, 1_000, sold(-50, 3), sold(-5, 1_000), sold(5, 1_002)).level == 14


@given(
    counted=st.integers(0, 60),
    start=st.integers(0, 2**40),
    steps=st.lists(st.integers(0, 20), max_size=30),
)
def test_the_level_is_never_negative_and_never_above_the_count(
    counted: int, start: int, steps: list[int]
) -> None:
    total, readings = start, []
    for minute, step in enumerate(steps, start=1):
        total += step
        readings.append(sold(minute, total))
    made = figure(counted, start, *readings)
    assert made.level == max(0, counted - sum(steps))
    assert (sum(steps) > counted) == any("drift" in note for note in made.notes)


@given(
    steps=st.lists(st.integers(0, 5), min_size=2, max_size=12),
    where=st.integers(0, 100),
    back=st.integers(1, 900),
)
def test_a_counter_that_went_back_gives_no_level_however_it_goes_on(
    steps: list[int], where: int, back: int
) -> None:
    total, readings = 1_000, []
    for minute, step in enumerate(steps, start=1):
        total += step - (back + step if minute == 1 + where % len(steps) else 0)
        readings.append(sold(minute, total))
    made = figure(16, 1_000, *readings)
    assert (made.level, made.confidence) == (None, "uncertain")
    assert "Re-count needed" in made.notes[0]


def test_a_leap_of_a_counter_gives_no_level() -> None:
    assert figure(16, 0, sold(1, MAX_LEAP)).level == 0
    assert figure(16, 0, sold(1, MAX_LEAP + 1)).confidence == "uncertain"


def test_another_control_board_gives_no_level_although_its_counter_fits() -> None:
    made = figure(16, 1_000, sold(-1, 1_000, board="A1"), sold(5, 1_002, board="B7"))
    assert (made.level, made.confidence) == (None, "uncertain")
    assert "another control board" in made.notes[0]


def test_the_word_sold_out_forces_zero_and_shows_drift() -> None:
    made = figure(16, 1_000, sold(5, 1_002, sold_out=True))
    assert (made.level, made.confidence) == (0, "machine")
    assert "14 should be left: drift" in made.notes[0]


def test_a_count_after_the_word_sold_out_wins() -> None:
    assert figure(16, 1_000, sold(-5, 1_000, sold_out=True)).level == 16


def test_the_machines_own_level_is_a_cross_check_and_serves_alone() -> None:
    assert "itself says 9: drift" in figure(16, 0, sold(1, 2, machine_level=9)).notes[0]
    assert figure(16, 0, sold(1, 2, machine_level=14)).notes == ()
    alone = stock_figure(PLAN, None, [sold(1, 2, machine_level=9)])
    assert (alone.level, alone.confidence) == (9, "machine")


def test_counters_that_reads_reset_give_only_an_uncertain_level() -> None:
    readings = [sold(m, None, since_reset=n) for m, n in ((-1, 3), (1, 5), (2, 1), (3, 4))]
    made = figure(16, None, *readings)
    assert (made.level, made.confidence) == (16 - 2 - 1 - 3, "uncertain")
    assert "Re-count needed" in made.notes[0]


def test_a_count_without_a_counter_is_followed_but_uncertain() -> None:
    made = figure(16, None, sold(1, 700), sold(2, 703))
    assert (made.level, made.confidence) == (13, "uncertain")


def test_an_old_figure_says_its_age() -> None:
    made = stock_figure(PLAN, Anchor(16, 0, COUNTED_MS), [sold(1, 2)], heard_ms=at(60))
    assert made.as_of_ms == at(60)
    assert made.age_s(at(120)) == pytest.approx(3600)


def days(level: int, *readings: Reading, until: float) -> float | None:
    return days_to_empty(level, readings, at(until * 1440))


def test_days_to_empty_goes_by_the_rate_of_the_last_days() -> None:
    readings = [sold(day * 1440, 100 + 2 * day) for day in range(15)]
    assert days(10, *readings, until=14) == pytest.approx(5.0)


def test_too_little_to_go_by_gives_no_forecast() -> None:
    assert days(10, sold(0, 100), sold(60, 110), until=0.1) is None
    assert days(10, sold(0, 100), sold(1440, 101), until=3) is None
    assert days(10, until=3) is None


def test_time_sold_out_is_no_sign_of_no_demand() -> None:
    readings = [sold(0, 100), sold(2 * 1440, 108, sold_out=True), sold(6 * 1440, 108)]
    assert days(8, *readings, until=6) == pytest.approx(8 / (8 / 2))


def test_a_restarted_counter_gives_no_forecast() -> None:
    assert days(8, sold(0, 100), sold(2880, 4), sold(4000, 9), until=5) is None


def test_the_window_begins_with_what_was_true_then() -> None:
    readings = [sold(-30 * 1440, 0), sold(6.5 * 1440, 7)]
    assert days(7, *readings, until=7) == pytest.approx(7.0)
    assert DAY_MS == 86_400_000
