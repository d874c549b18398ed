"""Time that has certainly passed, over restarts, whatever the wall clock shows. Pure.

A quota "three items a week" must hold on a Raspberry Pi without a battery behind its clock: after a
power cut such a clock stands still or lags by days without looking wrong, and jumps when the
network is back. So the gate counts in a time of its own, by the monotonic clock alone, and only
while the bridge runs. What it was switched off is not counted: a quota then comes back later, never
sooner.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Elapsed:
    """The gate's own time.

    Attributes:
        now_ms: milliseconds that have certainly passed since the gate was new.
    """

    now_ms: int = 0
    _monotonic_ms: int | None = None

    def advance(self, monotonic_ms: int) -> int:
        """Take what the monotonic clock shows now; returns `now_ms`."""
        before_ms = monotonic_ms if self._monotonic_ms is None else self._monotonic_ms
        self.now_ms += max(0, monotonic_ms - before_ms)
        self._monotonic_ms = max(monotonic_ms, before_ms)
        return self.now_ms

    def remember(self) -> int:
        """All of it as JSON can hold it."""
        return self.now_ms

    @classmethod
    def recalled(cls, said: object) -> "Elapsed":
        """What `remember` gave; a new time where it is damaged."""
        return cls(said) if isinstance(said, int) and said >= 0 else cls()
