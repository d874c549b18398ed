"""A driver and a simulated machine on a line without a pty: time is ours, and so are losses."""

from collections.abc import Callable
from typing import TypeVar

from firmware_bridge.drivers import registry
from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.readings import (
    CountersReading,
    EventReading,
    FaultReading,
    Reading,
    VendReading,
    VendRequestReading,
)
from hardware.simulators.device import Reply
from hardware.simulators.mdb import MdbMachine
from hardware.simulators.mdb_vmc import Manners
from hardware.simulators.planogram import Selection

ROWS = tuple(
    Selection(selection=name, product=name, capacity=50, par=50, minimum=5, price_cents=price)
    for name, price in (("A1", 100), ("A2", 0), ("B1", 250), ("B2", 1500))
)
FEW_MS = 0.002
Kind = TypeVar("Kind", bound=Reading)
Mangle = Callable[[bytes], bytes]


class Town:
    """Both ends, and the line between them.

    Attributes:
        mangle: what the line does to bytes on their way to the driver.
        mangle_sent: what it does to bytes on their way to the adapter.
        deaf: what the driver says is lost.
    """

    def __init__(self, manners: Manners | None = None, **settings: object) -> None:
        items = {"1": "A1", "2": "A2", "3": "B1", "4": "B2"}
        given = {"mode": "cashless", "funds": "9.99", "items": items, **settings}
        self.driver = registry.find("mdb").make(given)
        self.now_s = 1000.0
        chosen = manners or Manners(init_s=0.05, vend_s=0.5)
        self.machine = MdbMachine(chosen, ROWS, now_s=lambda: self.now_s)
        self.readings: list[Reading] = []
        self.sent = bytearray()
        self.mangle: Mangle = bytes
        self.mangle_sent: Mangle = bytes
        self.deaf = False
        self._wake_s: float | None = None
        self._pending: list[bytes] = []

    def open(self, seconds: float = 2.0) -> "Town":
        """The port is opened; time for both to become ready."""
        self.do(self.driver.opened(self.now_s))
        return self.run(seconds)

    def run(self, seconds: float) -> "Town":
        """Let time pass."""
        end_s = self.now_s + seconds
        while True:
            self._settle()
            times = [self._wake_s, self.machine.wake_at_s]
            next_s = min((when for when in times if when is not None), default=end_s)
            if next_s > end_s:
                self.now_s = end_s
                return self
            self.now_s = max(self.now_s + FEW_MS, next_s)
            if self._wake_s is not None and self._wake_s <= self.now_s:
                self._wake_s = None
                self.do(self.driver.wake(self.now_s))
            self._pending.append(self.machine.wake(self.now_s))

    def do(self, step: Step) -> None:
        """What the line does with a step of the driver."""
        self.readings += step.readings
        self._wake_s = step.wake_at_s if step.wake_at_s is not None else self._wake_s
        self.sent += step.send
        if step.send and not self.deaf:
            sent = self.mangle_sent(step.send)
            self._pending.append(self.machine.feed(sent, self.now_s))

    def request(self, what: str, seconds: float = 0.1) -> "Town":
        """The bridge asks the driver for something."""
        self.do(self.driver.request(what, self.now_s))
        return self.run(seconds)

    def tell(self, seconds: float = 1.0, **request: object) -> Reply:
        """The simulated world changes; time passes."""
        reply = self.machine.control(request, self.now_s)
        self.run(seconds)
        return reply

    def press(self, selection: str, seconds: float = 1.0) -> Reply:
        """Somebody chooses."""
        return self.tell(seconds, do="sell", selection=selection, pay="none")

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The readings of one kind."""
        return [each for each in self.readings if isinstance(each, kind)]

    @property
    def vends(self) -> list[tuple[str | None, str]]:
        """Selection and outcome of each vend that was told."""
        return [(each.selection, each.outcome) for each in self.of(VendReading)]

    @property
    def faults(self) -> list[str]:
        """The faults that were told."""
        return [each.fault.value for each in self.of(FaultReading)]

    @property
    def events(self) -> list[str]:
        """The codes of the events that were told."""
        return [each.code for each in self.of(EventReading)]

    @property
    def asked(self) -> list[VendRequestReading]:
        """The requests that wait for an answer, or did."""
        return self.of(VendRequestReading)

    @property
    def alive(self) -> int:
        """How often it was said that all is well."""
        return len(self.of(CountersReading))

    @property
    def taken(self) -> list[str]:
        """What really left the machine."""
        return self.machine.vmc.ledger.taken

    def _settle(self) -> None:
        """Give the driver all that was said to it."""
        while self._pending:
            data = self.mangle(self._pending.pop(0))
            if data:
                self.do(self.driver.feed(data, self.now_s))
