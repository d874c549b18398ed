"""A simulated vending machine on MDB behind a simulated adapter, on one line."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from hardware.simulators import mdb_control, planogram
from hardware.simulators.device import Reply, Request
from hardware.simulators.mdb_adapter import Adapter
from hardware.simulators.mdb_vmc import Manners, Vmc
from hardware.simulators.people import People
from hardware.simulators.planogram import Selection
from hardware.simulators.vending_world import local_time


class MdbMachine:
    """The device that the simulator loop runs.

    Args:
        manners: how the machine behaves.
        rows: what stands where.
        per_hour: how many people come on average and pay in cash.
        seed: for them.
        now: the clock on the wall.
        now_s: monotonic seconds, the clock of the loop.
    """

    def __init__(
        self,
        manners: Manners,
        rows: Sequence[Selection] = planogram.DEFAULT,
        *,
        per_hour: float = 0.0,
        seed: int = 0,
        now: Callable[[], datetime] = local_time,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.answer_after_s = 0.0
        self.adapter = Adapter(lambda: round(self.vmc.time_s * 10_000) % 10_000_000_000)
        self.vmc = Vmc(self.adapter, rows, manners)
        self.vmc.time_s = now_s()
        self.vmc.poll_from_now()
        self._now = now
        self._people = People(rows, per_hour, f"{seed}/mdb", by_hour=False)
        self._next_person_s: float | None = None
        self._await_person()

    @property
    def corrupt_checksums(self) -> bool:
        """While True every block on the bus is told as damaged."""
        return self.adapter.damaged

    @corrupt_checksums.setter
    def corrupt_checksums(self, wrong: bool) -> None:
        self.adapter.damaged = wrong

    @property
    def wake_at_s(self) -> float | None:
        """When `wake` must be called; at once while something waits to be said."""
        if self.adapter.out:
            return self.vmc.time_s
        times = [self.vmc.wake_at_s, self._next_person_s]
        return min((when for when in times if when is not None), default=None)

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes of the host."""
        self.vmc.time_s = now_s
        self.adapter.feed(data)
        return self._said()

    def wake(self, now_s: float) -> bytes:
        """Let the machine and people go on."""
        self.vmc.time_s = now_s
        self.vmc.wake()
        if self._next_person_s is not None and self._next_person_s <= now_s:
            choice = self._people.choose(self._now())
            if choice is not None and self.vmc.is_on:
                self.vmc.cash(choice, "paid")
            self._await_person()
        return self._said()

    def control(self, request: Request, now_s: float) -> Reply:
        """Do what a control request says; see docs/hardware/simulators.md.

        Raises:
            RequestError: it does not fit.
        """
        self.vmc.time_s = now_s
        return mdb_control.obey(self.vmc, request)

    def line_lost(self) -> None:
        """What was being said is lost; the adapter has its supply from the bus and goes on."""
        self.adapter.out.clear()

    def settle(self) -> None:
        """Nothing outlives this process."""

    def _said(self) -> bytes:
        said = bytes(self.adapter.out)
        self.adapter.out.clear()
        return said

    def _await_person(self) -> None:
        wait_s = self._people.wait_s()
        self._next_person_s = None if wait_s is None else self.vmc.time_s + wait_s
