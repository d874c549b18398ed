"""The DEX driver and the simulated machine on one wire, with a plug that can be pulled at any byte.

Both are pure, so that hours pass in milliseconds; what the driver learns goes through the pipeline,
as in a bridge, so that messages can be counted.
"""

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count

from firmware_bridge.contract.messages import MachineEvent, VendingAudit
from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.dex import DexDriver, Settings
from firmware_bridge.drivers.readings import AuditReading, FaultReading, Reading
from firmware_bridge.pipeline import VendingPipeline
from firmware_bridge.spool import Draft, Moment
from hardware.profile import VendingSimulation
from hardware.simulators import planogram
from hardware.simulators.vending import VendingMachine
from hardware.simulators.vending_world import Setup

BYTE_S = 1 / 960
MORNING = datetime(2026, 11, 23, 8)  # noqa: DTZ001 - machines know no time zone
START_S = 1000.0


class Wire:
    """One machine, one driver, one line; `run` lets the time go by."""

    def __init__(self, settings: Settings, quirks: Iterable[str] = ()) -> None:
        self.now_s = START_S
        habits = VendingSimulation(sends_temperature=False)
        few = [row for row in planogram.DEFAULT if row.selection in {"A1", "A2", "B1"}]
        setup = Setup(habits=habits, selections=few, seed=5, quirks=frozenset(quirks))
        self.machine = VendingMachine(setup, now=self._clock, now_s=lambda: self.now_s)
        self.driver = DexDriver(settings)
        self.pipeline = VendingPipeline("machine-1")
        self.readings: list[Reading] = []
        self.drafts: list[Draft] = []
        self.tx: list[bool] = []
        self.sent = bytearray()
        self.passed_bytes = 0
        self.cut_at_s: float | None = None
        self._cut_after: int | None = None
        self._mended_after_s = 0.0
        self._flying: list[tuple[float, int, str, bytes]] = []
        self._order = count()
        self._wake_s = float("inf")

    @property
    def audits(self) -> list[AuditReading]:
        return [each for each in self.readings if isinstance(each, AuditReading)]

    @property
    def faults(self) -> list[FaultReading]:
        return [each for each in self.readings if isinstance(each, FaultReading)]

    @property
    def events(self) -> list[MachineEvent]:
        return [draft.body for draft in self.drafts if isinstance(draft.body, MachineEvent)]

    @property
    def counters(self) -> list[VendingAudit]:
        return [draft.body for draft in self.drafts if isinstance(draft.body, VendingAudit)]

    def open(self) -> None:
        self._do(self.driver.opened(self.now_s))

    def request(self, what: str) -> None:
        self._do(self.driver.request(what, self.now_s))

    def ask(self, **request: object) -> dict[str, object]:
        reply = self.machine.control(request, self.now_s)
        self.machine.settle()
        return reply

    def pull_after(self, passed_bytes: int, mended_after_s: float) -> None:
        """The plug is pulled when so many more bytes have passed, and put in again later."""
        self._cut_after = self.passed_bytes + passed_bytes
        self._mended_after_s = mended_after_s

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        for _ in range(200_000):
            next_s = min(self._times())
            if next_s > end_s:
                self.now_s = end_s
                return
            self.now_s = max(self.now_s, next_s)
            self._turn()
        raise AssertionError("the wire is spinning")

    def _times(self) -> list[float]:
        machine_s = self.machine.wake_at_s
        return [
            self._flying[0][0] if self._flying else float("inf"),
            self._wake_s if self.cut_at_s is None else self.cut_at_s + self._mended_after_s,
            float("inf") if machine_s is None else machine_s,
        ]

    def _turn(self) -> None:
        if self.cut_at_s is not None and self.now_s >= self.cut_at_s + self._mended_after_s:
            self.cut_at_s = None
            self.open()
        elif self._flying and self._flying[0][0] <= self.now_s:
            _, _, way, data = heapq.heappop(self._flying)
            self._arrive(way, data)
        elif self.cut_at_s is None and self._wake_s <= self.now_s:
            self._wake_s = float("inf")
            self._do(self.driver.wake(self.now_s))
        elif (machine_s := self.machine.wake_at_s) is not None and machine_s <= self.now_s:
            self._send("driver", self.machine.wake(self.now_s))
        self.machine.settle()

    def _arrive(self, way: str, data: bytes) -> None:
        if way == "driver":
            self._do(self.driver.feed(data, self.now_s))
        else:
            self._send("driver", self.machine.feed(data, self.now_s))

    def _do(self, step: Step) -> None:
        for reading in step.readings:
            self.readings.append(reading)
            if isinstance(reading, AuditReading | FaultReading):
                self.drafts += self.pipeline.take(reading, self._moment())
        if step.wake_at_s is not None:
            self._wake_s = step.wake_at_s
        if step.tx_enabled is not None and self.tx[-1:] != [step.tx_enabled]:
            self.tx.append(step.tx_enabled)
        if step.send:
            assert self.tx[-1:] == [True], "sent with the transmitter released"
        self.sent += step.send
        self._send("machine", step.send)

    def _send(self, way: str, data: bytes) -> None:
        if self.cut_at_s is not None or not data:
            return
        if self._cut_after is not None and self.passed_bytes + len(data) > self._cut_after:
            data = data[: max(0, self._cut_after - self.passed_bytes)]
            self._cut_after, self.cut_at_s = None, self.now_s
        self.passed_bytes += len(data)
        if data:
            at_s = self.now_s + 0.01 + len(data) * BYTE_S
            # What was on its way still arrives at a machine; the port that is gone gives nothing.
            if way == "machine" or self.cut_at_s is None:
                heapq.heappush(self._flying, (at_s, next(self._order), way, data))
            else:
                self._do(self.driver.feed(data, self.now_s))

    def _clock(self) -> datetime:
        return MORNING + timedelta(seconds=self.now_s - START_S)

    def _moment(self) -> Moment:
        passed_ms = round((self.now_s - START_S) * 1000)
        return Moment(1_795_000_000_000 + passed_ms, passed_ms, sane=True)
