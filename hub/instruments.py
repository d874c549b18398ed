"""How an instrument stands, reckoned from what its bridge told last. Pure.

The bridge tells times and limits; what is overdue follows from the clock of whoever reads it, so
that an instrument becomes overdue here also while its bridge can't be heard.
"""

from dataclasses import dataclass
from typing import Literal

from firmware_bridge.contract.instrument import InstrumentTold

HOUR_MS = 3_600_000
FUTURE_MS = 600_000
"""A time may lie so far ahead of its own clock, which was set back; further is not believed."""

GONE_MS = 24 * HOUR_MS
"""A bridge that speaks, but has told nothing of an instrument for so long, does not have it."""

MOST_HOURS = 1_000_000.0

Trouble = Literal["missing", "failed", "moved", "undated", "overdue"]
"""What is wrong with an instrument's performance check: there is none; it failed; the instrument
was moved since; its time can't be believed; it is older than it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """How an instrument is looked after; times are ms since 1970 UTC on the hub's clock.

    Attributes:
        serial: which instrument is there; "" where it does not say.
        told_ms: when its bridge said all this.
        received_ms: when the hub heard it.
        every_h: hours from one performance check to the next.
        told_check_ms: its last performance check by the bridge's own clock; with the serial number
            that is the check's name. None where there is none.
        checked_ms: when that was; None where there is none, or its time can't be believed.
        failed: reasons for which it stands in the way of release; empty where it passed.
        was_moved: whether the instrument was moved after that check.
        moved_ms: when it was last moved; None if never, or its time can't be believed.
        background_ms: when the last background was taken; None as above.
        sees_backgrounds: whether its bridge can know of backgrounds at all.
    """

    serial: str
    told_ms: int
    received_ms: int
    every_h: float
    told_check_ms: int | None
    checked_ms: int | None
    failed: tuple[str, ...]
    was_moved: bool
    moved_ms: int | None
    background_ms: int | None
    sees_backgrounds: bool

    @property
    def has_check(self) -> bool:
        """Whether there is a performance check at all."""
        return self.told_check_ms is not None

    @property
    def due_ms(self) -> int | None:
        """When the next performance check is due; None where that can't be said."""
        if self.checked_ms is None:
            return None
        return self.checked_ms + round(min(max(self.every_h, 0.0), MOST_HOURS) * HOUR_MS)


def care_of(told: InstrumentTold, said_ms: int, observed_ms: int, received_ms: int) -> Care:
    """From a message to how the instrument stands.

    Args:
        told: the message's body.
        said_ms: the bridge's clock when it said this.
        observed_ms: the same moment on the hub's clock.
        received_ms: when the hub heard it.
    """

    def hub_ms(at_ms: int | None) -> int | None:
        return believed_ms(at_ms, said_ms, observed_ms)

    checked, moved = told.checked_ms, told.moved_ms
    return Care(
        serial=told.serial,
        told_ms=observed_ms,
        received_ms=received_ms,
        every_h=told.performance_every_h,
        told_check_ms=checked,
        checked_ms=hub_ms(checked),
        failed=told.failed,
        was_moved=moved is not None and (checked is None or checked < moved),
        moved_ms=hub_ms(moved),
        background_ms=hub_ms(told.background_ms),
        sees_backgrounds=told.background_max_s is not None,
    )


def believed_ms(at_ms: int | None, said_ms: int, observed_ms: int) -> int | None:
    """A time by a bridge's clock, on the hub's.

    A bridge's clock may be wrong by years; how long ago something was is right all the same, as
    long as the clock was not set in between.

    Args:
        at_ms: the time; None for none.
        said_ms: the bridge's clock when it told the time.
        observed_ms: the same moment on the hub's clock.

    Returns:
        None where there is no time, or it can't be believed.
    """
    if at_ms is None or not 0 <= at_ms <= said_ms + FUTURE_MS:
        return None
    return observed_ms - max(0, said_ms - at_ms)


def troubles(care: Care, now_ms: int) -> tuple[Trouble, ...]:
    """What is wrong with an instrument's performance check now, the most pressing first."""
    if not care.has_check:
        return ("missing",)
    found: list[Trouble] = ["failed"] if care.failed else []
    due_ms = care.due_ms
    if care.was_moved:
        found.append("moved")
    elif due_ms is None:
        found.append("undated")
    elif now_ms > due_ms:
        found.append("overdue")
    return tuple(found)


def is_gone(care: Care, bridge_heard_ms: int | None) -> bool:
    """Whether its bridge speaks, but has not spoken of this instrument for a day."""
    return bridge_heard_ms is not None and bridge_heard_ms - care.received_ms > GONE_MS
