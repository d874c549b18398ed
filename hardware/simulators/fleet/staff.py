"""When somebody comes to fill a machine, what they bring, and how well they count."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from hardware.simulators.fleet.town import SUPPLIES


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit at some minute of a day, or none."""

    minute: float
    counts: bool
    tests: bool


class Staff:
    """The round of one machine: on fixed weekdays, not always kept.

    Args:
        rng: chance.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._weekdays = set(rng.choice(((0, 3), (1, 4), (2,), (0, 2, 4), (4,), (1,))))
        self._missing: dict[str, int] = {}

    def visit(self, day: int, *, opening: bool) -> Visit | None:
        """The visit of this day, if there is one; the day of `opening` has one for certain."""
        rng = self._rng
        planned = day % 7 in self._weekdays and rng.random() > 0.08
        if not (opening or planned or rng.random() < 0.015):
            return None
        return Visit(rng.uniform(8.5, 16.5) * 60, rng.random() < 0.85, rng.random() < 0.25)

    def brings(self, selection: str, day: int) -> bool:
        """Whether the stock room had it; a product that ran out stays away for some days."""
        if day < self._missing.get(selection, -1):
            return False
        if self._rng.random() < 0.01:
            self._missing[selection] = day + self._rng.randint(3, 12)
            return False
        return True

    def counted(self, truth: Mapping[str, int], visit: Visit) -> dict[str, int]:
        """What they write down after filling: a count with slips, or "full" unlooked at."""
        found = {}
        for supply in SUPPLIES:
            level = truth[supply.selection]
            if not visit.counts:
                level = supply.capacity
            elif self._rng.random() < 0.05:
                level = max(0, level + self._rng.choice((-2, -1, -1, 1, 1, 2)))
            found[supply.selection] = level
        return found
