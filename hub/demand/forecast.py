"""When a slot will be empty, and how likely that is before the next service. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.demand import negbin
from hub.demand.model import Demand, Learned
from hub.demand.values import Forecast, LevelNow

TAIL = 0.1
"""An interval leaves out so much at either end."""


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What is expected to leave from a moment on."""

    demand: Demand
    learned: Learned
    from_ms: int

    def expected(self, to_ms: int) -> tuple[float, float]:
        """Items up to a moment: their mean and their variance."""
        calendar, week = self.demand.calendar, self.learned.week
        first, last = calendar.day_of(self.from_ms), calendar.day_of(to_ms)
        worth = squares = 0.0
        for day in range(first, last + 1):
            share = 1.0
            if day == last:
                share = week.share(calendar.part_of_day(to_ms, day))
            if day == first:
                share -= week.share(calendar.part_of_day(self.from_ms, day))
            one = max(0.0, share) * week.days[calendar.weekdays[day]]
            worth += one
            squares += one * one
        rate = self.learned.rate
        mean = rate.per_day * worth
        squares *= rate.per_day**2
        return mean, self.demand.spread.variance(mean, squares, rate.doubt)

    def empty_by(self, level: int, to_ms: int) -> float:
        """The probability that so many items have left by a moment."""
        return negbin.at_least(level, *self.expected(to_ms))


def forecast(demand: Demand, slot: str, level: LevelNow, service_ms: int | None = None) -> Forecast:
    """When a slot will be empty.

    Args:
        demand: of the fleet.
        slot: which.
        level: what lies in it.
        service_ms: when somebody comes next; None where nobody knows.
    """
    learned = demand.slots.get(slot)
    if learned is None or learned.basis == "none":
        why = learned.why if learned else "Not enough known: nothing was ever heard of it."
        return Forecast(basis="none", why=why)
    ahead = _Ahead(demand, learned, level.as_of_ms)
    low = level.level if level.low is None else level.low
    high = level.level if level.high is None else level.high
    before, missed = _before_service(ahead, level.level, service_ms)
    rate = learned.rate
    doubt = demand.spread.slow + rate.doubt
    return Forecast(
        basis=learned.basis,
        why=learned.why,
        per_day=rate.per_day,
        per_day_low=rate.per_day * _gamma_quantile(TAIL, doubt),
        per_day_high=rate.per_day * _gamma_quantile(1 - TAIL, doubt),
        empty_ms=_when(ahead, level.level, 0.5),
        earliest_ms=_when(ahead, low, TAIL),
        latest_ms=_when(ahead, high, 1 - TAIL),
        empty_before_service=before,
        missed_before_service=missed,
    )


def may_have_left(demand: Demand, slot: str, from_ms: int, to_ms: int) -> int | None:
    """How many items leave at most in nine of ten cases; None where too little is known."""
    learned = demand.slots.get(slot)
    if learned is None or learned.basis == "none":
        return None
    ahead = _Ahead(demand, learned, min(from_ms, to_ms))
    return negbin.quantile(1 - TAIL, *ahead.expected(to_ms))


def _before_service(
    ahead: _Ahead, level: int, service_ms: int | None
) -> tuple[float | None, float | None]:
    if service_ms is None:
        return None, None
    mean, variance = ahead.expected(max(service_ms, ahead.from_ms))
    return negbin.at_least(level, mean, variance), negbin.missed(level, mean, variance)


def _when(ahead: _Ahead, level: int, part: float) -> int | None:
    """The moment by which it is empty with this probability; None beyond the horizon."""
    end_ms = ahead.demand.now_ms + ahead.demand.settings.horizon_days * 86_400_000
    if level <= 0:
        return ahead.from_ms
    if ahead.empty_by(level, end_ms) < part:
        return None
    return _first(ahead.from_ms, end_ms, lambda at_ms: ahead.empty_by(level, at_ms) >= part)


def _first(low_ms: int, high_ms: int, holds: Callable[[int], bool]) -> int:
    """The first moment at which something holds, to a minute."""
    while high_ms - low_ms > 60_000:
        middle_ms = (low_ms + high_ms) // 2
        if holds(middle_ms):
            high_ms = middle_ms
        else:
            low_ms = middle_ms
    return high_ms


def _gamma_quantile(part: float, variance: float) -> float:
    """Of a factor with mean 1 (Wilson and Hilferty, 1931)."""
    normal = -1.2816 if part < 0.5 else 1.2816
    ninth = variance / 9
    return float(max(0.0, 1 - ninth + normal * ninth**0.5) ** 3)
