"""Every instrument that can be simulated, on a real pseudo-terminal, with the real port."""

import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.drivers import registry
from firmware_bridge.drivers.readings import FaultReading, Reading, SpectrumReading
from firmware_bridge.transport import Line, LineSettings
from hardware import profile
from hardware.simulators.spectrometer import Spectrometer, steadied
from tests.firmware_bridge.drivers.bench import certified
from tests.hardware.conftest import Running, running

PATIENCE_S = 60.0
PROFILES = [
    name
    for name in profile.names()
    if (found := profile.load(name)).kind == "spectrometer"
    and found.simulated_instrument is not None
]

ONE_OF_EACH = {profile.load(name).driver: name for name in reversed(PROFILES)}


class Road:
    """A port with its driver, run by a thread, and what comes out of it."""

    def __init__(self, name: str, simulated: Running) -> None:
        found = profile.load(name)
        assert found.line is not None
        driver = registry.find(found.driver).make({**found.driver_settings, **certified(name)})
        settings = LineSettings(url=str(simulated.link), **found.line.model_dump())
        self.simulated = simulated
        self.found: queue.Queue[Reading] = queue.Queue()
        self.line = Line(settings, driver, self.found.put, SystemClock())
        self.thread = threading.Thread(target=self.line.run)

    def ask(self, what: str) -> SpectrumReading:
        """Ask until a spectrum comes: a fault on the way is told, and asked again."""
        end_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < end_s:
            self.line.request(what, lambda _reason: None)
            while True:
                reading = self.found.get(timeout=PATIENCE_S)
                if isinstance(reading, SpectrumReading):
                    return reading
                if isinstance(reading, FaultReading) and reading.measurement:
                    break
        raise AssertionError(f"no {what} came")


@pytest.fixture
def road(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Road]:
    with running(Spectrometer(steadied(profile.load(request.param))), tmp_path, "line") as device:
        made = Road(request.param, device)
        made.thread.start()
        yield made
        made.line.stop()
        made.thread.join(10)
        assert not made.thread.is_alive()


@pytest.mark.parametrize("road", PROFILES, indirect=True)
def test_dark_background_and_sample_come_over_a_real_line(road: Road) -> None:
    for what, scene in (("dark", "dark"), ("background", "clean"), ("sample", "clean")):
        road.simulated.ask(do="scene", load=scene)
        reading = road.ask(what)
        assert reading.purpose == what
        assert reading.axis_unit == "nm"
        assert len(reading.values) == len(reading.axis)


@pytest.mark.parametrize("road", ONE_OF_EACH.values(), indirect=True)
def test_noise_on_the_line_and_a_lost_port_are_lived_through(road: Road) -> None:
    truth = road.ask("sample").values
    road.simulated.ask(do="fault", kind="noise", seconds=0.4)
    road.line.request("sample", lambda _reason: None)
    time.sleep(0.5)
    road.simulated.ask(do="fault", kind="none")
    road.simulated.ask(do="fault", kind="unplug", seconds=0.3)
    time.sleep(0.4)
    while not road.found.empty():
        road.found.get()
    assert road.ask("sample").values == truth
