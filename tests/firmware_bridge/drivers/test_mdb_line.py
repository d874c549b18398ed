"""The MDB driver on a real pseudo-terminal with the real transport, against the simulator."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.drivers import registry
from firmware_bridge.drivers.readings import (
    CountersReading,
    EventReading,
    FaultReading,
    Reading,
    VendReading,
    VendRequestReading,
)
from firmware_bridge.transport import Line, LineSettings
from hardware.simulators.mdb import MdbMachine
from hardware.simulators.mdb_vmc import Manners
from tests.firmware_bridge.drivers.mdb_town import ROWS
from tests.hardware.conftest import Running, running

ITEMS = {"1": "A1", "2": "A2", "3": "B1"}


@dataclass
class Site:
    """A running line, and what came over it."""

    machine: Running
    line: Line
    readings: list[Reading] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def request(self, what: str) -> None:
        assert self.line.request(what, self.refused.append)

    def count(self, kind: type[Reading]) -> int:
        return sum(isinstance(each, kind) for each in self.readings)

    def wait(self, kind: type[Reading], number: int) -> None:
        self.until(lambda: self.count(kind) >= number, f"{number} {kind.__name__}")

    def until(self, condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{what} did not come; {self.readings}"
            time.sleep(0.01)

    def press(self, selection: str) -> None:
        """Choose as soon as the machine takes a choice."""

        def chosen() -> bool:
            return bool(self.machine.ask(do="sell", selection=selection, pay="none").get("asked"))

        self.until(chosen, f"the machine asks for {selection}")

    @property
    def vends(self) -> list[tuple[str | None, str, bool]]:
        told = [each for each in self.readings if isinstance(each, VendReading)]
        return [(each.selection, each.outcome, each.authorised) for each in told]


@contextmanager
def site(folder: Path, **settings: object) -> Iterator[Site]:
    device = MdbMachine(Manners(init_s=0.02, vend_s=0.05, poll_s=0.1), ROWS)
    given = {"mode": "cashless", "items": ITEMS, "check_s": 5.0, "bus_wait_s": 5.0, **settings}
    readings: list[Reading] = []
    with running(device, folder, "mdb") as machine:
        driver = registry.find("mdb").make(given)
        settings_of_line = LineSettings(str(machine.link), baud=115_200)
        line = Line(settings_of_line, driver, readings.append, SystemClock())
        thread = threading.Thread(target=line.run)
        thread.start()
        try:
            found = Site(machine, line, readings)
            found.wait(CountersReading, 1)
            yield found
        finally:
            line.stop()
            thread.join(timeout=5)
            assert not thread.is_alive()


def test_code_first_on_a_real_line(tmp_path: Path) -> None:
    with site(tmp_path, flow="code-first") as town:
        town.request("begin 2")
        for number, selection in enumerate(("A1", "B1"), start=1):
            town.press(selection)
            town.wait(VendReading, number)
        town.until(lambda: not town.machine.ask(do="state")["busy"], "the session ends")
        assert town.vends == [("A1", "success", True), ("B1", "success", True)]
        assert town.machine.ask(do="state")["taken"] == ["A1", "B1"]


def test_selection_first_on_a_real_line(tmp_path: Path) -> None:
    with site(tmp_path) as town:
        for number, answer in enumerate(("approve", "deny", "approve"), start=1):
            town.press("B1")
            town.wait(VendRequestReading, number)
            town.request(answer)
            town.until(lambda: not town.machine.ask(do="state")["busy"], "it is over")
        town.wait(VendReading, 2)
        assert town.vends == [("B1", "success", True)] * 2
        assert town.machine.ask(do="state")["taken"] == ["B1", "B1"]


def test_an_observer_on_a_real_line(tmp_path: Path) -> None:
    with site(tmp_path, mode="observe") as town:
        for pay in ("cash", "free", "card"):
            town.machine.ask(do="sell", selection="A1", pay=pay)
        town.wait(VendReading, 3)
        assert town.vends == [("A1", "success", False)] * 3
        town.request("begin 1")
        town.until(lambda: bool(town.refused), "the refusal")


def test_a_pulled_plug_amid_a_vend_leaves_one_vend_and_the_line_comes_back(tmp_path: Path) -> None:
    with site(tmp_path) as town:
        town.machine.simulator.device.vmc.manners = Manners(  # type: ignore[attr-defined]  # ours
            init_s=0.02, vend_s=0.6
        )
        town.request("begin 1")
        town.press("A1")
        town.until(lambda: town.machine.ask(do="state")["adapter"] == "APPROVED", "the approval")
        town.machine.ask(do="fault", kind="unplug", seconds=1.5)
        town.wait(FaultReading, 1)
        town.wait(CountersReading, 2)
        assert town.vends == [("A1", "assumed", True)]
        assert town.machine.ask(do="state")["taken"] == ["A1"]
        town.request("begin 1")
        town.press("B1")
        town.wait(VendReading, 2)
        assert town.vends[1:] == [("B1", "success", True)]


@pytest.mark.parametrize("kind", ["noise", "garbage", "silence", "slow"])
def test_trouble_on_a_real_line_passes_and_doubles_nothing(tmp_path: Path, kind: str) -> None:
    with site(tmp_path, choose_s=5.0, result_s=10.0) as town:
        town.machine.ask(do="fault", kind=kind, seconds=1.0)
        town.request("begin 1")
        time.sleep(1.2)

        def vended() -> bool:
            town.request("begin 1")
            time.sleep(0.2)
            town.machine.ask(do="sell", selection="A1", pay="none")
            return ("A1", "success", True) in town.vends

        town.until(vended, "a vend after the trouble")
        taken = town.machine.ask(do="state")["taken"]
        assert isinstance(taken, list)
        told = [each for each in town.vends if each[1] == "success"]
        assert len(told) <= len(taken)


def test_events_name_no_one(tmp_path: Path) -> None:
    with site(tmp_path) as town:
        town.request("begin 1")
        town.press("A1")
        town.wait(VendReading, 1)
        told = [each for each in town.readings if isinstance(each, EventReading)]
        assert all(each.count is None for each in told), "no session says how much it took"
