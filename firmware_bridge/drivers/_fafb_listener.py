"""Listening to an FA FB board and the tablet that is its upper computer; nothing is ever sent.

Both directions may come on one line: who speaks follows from the command.
"""

from firmware_bridge.drivers._fafb_board import Board
from firmware_bridge.drivers._fafb_ear import Ear
from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import Reading
from firmware_bridge.framing.fafb import Command, Frame

_SILENT = frozenset({Command.POLL, Command.ACK})


class Listener:
    """A driver that only listens.

    Args:
        board: what is heard goes there.
        silence_s: without one good frame for so long it is a fault.
    """

    def __init__(self, board: Board, silence_s: float) -> None:
        self._board = board
        self._ear = Ear(silence_s)
        self._was_heard = False

    def opened(self, now_s: float) -> Step:
        """The port is there: hear, and keep the transmitter released."""
        self._ear.opened(now_s)
        self._was_heard = False
        return self._step([], now_s)

    def feed(self, data: bytes, now_s: float) -> Step:
        """Take bytes that arrived."""
        return self._step(self._take(self._ear.feed(data, now_s), now_s), now_s)

    def wake(self, now_s: float) -> Step:
        """The time asked for has come, or an earlier one."""
        return self._step(self._take(self._ear.wake(now_s), now_s), now_s)

    def request(self, what: str, now_s: float) -> Step:  # noqa: ARG002 - the face of a driver
        """Nothing can be asked for.

        Raises:
            UnknownRequestError: always.
        """
        raise UnknownRequestError(
            f"the FA FB driver cannot do {what!r}: in mode listen it only listens, and can neither "
            "read nor ask; the tablet is the upper computer"
        )

    def _take(self, frames: list[Frame], now_s: float) -> list[Reading]:
        if frames and not self._was_heard:
            # That it can be heard is worth telling, though no slot has been told of yet.
            self._was_heard = True
            self._board.tell_slots(now_s)
        readings: list[Reading] = []
        for frame in frames:
            if frame.command not in _SILENT and not self._board.is_resent(frame, now_s):
                readings += self._board.take(frame, now_s)
        return readings

    def _step(self, readings: list[Reading], now_s: float) -> Step:
        readings += self._board.due(now_s)
        if (fault := self._ear.fault(now_s)) is not None:
            self._was_heard = False
            readings.append(fault)
        times = [self._ear.due_s, self._board.due_s]
        wake_at_s = min((when for when in times if when is not None), default=None)
        return Step(readings=tuple(readings), wake_at_s=wake_at_s, tx_enabled=False)
