"""When what is found differs from what was reckoned: by how much, and what may have done it."""

from dataclasses import dataclass, field

JAMS = frozenset({"jam", "drop-sensor", "elevator"})
"""Words of a machine after which an item may hang, or have fallen unseen."""

DOORS = frozenset({"door-open", "door-left-open"})


@dataclass(frozen=True, slots=True)
class Drift:
    """A difference between what was reckoned and what was found.

    Attributes:
        at_ms: when it was found, ms since 1970 UTC.
        reckoned: how many should have been left; None: sight had been lost.
        found: how many there were.
        by: who found it: "count", "sensor", "sold-out".
        reasons: what may have done it, the likeliest first, in words.
        unread: of what is missing, so many may have been sold between the last reading of the
            counters and the count.
    """

    at_ms: int
    reckoned: int | None
    found: int
    by: str
    reasons: tuple[str, ...]
    unread: int = 0

    @property
    def difference(self) -> int | None:
        """How many more were found; less than 0: missing."""
        return None if self.reckoned is None else self.found - self.reckoned


@dataclass(slots=True)
class Evidence:
    """What happened since the last count that can make a level wrong."""

    failed: int = 0
    jams: int = 0
    tests: int = 0
    away: int = 0
    assumed: int = 0
    elsewhere: int = 0
    doors: int = 0
    troubles: list[str] = field(default_factory=list)

    def word(self, name: str) -> None:
        """Take in what the machine reported."""
        if name in JAMS:
            self.jams += 1
        elif name == "vend-failed":
            self.failed += 1
        elif name in DOORS:
            self.doors += 1

    def reasons(self, difference: int) -> tuple[str, ...]:
        """What may have made this difference, the likeliest first."""
        if difference == 0:
            return ()
        found = self._missing() if difference < 0 else self._surplus()
        return tuple(found + self.troubles)

    def _missing(self) -> list[str]:
        said = []
        if self.away:
            said.append("sold while the bridge was away, which counts for this machine")
        if self.elsewhere:
            said.append(_times(self.elsewhere, "vend of an unknown slot"))
        if self.tests:
            said.append(_times(self.tests, "test vend"))
        if self.jams:
            said.append(_times(self.jams, "jam") + ": items may have fallen or been taken out")
        said.append("taken by hand without an entry")
        return said

    def _surplus(self) -> list[str]:
        said = []
        if self.failed:
            said.append(_times(self.failed, "failed vend") + ": the item stayed")
        if self.jams:
            said.append(_times(self.jams, "jam") + ": an item may hang in the slot")
        if self.assumed:
            said.append(_times(self.assumed, "vend of unknown end"))
        said.append("restocked without an entry")
        return said


def _times(count: int, what: str) -> str:
    head, space, rest = what.partition(" of ")
    return f"{count} {head}{'' if count == 1 else 's'}{space}{rest}"
