"""A level with its bounds: what it is as far as is known, and what it can be at least and most."""

from dataclasses import dataclass


@dataclass(slots=True)
class Reckoned:
    """The level of one slot as reckoned.

    Attributes:
        level: what it is; None: lost sight of.
        low: so many at least.
        high: so many at most; None: nothing bounds it.
        over: so many more left than can have been there; 0 in a sound history.
    """

    level: int | None = None
    low: int = 0
    high: int | None = None
    over: int = 0

    def put(self, level: int, tolerance: int = 0) -> None:
        """It is known to be this many."""
        self.level, self.over = level, 0
        self.low, self.high = max(0, level - tolerance), level + tolerance

    def leave(self, count: int) -> None:
        """So many left for sure."""
        self._sink(count)
        if self.high is not None:
            self.high -= count
            if self.high < 0:
                self.over -= self.high
                self.high = 0

    def leave_perhaps(self, count: int) -> None:
        """So many left, or none: the level is told as if they had."""
        self._sink(count)

    def _sink(self, count: int) -> None:
        if self.level is not None:
            self.level = max(0, self.level - count)
        self.low = max(0, self.low - count)

    def gain(self, count: int) -> None:
        """So many came in for sure."""
        if self.level is not None:
            self.level += count
        self.low += count
        if self.high is not None:
            self.high += count

    def doubt_low(self) -> None:
        """Any number may have left unseen."""
        self.low = 0

    def lose_sight(self, *, unbounded: bool = False) -> None:
        """Nobody knows how many are left."""
        self.level, self.low = None, 0
        if unbounded:
            self.high = None

    @property
    def exact(self) -> bool:
        """Whether only one level is possible."""
        return self.level is not None and self.low == self.level == self.high and not self.over
