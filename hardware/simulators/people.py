"""When people come to a simulated machine, and what they choose."""

import math
import random
from collections.abc import Sequence
from datetime import datetime

from hardware.simulators.planogram import Selection

QUIET_SHARE = 0.15


class People:
    """Independent arrivals (a Poisson process), seeded.

    Args:
        planogram: what they choose from, by popularity.
        per_hour: how many come on average.
        seed: the same seed gives the same people.
        by_hour: fewer at night and most in the early evening; the average of a day stays.
    """

    def __init__(
        self, planogram: Sequence[Selection], per_hour: float, seed: str, *, by_hour: bool = False
    ) -> None:
        self.per_hour = per_hour
        self._by_hour = by_hour
        self._rng = random.Random(f"people/{seed}")
        self._selections = [row.selection for row in planogram]
        self._weights = [row.popularity for row in planogram]

    def wait_s(self) -> float | None:
        """How long until the next one may come, seconds; None when nobody comes."""
        if self.per_hour <= 0 or not any(self._weights):
            return None
        fastest = self.per_hour * (_busy(19.0) if self._by_hour else 1.0)
        return self._rng.expovariate(fastest / 3600)

    def choose(self, now: datetime) -> str | None:
        """What this one presses; None where at this hour nobody came after all."""
        kept = self._rng.random()
        choice = self._rng.choices(self._selections, self._weights)[0]
        if self._by_hour and kept > _busy(now.hour + now.minute / 60) / _busy(19.0):
            return None
        return choice


def _busy(hour: float) -> float:
    """How busy an hour is; 1 on the average of a day."""
    return 1 + (1 - QUIET_SHARE) * math.cos(2 * math.pi * (hour - 19.0) / 24)
