"""Counts that vary more than independent ones: the negative binomial distribution."""

import math


def at_least(count: int, mean: float, variance: float) -> float:
    """The probability of `count` items or more.

    Args:
        count: how many.
        mean: items expected, 0 or more.
        variance: of the items; one not above the mean is taken as that of independent items.
    """
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    return max(0.0, 1.0 - sum(_masses(count, mean, variance)))


def missed(count: int, mean: float, variance: float) -> float:
    """How many items more than `count` are wanted, on average."""
    if mean <= 0:
        return 0.0
    masses = _masses(count, mean, variance)
    return max(0.0, mean - count + sum((count - n) * mass for n, mass in enumerate(masses)))


def quantile(part: float, mean: float, variance: float) -> int:
    """The smallest count that is not passed with probability `part`."""
    if mean <= 0:
        return 0
    limit = int(mean + 12 * math.sqrt(max(mean, variance))) + 12
    total = 0.0
    for count, mass in enumerate(_masses(limit, mean, variance)):
        total += mass
        if total >= part:
            return count
    return limit


def _masses(below: int, mean: float, variance: float) -> list[float]:
    """The probabilities of 0, 1, ... items, up to but without `below`."""
    extra = variance - mean
    if extra <= 1e-9 * mean:
        logs = [n * math.log(mean) - mean - math.lgamma(n + 1) for n in range(below)]
        return [math.exp(each) for each in logs]
    shape = mean * mean / extra
    log_p, log_q = -math.log1p(mean / shape), -math.log1p(shape / mean)
    base = shape * log_p - math.lgamma(shape)
    logs = [base + math.lgamma(n + shape) - math.lgamma(n + 1) + n * log_q for n in range(below)]
    return [math.exp(min(0.0, each)) for each in logs]
