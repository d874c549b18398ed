"""Being the upper computer of an FA FB board: answering it, asking it, having it vend.

Every POLL is answered at once, with ACK or with the order that is next; every other frame of the
board with ACK, also when it is one that was taken already.
"""

from firmware_bridge.drivers._fafb_board import Board
from firmware_bridge.drivers._fafb_ear import Ear
from firmware_bridge.drivers._fafb_outbox import Order, Outbox
from firmware_bridge.drivers._fafb_wishes import MAX_BEGUN, Wishes
from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import (
    Fault,
    FaultReading,
    Reading,
    VendReading,
    VendRequestReading,
)
from firmware_bridge.framing.fafb import ACK, FROM_HOST, Command, Frame
from firmware_bridge.framing.fafb_messages import Filled, Selected, SyncAsked, meaning

SYNC_AFTER_VEND_S = 1.0
NO_SELECTION = b"\0\0"

_READS = {
    "read": (Command.SYNC, Command.ASK_STATUS),
    "sync": (Command.SYNC,),
    "status": (Command.ASK_STATUS,),
}
_WORDS = {
    Command.SYNC: "to tell of every slot (31)",
    Command.ASK_STATUS: "for its status (51)",
    Command.CHECK: "whether a slot can be bought from (01)",
    Command.BUY: "to turn a slot (03)",
    Command.SELECT: "to take a selection back (05)",
}


