"""Counters of a made-up fleet, to have something to compute with; no one buys like this."""

import random

from hub.demand import CounterPoint, SlotHistory
from hub.demand.values import DAY_MS, HOUR_MS

START_MS = 1_768_176_000_000
LEVEL = 15


def histories(machines: int, slots: int, days: int, seed: int = 1) -> list[SlotHistory]:
    """Counters of machines that are filled whenever they have been empty for a day."""
    rng = random.Random(seed)  # noqa: S311 - the same numbers each time, no secret
    return [
        _history(rng, f"m{machine}/{slot}", f"site-{machine // 2}", f"product-{slot}", days)
        for machine in range(machines)
        for slot in range(slots)
    ]


def _history(rng: random.Random, slot: str, site: str, product: str, days: int) -> SlotHistory:
    rate, at, dispensed, left = rng.uniform(0.5, 5), 0.0, 0, LEVEL
    points = [CounterPoint(at_ms=START_MS, dispensed=0)]
    while (at := at + rng.expovariate(rate)) < days:
        if not left:
            at, left = at + 1, LEVEL
        dispensed, left = dispensed + 1, left - 1
        at_ms = START_MS + round(at * DAY_MS)
        points.append(
            CounterPoint(
                at_ms=at_ms,
                dispensed=dispensed,
                state="open" if left else "sold-out",
                since_ms=at_ms - HOUR_MS // 2,
            )
        )
    return SlotHistory(
        slot=slot,
        site=site,
        product=product,
        points=points,
        until_ms=START_MS + round((days + 2) * DAY_MS),
    )
