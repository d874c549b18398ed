"""A simulated vending machine with a DDCMP port: its world is that of the DEX machine."""

import time
from collections.abc import Callable
from datetime import datetime

from hardware.simulators import vending_control
from hardware.simulators.ddcmp_slave import DdcmpManners, DdcmpSlave
from hardware.simulators.device import Reply, Request
from hardware.simulators.vending_world import Setup, VendingWorld, local_time

ANSWER_AFTER_S = 0.04
"""EVA-DTS 6.1.1 chapter 3: at least 40 ms before any answer."""

LIST_WITH_RESET = 1


class DdcmpMachine:
    """The device that the simulator loop runs.

    Args:
        setup: how the machine is set up.
        manners: how its port behaves.
        now: the machine's own clock.
        now_s: monotonic seconds, the clock of the loop.
        hurried: answer at once, so that tests are quick.

    Attributes:
        world: the machine and the people around it.
        port: its side of the dialogue.

    Raises:
        SimulatorError: the state or the audit file can't be used.
    """

    def __init__(
        self,
        setup: Setup,
        manners: DdcmpManners | None = None,
        now: Callable[[], datetime] = local_time,
        now_s: Callable[[], float] = time.monotonic,
        *,
        hurried: bool = False,
    ) -> None:
        self.answer_after_s = 0.0 if hurried else ANSWER_AFTER_S
        self.world = VendingWorld(setup, now, now_s)
        self.port = DdcmpSlave(manners or DdcmpManners(), self.world.audit, self._was_read)
        self.settle()

    @property
    def corrupt_checksums(self) -> bool:
        """While True every CRC of data that is sent is wrong."""
        return self.port.corrupt_checksums

    @corrupt_checksums.setter
    def corrupt_checksums(self, wrong: bool) -> None:
        self.port.corrupt_checksums = wrong

    @property
    def wake_at_s(self) -> float | None:
        """When `wake` must be called."""
        times = [self.port.wake_at_s, self.world.next_person_s]
        return min([when for when in times if when is not None], default=None)

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes from the reader; nothing is heard while the mains is off."""
        self.world.time_s = now_s
        return b"" if self.world.is_dark else self.port.feed(data, now_s)

    def wake(self, now_s: float) -> bytes:
        """Let people come, and the dialogue go on."""
        self.world.time_s = now_s
        self.world.let_people_come()
        return self.port.wake(now_s)

    def control(self, request: Request, now_s: float) -> Reply:
        """Do what a control request says; see docs/hardware/simulators.md.

        Raises:
            RequestError: it does not fit.
            SimulatorError: it fits, but can't be done.
        """
        self.world.time_s = now_s
        reply = vending_control.obey(self.world, request)
        if self.world.is_dark:
            self.port.reset()
        if request.get("do") == "state":
            reply["lists"] = list(self.port.lists)
        return reply

    def line_lost(self) -> None:
        """Forget the session."""
        self.port.reset()

    def settle(self) -> None:
        """Write the state down when it has changed."""
        self.world.settle()

    def _was_read(self, number: int) -> None:
        """List 1 clears interval data as a DEX read does; the other lists clear nothing."""
        if number == LIST_WITH_RESET:
            self.world.was_read()
        else:
            self.world.machine.memory.reads += 1
