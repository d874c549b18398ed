"""Who came in vain: how long a slot was empty, and how often it was asked for meanwhile. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.stock.events import Event
from hub.stock.past import Step, replay, steps


@dataclass(frozen=True, slots=True)
class Unmet:
    """What a slot could not give in a span of time.

    Attributes:
        empty_ms: how long it was empty, as far as is known, ms.
        unknown_ms: how long nobody knew whether it was.
        presses: how often it was asked for while sold out (EVA-DTS PA503), where machines count it.
    """

    empty_ms: int
    unknown_ms: int
    presses: int


def unmet(events: Iterable[Event], since_ms: int, until_ms: int) -> Unmet:
    """What a slot could not give between two times, ms since 1970 UTC."""
    told = list(events)
    empty, unknown = _spans(steps(told), since_ms, until_ms)
    presses = replay(told, until_ms).presses - replay(told, since_ms).presses
    return Unmet(empty, unknown, presses)


def _spans(past: Iterable[Step], since_ms: int, until_ms: int) -> tuple[int, int]:
    empty = unknown = 0
    level: int | None = None
    from_ms = since_ms
    for step in past:
        at_ms = min(max(step.at_ms, since_ms), until_ms)
        empty += (at_ms - from_ms) * (level == 0)
        unknown += (at_ms - from_ms) * (level is None)
        level, from_ms = step.figure.level, at_ms
    empty += (until_ms - from_ms) * (level == 0)
    unknown += (until_ms - from_ms) * (level is None)
    return empty, unknown
