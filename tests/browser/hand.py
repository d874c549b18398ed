"""A technician's hand on a tablet: every tap and key is counted, and worth its time.

The keystroke-level model (Card, Moran & Newell, CACM 23, 1980, 10.1145/358886.358895): pointing
1.1 s, pressing 0.1 s, thinking before a decision 1.35 s; a key on glass 0.33 s (36 words a minute,
37,370 people: Palin et al., MobileHCI 2019, 10.1145/3338286.3340120). It knows practised people who
make no mistake, and nothing of reading: it compares designs, and is no stop-watch.
"""

from dataclasses import dataclass

from playwright.sync_api import Locator

POINT_S, PRESS_S, THINK_S, KEY_S = 1.1, 0.1, 1.35, 0.33


@dataclass
class Hand:
    """What was done so far."""

    taps: int = 0
    keys: int = 0
    decisions: int = 0

    def tap(self, what: Locator, *, decides: bool = False) -> None:
        """Tap once; `decides` where something had to be thought of first."""
        what.click()
        self.taps += 1
        self.decisions += decides

    def type(self, where: Locator, text: str) -> None:
        """Tap into a field, and type."""
        where.fill(text)
        self.taps += 1
        self.decisions += 1
        self.keys += len(text)

    @property
    def strokes(self) -> int:
        """Taps and keys."""
        return self.taps + self.keys

    @property
    def seconds(self) -> float:
        """What it takes of a person's time."""
        tapped = self.taps * (POINT_S + PRESS_S)
        return tapped + self.keys * KEY_S + self.decisions * THINK_S
