"""Slots that sell by the clock, for tests of what is learned from them."""

import random

from hub.demand import CounterPoint, SlotHistory
from hub.demand.values import DAY_MS, HOUR_MS, State

START_MS = 1_768_176_000_000
"""A Monday, midnight UTC."""


def steady(
    slot: str = "m/A1",
    *,
    days: int = 28,
    per_day: int = 4,
    site: str = "north",
    product: str = "kit",
    closed: frozenset[int] = frozenset(),
    state: State = "sold-out",
    weekend: int | None = None,
) -> SlotHistory:
    """Sells `per_day` items at even hours each day; on `closed` days nothing, in `state`."""
    dispensed, points = 100, [CounterPoint(at_ms=START_MS, dispensed=100)]
    for day in range(days):
        if day in closed:
            at_ms = START_MS + day * DAY_MS
            points += [CounterPoint(at_ms=at_ms + 1, dispensed=dispensed, state=state)]
            points += [CounterPoint(at_ms=at_ms + DAY_MS, dispensed=dispensed)]
            continue
        count = per_day if weekend is None or day % 7 < 5 else weekend
        for number in range(count):
            dispensed += 1
            at_ms = START_MS + day * DAY_MS + round((number + 0.5) * DAY_MS / count)
            since_ms = at_ms - HOUR_MS // 2
            points.append(CounterPoint(at_ms=at_ms, dispensed=dispensed, since_ms=since_ms))
    return SlotHistory(
        slot=slot, site=site, product=product, points=points, until_ms=START_MS + days * DAY_MS
    )


def chancy(slot: str, rate: float, *, days: int, seed: int, site: str = "north") -> SlotHistory:
    """Sells at random moments, `rate` a day."""
    rng = random.Random(f"{slot}/{seed}")
    at, dispensed, points = 0.0, 7, [CounterPoint(at_ms=START_MS, dispensed=7)]
    while (at := at + rng.expovariate(rate)) < days:
        dispensed += 1
        at_ms = START_MS + round(at * DAY_MS)
        points.append(CounterPoint(at_ms=at_ms, dispensed=dispensed, since_ms=at_ms - HOUR_MS // 4))
    return SlotHistory(
        slot=slot, site=site, product="kit", points=points, until_ms=START_MS + days * DAY_MS
    )
