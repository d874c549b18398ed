"""Simulators in threads, on real pseudo-terminals."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.simulators.control import ask
from hardware.simulators.device import Device, Reply
from hardware.simulators.simulator import Simulator


@dataclass(frozen=True)
class Running:
    """A simulator that runs in a thread of this process."""

    simulator: Simulator
    link: Path
    control: Path

    def ask(self, **request: object) -> Reply:
        return ask(self.control, request)


@contextmanager
def running(device: Device, folder: Path, name: str, baud: int | None = None) -> Iterator[Running]:
    """Run until the block ends."""
    link, control = folder / name, folder / f"{name}.ctl"
    simulator = Simulator(device, link=link, control=control, baud=baud)
    thread = threading.Thread(target=simulator.run)
    thread.start()
    try:
        yield Running(simulator, link, control)
    finally:
        simulator.stop()
        thread.join(5)
        assert not thread.is_alive()


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts simulators; they are stopped after the test."""
    with ExitStack() as stack:

        def begin(device: Device, name: str = "line", baud: int | None = None) -> Running:
            return stack.enter_context(running(device, tmp_path, name, baud))

        yield begin
