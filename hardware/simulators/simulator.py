"""The loop that every simulator runs in: one line, one device, one control socket."""

import contextlib
import os
import random
import selectors
import time
from collections.abc import Callable
from pathlib import Path

from hardware.simulators.control import ControlServer
from hardware.simulators.device import Device, Reply, Request
from hardware.simulators.faults import SLOW_BYTES_PER_S, Faults
from hardware.simulators.outgoing import Outgoing
from hardware.simulators.pty_line import PtyLine

IDLE_S = 1.0
FULL_S = 0.02
"""How long to wait before a full line is tried again."""


class Simulator:
    """A simulated device on a pseudo-terminal, until it is told to stop.

    Args:
        device: what is simulated.
        link: where programs find the line; a symbolic link is set there.
        control: where the control socket goes; None for none.
        baud: pace what is sent as a line of this rate would (8N1); None sends at once.
        seed: for noise and garbage.
        clock: monotonic seconds.

    Raises:
        SimulatorError: the link or the socket can't be made.
    """

    def __init__(
        self,
        device: Device,
        *,
        link: Path | None = None,
        control: Path | None = None,
        baud: int | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.device = device
        self.line = PtyLine(link)
        self.faults = Faults(random.Random(f"faults/{seed}"))
        self._clock = clock
        self._rate = None if baud is None else baud / 10
        self._outgoing = Outgoing()
        self._garbage_from_s = 0.0
        self._stopping = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self.line.open()
        try:
            self._control = None if control is None else ControlServer(control, self.control)
        except Exception:
            self.line.close()
            raise

    def run(self) -> None:
        """Serve until `stop` is called, then unplug the line and remove the socket."""
        try:
            while not self._stopping:
                self._turn()
        finally:
            self.device.settle()
            self.line.close()
            if self._control is not None:
                self._control.close()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def stop(self) -> None:
        """End `run` soon; may be called from a signal handler or another thread."""
        self._stopping = True
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b"x")

    def control(self, request: Request) -> Reply:
        """Answer one control request: faults here, everything else by the device.

        Raises:
            HardwareError: the request does not fit, or can't be done.
        """
        now_s = self._clock()
        if request.get("do") == "fault":
            self._garbage_from_s = now_s
            reply: Reply = {"faults": self.faults.request(request, now_s)}
            self._plug(now_s)
            return reply
        reply = self.device.control(request, now_s)
        self.device.settle()
        if request.get("do") == "state":
            reply |= {"port": str(self.line.link or ""), "faults": self.faults.active(now_s)}
        return reply

    def _turn(self) -> None:
        """Wait for whatever comes first, and deal with it."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            if self.line.is_open:
                selector.register(self.line, selectors.EVENT_READ)
            for file in [] if self._control is None else self._control.files():
                selector.register(file, selectors.EVENT_READ)
            ready = [key.fileobj for key, _events in selector.select(self._patience_s())]
        now_s = self._clock()
        self._plug(now_s)
        self._listen(self.line in ready and self.line.is_open, now_s)
        for file in [] if self._control is None else self._control.files():
            if file in ready and self._control is not None:
                self._control.ready(file)
        self._speak(self._clock())

    def _patience_s(self) -> float:
        """How long nothing needs to be done."""
        now_s = self._clock()
        times = [self.faults.next_change_s(now_s)]
        if not self._is_talking(now_s):
            times.append(self.device.wake_at_s)
        if self.line.is_open:
            times.append(self._outgoing.next_s(self._pace(now_s)))
        soonest_s = min([when for when in times if when is not None], default=now_s + IDLE_S)
        return min(max(soonest_s - now_s, 0.0), IDLE_S)

    def _plug(self, now_s: float) -> None:
        """Unplug the line or plug it in again, as the faults say."""
        unplugged = self.faults.on("unplug", now_s)
        if unplugged and self.line.is_open:
            self.line.close()
            self._outgoing.clear()
            self.device.line_lost()
        elif not unplugged and not self.line.is_open:
            self.line.open()

    def _listen(self, arrived: bool, now_s: float) -> None:  # noqa: FBT001 - a private yes or no
        """Give the device what arrived, and its waking call."""
        self.device.corrupt_checksums = self.faults.on("crc", now_s)
        data = self.line.read() if arrived else b""
        deaf = self.faults.on("silence", now_s) or not self.line.is_open or self._at_other_speed()
        if data and not deaf:
            self._say(self.device.feed(data, now_s), now_s)
        wake_at_s = self.device.wake_at_s
        if wake_at_s is not None and wake_at_s <= now_s and not self._is_talking(now_s):
            self._say(self.device.wake(now_s), now_s)
        self.device.settle()

    def _is_talking(self, now_s: float) -> bool:
        """Whether what it said is still dribbling out: its time to wait begins afterwards."""
        return self._pace(now_s) is not None and len(self._outgoing) > 0

    def _at_other_speed(self) -> bool:
        """Whether the device was switched to a speed that the program at the other end has not."""
        baud: int | None = getattr(self.device, "line_baud", None)
        return baud is not None and self.line.host_baud() != baud

    def _say(self, data: bytes, now_s: float) -> None:
        """Queue what the device says, with the trouble that is on the line."""
        if not data or not self.line.is_open or self.faults.on("silence", now_s):
            return
        if self.faults.on("noise", now_s):
            data = self.faults.noisy(data)
        self._outgoing.push(data, now_s + self.device.answer_after_s)

    def _speak(self, now_s: float) -> None:
        """Write what is due to the line."""
        if not self.line.is_open:
            return
        if self.faults.on("garbage", now_s):
            self._outgoing.push(self.faults.garbage(now_s - self._garbage_from_s), now_s)
            self._garbage_from_s = now_s
        pace = self._pace(now_s)
        while waiting := self._outgoing.take(now_s, pace):
            data = self.faults.allowed(waiting, now_s)
            taken = self.line.write(data)
            if self.faults.on("unplug", now_s):
                self._plug(now_s)
                return
            if taken < len(data):
                self._outgoing.put_back(data[taken:], now_s + FULL_S)
                break
            if pace is not None and not len(self._outgoing):
                drained = getattr(self.device, "drained", None)
                if drained is not None:
                    drained(now_s)

    def _pace(self, now_s: float) -> float | None:
        return SLOW_BYTES_PER_S if self.faults.on("slow", now_s) else self._rate
