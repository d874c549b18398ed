"""How much heat and cold a lot of naloxone has had in machines, and whether to look at it. Pure.

A time without readings is unknown; it is never taken for fine. What follows is advice to staff,
with its source. Nothing is thrown away by it, and no one is told not to use what is there: naloxone
that was too warm is better than none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Literal

HOUR_MS = 3_600_000

Advice = Literal["none", "review", "unknown"]
"""Nothing to do; somebody should look at it; too much is unknown to say."""

LABEL = "label of naloxone nasal spray: store at 20 to 25 C, excursions 5 to 40 C, do not freeze"
HAMILTON = "Hamilton Public Health: replace after more than 24 hours outside 5 to 40 C"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSettings:
    """The limits; the defaults are those of the label and of Hamilton Public Health.

    Attributes:
        least_c: colder is outside.
        most_c: warmer is outside.
        store_least_c: colder than this is not where it should be kept.
        store_most_c: warmer neither.
        freezing_c: at or below this it may have been frozen.
        review_h: more hours outside ask for a review.
        unknown_h: more hours without readings leave it open.
        gap_min: two readings further apart say nothing of the time between.
        plausible_c: a reading beyond is a fault of the probe, and no reading.
    """

    least_c: float = 5.0
    most_c: float = 40.0
    store_least_c: float = 20.0
    store_most_c: float = 25.0
    freezing_c: float = 0.0
    review_h: float = 24.0
    unknown_h: float = 24.0
    gap_min: float = 60.0
    plausible_c: tuple[float, float] = (-45.0, 75.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """A temperature in a machine at one moment."""

    at_ms: int
    temperature_c: float


@dataclass(frozen=True, slots=True)
class Stay:
    """A lot lay in a slot of a machine for a time; `to_ms` is now while it still does."""

    lot: str
    machine: str
    selection: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What a stay, or several in turn, have added up to.

    Attributes:
        known_h: hours with readings.
        unknown_h: hours without.
        cold_h: hours below `least_c`.
        hot_h: hours above `most_c`.
        cold_degree_h: how far below, times how long (degree hours).
        hot_degree_h: how far above, times how long.
        cool_degree_h: the same below `store_least_c`.
        warm_degree_h: the same above `store_most_c`.
        frozen_h: hours at or below `freezing_c`.
        coldest_c: the coldest reading; None without any.
        hottest_c: the hottest.
    """

    known_h: float = 0.0
    unknown_h: float = 0.0
    cold_h: float = 0.0
    hot_h: float = 0.0
    cold_degree_h: float = 0.0
    hot_degree_h: float = 0.0
    cool_degree_h: float = 0.0
    warm_degree_h: float = 0.0
    frozen_h: float = 0.0
    coldest_c: float | None = None
    hottest_c: float | None = None

    @property
    def outside_h(self) -> float:
        """Hours outside of what the label allows for a while."""
        return self.cold_h + self.hot_h

    def __add__(self, other: "Exposure") -> "Exposure":
        sums = {
            each.name: getattr(self, each.name) + getattr(other, each.name)
            for each in fields(self)
            if not each.name.endswith("est_c")
        }
        cold = [each for each in (self.coldest_c, other.coldest_c) if each is not None]
        hot = [each for each in (self.hottest_c, other.hottest_c) if each is not None]
        return Exposure(**sums, coldest_c=min(cold, default=None), hottest_c=max(hot, default=None))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, and where that is from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class LotReview:
    """What to do about a lot.

    Attributes:
        lot: which.
        worst: the most that any one item of it can have had.
        advice: see `Advice`.
        reasons: why.
    """

    lot: str
    worst: Exposure
    advice: Advice
    reasons: tuple[Reason, ...]


def stay_exposure(
    stay: Stay, readings: Sequence[Reading], settings: ExposureSettings | None = None
) -> Exposure:
    """What a lot had during one stay.

    Args:
        stay: where and when.
        readings: of that machine, in any order; those around the stay help at its ends.
        settings: see there.
    """
    chosen = settings or ExposureSettings()
    least_c, most_c = chosen.plausible_c
    sound = sorted(
        (each for each in readings if least_c <= each.temperature_c <= most_c),
        key=lambda each: each.at_ms,
    )
    total = Exposure()
    for before, after in pairwise(sound):
        from_ms, to_ms = max(before.at_ms, stay.from_ms), min(after.at_ms, stay.to_ms)
        if from_ms < to_ms and after.at_ms - before.at_ms <= chosen.gap_min * 60_000:
            total += _between(before, after, from_ms, to_ms, chosen)
    whole_h = max(0, stay.to_ms - stay.from_ms) / HOUR_MS
    return total + Exposure(unknown_h=max(0.0, whole_h - total.known_h))


