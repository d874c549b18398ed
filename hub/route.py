"""In which order to visit machines: where most would be missed comes early, detours count. Pure.

Two steps that can be followed by hand. First, from where one stands, the next stop is the one at
which most items would be wanted in vain until its next service, per hour of the way and the work
there. Then parts of the round are turned around for as long as that makes it better (2-opt; G. A.
Croes, 1958): better is fewer items missed while people wait, and a shorter round.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

TravelHours = Callable[[str, str], float]
"""Hours from one place to another."""

EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A machine that may be visited.

    Attributes:
        machine: its name, and that of its place.
        missed: items that will be wanted in vain until its next service if nobody comes, summed
            over its slots (`Forecast.missed_before_service`).
        missed_per_hour: items that are wanted in vain each hour now.
        must: why it has to be visited whatever is missed; "" if nothing says so.
        work_h: hours that the visit takes.
    """

    machine: str
    missed: float
    missed_per_hour: float = 0.0
    must: str = ""
    work_h: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSettings:
    """What a round is worth.

    Attributes:
        least_missed: a stop at which fewer would be missed can wait.
        hour_worth: an hour on the road weighs as much as so many missed items.
        most_hours: the round with the way home takes no longer; None for no limit.
    """

    least_missed: float = 0.5
    hour_worth: float = 5.0
    most_hours: float | None = None


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop of a round: after how many hours one is there, and why it stands here."""

    machine: str
    arrive_h: float
    travel_h: float
    why: str


@dataclass(frozen=True, slots=True)
class Route:
    """A round.

    Attributes:
        stops: in order.
        hours: of the whole round, with the way home.
        left_out: machines that can wait, or for which there is no time: name and why.
    """

    stops: tuple[PlannedStop, ...]
    hours: float
    left_out: tuple[tuple[str, str], ...]


def given_minutes(minutes: Mapping[tuple[str, str], float]) -> TravelHours:
    """Travel by a table of minutes; one way stands for both where only one is given."""

    def hours(start: str, end: str) -> float:
        known = minutes.get((start, end), minutes.get((end, start)))
        return 0.0 if start == end else (math.inf if known is None else known / 60)

    return hours


def straight_lines(
    places: Mapping[str, tuple[float, float]], speed_kmh: float = 25.0, detour: float = 1.3
) -> TravelHours:
    """Travel by straight distance, made longer by a factor as streets are.

    Args:
        places: latitude and longitude of each, degrees.
        speed_kmh: on the road.
        detour: how much longer than a straight line.
    """

    def hours(start: str, end: str) -> float:
        (north, east), (other_north, other_east) = places[start], places[end]
        across = math.radians(other_east - east) * math.cos(math.radians((north + other_north) / 2))
        return EARTH_KM * math.hypot(across, math.radians(other_north - north)) * detour / speed_kmh

    return hours


def plan_route(
    start: str, stops: Sequence[Stop], travel_h: TravelHours, settings: RouteSettings | None = None
) -> Route:
    """A round from `start` and back. The same input gives the same round.

    Args:
        start: where it begins and ends.
        stops: what may be visited.
        travel_h: how long each way takes; infinite where there is none.
        settings: see there.
    """
    chosen = settings or RouteSettings()
    worth = [each for each in stops if each.must or each.missed >= chosen.least_missed]
    order = _greedy(start, worth, travel_h, chosen)
    order = _turned(start, order, travel_h, chosen)
    planned, hours = _timed(start, order, travel_h)
    taken = {each.machine for each in order}
    left = [(each.machine, _left_out(each, chosen)) for each in stops if each.machine not in taken]
    return Route(tuple(planned), hours, tuple(sorted(left)))


def _greedy(
    start: str, stops: Sequence[Stop], travel_h: TravelHours, settings: RouteSettings
) -> list[Stop]:
    """The nearest neighbour, where near is many missed items per hour."""
    here, gone_h, left, order = start, 0.0, sorted(stops, key=lambda each: each.machine), []
    while left:
        fits = [
            each
            for each in left
            if _back_h(start, here, gone_h, each, travel_h) <= (settings.most_hours or math.inf)
            and travel_h(here, each.machine) < math.inf
        ]
        if not fits:
            break
        best = max(fits, key=lambda each: _per_hour(each, travel_h(here, each.machine)))
        gone_h += travel_h(here, best.machine) + best.work_h
        here = best.machine
        left.remove(best)
        order.append(best)
    return order


def _per_hour(stop: Stop, way_h: float) -> float:
    """What has to be done comes before what is worth it, nearest first."""
    wanted = stop.missed + (1000.0 if stop.must else 0.0)
    return wanted / max(way_h + stop.work_h, 1e-3)


def _back_h(start: str, here: str, gone_h: float, stop: Stop, travel_h: TravelHours) -> float:
    return gone_h + travel_h(here, stop.machine) + stop.work_h + travel_h(stop.machine, start)


def _turned(
    start: str, order: list[Stop], travel_h: TravelHours, settings: RouteSettings
) -> list[Stop]:
    best = _cost(start, order, travel_h, settings)
    better = True
    while better:
        better = False
        for first in range(len(order) - 1):
            for last in range(first + 2, len(order) + 1):
                tried = [*order[:first], *reversed(order[first:last]), *order[last:]]
                cost = _cost(start, tried, travel_h, settings)
                if cost < best - 1e-9:
                    order, best, better = tried, cost, True
    return order


def _cost(
    start: str, order: Sequence[Stop], travel_h: TravelHours, settings: RouteSettings
) -> float:
    """Items missed until one is there, and the hours of the round as items."""
    planned, hours = _timed(start, order, travel_h)
    if hours > (settings.most_hours or math.inf) + 1e-9:
        return math.inf
    waits = zip(order, planned, strict=True)
    missed = sum(stop.missed_per_hour * there.arrive_h for stop, there in waits)
    return missed + settings.hour_worth * hours


def _timed(
    start: str, order: Sequence[Stop], travel_h: TravelHours
) -> tuple[list[PlannedStop], float]:
    here, gone_h, planned = start, 0.0, []
    for stop in order:
        way_h = travel_h(here, stop.machine)
        gone_h += way_h
        planned.append(PlannedStop(stop.machine, gone_h, way_h, _why(stop, way_h)))
        gone_h += stop.work_h
        here = stop.machine
    return planned, gone_h + (travel_h(here, start) if order else 0.0)


def _why(stop: Stop, way_h: float) -> str:
    said = [stop.must] if stop.must else []
    said.append(f"about {stop.missed:.1f} items would be missed until its next service")
    if stop.missed_per_hour > 0:
        said.append(f"{stop.missed_per_hour:.1f} an hour are missed already")
    return f"{'; '.join(said)}; {round(way_h * 60)} min on the way."


def _left_out(stop: Stop, settings: RouteSettings) -> str:
    if stop.must or stop.missed >= settings.least_missed:
        return (
            f"No time or no way: about {stop.missed:.1f} items would be missed. {stop.must}".strip()
        )
    return f"Can wait: about {stop.missed:.1f} items would be missed until its next service."
