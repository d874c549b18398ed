"""Contenders timed in turn, in one process, on fresh inputs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

LEAST_ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do a job.

    Attributes:
        name: as tables have it.
        work: takes what `ready` made of an input; its time counts.
        ready: brings an input to the form this contender wants; its time does not count.
        part: fraction of the input that it is given, where all would take minutes; its time is
            divided by it. Only for work that is done one spectrum at a time.
    """

    name: str
    work: Callable[[Any], object]
    ready: Callable[[Any], object] = lambda given: given
    part: float = 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one contender over all rounds.

    Attributes:
        name: of the contender.
        least: the fastest round.
        median: the middle one.
        rounds: how many.
        part: as of the contender.
    """

    name: str
    least: float
    median: float
    rounds: int
    part: float = 1.0


def in_turn(
    contenders: Sequence[Contender],
    fresh: Callable[[], Any],
    *,
    rounds: int,
    clock: Callable[[], float],
) -> list[Timing]:
    """Time all contenders round by round, each round on one fresh input and from another start.

    One round before the first is not counted.

    Args:
        contenders: what to time.
        fresh: makes an input (a sequence, where a contender takes only a part).
        rounds: how many rounds count; at least seven.
        clock: seconds, rising.
    """
    rounds = max(rounds, LEAST_ROUNDS)
    taken: dict[str, list[float]] = {c.name: [] for c in contenders}
    for turn in range(-1, rounds):
        given = fresh()
        for k in range(len(contenders)):
            one = contenders[(k + turn) % len(contenders)]
            some = given if one.part == 1.0 else given[: max(1, round(one.part * len(given)))]
            made = one.ready(some)
            begun = clock()
            one.work(made)
            if turn >= 0:
                share = 1.0 if one.part == 1.0 else len(some) / len(given)
                taken[one.name].append((clock() - begun) / share)
    return [
        Timing(c.name, min(taken[c.name]), float(np.median(taken[c.name])), rounds, c.part)
        for c in contenders
    ]


def least(timings: Sequence[Timing]) -> Mapping[str, float]:
    """The fastest round of each."""
    return {t.name: t.least for t in timings}


def threads(n: int) -> AbstractContextManager[object]:
    """At most n threads for BLAS and OpenMP, where threadpoolctl is there to say so."""
    try:
        control = import_module("threadpoolctl")
    except ModuleNotFoundError:
        return nullcontext()
    limits: AbstractContextManager[object] = control.threadpool_limits(n)
    return limits


def can_limit_threads() -> bool:
    """Whether `threads` does anything here."""
    return not isinstance(threads(1), nullcontext)
