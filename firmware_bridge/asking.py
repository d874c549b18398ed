"""What was asked of a device, and what came of it: one thing at a time, for any thread."""

import threading
from dataclasses import dataclass

from firmware_bridge.errors import BusyError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of something that was asked for.

    Attributes:
        done: whether it came to its end; False: it failed, and `lines` say why and what to do.
        lines: for a person.
        check: id of the check that was made; "" for none.
    """

    done: bool
    lines: tuple[str, ...]
    check: str = ""


class Desk:
    """Where a device's one open question lies."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._changed = threading.Condition()
        self._asked = ""
        self._number = 0
        self._outcomes: dict[int, Outcome] = {}

    @property
    def asked(self) -> str:
        """What is asked for and not yet answered; "" for nothing."""
        return self._asked

    def open(self, what: str) -> int:
        """Put a question on the desk.

        Returns:
            Its number, for `wait`.

        Raises:
            BusyError: another one lies there.
        """
        with self._changed:
            if self._asked:
                raise BusyError(
                    f"{self._device} is busy: {self._asked!r} was asked for and is not done; "
                    "wait until it is, and ask again"
                )
            self._asked = what
            self._number += 1
            return self._number

    def settle(self, outcome: Outcome) -> None:
        """Answer the open question, if there is one."""
        with self._changed:
            if self._asked:
                self._asked = ""
                self._outcomes = {self._number: outcome}
                self._changed.notify_all()

    def wait(self, number: int, timeout_s: float) -> Outcome | None:
        """What came of a question; None when nothing did in that time."""
        with self._changed:
            self._changed.wait_for(lambda: number in self._outcomes, timeout_s)
            return self._outcomes.get(number)
