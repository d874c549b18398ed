"""What stands in the way of believing an instrument now, by name. Pure.

Each reason says what to do and who may set it aside; it goes into the release of a card
(`firmware_bridge.contract.check.release`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from firmware_bridge.contract.check.release import Block, InstrumentState, Who
from firmware_bridge.instrument.performance import (
    FixedLimits,
    PerformanceCheck,
    Quantity,
    chart,
)

HOUR_MS = 3_600_000
FUTURE_MS = 600_000
"""A clock may be set back by so much; a check that lies further ahead is no fresh one."""

QUANTITIES: tuple[Quantity, ...] = ("peak-offset", "energy", "noise", "line")

_WORDS = {
    "peak-offset": "the standard's bands are off",
    "energy": "too little light arrives",
    "noise": "it is too noisy",
    "line": "its 100 % line is not straight",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How often an instrument must be looked after.

    Attributes:
        performance_every_h: hours from one performance check to the next.
        background_max_s: a background may be so old at a sample.
        dark_max_s: and a dark.
        warm_up_s: from switching on to the first sample.
        strong_share: from this part of the instrument's range a sample is strong.
        carry_over_share: a blank after it may show at most this part of it.
        limits: fixed limits of the performance check.
    """

    performance_every_h: float = 168.0
    background_max_s: float = 900.0
    dark_max_s: float = 3600.0
    warm_up_s: float = 600.0
    strong_share: float = 0.8
    carry_over_share: float = 0.02
    limits: FixedLimits = field(default_factory=FixedLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What is known of one instrument.

    Attributes:
        needs_background: whether it measures against one (infrared).
        on_since_ms: when it was switched on or first heard; None where not known.
        moved_ms: when it was last moved, as somebody said; None if never.
        background_ms: when the last background was taken.
        dark_ms: when the last dark was taken; None where it takes none.
        needs_dark: whether it must.
        last_strong_ms: when the last strong sample was measured.
        blank_ms: when a blank was last measured after it.
        blank_share: how much of the strong sample that blank showed.
        checks: all performance checks, oldest first.
    """

    needs_background: bool
    on_since_ms: int | None = None
    moved_ms: int | None = None
    background_ms: int | None = None
    dark_ms: int | None = None
    needs_dark: bool = False
    last_strong_ms: int | None = None
    blank_ms: int | None = None
    blank_share: float | None = None
    checks: Sequence[PerformanceCheck] = ()


def state(log: Log, rules: Rules, now_ms: int) -> InstrumentState:
    """What stands in the way at this moment; nothing where all is in order."""
    return InstrumentState(
        blocks=(
            *_performance(log, rules, now_ms),
            *_ages(log, rules, now_ms),
            *_carry_over(log, rules),
        )
    )


def _performance(log: Log, rules: Rules, now_ms: int) -> Iterator[Block]:
    if not log.checks:
        yield Block(
            "performance-check-missing",
            "This instrument has no performance check. Measure its standard.",
            "coordinator",
        )
        return
    newest = log.checks[-1]
    why = _overdue(newest, log, rules, now_ms)
    if why:
        yield Block(
            "performance-check-overdue",
            f"The performance check is overdue. {why}: measure the standard.",
            "coordinator",
        )
    yield from failed(log.checks, rules.limits)


def _overdue(newest: PerformanceCheck, log: Log, rules: Rules, now_ms: int) -> str:
    """Why the newest check does not count any more; "" where it does."""
    if log.moved_ms is not None and newest.at_ms < log.moved_ms:
        return "It was moved since"
    if newest.at_ms > now_ms + FUTURE_MS:
        return "It is dated in the future, so its age is not known"
    old = now_ms - newest.at_ms > rules.performance_every_h * HOUR_MS
    return "It is older than it may be" if old else ""


def failed(checks: Sequence[PerformanceCheck], limits: FixedLimits) -> Iterator[Block]:
    """What speaks against the newest check, one reason for each figure; nothing without checks."""
    for quantity in QUANTITIES:
        signals = chart(checks, quantity, limits).signals
        if signals:
            yield Block(
                f"performance-{quantity}",
                f"The performance check failed ({', '.join(signals)}): {_WORDS[quantity]}. Clean "
                "it, let it warm up and measure the standard again; else have it looked at.",
                may_set_aside(signals),
            )


def may_set_aside(signals: Sequence[str]) -> Who:
    """Who may release all the same: nobody where a limit that holds for all is passed."""
    return "nobody" if "fixed-limit" in signals else "coordinator"


def _ages(log: Log, rules: Rules, now_ms: int) -> Iterator[Block]:
    warm = log.on_since_ms is not None and now_ms - log.on_since_ms >= 1000 * rules.warm_up_s
    if log.on_since_ms is not None and not warm:
        minutes = f"{rules.warm_up_s / 60:.0f}"
        yield Block(
            "warm-up",
            f"The instrument was switched on less than {minutes} minutes ago. Wait, and measure "
            "again.",
            "technician",
        )
    if log.needs_background and _is_old(log.background_ms, rules.background_max_s, now_ms):
        yield Block(
            "background-old",
            "The background is missing or too old. Clean the crystal, take a background and "
            "measure again.",
            "nobody",
        )
    if log.needs_dark and _is_old(log.dark_ms, rules.dark_max_s, now_ms):
        yield Block("dark-old", "The dark is missing or too old. Take one.", "technician")


def _is_old(at_ms: int | None, most_s: float, now_ms: int) -> bool:
    """A time in the future can't be believed, so it counts as old."""
    return at_ms is None or not 0 <= now_ms - at_ms <= 1000 * most_s


def _carry_over(log: Log, rules: Rules) -> Iterator[Block]:
    if log.last_strong_ms is None:
        return
    if log.blank_ms is None or log.blank_ms < log.last_strong_ms:
        yield Block(
            "blank-missing",
            "A strong sample was measured before this one and no blank after it. Clean, measure "
            "the empty place, then this sample again.",
            "technician",
        )
    elif log.blank_share is None or log.blank_share > rules.carry_over_share:
        yield Block(
            "carry-over",
            "The blank still shows the sample before. Clean again, and measure another blank.",
            "nobody",
        )
