"""A spectrometer's driver and its simulated instrument face to face, on a clock of their own."""

from collections.abc import Callable
from dataclasses import dataclass, field

from firmware_bridge.drivers import registry
from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.readings import FaultReading, Reading, SpectrumReading
from hardware import profile
from hardware.simulators.spectrometer import Spectrometer, steadied

CERTIFICATES = {
    "c12880ma-stream": "306.0 2.7 -1.2e-03 -7.0e-06 9.0e-09 5.0e-13",
    "c12880ma-read": "305.5, 2.71, -1.2e-03, -7.1e-06, 9.1e-09, 4.0e-13",
    "btc-110": "340.0 0.38 -1.5e-05 -1.0e-09",
}
"""What stands in the settings of instruments that keep no calibration."""

NEVER_S = 1e18

Line = Callable[[bytes], bytes]


def untouched(data: bytes) -> bytes:
    return data


def deaf(_data: bytes) -> bytes:
    return b""


@dataclass
class Bench:
    """Runs what the driver asks for, as the owner of a port would; `said` and `heard` are the line.

    Attributes:
        line: what becomes of the bytes that the instrument sends.
        back: what becomes of the bytes that the driver sends.
    """

    device: Spectrometer
    driver: Driver
    chunk: int = 512
    line: Line = untouched
    back: Line = untouched
    baud: int = 9600
    now_s: float = 1000.0
    wake_at_s: float = 1000.0
    readings: list[Reading] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def do(self, step: Step) -> None:
        self.readings += step.readings
        if step.wake_at_s is not None:
            self.wake_at_s = step.wake_at_s
        if step.baud is not None:
            self.baud = step.baud
        if step.send:
            self.sent.append(step.send)
            self.tell(self.back(step.send))

    def tell(self, data: bytes) -> None:
        """Bytes reach the instrument, if it listens at this speed."""
        if self.device.line_baud in {None, self.baud}:
            self.deliver(self.device.feed(data, self.now_s))

    def deliver(self, data: bytes) -> None:
        """What the instrument says goes through the line to the driver, piece by piece."""
        data = self.line(data)
        for at in range(0, len(data), self.chunk):
            piece = data[at : at + self.chunk]
            self.now_s += 10 * len(piece) / 115200
            self.do(self.driver.feed(piece, self.now_s))

    @property
    def due_s(self) -> float:
        """When the instrument must be woken."""
        return NEVER_S if self.device.wake_at_s is None else self.device.wake_at_s

    def run(self, seconds: float = 60.0) -> list[Reading]:
        """Let time pass; returns what was read meanwhile."""
        end_s, turns = self.now_s + seconds, 0
        while (soonest_s := min(self.wake_at_s, self.due_s)) <= end_s:
            turns += 1
            assert turns < 100_000, "somebody asks to be woken without end"
            self.now_s = max(self.now_s, soonest_s)
            if self.due_s <= self.now_s:
                self.deliver(self.device.wake(self.now_s))
            if self.wake_at_s <= self.now_s:
                self.wake_at_s = NEVER_S
                self.do(self.driver.wake(self.now_s))
        self.now_s = max(self.now_s, end_s)
        found, self.readings = self.readings, []
        return found

    def soon(self, what: str = "sample") -> Reading:
        """Ask, and let time pass until something is read."""
        self.do(self.driver.request(what, self.now_s))
        for _ in range(3000):
            if self.readings:
                return self.readings.pop(0)
            self.readings += self.run(0.1)
        raise AssertionError("five minutes, and nothing was read")

    def open(self, baud: int = 9600) -> "Bench":
        self.baud = baud
        self.do(self.driver.opened(self.now_s))
        return self

    def ask(self, what: str = "sample", seconds: float = 60.0) -> list[Reading]:
        self.do(self.driver.request(what, self.now_s))
        return self.run(seconds)

    def scene(self, **scene: object) -> None:
        self.device.control({"do": "scene", **scene}, self.now_s)


def certified(name: str) -> dict[str, object]:
    """The settings that a site adds to a profile: the certificate of an instrument without one."""
    if name not in CERTIFICATES:
        return {}
    told = {"wavelength_coefficients": CERTIFICATES[name], "coefficients_from": "our simulator"}
    return {**told, "start_s": 0.1} if name.startswith("c12880ma") else dict(told)


def bench(name: str, **changes: object) -> Bench:
    """Driver and instrument of one profile, with some settings changed.

    `simulated` changes how the instrument is played, the others what the driver is told.
    """
    simulated = changes.pop("simulated", None)
    found = profile.load(name)
    settings = {**found.driver_settings, **certified(name), **changes}
    found = found.model_copy(update={"driver_settings": settings})
    if isinstance(simulated, dict) and found.simulated_instrument is not None:
        nature = found.simulated_instrument.model_copy(update=simulated)
        found = found.model_copy(update={"simulated_instrument": nature})
    device = Spectrometer(steadied(found))
    return Bench(device, registry.find(found.driver).make(settings))


def only(readings: list[Reading]) -> SpectrumReading:
    assert len(readings) == 1, readings
    assert isinstance(readings[0], SpectrumReading), readings
    return readings[0]


def only_fault(readings: list[Reading]) -> FaultReading:
    assert len(readings) == 1, readings
    assert isinstance(readings[0], FaultReading), readings
    return readings[0]


def cut_at(count: int) -> Line:
    """Lets so many bytes through, loses the rest of that piece, and then leaves the line alone."""
    left = [count]

    def line(data: bytes) -> bytes:
        if left[0] is None:
            return data
        if len(data) <= left[0]:
            left[0] -= len(data)
            return data
        kept, left[0] = data[: left[0]], None  # type: ignore[call-overload]  # None: it is over
        return kept

    return line
