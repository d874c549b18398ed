"""What demand is learned from, and what is said of it. Frozen values; no store, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

DAY_MS = 86_400_000
HOUR_MS = 3_600_000

State = Literal["open", "sold-out", "blocked"]
"""How a slot stands: it can sell; it is empty; it can't sell for another reason (jam, no mains,
paused) or it is not known whether it can."""

Basis = Literal["own", "shared", "none"]
"""What a forecast goes by: mostly the slot's own sales; mostly those of other slots of the site and
the fleet; nothing, as too little is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterPoint:
    """A slot's counter at one moment.

    Attributes:
        at_ms: when it was read, ms since 1970 UTC.
        dispensed: items that ever left; None where the machine can't tell.
        state: how the slot stood at this reading; taken to hold until the next.
        presses: how often it was ever asked for while empty (EVA-DTS PA503); None if not told.
        board: who counts; another one counts from elsewhere.
        since_ms: when the counters were last read before this, where readings without a change
            are left out; None where the point before is the reading before.
    """

    at_ms: int
    dispensed: int | None
    state: State = "open"
    presses: int | None = None
    board: str = ""
    since_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotHistory:
    """All that is known of one slot.

    Attributes:
        slot: its id, unique in the fleet.
        site: where it is.
        product: what it holds; slots of one product are likened to each other.
        points: its counters, oldest first.
        until_ms: how long the last one is known to hold.
    """

    slot: str
    site: str
    product: str
    points: Sequence[CounterPoint]
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNow:
    """What lies in a slot.

    Attributes:
        level: items.
        as_of_ms: when that was true.
        low: as few as it may be; None for `level`.
        high: as many as it may be; None for `level`.
    """

    level: int
    as_of_ms: int
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandSettings:
    """How demand is learned; the defaults suit a programme of any size.

    Attributes:
        half_life_days: after so many days a day of sales counts half.
        look_back_days: older days are not looked at.
        horizon_days: nothing is said of what is further away.
        least_days: with fewer days on which the slot could sell, only other slots can speak for it.
        least_sold: the same with fewer items sold.
        least_peers: so many slots of the fleet must be known for that.
        most_doubt: a rate with a greater relative standard deviation is not told.
    """

    half_life_days: float = 28.0
    look_back_days: int = 126
    horizon_days: int = 180
    least_days: float = 7.0
    least_sold: int = 5
    least_peers: int = 6
    most_doubt: float = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When a slot will be empty if it goes on as it did and nobody fills it.

    Attributes:
        basis: what it goes by; with "none" every figure is None.
        why: the same in a sentence; what is missing, where too little is known.
        per_day: items a day, on the average of a week.
        per_day_low: in four of five cases the true rate lies between this ...
        per_day_high: ... and this.
        empty_ms: as likely before as after; None when beyond the horizon.
        earliest_ms: empty earlier in one case of ten.
        latest_ms: empty later in one case of ten; None when beyond the horizon.
        empty_before_service: probability to be empty before the next service, 0 to 1; None where
            no service is known.
        missed_before_service: items that people will want in vain until then, on average.
    """

    basis: Basis
    why: str
    per_day: float | None = None
    per_day_low: float | None = None
    per_day_high: float | None = None
    empty_ms: int | None = None
    earliest_ms: int | None = None
    latest_ms: int | None = None
    empty_before_service: float | None = None
    missed_before_service: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetDemand:
    """What people wanted while a slot was empty.

    Attributes:
        sold_out_h: hours for which it was known to be empty.
        presses: how often it was asked for meanwhile; None if the machine does not tell. Whoever
            sees that it is empty may not press, and one person may press twice.
        estimate: items that would have left at the usual rate; None when too little is known.
        low: in four of five cases it is between this ...
        high: ... and this.
    """

    sold_out_h: float
    presses: int | None
    estimate: float | None
    low: int | None
    high: int | None
