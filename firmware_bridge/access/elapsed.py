"""Time that has certainly passed, over restarts, whatever the wall clock shows. Pure.

A quota "three items a week" must hold on a Raspberry Pi without a battery behind its clock. So the
gate counts in a time of its own: it goes on with the monotonic clock while the bridge runs, and
over a restart by the difference of two wall clock times that could both be believed. Where they
could not, the time in between is not counted: a quota then comes back later, never sooner.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Elapsed:
    """The gate's own time.

    Attributes:
        now_ms: milliseconds that have certainly passed since the gate was new.
        anchor: this time and a believable wall clock at the same moment, the latest such pair.
    """

    now_ms: int = 0
    anchor: tuple[int, int] | None = None
    _earlier: tuple[int, int] | None = None
    _monotonic_ms: int | None = None

    def __post_init__(self) -> None:
        self._earlier = self.anchor

    def advance(self, wall_ms: int, monotonic_ms: int, *, sane: bool) -> int:
        """Take what the clocks show now; returns `now_ms`."""
        if self._monotonic_ms is not None:
            self.now_ms += max(0, monotonic_ms - self._monotonic_ms)
        self._monotonic_ms = max(monotonic_ms, self._monotonic_ms or monotonic_ms)
        if sane:
            if self._earlier is not None:
                then_ms, then_wall_ms = self._earlier
                self.now_ms = max(self.now_ms, then_ms + wall_ms - then_wall_ms)
            self.anchor = (self.now_ms, wall_ms)
        return self.now_ms

    def remember(self) -> list[object]:
        """All of it as JSON can hold it."""
        return [self.now_ms, *(self.anchor or ())]

    @classmethod
    def recalled(cls, said: object) -> "Elapsed":
        """What `remember` gave; a new time where it is damaged."""
        match said:
            case [int(now_ms), int(then_ms), int(wall_ms)]:
                return cls(now_ms, (then_ms, wall_ms))
            case [int(now_ms)]:
                return cls(now_ms)
        return cls()
