"""The brake against guessing codes at one machine. Pure; times are those of `Elapsed`.

Every wrong code adds one to a strain, which fades by one in three minutes. Up to five cost
nothing, since people mistype and read badly; above, each wrong code is followed by a pause of 5,
10, 20 ... seconds, and never of more than three minutes: somebody may need naloxone now. In the
long run no more wrong codes are tried than fade: 480 a day, and about ten more at the beginning.
"""

from dataclasses import dataclass

FREE_TRIES = 5
FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 180
FADE_S = 180


@dataclass(slots=True)
class Throttle:
    """How much was guessed lately.

    Attributes:
        strain: wrong codes that have not faded.
        at_ms: when that was.
        until_ms: until when nothing is tried.
    """

    strain: float = 0.0
    at_ms: int = 0
    until_ms: int = 0

    def is_paused(self, now_ms: int) -> bool:
        """Whether no code may be tried now."""
        return now_ms < self.until_ms

    def wrong(self, now_ms: int) -> None:
        """A code was tried that is none."""
        faded = max(0.0, self.strain - max(0, now_ms - self.at_ms) / (FADE_S * 1000))
        self.strain, self.at_ms = faded + 1, now_ms
        excess = self.strain - FREE_TRIES
        if excess > 0:
            pause_s = min(FIRST_PAUSE_S * 2.0 ** min(excess - 1, 10), LONGEST_PAUSE_S)
            self.until_ms = now_ms + round(max(pause_s, FIRST_PAUSE_S) * 1000)

    def remember(self) -> list[object]:
        """All of it as JSON can hold it."""
        return [self.strain, self.at_ms, self.until_ms]

    @classmethod
    def recalled(cls, said: object) -> "Throttle":
        """What `remember` gave; without strain where it is damaged."""
        match said:
            case [int() | float() as strain, int(at_ms), int(until_ms)]:
                return cls(float(strain), at_ms, min(until_ms, at_ms + LONGEST_PAUSE_S * 1000))
        return cls()
