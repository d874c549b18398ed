"""A slot's counters cut into pieces of time in which it could sell, or could not.

Nothing sold while a slot was empty is no sign that nobody came, so empty time is kept apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hub.demand.values import HOUR_MS, CounterPoint, SlotHistory, State

MAX_LEAP = 10_000
"""No slot sells more between two readings; a greater step is another counter."""

SHARP_MS = 2 * HOUR_MS
"""Sales within a piece no longer than this are known to the hour, well enough."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time in one state.

    Attributes:
        from_ms: start.
        to_ms: end.
        state: as in `CounterPoint`.
        sold: items that left in it.
        share: how much of the stretch the slot could sell in; 1/2 where it ran empty, or was
            filled, somewhere within.
        presses: how often it was asked for in vain.
        ran_empty: whether it was empty at the end, and not before.
    """

    from_ms: int
    to_ms: int
    state: State
    sold: int = 0
    share: float = 1.0
    presses: int = 0
    ran_empty: bool = False

    @property
    def sharp(self) -> bool:
        """Whether it is known to the hour when its items left."""
        return self.sold == 0 or self.to_ms - self.from_ms <= SHARP_MS


def pieces(history: SlotHistory, from_ms: int) -> list[Piece]:
    """The pieces that end after `from_ms`, oldest first; a piece is not cut there."""
    found: list[Piece] = []
    for before, after in pairwise(_in_order(history.points)):
        if after.at_ms > from_ms:
            found += _between(before, after)
    if history.points and history.until_ms > history.points[-1].at_ms:
        last = history.points[-1]
        found.append(Piece(last.at_ms, history.until_ms, _told(last)))
    return found


def _in_order(points: Sequence[CounterPoint]) -> list[CounterPoint]:
    """Without what is older than the point before it; of one moment the last counts."""
    found: list[CounterPoint] = []
    for point in points:
        if found and point.at_ms == found[-1].at_ms:
            found[-1] = point
        elif not found or point.at_ms > found[-1].at_ms:
            found.append(point)
    return found


def _between(before: CounterPoint, after: CounterPoint) -> Iterator[Piece]:
    quiet_ms = before.at_ms
    if after.since_ms is not None and before.at_ms < after.since_ms < after.at_ms:
        quiet_ms = after.since_ms
        yield Piece(before.at_ms, quiet_ms, _told(before))
    sold, presses = _sold(before, after), _presses(before, after)
    if sold is None:
        yield Piece(quiet_ms, after.at_ms, "blocked")
        return
    state, share = _state_within(before.state, after.state, sold)
    ran_empty = sold > 0 and before.state == "open" and after.state == "sold-out"
    yield Piece(quiet_ms, after.at_ms, state, sold, share, presses, ran_empty)


def _state_within(before: State, after: State, sold: int) -> tuple[State, float]:
    if before == "open":
        return "open", 1.0 if after == "open" else 0.5
    if sold:
        return "open", 0.5
    return before, 1.0


def _told(point: CounterPoint) -> State:
    return "blocked" if point.dispensed is None else point.state


def _sold(before: CounterPoint, after: CounterPoint) -> int | None:
    if before.dispensed is None or after.dispensed is None or _exchanged(before, after):
        return None
    step = after.dispensed - before.dispensed
    return step if 0 <= step <= MAX_LEAP else None


def _presses(before: CounterPoint, after: CounterPoint) -> int:
    if before.presses is None or after.presses is None or _exchanged(before, after):
        return 0
    return min(max(0, after.presses - before.presses), MAX_LEAP)


def _exchanged(before: CounterPoint, after: CounterPoint) -> bool:
    return bool(before.board and after.board and before.board != after.board)
