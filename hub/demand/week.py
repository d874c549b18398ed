"""The shape of a week: how busy each weekday and each hour is, on the average of all.

An hour's share is of a day, a weekday's factor of an average day. Both are drawn towards those of
the fleet where a site has sold little, and those of the fleet towards an even week.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from hub.demand.values import DAY_MS

EVEN_HOURS = (1 / 24,) * 24
EVEN_DAYS = (1.0,) * 7
HOUR_WEIGHT = 10.0
DAY_WEIGHT = 40.0
"""So many expected items of one hour, or weekday, speak as loudly as the belief before them."""


class Calendar:
    """Local days as numbers, for a stretch of time.

    Args:
        from_ms: its first moment.
        to_ms: its last.
        zone: whose days; hours are twenty-fourths of a day, also where a clock is put forward.
    """

    def __init__(self, from_ms: int, to_ms: int, zone: tzinfo) -> None:
        first = datetime.fromtimestamp(from_ms / 1000, zone).date()
        count = (to_ms - from_ms) // DAY_MS + 3
        days = [first + timedelta(days=number) for number in range(int(count))]
        midnights = [datetime(d.year, d.month, d.day, tzinfo=zone).timestamp() for d in days]
        self.starts_ms = [round(1000 * each) for each in midnights]
        self.weekdays = [day.weekday() for day in days]

    def day_of(self, at_ms: int) -> int:
        """The number of the day that holds a moment of the stretch."""
        return min(max(bisect_right(self.starts_ms, at_ms) - 1, 0), len(self.starts_ms) - 2)

    def part_of_day(self, at_ms: int, day: int) -> float:
        """How much of a day has passed, 0 to 1."""
        start, end = self.starts_ms[day], self.starts_ms[day + 1]
        return min(1.0, max(0.0, (at_ms - start) / (end - start)))

    def moment(self, day: int, part: float) -> int:
        """The moment at which so much of a day has passed."""
        start, end = self.starts_ms[day], self.starts_ms[day + 1]
        return round(start + part * (end - start))


@dataclass(frozen=True, slots=True)
class Week:
    """A site's week.

    Attributes:
        days: a factor for each weekday, Monday first; 1 on average.
        hours: share of a day's sales by hour; sums to 1.
    """

    days: Sequence[float] = EVEN_DAYS
    hours: Sequence[float] = EVEN_HOURS

    def share(self, part: float) -> float:
        """How much of a day's sales lie before a part of it has passed."""
        whole = min(int(part * 24), 23)
        return sum(self.hours[:whole]) + self.hours[whole] * (part * 24 - whole)

    def part(self, share: float) -> float:
        """The part of a day before which a share of its sales lies; the reverse of `share`."""
        left = share
        for hour, each in enumerate(self.hours):
            if left <= each:
                return (hour + left / each) / 24 if each else hour / 24
            left -= each
        return 1.0


def drawn(
    sold: Iterable[float], expected: Iterable[float], before: Sequence[float], weight: float
) -> tuple[float, ...]:
    """Factors that say how much more was sold than expected, drawn towards what was believed.

    Args:
        sold: items, by hour or weekday.
        expected: items that an even week would have sold.
        before: the belief, by hour or weekday; its sum is kept.
        weight: see `HOUR_WEIGHT`.
    """
    even = sum(before) / len(before)
    raw = [
        (seen + weight * belief / even) / (wanted + weight)
        for seen, wanted, belief in zip(sold, expected, before, strict=True)
    ]
    total = sum(raw)
    return tuple(each * sum(before) / total for each in raw)
