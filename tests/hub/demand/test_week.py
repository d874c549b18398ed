"""Weeks and days: a share of a day goes there and back, and patterns are found but not made up."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.demand.days import cut
from hub.demand.shapes import weeks
from hub.demand.spans import pieces
from hub.demand.values import DAY_MS, HOUR_MS
from hub.demand.week import Calendar, Week, drawn
from tests.hub.demand.builders import START_MS, chancy, steady


@given(st.lists(st.floats(0.001, 1), min_size=24, max_size=24), st.floats(0, 1))
def test_a_share_of_a_day_goes_there_and_back(raw: list[float], part: float) -> None:
    week = Week(hours=[each / sum(raw) for each in raw])
    assert week.part(week.share(part)) == pytest.approx(part, abs=1e-6)


@given(
    st.lists(st.integers(0, 500), min_size=7, max_size=7),
    st.lists(st.floats(0.1, 500), min_size=7, max_size=7),
)
def test_factors_keep_their_sum_and_are_drawn_towards_belief(
    sold: list[int], expected: list[float]
) -> None:
    found = drawn(sold, expected, (1.0,) * 7, 40)
    assert sum(found) == pytest.approx(7)
    assert all(each > 0 for each in found)
    assert drawn([0] * 7, [0] * 7, found, 40) == pytest.approx(found)


def test_days_are_those_of_the_place() -> None:
    # 2026-10-25 has 25 hours in Berlin.
    start_ms = 1_792_792_800_000 - 2 * DAY_MS
    calendar = Calendar(start_ms, start_ms + 5 * DAY_MS, ZoneInfo("Europe/Berlin"))
    lengths = {b - a for a, b in zip(calendar.starts_ms, calendar.starts_ms[1:], strict=False)}
    assert lengths == {24 * HOUR_MS, 25 * HOUR_MS}
    for at_ms in range(start_ms, start_ms + 4 * DAY_MS, HOUR_MS):
        day = calendar.day_of(at_ms)
        assert calendar.moment(day, calendar.part_of_day(at_ms, day)) == at_ms


def test_a_weekend_is_found_and_an_even_week_stays_even() -> None:
    calendar = Calendar(START_MS, START_MS + 60 * DAY_MS, UTC)
    busy = cut(pieces(steady(days=56, per_day=8, weekend=2), START_MS), calendar)
    fleet, sites = weeks([("north", busy)], calendar)
    assert sum(sites["north"].days[:5]) / 5 > 2.2 * sum(sites["north"].days[5:]) / 2
    chance = cut(pieces(chancy("s", 6, days=56, seed=1), START_MS), calendar)
    even, _ = weeks([("north", chance)], calendar)
    assert max(even.days) / min(even.days) < 1.5
    assert max(fleet.hours) < 0.2
