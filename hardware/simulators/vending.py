"""A simulated vending machine on a line: DEX on one side, a small world of people on the other."""

import time
from collections.abc import Callable
from datetime import datetime

from hardware.simulators import vending_control
from hardware.simulators.device import Reply, Request
from hardware.simulators.dex_caller import DexCaller
from hardware.simulators.dex_slave import PAUSE_S, Manners, Phase
from hardware.simulators.vending_world import Setup, VendingWorld, local_time

CALL_AGAIN_S = 10.0
"""Nobody answered its call: it calls again after this."""

ANSWER_AFTER_S = 0.01
"""EVA-DTS 6.1.1 chapter 7: at least 10 ms before any answer."""


class VendingMachine:
    """The device that the simulator loop runs.

    Args:
        setup: how the machine is set up.
        now: the machine's own clock.
        now_s: monotonic seconds, the clock of the loop.
        hurried: answer without the pauses that the standard wants, so that tests are quick.

    Attributes:
        world: the machine and the people around it.

    Raises:
        SimulatorError: the state or the audit file can't be used.
    """

    def __init__(
        self,
        setup: Setup,
        now: Callable[[], datetime] = local_time,
        now_s: Callable[[], float] = time.monotonic,
        *,
        hurried: bool = False,
    ) -> None:
        self.answer_after_s = 0.0 if hurried else ANSWER_AFTER_S
        self.world = VendingWorld(setup, now, now_s)
        habits = setup.habits
        self._dex = DexCaller(
            Manners(
                habits.comm_id,
                habits.revision,
                habits.reply_crlf,
                pause_s=0.0 if hurried else PAUSE_S,
            ),
            self.world.audit,
            self.world.was_read,
            self.world.was_configured,
            self.world.quirks,
        )
        self.settle()

    @property
    def corrupt_checksums(self) -> bool:
        """While True every CRC that is sent is wrong."""
        return self._dex.corrupt_checksums

    @corrupt_checksums.setter
    def corrupt_checksums(self, wrong: bool) -> None:
        self._dex.corrupt_checksums = wrong

    @property
    def wake_at_s(self) -> float | None:
        """When `wake` must be called."""
        times = [self._dex.wake_at_s, self.world.next_person_s]
        if self._dex.phase is Phase.IDLE:
            times.append(self.world.call_at_s)
        return min([when for when in times if when is not None], default=None)

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes from the carrier; nothing is heard while the mains is off."""
        self.world.time_s = now_s
        return b"" if self.world.is_dark else self._dex.feed(data, now_s)

    def wake(self, now_s: float) -> bytes:
        """Let people come, and the dialogue go on."""
        self.world.time_s = now_s
        self.world.let_people_come()
        due_s, call_at_s = self._dex.wake_at_s, self.world.call_at_s
        if due_s is not None and due_s <= now_s:
            return self._dex.wake(now_s)
        if call_at_s is None or call_at_s > now_s:
            return b""
        self.world.call_at_s = now_s + CALL_AGAIN_S
        if self.world.is_dark:
            return b""
        return self._dex.call(now_s, self.world.events, self.world.was_told)

    def control(self, request: Request, now_s: float) -> Reply:
        """Do what a control request says; see docs/hardware/simulators.md.

        Raises:
            RequestError: it does not fit.
            SimulatorError: it fits, but can't be done.
        """
        self.world.time_s = now_s
        reply = vending_control.obey(self.world, request)
        if self.world.is_dark:
            self._dex.reset()
        return reply

    def drained(self, now_s: float) -> None:
        """All that was said has gone out by now, on a slow line: the wait for an answer begins."""
        self._dex.drained(now_s)

    def line_lost(self) -> None:
        """Forget the session."""
        self._dex.reset()

    def settle(self) -> None:
        """Write the state down when it has changed; tell of what happened."""
        self.world.wish_to_tell()
        self.world.settle()
