"""One serial port, kept open. The only file of this product that imports serial.

It hands bytes and the time to a driver and does what the driver's `Step` says. When the port
vanishes it says so once and tries again, faster at first, for as long as it runs.
"""

import contextlib
import errno
import os
import queue
import select
import termios
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import serial
import structlog

from firmware_bridge.contract.clock import Clock
from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import Fault, FaultReading, Reading

REOPEN_FIRST_S = 0.25
REOPEN_MOST_S = 5.0
READ_BYTES = 4096
IDLE_S = 1.0
"""A line on which nothing is due is looked at this often."""

POLL_S = 0.02
"""So often are ports looked at that the system can't wait for (loop://, some adapters)."""

_log = structlog.get_logger("bridge.transport")
_PARITY = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How a port is to be set.

    Attributes:
        url: a device path, or any URL that pyserial's `serial_for_url` takes.
        baud: bits per second.
        data_bits: 7 or 8.
        parity: "none", "even" or "odd".
        stop_bits: 1 or 2.
        tx_release: the output that switches the transmitter off between sessions; "none" where
            the transmitter is always driven.
    """

    url: str
    baud: int = 9600
    data_bits: int = 8
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: int = 1
    tx_release: Literal["rts", "dtr", "none"] = "none"


Sink = Callable[[Reading], None]
Refused = Callable[[str], None]
"""Takes the reason for which a driver does not do what was asked."""


class Line:
    """One port with one driver on it, run by one thread.

    Args:
        settings: how the port is to be set.
        driver: who speaks on it.
        sink: takes every reading, in order, in the thread that runs the line.
        clock: the time that the driver is told.
    """

    def __init__(self, settings: LineSettings, driver: Driver, sink: Sink, clock: Clock) -> None:
        self._settings, self._driver, self._sink, self._clock = settings, driver, sink, clock
        self._stop = threading.Event()
        self._requests: queue.Queue[tuple[str, Refused]] = queue.Queue(maxsize=16)
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wake_at_s: float | None = None
        self._port: serial.Serial | None = None
        self._lost = False

    @property
    def is_open(self) -> bool:
        """Whether the port is there now."""
        return self._port is not None

    def run(self) -> None:
        """Keep the port open and the driver fed until `stop` is called."""
        pause_s = REOPEN_FIRST_S
        while not self._stop.is_set():
            try:
                self._port = _open(self._settings)
                pause_s = REOPEN_FIRST_S
                self._converse(self._port)
            except (serial.SerialException, OSError, ValueError, termios.error) as error:
                self._say_lost(error)
            finally:
                self._close()
            self._stop.wait(pause_s)
            pause_s = min(2 * pause_s, REOPEN_MOST_S)

    def request(self, what: str, refused: Refused) -> bool:
        """Have the driver asked for something; False when too much is asked for already."""
        try:
            self._requests.put_nowait((what, refused))
        except queue.Full:
            return False
        self._wake_up()
        return True

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()
        self._wake_up()

    def _converse(self, port: serial.Serial) -> None:
        _log.info("port open", port=self._settings.url)
        self._wake_at_s, self._lost = None, False
        self._do(port, self._driver.opened(self._clock.monotonic_s()))
        while not self._stop.is_set():
            data = self._wait_for_bytes(port)
            now_s = self._clock.monotonic_s()
            if data:
                self._do(port, self._driver.feed(data, now_s))
            self._do_requests(port, now_s)
            if self._wake_at_s is not None and now_s >= self._wake_at_s:
                self._wake_at_s = None
                self._do(port, self._driver.wake(now_s))

    def _do(self, port: serial.Serial, step: Step) -> None:
        if step.tx_enabled is not None:
            _drive_transmitter(port, self._settings, enabled=step.tx_enabled)
        if step.baud is not None:
            port.baudrate = step.baud
        if step.send:
            port.write(step.send)
        if step.wake_at_s is not None:
            self._wake_at_s = step.wake_at_s
        for reading in step.readings:
            self._sink(reading)

    def _do_requests(self, port: serial.Serial, now_s: float) -> None:
        with contextlib.suppress(queue.Empty):
            what, refused = self._requests.get_nowait()
            try:
                self._do(port, self._driver.request(what, now_s))
            except UnknownRequestError as error:
                _log.warning("request refused", request=what, error=str(error))
                refused(str(error))

    def _wait_for_bytes(self, port: serial.Serial) -> bytes:
        """What has arrived, at the latest when the driver is due or somebody asks for something."""
        due_s = IDLE_S
        if self._wake_at_s is not None:
            due_s = min(IDLE_S, max(0.0, self._wake_at_s - self._clock.monotonic_s()))
        try:
            descriptor = port.fileno()
        except (AttributeError, OSError):
            self._stop.wait(min(due_s, POLL_S))
            return port.read(min(port.in_waiting, READ_BYTES))
        ready, _, _ = select.select([descriptor, self._wake_read], [], [], due_s)
        if self._wake_read in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_read, 64)
        if descriptor not in ready:
            return b""
        return port.read(max(1, min(port.in_waiting, READ_BYTES)))

    def _wake_up(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"x")

    def _say_lost(self, error: Exception) -> None:
        if self._lost:
            return
        self._lost = True
        _log.warning("port lost", port=self._settings.url, error=str(error))
        advice = "look at the cable, its power and `ls -l /dev/serial/by-id`; it is tried again"
        self._sink(FaultReading(Fault.PORT_LOST, f"{self._settings.url}: {error}", advice))

    def _close(self) -> None:
        if self._port is None:
            return
        with contextlib.suppress(serial.SerialException, OSError, termios.error):
            # A bridge that stops amid a session must not leave a machine in audit mode.
            _set_output(self._port, self._settings.tx_release, level=False)
        with contextlib.suppress(serial.SerialException, OSError, termios.error):
            self._port.close()
        self._port = None


def _open(settings: LineSettings) -> serial.Serial:
    """Open the port with the transmitter released."""
    port = serial.serial_for_url(settings.url, do_not_open=True)
    port.baudrate = settings.baud
    port.bytesize = settings.data_bits
    port.parity = _PARITY[settings.parity]
    port.stopbits = settings.stop_bits
    port.timeout = 0
    port.write_timeout = 2.0
    if "://" not in settings.url:
        port.exclusive = True
    _set_output(port, settings.tx_release, level=False)
    port.open()
    return port


_NO_LINES = frozenset({errno.ENOTTY, errno.EINVAL, errno.EOPNOTSUPP})


def _drive_transmitter(port: serial.Serial, settings: LineSettings, *, enabled: bool) -> None:
    """Switch the transmitter by the output that the wiring uses; a pty has none, and needs none."""
    try:
        _set_output(port, settings.tx_release, level=enabled)
    except OSError as error:
        if error.errno not in _NO_LINES:
            raise


def _set_output(port: serial.Serial, output: str, *, level: bool) -> None:
    if output == "rts":
        port.rts = level
    elif output == "dtr":
        port.dtr = level
