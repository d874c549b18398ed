"""Rounds: where most is missed comes early, the same every time, and never worse than greedy."""

import math
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.route import (
    Route,
    RouteSettings,
    Stop,
    TravelHours,
    given_minutes,
    plan_route,
    straight_lines,
)

LINE = {"depot": 0.0, "a": 0.1, "b": 0.2, "c": 0.3}


def along(places: dict[str, float]) -> TravelHours:
    return lambda start, end: abs(places[start] - places[end])


def names(route: Route) -> list[str]:
    return [stop.machine for stop in route.stops]


def test_equal_stops_are_visited_along_the_way() -> None:
    stops = [Stop(machine=name, missed=3) for name in ("c", "a", "b")]
    route = plan_route("depot", stops, along(LINE))
    assert names(route) in (["a", "b", "c"], ["c", "b", "a"])
    assert route.hours == pytest.approx(0.6 + 3 * 0.3)


def test_a_machine_that_people_go_without_at_comes_first() -> None:
    stops = [Stop(machine="a", missed=3), Stop(machine="c", missed=40, missed_per_hour=8)]
    route = plan_route("depot", stops, along(LINE))
    assert names(route) == ["c", "a"]
    assert "8.0 an hour are missed already" in route.stops[0].why


def test_what_can_wait_is_left_out_unless_it_must_be_done() -> None:
    stops = [Stop(machine="a", missed=0.1), Stop(machine="b", missed=0.1, must="recalled lot")]
    route = plan_route("depot", stops, along(LINE))
    assert names(route) == ["b"]
    assert route.stops[0].why.startswith("recalled lot")
    assert route.left_out == (
        ("a", "Can wait: about 0.1 items would be missed until its next service."),
    )


def test_a_round_ends_in_time_and_says_what_is_left() -> None:
    stops = [Stop(machine=name, missed=3, must="lot due" * (name == "c")) for name in "abc"]
    route = plan_route("depot", stops, along(LINE), RouteSettings(most_hours=1.2))
    assert "c" in names(route)
    assert route.hours <= 1.2
    assert [why[:7] for _, why in route.left_out] == ["No time"]


def test_where_there_is_no_way_nobody_is_sent() -> None:
    travel = given_minutes({("depot", "a"): 30})
    route = plan_route("depot", [Stop(machine=n, missed=9) for n in "ab"], travel)
    assert names(route) == ["a"]
    assert route.stops[0].arrive_h == 0.5
    assert [name for name, _ in route.left_out] == ["b"]


def test_straight_lines_are_as_long_as_on_the_globe() -> None:
    # One degree of latitude is 111.2 km.
    travel = straight_lines({"x": (52.0, 13.0), "y": (53.0, 13.0), "z": (52.0, 14.0)}, 111.2, 1.0)
    assert travel("x", "y") == pytest.approx(1, rel=1e-3)
    assert travel("x", "z") == pytest.approx(math.cos(math.radians(52)), rel=1e-3)
    assert travel("x", "x") == 0


PLACES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=6)


@settings(max_examples=60, deadline=None)
@given(PLACES, st.lists(st.floats(1, 50), min_size=6, max_size=6))
def test_rounds_are_near_the_best_and_always_the_same(
    places: list[tuple[float, float]], missed: list[float]
) -> None:
    where = {f"m{number}": place for number, place in enumerate(places)} | {"depot": (0.5, 0.5)}
    stops = [
        Stop(machine=f"m{number}", missed=missed[number], missed_per_hour=missed[number] / 20)
        for number in range(len(places))
    ]

    def travel(start: str, end: str) -> float:
        return math.dist(where[start], where[end])

    route = plan_route("depot", stops, travel)
    assert route == plan_route("depot", stops[::-1], travel)
    assert sorted(names(route)) == sorted(each.machine for each in stops)
    best = min(cost(order, travel) for order in permutations(stops))
    by_name = {each.machine: each for each in stops}
    assert cost([by_name[name] for name in names(route)], travel) <= 1.25 * best


def cost(order: "list[Stop] | tuple[Stop, ...]", travel: TravelHours) -> float:
    here, hours, missed = "depot", 0.0, 0.0
    for stop in order:
        hours += travel(here, stop.machine)
        missed += stop.missed_per_hour * hours
        hours += stop.work_h
        here = stop.machine
    return missed + RouteSettings().hour_worth * (hours + travel(here, "depot"))
