"""One machine's slots and counters: what leaves, what fails, what is asked for in vain."""

import random
from dataclasses import dataclass

from hardware.simulators.fleet.town import SUPPLIES

JAM = 1 / 500
INSTEAD = 0.25
"""So many take the other product of the group when theirs is sold out."""

_BY_NAME = {supply.selection: supply for supply in SUPPLIES}


@dataclass(slots=True)
class Slot:
    """What a selection holds and has counted; counters only rise until the board is exchanged."""

    level: int = 0
    paid: int = 0
    free: int = 0
    test: int = 0
    failed: int = 0
    presses: int = 0
    jammed: bool = False

    @property
    def sold_out(self) -> bool:
        """Whether nothing is left; the machine itself notices (ELB)."""
        return self.level == 0


class Machine:
    """The slots of one machine, and the news that it has.

    Args:
        rng: chance.

    Attributes:
        slots: by selection.
        board: identity of the control board.
        outages: of the mains, since the board was new.
        news: events since they were last taken: name, selection or None, active or None.
        wanted: every item asked for since it was last taken: minute and selection.
        missed: of these, how many were gone without as the slot was empty, by selection.
        stuck: the same as the slot was jammed or the mains off.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.slots = {supply.selection: Slot() for supply in SUPPLIES}
        self.board = f"board-{rng.randrange(10**6):06d}"
        self.outages = 0
        self.news: list[tuple[str, str | None, bool | None]] = []
        self.wanted: list[tuple[float, str]] = []
        self.missed: dict[str, int] = {}
        self.stuck: dict[str, int] = {}
        for supply in SUPPLIES:
            slot = self.slots[supply.selection]
            past = rng.randrange(3000)
            slot.free, slot.paid = (past, 0) if supply.free else (0, past)

    def ask(self, selection: str, count: int, minute: float) -> None:
        """At some minute of the day somebody wants so many of a selection."""
        if self._want(selection, count, minute) and self.slots[selection].sold_out:
            self._in_vain(selection, minute)

    def ask_in_the_dark(self, selection: str, count: int, minute: float) -> None:
        """The same without mains: nothing happens, and no counter knows of it."""
        self.wanted += [(minute, selection)] * count
        self.stuck[selection] = self.stuck.get(selection, 0) + count

    def test(self, selection: str) -> None:
        """A technician's test vend; the item goes, and counts apart (PA3)."""
        slot = self.slots[selection]
        if slot.level and not slot.jammed:
            slot.test += 1
            self._take_one(selection)

    def fill(self, selection: str, level: int) -> None:
        """Filled up to a level, and what was stuck is freed."""
        slot = self.slots[selection]
        if slot.sold_out and level:
            self.news.append(("sold-out", selection, False))
        if slot.jammed:
            self.news.append(("jam", selection, False))
        slot.level, slot.jammed = level, False

    def exchange_board(self) -> None:
        """Another control board: it counts from nothing."""
        self.board, self.outages = f"board-{self._rng.randrange(10**6):06d}", 0
        for slot in self.slots.values():
            slot.paid = slot.free = slot.test = slot.failed = slot.presses = 0

    def _want(self, selection: str, count: int, minute: float) -> int:
        got = sum(self._vend(selection) for _ in range(count))
        self.wanted += [(minute, selection)] * count
        why = self.missed if self.slots[selection].sold_out else self.stuck
        why[selection] = why.get(selection, 0) + count - got
        return count - got

    def _vend(self, selection: str) -> bool:
        slot = self.slots[selection]
        if slot.level == 0:
            return False
        if slot.jammed or self._rng.random() < JAM:
            if not slot.jammed:
                self.news.append(("jam", selection, True))
            slot.jammed = True
            slot.failed += 1
            return False
        self._take_one(selection)
        slot.free += _BY_NAME[selection].free
        slot.paid += not _BY_NAME[selection].free
        return True

    def _take_one(self, selection: str) -> None:
        slot = self.slots[selection]
        slot.level -= 1
        if slot.level == 0:
            self.news.append(("sold-out", selection, True))

    def _in_vain(self, selection: str, minute: float) -> None:
        """Many see the light and do not press; some press more than once; some take the other."""
        if self._rng.random() < 0.6:
            self.slots[selection].presses += self._rng.choice((1, 1, 1, 2, 3))
        mine = _BY_NAME[selection]
        others = [each for each in SUPPLIES if each.group == mine.group and each is not mine]
        if others and self._rng.random() < INSTEAD:
            self._want(self._rng.choice(others).selection, 1, minute)
