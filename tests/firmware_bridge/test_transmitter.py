"""The transmitter is driven during a read and released between reads and at the end."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.drivers.dex import DexDriver, Settings
from firmware_bridge.drivers.readings import AuditReading, Reading
from firmware_bridge.transport import Line, LineSettings
from hardware.simulators.simulator import Simulator
from hardware.simulators.vending import VendingMachine
from hardware.simulators.vending_world import Setup
from tests.firmware_bridge.test_transport import until


class Witness(serial.Serial):
    """A port that writes down what is done to its RTS output and when bytes are sent.

    A pseudo-terminal has no RTS; everything else of this port is real.
    """

    seen: list[str]

    @property
    def rts(self) -> bool:
        return bool(self._rts_state)

    @rts.setter
    def rts(self, level: bool) -> None:
        self._rts_state = level
        Witness.seen.append("drive" if level else "release")

    def write(self, data: object, /) -> int | None:
        Witness.seen.append("send")
        return super().write(data)  # type: ignore[arg-type]  # whatever the base takes


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Path]:
    link = tmp_path / "machine"
    simulator = Simulator(VendingMachine(Setup(), hurried=True), link=link)
    thread = threading.Thread(target=simulator.run)
    thread.start()
    yield link
    simulator.stop()
    thread.join(timeout=5)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    def open_witness(url: str, **_options: object) -> Witness:
        port = Witness()
        port.port = url
        return port

    Witness.seen = []
    monkeypatch.setattr(serial, "serial_for_url", open_witness)
    return Witness.seen


def run(link: Path, readings: list[Reading]) -> tuple[Line, threading.Thread]:
    driver = DexDriver(Settings(poll_interval_s=3600, turnaround_s=0.01))
    line = Line(LineSettings(str(link), tx_release="rts"), driver, readings.append, SystemClock())
    thread = threading.Thread(target=line.run)
    thread.start()
    return line, thread


def test_the_transmitter_is_driven_for_a_read_alone(machine: Path, seen: list[str]) -> None:
    readings: list[Reading] = []
    line, thread = run(machine, readings)
    until(lambda: any(isinstance(each, AuditReading) for each in readings))
    after_read = list(seen)
    line.stop()
    thread.join(timeout=5)
    assert after_read[0] == "release", "the port is opened with the transmitter released"
    assert after_read[-1] == "release", "and it is released when the read is over"
    sends = [place for place, what in enumerate(after_read) if what == "send"]
    assert sends
    assert "drive" in after_read[: sends[0]]
    assert "release" not in after_read[sends[0] : sends[-1]]


def test_a_bridge_that_stops_amid_a_read_releases_the_transmitter(
    machine: Path, seen: list[str]
) -> None:
    line, thread = run(machine, [])
    until(lambda: seen.count("send") >= 3)
    line.stop()
    thread.join(timeout=5)
    assert [what for what in seen if what != "send"][-1] == "release"
