"""The port: real ptys that are pulled out, drivers that are woken in time."""

import os
import pty
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import Fault, FaultReading, Reading
from firmware_bridge.transport import Line, LineSettings


class Echo:
    """A driver that answers in capitals and can be woken."""

    def __init__(self) -> None:
        self.opened_times = 0
        self.woken: list[float] = []

    def opened(self, now_s: float) -> Step:
        self.opened_times += 1
        return Step(send=b"hello", wake_at_s=now_s + 0.05, tx_enabled=True)

    def feed(self, data: bytes, _now_s: float) -> Step:
        return Step(send=data.upper())

    def wake(self, now_s: float) -> Step:
        self.woken.append(now_s)
        return Step(readings=(FaultReading(Fault.PROTOCOL, "woken"),), tx_enabled=False)

    def request(self, what: str, _now_s: float) -> Step:
        if what != "shout":
            raise UnknownRequestError("only shout")
        return Step(send=b"SHOUT")


class Device:
    """The far end of a line, behind a path that stays the same when it is plugged in again."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.plug()

    def plug(self) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self._slave = slave
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(slave))

    def unplug(self) -> None:
        self.link.unlink()
        os.close(self._slave)
        os.close(self.master)

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += os.read(self.master, count - len(data))
        return data


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


@contextmanager
def running(link: Path, driver: Echo, readings: list[Reading]) -> Iterator[Line]:
    line = Line(LineSettings(str(link), tx_release="rts"), driver, readings.append, SystemClock())
    thread = threading.Thread(target=line.run)
    thread.start()
    try:
        yield line
    finally:
        line.stop()
        thread.join(timeout=5)
        assert not thread.is_alive()


def test_bytes_go_both_ways_and_the_driver_is_woken_in_time(tmp_path: Path) -> None:
    device, driver, readings = Device(tmp_path / "tty"), Echo(), list[Reading]()
    refused = list[str]()
    with running(device.link, driver, readings) as line:
        assert device.read(5) == b"hello"
        os.write(device.master, b"ping")
        assert device.read(4) == b"PING"
        until(lambda: bool(readings))
        line.request("shout", refused.append)
        assert device.read(5) == b"SHOUT"
        line.request("nonsense", refused.append)
        os.write(device.master, b"still")
        assert device.read(5) == b"STILL"
    assert len(driver.woken) == 1
    assert refused == ["only shout"]


def test_a_pulled_cable_is_one_fault_and_the_line_comes_back_by_itself(tmp_path: Path) -> None:
    device, driver, readings = Device(tmp_path / "tty"), Echo(), list[Reading]()
    with running(device.link, driver, readings) as line:
        device.read(5)
        device.unplug()
        until(lambda: not line.is_open)
        time.sleep(1.0)
        device.plug()
        assert device.read(5) == b"hello"
        until(lambda: driver.opened_times == 2)
    lost = [each for each in readings if isinstance(each, FaultReading)]
    assert [each.fault for each in lost].count(Fault.PORT_LOST) == 1
    assert str(device.link) in next(e for e in lost if e.fault is Fault.PORT_LOST).detail


def test_a_port_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    driver, readings = Echo(), list[Reading]()
    link = tmp_path / "tty"
    with running(link, driver, readings):
        until(lambda: bool(readings))
        device = Device(link)
        assert device.read(5) == b"hello"


def test_an_idle_line_takes_next_to_no_processor_time(tmp_path: Path) -> None:
    device, driver = Device(tmp_path / "tty"), Echo()
    with running(device.link, driver, []):
        device.read(5)
        time.sleep(0.2)
        before = time.process_time()
        time.sleep(1.5)
        assert time.process_time() - before < 0.15


def test_a_port_without_a_file_descriptor_works_too() -> None:
    driver, readings = Echo(), list[Reading]()
    line = Line(LineSettings("loop://"), driver, readings.append, SystemClock())
    thread = threading.Thread(target=line.run)
    thread.start()
    until(lambda: bool(readings))
    line.stop()
    thread.join(timeout=5)
    assert not thread.is_alive()
