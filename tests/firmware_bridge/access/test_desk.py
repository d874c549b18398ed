"""A real vending station on a real line, with a machine that does as it is told."""

import json
import os
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware_bridge.access import desk as desk_module
from firmware_bridge.access.gate import GRACE_S, SESSION_S
from firmware_bridge.access.shelf import AccessShelf
from firmware_bridge.contract import access
from firmware_bridge.contract.access import AccessTable
from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.contract.messages import Vend
from firmware_bridge.errors import ControlError
from firmware_bridge.identifiers import new_boot_id
from firmware_bridge.raw_audits import RawAudits
from firmware_bridge.spool import Moment, Spool
from firmware_bridge.stations.recorder import Recorder
from firmware_bridge.stations.vending import VendingStation
from firmware_bridge.transport import LineSettings
from tests.firmware_bridge.access.builders import (
    CODES,
    KEY,
    START_MS,
    ObedientDriver,
    policy,
    real_table,
    table,
)
from tests.firmware_bridge.test_spool import ADDRESS


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


class Machine:
    """A station on a pseudo-terminal, and the other end of it."""

    def __init__(self, folder: Path, driver: ObedientDriver, said: AccessTable | None) -> None:
        self.driver, self.ahead_s, self.sane = driver, 0.0, True
        self.spool = Spool(folder / "spool.sqlite3", ADDRESS, new_boot_id())
        self._keys, line = os.openpty()
        tty.setraw(line)
        self._clock = SystemClock()
        recorder = Recorder(self.spool, self._clock, self.moment, lambda: None)
        url = os.ttyname(line)
        audits = RawAudits(folder / "audits", 10, 100_000)
        self.station = VendingStation("machine-1", LineSettings(url), driver, recorder, audits)
        self.shelf = AccessShelf(ADDRESS, self.spool, KEY, {"machine-1": self.station.access})
        if said is not None:
            self.shelf.take(access.encode(said))
        self._descriptors = self._keys, line

    def moment(self) -> Moment:
        elapsed_ms = round((self._clock.monotonic_s() + self.ahead_s) * 1000)
        return Moment(START_MS + elapsed_ms, elapsed_ms, sane=self.sane)

    def press(self, text: str) -> None:
        os.write(self._keys, f"{text}\n".encode())

    def told(self, *wanted: str) -> None:
        """Wait until the driver was told exactly this since the last time."""
        until(lambda: len(self.driver.told) >= len(wanted))
        assert tuple(self.driver.told) == wanted
        self.driver.told.clear()

    def vends(self) -> list[Vend]:
        bodies = [json.loads(each.payload) for each in self.spool.held_after(0, 1000)]
        return [each["body"] for each in bodies if each["kind"] == "vend"]

    def counts(self) -> list[dict[str, object]]:
        bodies = [json.loads(each.payload) for each in self.spool.held_after(0, 1000)]
        return [each["body"] for each in bodies if each["kind"] == "access-counts"]

    def close(self) -> None:
        for descriptor in self._descriptors:
            os.close(descriptor)
        self.spool.close()


@contextmanager
def running(
    folder: Path, said: AccessTable | None = None, driver: ObedientDriver | None = None
) -> Iterator[Machine]:
    made = Machine(folder, driver or ObedientDriver(), said)
    thread = threading.Thread(target=made.station.run)
    thread.start()
    until(lambda: made.station._line.is_open)
    try:
        yield made
    finally:
        made.station.stop()
        thread.join(timeout=10)
        assert not thread.is_alive()
        made.close()


@pytest.fixture(autouse=True)
def _quick_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "TURN_S", 0.02)


def test_a_code_typed_at_the_machine_lets_somebody_take_items_once(tmp_path: Path) -> None:
    with running(tmp_path, real_table(items_per_session=2)) as machine:
        machine.press(f"code {CODES[0]}")
        machine.told("begin 2")
        until(lambda: len(machine.vends()) == 2)
        machine.press(f"code {CODES[0]}")
        machine.told("deny")
        machine.press(f"code {CODES[1].upper()}")
        machine.told("begin 2")


def test_a_choice_waits_for_a_code_and_is_refused_when_none_comes(tmp_path: Path) -> None:
    driver = ObedientDriver(wait_s=30)
    with running(tmp_path, real_table(), driver) as machine:
        machine.press("choose 11")
        machine.press("code k7m")
        machine.press(f"code {CODES[0]}")
        machine.told("approve")
        machine.press("choose 11")
        until(lambda: machine.station.access._choice_until_s is not None)
        machine.ahead_s += 29
        assert driver.told == []
        machine.ahead_s += 1
        machine.told("deny")


