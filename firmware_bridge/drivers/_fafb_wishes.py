"""Letting people have what they choose at an FA FB machine: who is asked, and until when. Pure."""

from dataclasses import dataclass

MAX_BEGUN = 99


@dataclass(slots=True)
class Wishes:
    """Selections that were chosen at the machine and wait for a yes, and those let through before.

    Attributes:
        answer_s: how long a chosen selection waits.
        session_s: how long what was begun stays open.
        waiting: the selection that waits; 0 for none.
    """

    answer_s: float
    session_s: float
    waiting: int = 0
    _waits_until_s: float = 0.0
    _left: int = 0
    _open_until_s: float = 0.0

    @property
    def due_s(self) -> float | None:
        """When the one that waits has waited for too long."""
        return self._waits_until_s if self.waiting else None

    def begin(self, items: int, now_s: float) -> None:
        """Let this many selections through without asking."""
        self._left, self._open_until_s = items, now_s + self.session_s

    def chosen(self, selection: int, now_s: float) -> bool:
        """Somebody chose: True where it is let through at once, else it waits."""
        if self._left and now_s < self._open_until_s:
            self._left -= 1
            return True
        self.waiting, self._waits_until_s = selection, now_s + self.answer_s
        return False

    def answered(self) -> int:
        """There is a yes or a no: gives what waited."""
        selection, self.waiting = self.waiting, 0
        return selection

    def is_overdue(self, now_s: float) -> bool:
        """Whether nobody answered in time."""
        return bool(self.waiting) and now_s >= self._waits_until_s

    def close(self) -> None:
        """Nothing is let through any more, and nothing waits."""
        self._left = self.waiting = 0