def review_lots(
    stays: Iterable[Stay],
    readings: Mapping[str, Sequence[Reading]],
    settings: ExposureSettings | None = None,
) -> list[LotReview]:
    """What every lot had at worst, and what to do.

    A lot lies in many slots, and items may be moved from one to another; so the worst is the
    greatest sum over stays that one item can have had one after the other.

    Args:
        stays: of all lots.
        readings: by machine.
        settings: see there.
    """
    chosen = settings or ExposureSettings()
    of_lot: dict[str, list[tuple[Stay, Exposure]]] = {}
    for stay in stays:
        had = stay_exposure(stay, readings.get(stay.machine, ()), chosen)
        of_lot.setdefault(stay.lot, []).append((stay, had))
    return [_review(lot, _worst(of_lot[lot]), chosen) for lot in sorted(of_lot)]


def exposure_words(review: LotReview) -> str:
    """A review in sentences, for a page or an alert."""
    had = review.worst
    said = f"Lot {review.lot}: {had.outside_h:.1f} h outside its limits at worst"
    said += f", {had.unknown_h:.1f} h without readings."
    said += "".join(f" {each.text}" for each in review.reasons)
    if review.advice == "none":
        return said
    return f"{said} Please look at it and decide; never leave a machine without naloxone."


def _between(
    before: Reading, after: Reading, from_ms: int, to_ms: int, settings: ExposureSettings
) -> Exposure:
    """Between two readings the temperature is taken to change evenly."""
    slope = (after.temperature_c - before.temperature_c) / max(1, after.at_ms - before.at_ms)
    start = before.temperature_c + slope * (from_ms - before.at_ms)
    end = before.temperature_c + slope * (to_ms - before.at_ms)
    hours = (to_ms - from_ms) / HOUR_MS
    cold_h, cold_degree_h = _above(-start, -end, hours, -settings.least_c)
    hot_h, hot_degree_h = _above(start, end, hours, settings.most_c)
    return Exposure(
        known_h=hours,
        cold_h=cold_h,
        hot_h=hot_h,
        cold_degree_h=cold_degree_h,
        hot_degree_h=hot_degree_h,
        cool_degree_h=_above(-start, -end, hours, -settings.store_least_c)[1],
        warm_degree_h=_above(start, end, hours, settings.store_most_c)[1],
        frozen_h=_above(-start, -end, hours, -settings.freezing_c)[0],
        coldest_c=min(start, end),
        hottest_c=max(start, end),
    )


def _above(start: float, end: float, hours: float, limit: float) -> tuple[float, float]:
    """Hours above a limit, and degree hours, of a straight line."""
    low, high = sorted((start - limit, end - limit))
    if high <= 0:
        return 0.0, 0.0
    if low >= 0:
        return hours, hours * (low + high) / 2
    part = hours * high / (high - low)
    return part, part * high / 2


def _worst(had: Sequence[tuple[Stay, Exposure]]) -> Exposure:
    """The greatest sum over stays that do not overlap, by hours outside, then by hours unknown."""
    ordered = sorted(had, key=lambda one: (one[0].to_ms, one[0].from_ms))
    best: list[tuple[int, Exposure]] = [(min(one[0].from_ms for one in had), Exposure())]
    for stay, exposure in ordered:
        before = max((each for each in best if each[0] <= stay.from_ms), key=_badness)
        best.append((stay.to_ms, before[1] + exposure))
    return max(best, key=_badness)[1]


def _badness(one: tuple[int, Exposure]) -> tuple[float, ...]:
    """What counts, in this order; of equally good ones, that of which most is known."""
    had = one[1]
    return had.outside_h, had.unknown_h, had.cool_degree_h + had.warm_degree_h, had.known_h


def _review(lot: str, worst: Exposure, settings: ExposureSettings) -> LotReview:
    reasons = _outside(worst, settings)
    advice: Advice = "review" if reasons else "none"
    if worst.unknown_h > settings.unknown_h:
        said = f"For {worst.unknown_h:.0f} h its temperature is not known."
        reasons.append(Reason(said, "a gap in the readings is never taken for fine"))
        advice = "review" if advice == "review" else "unknown"
    return LotReview(lot, worst, advice, tuple(reasons))


def _outside(worst: Exposure, settings: ExposureSettings) -> list[Reason]:
    found = []
    if worst.outside_h > settings.review_h:
        said = f"It was outside for more than {settings.review_h:g} h."
        found.append(Reason(said, HAMILTON))
    if worst.frozen_h > 0:
        found.append(Reason("It may have been frozen.", LABEL))
    if worst.outside_h > 0 and not found:
        said = f"It was between {worst.coldest_c:.1f} and {worst.hottest_c:.1f} C."
        found.append(Reason(said, LABEL))
    return found
