"""In how many days a slot will be empty, if it goes on as in the last days. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from hub.stock.counters import lasting
from hub.stock.events import Reading

DAY_MS = 86_400_000


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
    if not recent or _is_broken(recent):
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


def _is_broken(series: Sequence[Reading]) -> bool:
    return any(lasting(before, after, 0).trouble for before, after in pairwise(series))


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
