"""What else is known of how a slot stood, laid over its counters: jams, bridges away, levels of 0.

A sale ends every mark: what sells can sell, whatever was said before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from hub.demand.values import CounterPoint, State


@dataclass(frozen=True, slots=True)
class Mark:
    """From a moment on a slot stands otherwise than its counters say.

    Attributes:
        at_ms: from when on, ms since 1970 UTC.
        what: what is known; a later mark of the same kind takes its place.
        begins: False where it is over.
    """

    at_ms: int
    what: Literal["jam", "away", "empty"]
    begins: bool


@dataclass(slots=True)
class _Marked:
    marks: list[Mark]
    points: list[CounterPoint] = field(default_factory=list)
    stands: set[str] = field(default_factory=set)
    plain: State = "open"

    def before(self, at_ms: int | None) -> None:
        """Take every mark from before a reading; each makes a point of its own."""
        while self.marks and (at_ms is None or self.marks[-1].at_ms < at_ms):
            mark = self.marks.pop()
            self._put(mark)
            if self.points and self.points[-1].state != self.state:
                last = self.points[-1]
                at = max(mark.at_ms, last.at_ms + 1)
                self.points.append(replace(last, at_ms=at, state=self.state, since_ms=None))

    def take(self, point: CounterPoint) -> None:
        """Take a reading; that it is empty is known of this very reading, the rest from then on."""
        self.before(point.at_ms)
        if self.points and (point.dispensed or 0) > (self.points[-1].dispensed or 0):
            self.stands.clear()
        now = [each for each in self.marks if (each.at_ms, each.what) == (point.at_ms, "empty")]
        for mark in now:
            self._put(mark)
        self.marks = [each for each in self.marks if each not in now] if now else self.marks
        self.plain = point.state
        self.points.append(replace(point, state=self.state) if self.stands else point)

    def _put(self, mark: Mark) -> None:
        (self.stands.add if mark.begins else self.stands.discard)(mark.what)

    @property
    def state(self) -> State:
        """How it stands now."""
        if self.stands & {"jam", "away"}:
            return "blocked"
        return "sold-out" if "empty" in self.stands else self.plain


def marked(points: Sequence[CounterPoint], marks: Iterable[Mark]) -> list[CounterPoint]:
    """Counters with marks laid over them.

    Args:
        points: oldest first.
        marks: in any order; of one moment the last stands.
    """
    ordered = sorted(marks, key=lambda mark: mark.at_ms)
    if not ordered:
        return list(points)
    made = _Marked(ordered[::-1])
    for point in points:
        made.take(point)
    made.before(None)
    return made.points
