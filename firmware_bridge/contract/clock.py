"""Time, as messages state it. The only place in the product that asks the system what time it is.

Everything else takes a `Clock`, so that tests can turn it by hand. A Raspberry Pi has no battery
behind its clock: after a power cut without network it starts somewhere in the past. Such a clock is
not sane, every message says so, and no record is dated by it.
"""

import time
from dataclasses import dataclass
from typing import Protocol

RELEASED_MS = 1_793_491_200_000
"""No true clock can show an earlier time than this program's own release (2026-11-01, ms since
1970 UTC)."""


class Clock(Protocol):
    """What time it is, three ways."""

    def now_ms(self) -> int:
        """Wall clock, milliseconds since 1970 UTC. May jump, may be wrong."""

    def monotonic_s(self) -> float:
        """Seconds that never go back, from an arbitrary start."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The clock of this machine."""

    def now_ms(self) -> int:
        """Wall clock, milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


@dataclass(slots=True)
class HandClock:
    """A clock that only moves when told to, for tests and replays."""

    wall_ms: int = RELEASED_MS
    elapsed_s: float = 0.0

    def now_ms(self) -> int:
        """Wall clock, milliseconds since 1970 UTC."""
        return self.wall_ms

    def monotonic_s(self) -> float:
        """Seconds since the clock was made."""
        return self.elapsed_s

    def sleep(self, seconds: float) -> None:
        """Move both hands on."""
        self.elapsed_s += seconds
        self.wall_ms += round(seconds * 1000)


def is_sane(now_ms: int, latest_seen_ms: int = 0, *, ahead_ms: int = 5 * 365 * 86_400_000) -> bool:
    """Whether a wall clock can be right.

    Args:
        now_ms: what the clock shows.
        latest_seen_ms: the latest time this machine is known to have reached (a stored record's).
        ahead_ms: how far after the release a clock may stand before it is disbelieved.
    """
    floor_ms = max(RELEASED_MS, latest_seen_ms)
    return floor_ms <= now_ms <= max(RELEASED_MS + ahead_ms, latest_seen_ms + ahead_ms)
