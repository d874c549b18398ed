"""The simulated board against the real driver: two readings of one page of docs, held together."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.drivers.board import Settings, make
from firmware_bridge.drivers.readings import (
    CodeReading,
    CountersReading,
    EventReading,
    Fault,
    FaultReading,
    LevelReading,
    Reading,
    SensorReading,
    VendReading,
    VendRequestReading,
)
from firmware_bridge.transport import Line, LineSettings
from hardware.errors import RequestError
from hardware.simulators.board import Board
from hardware.simulators.board_world import BoardSetup
from hardware.simulators.control import ask
from hardware.simulators.simulator import Simulator

SETTINGS = Settings.model_validate(
    {
        "report_interval_s": 5,
        "settle_s": 0,
        "load_cells": {"A1": {"counts_per_gram": 400, "grams_per_item": 50}},
        "distances": {"A2": {"mm_empty": 400, "mm_per_item": 25}},
    }
)


class Town:
    """A simulated board, a pty, the driver, and what it learned."""

    def __init__(self, folder: Path, setup: BoardSetup) -> None:
        self.readings: list[Reading] = []
        self._control = folder / "ctl"
        self.simulator = Simulator(Board(setup), link=folder / "tty", control=self._control)
        settings = LineSettings(str(folder / "tty"), baud=115_200)
        self.line = Line(settings, make(SETTINGS), self.readings.append, SystemClock())

    def tell(self, **request: object) -> dict[str, object]:
        return dict(ask(self._control, request))

    def last(self, kind: type[Reading]) -> Reading | None:
        return next((each for each in reversed(self.readings) if isinstance(each, kind)), None)

    def dispensed(self, slot: str) -> int | None:
        reading = self.last(CountersReading)
        assert reading is None or isinstance(reading, CountersReading)
        return {s.selection: s.dispensed for s in reading.slots}.get(slot) if reading else None

    def until(self, condition: Callable[[], object], what: str) -> None:
        end = time.monotonic() + 90
        while not condition():
            assert time.monotonic() < end, f"{what}: {self.readings[-8:]}"
            time.sleep(0.01)

    def saw(self, name: str, active: bool | None) -> bool:  # noqa: FBT001 - yes, no, or once
        return any(
            isinstance(each, EventReading) and (each.name, each.active) == (name, active)
            for each in self.readings
        )


@contextmanager
def town(folder: Path, setup: BoardSetup) -> Iterator[Town]:
    made = Town(folder, setup)
    threads = [threading.Thread(target=run) for run in (made.simulator.run, made.line.run)]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        made.line.stop()
        made.simulator.stop()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("binary", [False, True])
def test_a_simulated_board_vends_and_tells_everything(tmp_path: Path, *, binary: bool) -> None:
    with town(tmp_path, BoardSetup(binary=binary)) as here:
        here.until(lambda: here.dispensed("A1") == 0, "it says hello")
        here.tell(do="press", selection="A1", count=3)
        here.until(lambda: here.dispensed("A1") == 3, "three vends are counted")
        here.tell(do="jam", selection="A2")
        here.tell(do="press", selection="A2")
        here.until(lambda: here.saw("jam", True), "the jam is told")
        here.tell(do="switch", name="door", on=1)
        here.tell(do="press", selection="A1")
        here.until(lambda: here.saw("door-open", True), "the door is told")
        here.until(lambda: here.dispensed("A1") == 4, "the test is counted")
        vend = here.last(VendReading)
        assert isinstance(vend, VendReading)
        assert vend.payment == "test"
        here.tell(do="dead-probe", name="cabinet")
        here.until(lambda: here.saw("temperature-sensor", True), "the probe is missed")
        here.line.request("dispense B1", lambda _why: None)
        here.until(lambda: here.dispensed("B1") == 1, "the bridge can have something dispensed")
        levels = {e.selection: e.level for e in here.readings if isinstance(e, LevelReading)}
        assert levels == {"A1": 8, "A2": 10}
        assert here.last(FaultReading) is None


def test_a_restart_keeps_the_counts_and_another_board_does_not(tmp_path: Path) -> None:
    with town(tmp_path, BoardSetup(state=tmp_path / "state.json")) as here:
        here.tell(do="press", selection="A1", count=2)
        here.until(lambda: here.dispensed("A1") == 2, "counted")
        here.tell(do="power")
        here.until(lambda: sum(_is_restart(each) for each in here.readings) == 2, "it restarted")
        assert here.dispensed("A1") == 2
    assert Board(BoardSetup(state=tmp_path / "state.json")).world.slot("A1").dispensed == 2
    with town(tmp_path, BoardSetup(state=tmp_path / "state.json")) as here:
        here.until(lambda: here.dispensed("A1") == 2, "remembered")
        here.tell(do="board")
        here.until(lambda: here.dispensed("A1") == 0, "counted anew")


def _is_restart(reading: Reading) -> bool:
    return isinstance(reading, EventReading) and reading.name == "restarted"


def test_a_person_is_let_in_by_the_bridge(tmp_path: Path) -> None:
    with town(tmp_path, BoardSetup(asks=True)) as here:
        here.until(lambda: here.dispensed("A1") == 0, "hello")
        here.tell(do="code", code="4711")
        here.until(lambda: here.last(CodeReading) == CodeReading("4711"), "the code is told")
        assert here.tell(do="press", selection="A1")["outcomes"] == ["asked"]
        here.until(lambda: here.last(VendRequestReading), "the press is told")
        here.line.request("approve", lambda _why: None)
        here.until(lambda: here.dispensed("A1") == 1, "it vends")


def test_a_board_with_sensors_alone_tells_of_them(tmp_path: Path) -> None:
    with town(tmp_path, BoardSetup(selections=())) as here:
        here.tell(do="sensor", cabinet=41.5)
        here.tell(do="switch", name="mains-lost", on=1)
        here.until(lambda: here.saw("mains-lost", True), "the mains fails")
        told = [each for each in here.readings if isinstance(each, SensorReading)]
        here.until(lambda: told or here.last(SensorReading), "figures come")
        counters = here.last(CountersReading)
        assert isinstance(counters, CountersReading)
        assert counters.slots == ()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["noise", "crc", "silence", "unplug", "garbage"])
def test_trouble_on_the_line_loses_no_vend(tmp_path: Path, kind: str) -> None:
    with town(tmp_path, BoardSetup(binary=kind == "garbage")) as here:
        here.until(lambda: here.dispensed("A1") == 0, "hello")
        here.tell(do="fault", kind=kind, seconds=0.6)
        here.tell(do="press", selection="A1", count=2)
        here.until(lambda: here.dispensed("A1") == 2, "counted in the end")
        faults = {each.fault for each in here.readings if isinstance(each, FaultReading)}
        assert faults <= {Fault.BAD_CHECKSUM, Fault.OVERSIZED_FRAME, Fault.PORT_LOST}


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        ({"do": "press", "selection": "Z"}, "A1"),
        ({"do": "switch", "name": "window", "on": 1}, "tamper"),
        ({"do": "dance"}, "press"),
        ({"do": "sensor", "cabinet": "hot"}, "number"),
    ],
)
def test_what_it_can_not_do_is_said(request_: dict[str, object], word: str) -> None:
    with pytest.raises(RequestError, match=word):
        Board(BoardSetup()).control(request_, 0.0)


def test_the_simulator_shares_no_code_with_the_driver() -> None:
    code = "import sys, hardware.simulators.board; assert 'firmware_bridge' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
