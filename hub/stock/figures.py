"""What is said of a slot: how much is left, and how far that can be believed."""

from dataclasses import dataclass
from typing import Literal

Confidence = Literal["counted", "computed", "machine", "sensor", "uncertain", "unknown"]
"""Where a level comes from: a person's count with nothing sold since; a count less sales; the
machine's own word; a level sensor; a figure that needs a new count; nothing is known."""


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """What a slot is meant to hold; None where nobody has said."""

    capacity: int | None = None
    par: int | None = None
    minimum: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFigure:
    """A slot's level, with what is needed to believe it rightly.

    Attributes:
        level: items left; None when nothing is known.
        capacity: how many fit.
        par: the standard fill.
        minimum: the low mark.
        as_of_ms: the time the level is true for; None when nothing is known. Never newer than the
            last word of the machine or of a person: an offline machine's figure grows old.
        confidence: where the level comes from.
        notes: what a person should know, whole sentences.
        low: so many are there at least, whatever the doubts.
        high: so many are there at most; None where nothing bounds it.
    """

    level: int | None
    capacity: int | None
    par: int | None
    minimum: int | None
    as_of_ms: int | None
    confidence: Confidence
    notes: tuple[str, ...] = ()
    low: int = 0
    high: int | None = None

    def age_s(self, now_ms: int) -> float | None:
        """Seconds since the level was true; None when nothing is known."""
        return None if self.as_of_ms is None else max(0, now_ms - self.as_of_ms) / 1000
