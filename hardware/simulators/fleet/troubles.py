"""What goes wrong, when and for how long, in days of the play."""

import random
from dataclasses import dataclass

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Troubles:
    """The bad times of one machine.

    Attributes:
        dark: without mains: it sells nothing, nothing is read.
        unwatched: its bridge is dead: it sells, nothing is read.
        offline: its bridge reads and holds what it learns until the end of the stretch.
        boards: when its control board is exchanged.
    """

    dark: tuple[Stretch, ...]
    unwatched: tuple[Stretch, ...]
    offline: tuple[Stretch, ...]
    boards: tuple[float, ...]


def draw(days: int, rng: random.Random) -> Troubles:
    """The bad times of one machine over the whole play."""
    return Troubles(
        dark=_stretches(rng, days, every=50, shortest=0.02, longest=0.8),
        unwatched=_stretches(rng, days, every=100, shortest=0.3, longest=4.0),
        offline=_stretches(rng, days, every=35, shortest=0.1, longest=3.0),
        boards=tuple(start for start, _ in _stretches(rng, days, every=220, shortest=0, longest=0)),
    )


def end_of(stretches: tuple[Stretch, ...], at: float) -> float | None:
    """When the stretch ends that holds this moment; None outside of all."""
    return next((end for start, end in stretches if start <= at < end), None)


def _stretches(
    rng: random.Random, days: int, *, every: float, shortest: float, longest: float
) -> tuple[Stretch, ...]:
    found, start = [], rng.expovariate(1 / every)
    while start < days:
        end = start + rng.uniform(shortest, longest)
        found.append((start, end))
        start = end + rng.expovariate(1 / every)
    return tuple(found)
