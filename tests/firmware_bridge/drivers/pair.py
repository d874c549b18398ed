"""A driver and a simulated device on a line that can be hurt, and a clock that is only counted."""

from collections.abc import Callable
from dataclasses import dataclass, field

from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.readings import FaultReading, Reading, VendReading
from hardware.simulators.device import Device

LATENCY_S = 0.005
Hurt = Callable[[bytes], bytes]


def unhurt(data: bytes) -> bytes:
    return data


@dataclass
class Pair:
    """Both ends, and what the driver learned."""

    driver: Driver
    device: Device
    from_device: Hurt = unhurt
    to_device: Hurt = unhurt
    readings: list[Reading] = field(default_factory=list)
    sent: bytearray = field(default_factory=bytearray)
    heard: bytearray = field(default_factory=bytearray)
    tx: list[bool] = field(default_factory=list)
    now_s: float = 100.0
    _wake_at_s: float | None = None
    _in: list[tuple[float, bytes]] = field(default_factory=list)
    _out: list[tuple[float, bytes]] = field(default_factory=list)

    def open(self) -> None:
        self._wake_at_s = None
        self._do(self.driver.opened(self.now_s))

    def request(self, what: str) -> None:
        self._do(self.driver.request(what, self.now_s))

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while (next_s := self._next_s()) <= end_s:
            self.now_s = max(self.now_s + 1e-4, next_s)
            self._turn()
        self.now_s = end_s

    @property
    def vends(self) -> list[VendReading]:
        return [each for each in self.readings if isinstance(each, VendReading)]

    @property
    def faults(self) -> list[FaultReading]:
        return [each for each in self.readings if isinstance(each, FaultReading)]

    def _next_s(self) -> float:
        times = [when for when, _data in self._in[:1] + self._out[:1]]
        times += [when for when in (self._wake_at_s, self.device.wake_at_s) if when is not None]
        return min(times, default=float("inf"))

    def _turn(self) -> None:
        while self._in and self._in[0][0] <= self.now_s:
            data = self._in.pop(0)[1]
            self.heard += data
            self._do(self.driver.feed(data, self.now_s))
        while self._out and self._out[0][0] <= self.now_s:
            self._say(self.device.feed(self._out.pop(0)[1], self.now_s))
        due_s = self.device.wake_at_s
        if due_s is not None and due_s <= self.now_s:
            self._say(self.device.wake(self.now_s))
        if self._wake_at_s is not None and self._wake_at_s <= self.now_s:
            self._wake_at_s = None
            self._do(self.driver.wake(self.now_s))

    def _say(self, data: bytes) -> None:
        if data and (data := self.from_device(data)):
            self._in.append((self.now_s + LATENCY_S, data))

    def _do(self, step: Step) -> None:
        self.readings += step.readings
        self.sent += step.send
        if step.tx_enabled is not None:
            self.tx.append(step.tx_enabled)
        if step.wake_at_s is not None:
            self._wake_at_s = step.wake_at_s
        if step.send and (data := self.to_device(step.send)):
            self._out.append((self.now_s + LATENCY_S, data))