def test_a_wrong_code_refuses_the_choice(tmp_path: Path) -> None:
    with running(tmp_path, real_table(), ObedientDriver(wait_s=600)) as machine:
        machine.press("choose 11")
        machine.press("code www-www-wwc")
        machine.press("code kkk-kkk-kkk")
        machine.press(f"code {CODES[0]}")
        until(lambda: "approve" in machine.driver.told or "begin 1" in machine.driver.told)


def test_an_open_machine_approves_in_its_quota(tmp_path: Path) -> None:
    said = table(policy(mode="open", codes=(), quota_items=2, items_per_session=3))
    with running(tmp_path, said) as machine:
        for _ in range(3):
            machine.press("choose 11")
        machine.told("approve", "approve", "deny")
        assert len(machine.vends()) == 2


def test_without_a_policy_nobody_is_let_in_and_the_machine_need_not_wait(tmp_path: Path) -> None:
    with running(tmp_path) as machine:
        machine.press("choose 11")
        machine.told("deny")
        machine.press(f"code {CODES[0]}")
        machine.told("deny")


def test_a_code_can_come_from_another_program_and_a_pause_is_quick(tmp_path: Path) -> None:
    with running(tmp_path, real_table()) as machine:
        decision = machine.station.enter_code(f" {CODES[0].upper()} ")
        assert (decision.granted, decision.items) == (True, 1)
        machine.told("begin 1")
        machine.shelf.take(access.encode(real_table(paused=True, version=2)))
        assert machine.station.enter_code(CODES[1]).refusal == "paused"
        assert machine.driver.told == []


def test_a_use_counts_only_when_an_item_left(tmp_path: Path) -> None:
    driver = ObedientDriver(gives=0)
    with running(tmp_path, real_table(), driver) as machine:
        machine.press(f"code {CODES[0]}")
        machine.told("begin 1")
        machine.ahead_s += SESSION_S + 1
        machine.told("cancel")
        machine.ahead_s += GRACE_S + 1
        until(lambda: not machine.station.access._gate.serving)
        driver.gives = 1
        machine.press(f"code {CODES[0]}")
        machine.told("begin 1")
        until(lambda: len(machine.vends()) == 1)
        machine.press(f"code {CODES[0]}")
        machine.told("deny")


def test_a_machine_that_refuses_leaves_the_code_unused(tmp_path: Path) -> None:
    driver = ObedientDriver()
    driver.refuses = True
    with running(tmp_path, real_table(), driver) as machine:
        machine.press(f"code {CODES[0]}")
        machine.told("begin 1")
        until(lambda: not machine.station.access._gate.serving)
        driver.refuses = False
        machine.press(f"code {CODES[0]}")
        machine.told("begin 1")


def test_what_was_used_is_known_after_a_restart(tmp_path: Path) -> None:
    with running(tmp_path, real_table()) as machine:
        machine.press(f"code {CODES[0]}")
        machine.told("begin 1")
        until(lambda: len(machine.vends()) == 1)
    with running(tmp_path) as machine:  # the table is on disk
        machine.press(f"code {CODES[0]}")
        machine.told("deny")
        machine.press(f"code {CODES[1]}")
        machine.told("begin 1")


def test_counts_of_an_hour_are_sent_when_it_is_over(tmp_path: Path) -> None:
    with running(tmp_path, real_table()) as machine:
        machine.press(f"code {CODES[0]}")
        machine.told("begin 1")
        until(lambda: len(machine.vends()) == 1)
        machine.ahead_s += 3600
        machine.station.access.turn()
        machine.spool.flush()
        (hour,) = machine.counts()
        assert (hour["granted"], hour["items"], hour["mode"]) == (1, 1, "issued")


def test_without_the_key_codes_cannot_be_checked_and_that_is_said(tmp_path: Path) -> None:
    with running(tmp_path) as machine:
        AccessShelf(ADDRESS, machine.spool, None, {"machine-1": machine.station.access}).take(
            access.encode(real_table())
        )
        with pytest.raises(ControlError, match="access_key_file"):
            machine.station.enter_code(CODES[0])
        machine.press(f"code {CODES[0]}")
        machine.told("deny")


def test_a_line_full_of_codes_does_not_grow_the_memory(tmp_path: Path) -> None:
    with running(tmp_path, real_table()) as machine:
        desk = machine.station.access
        for _ in range(50):
            machine.press("code 2222")
        until(lambda: desk._typed.empty() and bool(machine.driver.told))
        assert desk._typed.maxsize == desk_module.MOST_WAITING
        machine.driver.told.clear()
        machine.press(f"code {CODES[0]}")
        until(lambda: "begin 1" in machine.driver.told)
