"""What the upper computer has to say to an FA FB board: one order at a time, resent, numbered."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from firmware_bridge.framing.fafb import Command, Frame, encode, next_number

RESENDS = 5
"""By the manual a frame is sent again five times at most."""

MAX_WAITING = 32


@dataclass(frozen=True, slots=True)
class Order:
    """One command to the board.

    Attributes:
        command: which.
        text: what it carries behind its number.
        valid_until_s: not sent for the first time after this.
    """

    command: Command
    text: bytes = b""
    valid_until_s: float = float("inf")

    @property
    def selection(self) -> int:
        """The slot concerned; 0 for none."""
        return int.from_bytes(self.text[:2], "big")


class Outbox:
    """Orders on their way. An order goes out in answer to a POLL, until it is acknowledged.

    Args:
        lost: called with an order that never reached the board; True where it was sent at all.
    """

    def __init__(self, lost: Callable[[Order, bool], None]) -> None:
        self._lost = lost
        self._waiting: deque[Order] = deque()
        self._current: Order | None = None
        self._sent = 0
        self._number = 0

    def put(self, order: Order, *, first: bool = False) -> bool:
        """Queue an order, one of each kind; False when there is no room."""
        same = [each for each in self._waiting if _is_same(each, order)]
        if same and order.command is not Command.BUY:
            return True
        if len(self._waiting) >= MAX_WAITING:
            return False
        (self._waiting.appendleft if first else self._waiting.append)(order)
        return True

    def polled(self, now_s: float) -> tuple[bytes, Order | None]:
        """What answers a POLL, and the order that goes out by it for the first time."""
        if self._current is not None and self._sent > RESENDS:
            order, self._current = self._current, None
            self._lost(order, True)
        while self._current is None and self._waiting:
            order = self._waiting.popleft()
            if now_s > order.valid_until_s:
                self._lost(order, False)
                continue
            self._current, self._sent = order, 0
            self._number = next_number(self._number)
        if self._current is None:
            return b"", None
        self._sent += 1
        frame = encode(self._current.command, self._number, self._current.text)
        return frame, self._current if self._sent == 1 else None

    def acknowledged(self) -> Order | None:
        """The board has taken the order under way; gives it."""
        order, self._current = self._current, None
        return order

    def heard(self, frame: Frame) -> None:
        """A turn that begins proves that the order for it arrived, though its ACK was lost."""
        order = self._current
        if order is None or order.command is not Command.BUY or frame.command != Command.DISPENSE:
            return
        if frame.text[1:3] == order.text[:2]:
            self._current = None

    def withdraw(self, command: Command) -> None:
        """Forget what was not sent yet of one kind: nobody wants it any more."""
        self._waiting = deque(order for order in self._waiting if order.command is not command)

    def clear(self) -> None:
        """Forget all; only what was never sent counts as lost."""
        waiting, self._waiting, self._current = self._waiting, deque(), None
        for order in waiting:
            self._lost(order, False)


def _is_same(one: Order, other: Order) -> bool:
    return one.command is other.command and one.text == other.text
