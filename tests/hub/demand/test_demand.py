"""What is learned of slots, and what is said of them: never more than is known."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.demand import DemandSettings, LevelNow, SlotHistory, forecast, learn, unmet_demand
from hub.demand.values import DAY_MS, HOUR_MS, CounterPoint, Forecast, State, UnmetDemand
from hub.demand.words import forecast_words, service_words, unmet_words
from tests.hub.demand.builders import START_MS, chancy, steady

NOW_MS = START_MS + 28 * DAY_MS


def level(items: int, **more: int) -> LevelNow:
    return LevelNow(level=items, as_of_ms=NOW_MS, low=more.get("low"), high=more.get("high"))


def test_a_steady_slot_is_empty_when_its_items_are_gone() -> None:
    demand = learn([steady(per_day=4)], NOW_MS)
    said = forecast(demand, "m/A1", level(20), NOW_MS + 3 * DAY_MS)
    assert said.basis == "own"
    assert said.per_day == pytest.approx(4, rel=0.1)
    assert said.empty_ms == pytest.approx(NOW_MS + 5 * DAY_MS, abs=DAY_MS)
    assert said.earliest_ms is not None
    assert said.latest_ms is not None
    assert said.empty_ms is not None
    assert said.earliest_ms < said.empty_ms < said.latest_ms
    assert said.empty_before_service is not None
    assert said.empty_before_service < 0.3


def test_nothing_sold_while_sold_out_is_no_sign_of_no_demand() -> None:
    closed = frozenset(range(10, 20))
    censored = learn([steady(per_day=4, closed=closed)], NOW_MS).slots["m/A1"].rate.per_day
    blocked = learn([steady(per_day=4, closed=closed, state="blocked")], NOW_MS)
    naive = learn([steady(per_day=4, closed=closed, state="open")], NOW_MS).slots["m/A1"].rate
    assert censored == pytest.approx(4, rel=0.1)
    assert blocked.slots["m/A1"].rate.per_day == pytest.approx(4, rel=0.1)
    assert naive.per_day < 3


def test_what_was_missed_is_estimated_from_the_usual_rate() -> None:
    demand = learn([steady(per_day=4, closed=frozenset({20, 21}))], NOW_MS)
    unmet = unmet_demand(demand, "m/A1", START_MS)
    assert unmet.sold_out_h == pytest.approx(48, abs=0.1)
    assert unmet.estimate == pytest.approx(8, rel=0.25)
    assert unmet.low is not None
    assert unmet.high is not None
    assert unmet.low < 8 < unmet.high
    since = unmet_demand(demand, "m/A1", START_MS + 25 * DAY_MS)
    assert (since.sold_out_h, since.estimate) == (0, 0)


def test_too_little_is_not_turned_into_a_number() -> None:
    new = steady("m/B1", days=2, per_day=1)
    alone = learn([new], START_MS + 2 * DAY_MS)
    said = forecast(alone, "m/B1", level(9), NOW_MS)
    assert said == Forecast(basis="none", why=said.why)
    assert said.why.startswith("Not enough known")
    assert unmet_demand(alone, "m/B1", START_MS).estimate is None
    assert forecast(alone, "m/Z9", level(9)).basis == "none"


def test_a_new_slot_is_likened_to_others_where_there_are_some() -> None:
    fleet = [chancy(f"m{number}/A1", 5, days=28, seed=number) for number in range(8)]
    new = SlotHistory(
        slot="new/A1",
        site="north",
        product="kit",
        points=[CounterPoint(at_ms=NOW_MS - DAY_MS, dispensed=3)],
        until_ms=NOW_MS,
    )
    said = forecast(learn([*fleet, new], NOW_MS), "new/A1", level(20))
    assert said.basis == "shared"
    assert said.per_day == pytest.approx(5, rel=0.35)
    known = forecast(learn(fleet, NOW_MS), "m1/A1", level(20))
    assert width(said) > width(known)


def width(said: Forecast) -> int:
    assert said.earliest_ms is not None
    assert said.latest_ms is not None
    return said.latest_ms - said.earliest_ms


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(1, 15))
def test_more_items_last_longer_and_doubt_of_the_level_widens(items: int, more: int) -> None:
    demand = learn([steady(per_day=3)], NOW_MS)
    less, longer = (
        forecast(demand, "m/A1", level(items)),
        forecast(demand, "m/A1", level(items + more)),
    )
    assert less.empty_ms is not None
    assert longer.empty_ms is not None
    assert less.empty_ms < longer.empty_ms
    unsure = forecast(demand, "m/A1", level(items + 1, low=items, high=items + 1 + more))
    assert width(unsure) > width(forecast(demand, "m/A1", level(items + 1)))


def test_a_slot_that_is_empty_is_empty_now() -> None:
    said = forecast(learn([steady()], NOW_MS), "m/A1", level(0), NOW_MS + DAY_MS)
    assert (said.earliest_ms, said.latest_ms, said.empty_before_service) == (NOW_MS, NOW_MS, 1.0)
    assert said.missed_before_service == pytest.approx(4, rel=0.2)


def test_what_is_beyond_the_horizon_is_not_told() -> None:
    near = DemandSettings(horizon_days=5)
    said = forecast(learn([steady(per_day=2)], NOW_MS, settings=near), "m/A1", level(60))
    assert (said.earliest_ms, said.empty_ms, said.latest_ms) == (None, None, None)
    assert forecast_words(said, NOW_MS).startswith("It will last long")


def test_an_exchanged_board_costs_one_stretch_and_not_the_history() -> None:
    story = steady(per_day=4)
    half = len(story.points) // 2
    points = [
        replace(
            point,
            dispensed=(point.dispensed or 0) - 150 * (number >= half),
            board=str(number >= half),
        )
        for number, point in enumerate(story.points)
    ]
    demand = learn([replace(story, points=points)], NOW_MS)
    assert demand.slots["m/A1"].rate.per_day == pytest.approx(4, rel=0.1)


def test_items_that_leave_in_lumps_vary_more() -> None:
    """Threes instead of ones: three times the mean, nine times the variance."""
    days = 100
    ones = [chancy(f"s{number}", 4, days=days, seed=number) for number in range(10)]
    threes = [
        replace(
            story,
            points=[replace(each, dispensed=3 * (each.dispensed or 0)) for each in story.points],
        )
        for story in ones
    ]
    now_ms = START_MS + days * DAY_MS
    one, three = learn(ones, now_ms).spread, learn(threes, now_ms).spread
    assert 28 <= one.variance(28, 7 * 16) < 28 * 1.5
    assert three.variance(84, 7 * 144) == pytest.approx(9 * 28, rel=0.3)


def test_words_promise_nothing() -> None:
    said = forecast(learn([steady()], NOW_MS), "m/A1", level(12), NOW_MS + 4 * DAY_MS)
    words = forecast_words(said, NOW_MS)
    assert "four cases of five" in words
    assert "Probably" in words
    assert service_words(said).startswith("Empty before the next service in")
    assert service_words(replace(said, empty_before_service=None)).startswith("Not known")
    assert "almost surely" in service_words(replace(said, empty_before_service=0.99))
    assert "hardly" in service_words(replace(said, empty_before_service=0.01))
    assert forecast_words(replace(said, latest_ms=NOW_MS - 1), NOW_MS).startswith("It is probably")


def test_presses_and_estimates_are_told_apart() -> None:
    unmet = UnmetDemand(sold_out_h=30, presses=6, estimate=4.2, low=1, high=8)
    words = unmet_words(unmet)
    assert "Asked for 6 times" in words
    assert "one person may ask twice" in words
    assert "an estimate, not a count" in words
    assert "Too little is known" in unmet_words(replace(unmet, estimate=None))
    assert unmet_words(replace(unmet, sold_out_h=0)) == "It was not seen empty."


def test_a_stretch_of_silence_is_spread_over_its_days() -> None:
    points = [
        CounterPoint(at_ms=START_MS, dispensed=0),
        CounterPoint(at_ms=START_MS + 10 * DAY_MS + 5 * HOUR_MS, dispensed=41),
    ]
    story = SlotHistory(slot="s", site="n", product="p", points=points, until_ms=points[-1].at_ms)
    rate = learn([story], points[-1].at_ms).slots["s"].rate
    assert rate.per_day == pytest.approx(4, rel=0.15)


STATES: list[State] = ["open", "sold-out", "blocked"]
POINTS = st.lists(
    st.tuples(
        st.integers(-DAY_MS, 20 * DAY_MS),
        st.one_of(st.none(), st.integers(0, 20_000)),
        st.sampled_from(STATES),
        st.one_of(st.none(), st.integers(0, 99)),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(POINTS, max_size=4), st.integers(0, 30), st.integers(-5, 400))
def test_whatever_counters_say_the_answer_is_sound(
    slots: list[list[tuple[int, int | None, State, int | None]]], items: int, days: int
) -> None:
    known = [steady("m/A1", days=14), *(odd(f"odd/{n}", rows) for n, rows in enumerate(slots))]
    demand = learn(known, NOW_MS)
    for story in known:
        said = forecast(demand, story.slot, level(items), NOW_MS + days * DAY_MS)
        assert said.empty_before_service is None or 0 <= said.empty_before_service <= 1
        assert said.missed_before_service is None or said.missed_before_service >= 0
        order = (said.earliest_ms, said.empty_ms, said.latest_ms)
        told = [each for each in order if each is not None]
        assert told == sorted(told)
        unmet = unmet_demand(demand, story.slot, START_MS)
        assert unmet.sold_out_h >= 0
        assert forecast_words(said, NOW_MS)
        assert unmet_words(unmet)


def odd(slot: str, rows: list[tuple[int, int | None, State, int | None]]) -> SlotHistory:
    at_ms, points = START_MS, []
    for step, dispensed, state, presses in rows:
        at_ms += step
        points.append(CounterPoint(at_ms=at_ms, dispensed=dispensed, state=state, presses=presses))
    return SlotHistory(slot=slot, site="odd", product="kit", points=points, until_ms=NOW_MS)


def test_without_any_slot_nothing_is_known() -> None:
    assert forecast(learn([], NOW_MS), "m/A1", level(3)).basis == "none"
