"""The few draws that Python's own generator does not have."""

import math
import random


def poisson(rng: random.Random, mean: float) -> int:
    """How many independent things happen where `mean` are expected."""
    count, left = 0, math.exp(-min(mean, 500.0))
    product = rng.random()
    while product > left:
        count += 1
        product *= rng.random()
    return count


def wander(rng: random.Random, steps: int, memory: float, spread: float) -> list[float]:
    """A factor around 1 that drifts: the logarithm keeps `memory` of itself from step to step.

    Args:
        rng: chance.
        steps: how many values.
        memory: 0 for none, towards 1 for a slow drift.
        spread: standard deviation of the logarithm in the long run.
    """
    fresh = spread * math.sqrt(1 - memory**2)
    log, found = rng.gauss(0, spread), []
    for _ in range(steps):
        found.append(math.exp(log - spread**2 / 2))
        log = memory * log + rng.gauss(0, fresh)
    return found
