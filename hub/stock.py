"""How much is left in a slot, and how far that figure can be believed. Pure.

Few machines say what they hold (EVA-DTS PA108 is optional and rare). What they do say is how many
items ever left. So the level is what a person counted, less what has left since (the approach of
every vending management system; EVA-DTS 6.1.1 PA2 to PA5):

    level = counted - (dispensed now - dispensed when counted)

A figure never pretends: it carries the time it is true for, where it comes from, and why it may be
wrong. Counters that went back or leapt (a new control board, a cleared memory) are not guessed
around; the slot must be counted again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

MAX_LEAP = 10_000
"""No slot sells more between two readings; a greater step is another counter, not sales."""

DAY_MS = 86_400_000

Confidence = Literal["counted", "computed", "machine", "uncertain", "unknown"]
"""Where a level comes from: a person's count with nothing sold since; a count less sales; the
machine's own word; a figure that needs a new count; nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One slot's counters at one moment; see `SelectionCount` for the meaning of each.

    Attributes:
        observed_ms: when, ms since 1970 UTC.
        dispensed: items that left since the counters were made; None if the machine has none.
        since_reset: the same from counters that a read can reset.
        sold_out: whether the machine reports the slot sold out.
        machine_level: what the machine itself believes is left.
        board: identity of the control board; another one may count from elsewhere.
    """

    observed_ms: int
    dispensed: int | None = None
    since_reset: int | None = None
    sold_out: bool | None = None
    machine_level: int | None = None
    board: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A counted restock: how many lay in the slot, and what the counter showed then."""

    counted: int
    dispensed_at: int | None
    observed_ms: int


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """What a slot is meant to hold; None where nobody has said."""

    capacity: int | None = None
    par: int | None = None
    minimum: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFigure:
    """A slot's level, with what is needed to believe it rightly.

    Attributes:
        level: items left; None when nothing is known.
        capacity: how many fit.
        par: the standard fill.
        minimum: the low mark.
        as_of_ms: the time the level is true for; None when nothing is known. Never newer than the
            last word of the machine or of a person: an offline machine's figure grows old.
        confidence: where the level comes from.
        notes: what a person should know, whole sentences.
    """

    level: int | None
    capacity: int | None
    par: int | None
    minimum: int | None
    as_of_ms: int | None
    confidence: Confidence
    notes: tuple[str, ...] = ()

    def age_s(self, now_ms: int) -> float | None:
        """Seconds since the level was true; None when nothing is known."""
        return None if self.as_of_ms is None else max(0, now_ms - self.as_of_ms) / 1000


def stock_figure(
    plan: SlotPlan, anchor: Anchor | None, readings: Sequence[Reading], heard_ms: int | None = None
) -> StockFigure:
    """The level of one slot.

    Args:
        plan: what the slot is meant to hold.
        anchor: the newest counted restock, None if it was never counted.
        readings: its counters, oldest first: the newest at or before the anchor (if there is one)
            and all after it. Unchanged readings may be left out.
        heard_ms: when the machine was last understood; unchanged counters are true up to then.
    """
    newest = readings[-1] if readings else None
    level, confidence, notes = _level(anchor, readings)
    times = [anchor.observed_ms] if anchor else []
    times += [newest.observed_ms, heard_ms or 0] if newest else []
    if plan.capacity and level is not None and level > plan.capacity:
        notes += (f"More than the capacity of {plan.capacity}: check the count.",)
    return StockFigure(
        level=level,
        capacity=plan.capacity,
        par=plan.par,
        minimum=plan.minimum,
        as_of_ms=None if level is None else max(times),
        confidence=confidence,
        notes=notes,
    )


_Level = tuple[int | None, Confidence, tuple[str, ...]]


def _level(anchor: Anchor | None, readings: Sequence[Reading]) -> _Level:
    newest = readings[-1] if readings else None
    if anchor is None:
        return _machine_word(newest)
    if newest is None or newest.observed_ms <= anchor.observed_ms:
        return anchor.counted, "counted", ()
    computed, confidence, notes = _since_count(anchor, readings)
    if newest.sold_out:
        return 0, "machine", (*notes, *_sold_out_drift(computed))
    return computed, confidence, (*notes, *_machine_drift(computed, newest.machine_level))


def _machine_word(newest: Reading | None) -> _Level:
    never = "Not counted yet: count the slot once, and its level will be followed."
    if newest is not None and newest.sold_out:
        return 0, "machine", ("The machine reports it sold out.", never)
    if newest is not None and newest.machine_level is not None:
        return max(0, newest.machine_level), "machine", ("This is the machine's own figure.", never)
    return None, "unknown", (never,)


def _sold_out_drift(computed: int | None) -> tuple[str, ...]:
    if not computed:
        return ()
    said = f"The machine reports it sold out although {computed} should be left: drift."
    return (said, "Look for a jam, then count again.")


