"""Learns the shape of a week from a whole fleet: one for the fleet, one for each site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.demand.days import Part
from hub.demand.week import (
    DAY_WEIGHT,
    EVEN_DAYS,
    EVEN_HOURS,
    HOUR_WEIGHT,
    Calendar,
    Week,
    drawn,
)


@dataclass(slots=True)
class _Tally:
    """What was sold, and what an even week would have sold, by hour and by weekday."""

    hour_sold: list[float] = field(default_factory=lambda: [0.0] * 24)
    hour_even: list[float] = field(default_factory=lambda: [0.0] * 24)
    day_sold: list[float] = field(default_factory=lambda: [0.0] * 7)
    day_even: list[float] = field(default_factory=lambda: [0.0] * 7)

    def add(self, other: "_Tally") -> None:
        for mine, theirs in (
            (self.hour_sold, other.hour_sold),
            (self.hour_even, other.hour_even),
            (self.day_sold, other.day_sold),
            (self.day_even, other.day_even),
        ):
            for index, value in enumerate(theirs):
                mine[index] += value

    def week(self, before: Week) -> Week:
        return Week(
            days=drawn(self.day_sold, self.day_even, before.days, DAY_WEIGHT),
            hours=drawn(self.hour_sold, self.hour_even, before.hours, HOUR_WEIGHT),
        )


def weeks(
    slots: Sequence[tuple[str, Sequence[Part]]], calendar: Calendar
) -> tuple[Week, Mapping[str, Week]]:
    """The fleet's week, and every site's.

    Args:
        slots: the site of each slot, and its pieces within days.
        calendar: whose days.
    """
    sites: dict[str, _Tally] = {}
    fleet = _Tally()
    for site, parts in slots:
        _count(sites.setdefault(site, _Tally()), parts, calendar)
    for tally in sites.values():
        fleet.add(tally)
    whole = fleet.week(Week(EVEN_DAYS, EVEN_HOURS))
    return whole, {name: tally.week(whole) for name, tally in sites.items()}


def _count(tally: _Tally, parts: Sequence[Part], calendar: Calendar) -> None:
    usable = [each for each in parts if each[0].state == "open"]
    days_long = sum((last - first) * piece.share for piece, _, first, last in usable)
    pieces = {id(piece): piece for piece, _, _, _ in usable}.values()
    sold = sum(piece.sold for piece in pieces)
    if not sold or days_long <= 0:
        return
    per_day = sold / days_long
    for piece, day, first, last in usable:
        weekday, long = calendar.weekdays[day], last - first
        day_ms = calendar.starts_ms[day + 1] - calendar.starts_ms[day]
        inside = piece.sold * long * day_ms / (piece.to_ms - piece.from_ms) if piece.sold else 0.0
        tally.day_sold[weekday] += inside
        tally.day_even[weekday] += per_day * long * piece.share
        if piece.sharp and long > 0:
            _count_hours(tally, first, last, inside, per_day * piece.share)


def _count_hours(tally: _Tally, first: float, last: float, sold: float, even: float) -> None:
    for hour in range(int(first * 24), min(24, int(last * 24) + 1)):
        inside = min(last, (hour + 1) / 24) - max(first, hour / 24)
        if inside > 0:
            tally.hour_sold[hour] += sold * inside / (last - first)
            tally.hour_even[hour] += even * inside
