"""A driver on a real pseudo-terminal, with a simulator in a thread at its other end."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.drivers.base import Driver
from firmware_bridge.drivers.readings import FaultReading, Reading
from firmware_bridge.transport import Line, LineSettings
from hardware.simulators.device import Device
from tests.hardware.conftest import Running, running


@dataclass
class OnALine:
    """Both ends, and what the driver learned."""

    line: Line
    simulator: Running
    readings: list[Reading]
    refused: list[str] = field(default_factory=list)

    def request(self, what: str) -> None:
        assert self.line.request(what, self.refused.append)

    def until(self, condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s: {what}; {self.readings[-5:]}"
            time.sleep(0.01)

    @property
    def faults(self) -> list[FaultReading]:
        return [each for each in self.readings if isinstance(each, FaultReading)]


@contextmanager
def on_a_line(driver: Driver, device: Device, folder: Path) -> Iterator[OnALine]:
    """Run both until the block ends."""
    readings: list[Reading] = []
    with running(device, folder, "line") as simulator:
        line = Line(LineSettings(str(simulator.link)), driver, readings.append, SystemClock())
        thread = threading.Thread(target=line.run)
        thread.start()
        try:
            yield OnALine(line, simulator, readings)
        finally:
            line.stop()
            thread.join(10)
            assert not thread.is_alive()