def _machine_drift(computed: int | None, machine_level: int | None) -> tuple[str, ...]:
    if machine_level is None or computed is None or machine_level == computed:
        return ()
    return (f"The machine itself says {machine_level}: drift. Count again.",)


def _since_count(anchor: Anchor, readings: Sequence[Reading]) -> _Level:
    after = [reading for reading in readings if reading.observed_ms > anchor.observed_ms]
    if after[-1].dispensed is None:
        return _from_interval_counters(anchor, readings, after)
    series = [r for r in _with_base(anchor, readings, after) if r.dispensed is not None]
    trouble = _restarted(series)
    start = anchor.dispensed_at if anchor.dispensed_at is not None else series[0].dispensed
    left = anchor.counted - ((after[-1].dispensed or 0) - (start or 0))
    if trouble:
        return None, "uncertain", (f"Re-count needed: {trouble}.",)
    notes: tuple[str, ...] = ()
    if left < 0:
        notes = (f"More left the slot than was counted ({-left} more): drift. Count again.",)
    if anchor.dispensed_at is None:
        notes += ("Re-count needed: the counter was not known when it was counted.",)
        return max(0, left), "uncertain", notes
    return max(0, left), "counted" if left == anchor.counted else "computed", notes


def _with_base(
    anchor: Anchor, readings: Sequence[Reading], after: list[Reading]
) -> Sequence[Reading]:
    """The readings since the count, led by what the counter showed at the count."""
    before = readings[: len(readings) - len(after)]
    board = before[-1].board if before else after[0].board
    if anchor.dispensed_at is None:
        return after
    base = Reading(observed_ms=anchor.observed_ms, dispensed=anchor.dispensed_at, board=board)
    return [base, *after]


def _restarted(series: Sequence[Reading]) -> str:
    for earlier, later in pairwise(series):
        step = (later.dispensed or 0) - (earlier.dispensed or 0)
        if earlier.board and later.board and earlier.board != later.board:
            return "the machine has another control board"
        if step < 0:
            return f"its counter went back from {earlier.dispensed} to {later.dispensed}"
        if step > MAX_LEAP:
            return f"its counter leapt from {earlier.dispensed} to {later.dispensed}"
    return ""


def _from_interval_counters(
    anchor: Anchor, readings: Sequence[Reading], after: list[Reading]
) -> _Level:
    """An upper bound of the level where a machine has only counters that a read resets.

    What was sold between a reading and a reset is lost to us, so the level may be lower.
    """
    series = [*readings[: len(readings) - len(after)][-1:], *after]
    values = [r.since_reset for r in series if r.since_reset is not None]
    if not values:
        return anchor.counted, "uncertain", ("Re-count needed: the machine sends no counters.",)
    sold = sum(b - a if b >= a else b for a, b in pairwise(values))
    why = "Re-count needed: the machine has only counters that each read may reset."
    return max(0, anchor.counted - sold), "uncertain", (why,)


def days_to_empty(
    level: int | None,
    readings: Sequence[Reading],
    until_ms: int | None,
    rate_days: float = 7.0,
    least_days: float = 1.0,
    least_sold: int = 3,
) -> float | None:
    """In how many days a slot will be empty if it goes on as in the last days.

    Time in which the machine reported it sold out is left out: nothing sold then is no sign of no
    demand.

    Args:
        level: items left.
        readings: its counters, oldest first.
        until_ms: the time the last reading is still true for (`StockFigure.as_of_ms`).
        rate_days: how far back to look.
        least_days: with less time to go by, the answer is None.
        least_sold: with fewer sold, the answer is None.
    """
    if level is None or until_ms is None:
        return None
    if level == 0:
        return 0.0
    recent = _window(readings, until_ms - round(rate_days * DAY_MS))
    if not recent or _restarted(recent):
        return None
    sold = (recent[-1].dispensed or 0) - (recent[0].dispensed or 0)
    ends = [*[reading.observed_ms for reading in recent[1:]], until_ms]
    open_ms = sum(
        max(0, end - reading.observed_ms)
        for reading, end in zip(recent, ends, strict=True)
        if not reading.sold_out
    )
    if open_ms < least_days * DAY_MS or sold < least_sold:
        return None
    return level / (sold / (open_ms / DAY_MS))


def _window(readings: Sequence[Reading], since_ms: int) -> list[Reading]:
    """The readings within the window, led by the one that was true at its start."""
    counted = [reading for reading in readings if reading.dispensed is not None]
    inside = [reading for reading in counted if reading.observed_ms > since_ms]
    before = counted[: len(counted) - len(inside)]
    if not before:
        return inside
    at_start = before[-1]
    carried = Reading(
        observed_ms=since_ms,
        dispensed=at_start.dispensed,
        sold_out=at_start.sold_out,
        board=at_start.board,
    )
    return [carried, *inside]