class Host:
    """A driver that is the upper computer.

    Args:
        board: what the board tells goes there.
        silence_s: without one good frame for so long it is a fault.
        sync_interval_s: from one full sync to the next.
        status_interval_s: between two requests for status.
        wishes: who may have what they choose; None leaves that to the machine.
    """

    def __init__(
        self,
        board: Board,
        *,
        silence_s: float,
        sync_interval_s: float,
        status_interval_s: float,
        wishes: Wishes | None,
    ) -> None:
        self._board = board
        self._ear = Ear(silence_s)
        self._outbox = Outbox(self._lost)
        self._wishes = wishes
        self._intervals = {Command.SYNC: sync_interval_s, Command.ASK_STATUS: status_interval_s}
        self._due = dict.fromkeys(self._intervals, 0.0)
        self._news: list[Reading] = []

    def opened(self, now_s: float) -> Step:
        """The port is there: forget what was going on, and ask for everything."""
        self._ear.opened(now_s)
        self._outbox.clear()
        if self._wishes is not None:
            self._wishes.close()
        self._ask_all(now_s)
        return self._step(b"", now_s, tx_enabled=True)

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes that arrived."""
        return self._step(self._answer(self._ear.feed(data, now_s), now_s), now_s)

    def wake(self, now_s: float) -> Step:
        """The time asked for has come, or an earlier one."""
        return self._step(self._answer(self._ear.wake(now_s), now_s), now_s)

    def request(self, what: str, now_s: float) -> Step:
        """Do what was asked: see `docs/drivers/fafb.md`.

        Raises:
            UnknownRequestError: there is no such request, or nothing waits for it.
        """
        word, _, rest = what.partition(" ")
        if what in _READS:
            for command in _READS[what]:
                self._outbox.put(Order(command))
        elif word == "check" and rest.isdecimal() and 0 < int(rest) < 1000:
            self._outbox.put(Order(Command.CHECK, int(rest).to_bytes(2, "big")))
        elif self._wishes is None or not self._decide(self._wishes, word, rest, now_s):
            raise UnknownRequestError(self._refusal(what))
        if self._ear.is_silent:
            self._news.append(self._ear.silence())
        return self._step(b"", now_s)

    def _refusal(self, what: str) -> str:
        known = "read, sync, status, check SELECTION"
        if self._wishes is None:
            return f"the FA FB driver cannot do {what!r}; it can do: {known}"
        return (
            f"the FA FB driver cannot do {what!r} now; it can do: {known}, begin 1 to {MAX_BEGUN}, "
            "cancel, and approve or deny while a selection waits"
        )

    def _decide(self, wishes: Wishes, word: str, rest: str, now_s: float) -> bool:
        """What somebody decided about a selection; False where there is nothing to decide."""
        if word == "begin" and rest.isdecimal() and 0 < int(rest) <= MAX_BEGUN:
            wishes.begin(int(rest), now_s)
            if wishes.waiting and wishes.chosen(wishes.waiting, now_s):
                self._buy(wishes.answered(), now_s)
            return True
        if rest:
            return False
        if word == "cancel":
            self._take_back(wishes)
            wishes.close()
            self._outbox.withdraw(Command.BUY)
            return True
        if word == "approve" and wishes.waiting:
            self._buy(wishes.answered(), now_s)
            return True
        return word == "deny" and self._take_back(wishes)

    def _take_back(self, wishes: Wishes) -> bool:
        """Cancel the selection that waits, at the machine; False where none does."""
        if not wishes.answered():
            return False
        self._outbox.put(Order(Command.SELECT, NO_SELECTION), first=True)
        return True

    def _buy(self, selection: int, now_s: float) -> None:
        wait_s = 0.0 if self._wishes is None else self._wishes.answer_s
        order = Order(Command.BUY, selection.to_bytes(2, "big"), now_s + wait_s)
        if not self._outbox.put(order, first=True):
            self._lost(order, False)

    def _lost(self, order: Order, was_sent: bool) -> None:  # noqa: FBT001 - a callback of two facts
        """An order came to nothing."""
        if order.command is Command.BUY:
            self._news.append(self._board.vends.refused(order.selection))
        if was_sent:
            detail = f"the board asks, but does not take our request {_WORDS[order.command]}"
            advice = "Check our TX line to its RX; if all else works, report the board's model."
            self._news.append(FaultReading(Fault.PROTOCOL, detail, advice))

    def _answer(self, frames: list[Frame], now_s: float) -> bytes:
        """What the last frame that wants an answer is answered."""
        last: Frame | None = None
        for frame in frames:
            if frame.command == Command.ACK:
                self._acknowledged(now_s)
            elif frame.command not in FROM_HOST:
                last = frame
                self._take(frame, now_s)
        if last is None:
            return b""
        return self._polled(now_s) if last.command == Command.POLL else ACK

    def _polled(self, now_s: float) -> bytes:
        for command, due_s in self._due.items():
            if now_s >= due_s:
                self._outbox.put(Order(command))
                self._due[command] = now_s + self._intervals[command]
        send, begun = self._outbox.polled(now_s)
        if begun is not None and begun.command is Command.BUY:
            self._news += self._board.vends.bought(begun.selection, now_s, authorised=True)
        return send or ACK

    def _acknowledged(self, now_s: float) -> None:
        order = self._outbox.acknowledged()
        if order is not None and order.command is Command.SYNC:
            # A board without slots tells nothing; that it answers is worth telling all the same.
            self._board.tell_slots(now_s)

    def _take(self, frame: Frame, now_s: float) -> None:
        if frame.command == Command.POLL or self._board.is_resent(frame, now_s):
            return
        self._outbox.heard(frame)
        learned = self._board.take(frame, now_s)
        self._news += learned
        message = meaning(frame)
        if isinstance(message, Selected) and self._wishes is not None:
            self._selected(self._wishes, message.selection, now_s)
        if isinstance(message, SyncAsked):
            self._due[Command.SYNC] = now_s
        if isinstance(message, Filled) or any(isinstance(each, VendReading) for each in learned):
            self._due[Command.SYNC] = min(self._due[Command.SYNC], now_s + SYNC_AFTER_VEND_S)

    def _selected(self, wishes: Wishes, selection: int, now_s: float) -> None:
        if not selection:
            wishes.answered()
            self._outbox.withdraw(Command.BUY)
        elif wishes.chosen(selection, now_s):
            self._buy(selection, now_s)
        else:
            price_minor = self._board.slots.price_minor(selection)
            self._news.append(
                VendRequestReading(
                    selection=str(selection), price_minor=price_minor, wait_s=wishes.answer_s
                )
            )

    def _ask_all(self, now_s: float) -> None:
        self._due = dict.fromkeys(self._intervals, now_s)

    def _step(self, send: bytes, now_s: float, *, tx_enabled: bool | None = None) -> Step:
        if self._wishes is not None and self._wishes.is_overdue(now_s):
            self._take_back(self._wishes)
        self._news += self._board.due(now_s)
        if (fault := self._ear.fault(now_s)) is not None:
            self._news.append(fault)
            self._ask_all(now_s)
        readings, self._news = tuple(self._news), []
        times = [self._ear.due_s, self._board.due_s, self._wishes.due_s if self._wishes else None]
        wake_at_s = min((when for when in times if when is not None), default=None)
        return Step(send, readings, wake_at_s, tx_enabled)
