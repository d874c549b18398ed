"""Who comes on one day, and what they would take. Nobody is remembered from one visit to another.

People come one by one, but each takes several things, and some take many of one thing for others;
so items leave in lumps.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hardware.simulators.fleet.chance import poisson
from hardware.simulators.fleet.town import SUPPLIES, MachinePlan

FOR_OTHERS = 0.13
"""So many take more than one of a thing."""


@dataclass(frozen=True, slots=True)
class Want:
    """At some minute of a day somebody wants `count` items of a selection."""

    minute: float
    selection: str
    count: int


def wants(plan: MachinePlan, day: int, rng: random.Random) -> list[Want]:
    """All that people want of a machine on one day, whether or not it is there, in order."""
    weights = _weights(plan, day)
    # A group that everybody wants brings more people, not the same people with another wish.
    pull = sum(weights) / sum(plan.taste[each.selection][day // 7] for each in SUPPLIES)
    mean = plan.people_a_day * plan.site.busy[day] * pull
    found: list[Want] = []
    for hour, share in enumerate(plan.site.hours):
        for _ in range(poisson(rng, mean * share)):
            found += _one_person(60 * (hour + rng.random()), weights, rng)
    return sorted(found, key=lambda want: want.minute)


def _weights(plan: MachinePlan, day: int) -> list[float]:
    burst: dict[str, float] = {}
    for each in plan.site.bursts:
        if each.first <= day < each.first + each.days:
            burst[each.group] = max(each.factor, burst.get(each.group, 1.0))
    return [
        plan.taste[supply.selection][day // 7] * burst.get(supply.group, 1.0) for supply in SUPPLIES
    ]


def _one_person(minute: float, weights: Sequence[float], rng: random.Random) -> Iterator[Want]:
    kinds = 1 + (rng.random() < 0.45) + (rng.random() < 0.2)
    chosen = {rng.choices(range(len(SUPPLIES)), weights)[0] for _ in range(kinds)}
    for step, index in enumerate(sorted(chosen)):
        count = rng.choice((2, 2, 2, 3, 4, 5)) if rng.random() < FOR_OTHERS else 1
        yield Want(minute + step / 2, SUPPLIES[index].selection, count)
