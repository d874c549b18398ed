"""The firmware as it is flashed, on MicroPython, against the bridge's driver over a real pty."""

import random
import time
from itertools import pairwise
from pathlib import Path

import pytest

from firmware_bridge.drivers.board import Settings
from firmware_bridge.drivers.readings import (
    CodeReading,
    CountersReading,
    EventReading,
    FaultReading,
    LevelReading,
    SensorReading,
    VendReading,
    VendRequestReading,
)
from tests.hardware.firmware.rig import Rig, spoiler

SETTINGS = Settings(
    report_interval_s=5,
    settle_s=0.5,
    load_cells={"A1": {"counts_per_gram": 400, "grams_per_item": 50}},  # type: ignore[dict-item]  # pydantic reads it
    distances={"A2": {"mm_empty": 400, "mm_per_item": 25}},  # type: ignore[dict-item]  # as above
)
SLOTS = ("A1", "A2", "A3", "A4")
FRAMINGS = pytest.mark.parametrize("framing", ["lines", "cobs"])


def events(rig: Rig) -> list[tuple[str, str | None, bool | None]]:
    return [(each.name, each.selection, each.active) for each in rig.of(EventReading)]


def counted(rig: Rig, slot: str) -> int:
    return (rig.counts(slot) or (0, 0))[0]


def never_went_back(rig: Rig) -> bool:
    """Whether every counter only rose, within one row of counting."""
    told = rig.of(CountersReading)
    assert len({each.board for each in told}) == 1
    rows = [{slot.selection: (slot.dispensed, slot.failed) for slot in each.slots} for each in told]
    return all(
        (before[name][0] or 0) <= (after[name][0] or 0)
        and (before[name][1] or 0) <= (after[name][1] or 0)
        for before, after in pairwise(rows)
        for name in before
    )


@FRAMINGS
def test_a_press_vends_and_everything_is_told(tmp_path: Path, framing: str) -> None:
    with Rig(tmp_path, SETTINGS, framing=framing) as rig:
        rig.until(lambda: rig.counts("A1") == (0, 0), "the board says hello")
        rig.do("press A1")
        rig.until(lambda: rig.counts("A1") == (1, 0), "the vend is counted")
        assert rig.fell("A1") == 1
        rig.do("empty A2 1")
        rig.do("press A2")
        rig.until(lambda: rig.counts("A2") == (0, 1), "nothing fell")
        rig.do("stuck A3 1")
        rig.do("press A3")
        rig.until(lambda: ("jam", "A3", True) in events(rig), "the motor jams")
        outcomes = [(v.selection, v.outcome, v.reason, v.payment) for v in rig.of(VendReading)]
        assert outcomes == [
            ("A1", "success", "", "free"),
            ("A2", "failed", "vend-failed", "free"),
            ("A3", "failed", "jam", "free"),
        ]
        told = {(s.sensor, s.quantity): s.value for s in rig.of(SensorReading)}
        assert told[("cabinet", "temperature")] == pytest.approx(21.5)
        assert told[("battery", "battery-voltage")] == pytest.approx(3.9)
        assert rig.of(FaultReading) == []


def test_the_door_makes_a_press_a_test_and_frees_a_jam(tmp_path: Path) -> None:
    with Rig(tmp_path, SETTINGS) as rig:
        rig.do("stuck A3 1")
        rig.do("press A3")
        rig.until(lambda: ("jam", "A3", True) in events(rig), "the motor jams")
        rig.do("stuck A3 0")
        rig.do("switch door 1")
        rig.until(lambda: ("door-open", None, True) in events(rig), "the door opens")
        rig.until(lambda: ("jam", "A3", False) in events(rig), "the jam is over")
        time.sleep(0.4)  # two presses of one button within 0.3 s are one that bounced
        rig.do("press A3")
        rig.until(lambda: rig.counts("A3") == (1, 1), "a test vend")
        assert rig.of(VendReading)[-1].payment == "test"
        assert rig.of(CountersReading)[-1].slots[2].test == 1
        rig.do("switch mains-lost 1")
        rig.until(lambda: ("mains-lost", None, True) in events(rig), "the mains fails")


def test_a_beam_that_stays_broken_is_a_fault_and_vends_are_assumed(tmp_path: Path) -> None:
    with Rig(tmp_path, SETTINGS) as rig:
        rig.do("beam 1")
        rig.do("press A1")
        rig.until(lambda: ("drop-sensor", None, True) in events(rig), "the fault is told")
        assert rig.of(VendReading)[-1].outcome == "assumed"
        rig.do("beam 0")
        time.sleep(0.4)  # two presses of one button within 0.3 s are one that bounced
        rig.do("press A1")
        rig.until(lambda: ("drop-sensor", None, False) in events(rig)[3:], "the fault is over")
        rig.until(lambda: rig.counts("A1") == (2, 0), "both are counted")


def test_the_bridge_decides_where_it_is_asked(tmp_path: Path) -> None:
    with Rig(tmp_path, SETTINGS, access="ask") as rig:
        rig.until(lambda: rig.counts("A1"), "hello")
        rig.do("press A1")
        rig.until(lambda: rig.of(VendRequestReading), "the press is told")
        assert rig.of(VendRequestReading)[0].selection == "A1"
        rig.ask("deny")
        rig.ask("approve")
        rig.until(lambda: rig.of(FaultReading), "who was denied is gone")
        assert "nobody waits" in rig.of(FaultReading)[0].detail
        rig.do("press A2")
        rig.until(lambda: len(rig.of(VendRequestReading)) == 2, "the second press is told")
        rig.ask("approve")
        rig.until(lambda: rig.counts("A2") == (1, 0), "it vends")
        assert rig.of(VendReading)[-1].authorised
        rig.ask("begin 2")
        for done, slot in enumerate(("A1", "A3", "A4"), 1):
            rig.do(f"press {slot}")
            if slot != "A4":
                rig.until(lambda n=done: len(rig.of(VendReading)) > n, "it is let through")  # type: ignore[misc]  # a default is bound
        rig.until(lambda: len(rig.of(VendRequestReading)) == 3, "the third one asks again")
        assert (rig.fell("A1"), rig.fell("A3"), rig.fell("A4")) == (1, 1, 0)


def test_a_code_reaches_the_bridge_and_is_kept_nowhere(tmp_path: Path) -> None:
    with Rig(tmp_path, SETTINGS, access="ask") as rig:
        rig.until(lambda: rig.counts("A1"), "hello")
        rig.do("keys 99*48151623#")
        rig.until(lambda: rig.of(CodeReading), "the code is told")
        assert [each.code for each in rig.of(CodeReading)] == ["48151623"]
        rig.do("press A1")
        rig.until(lambda: rig.of(VendRequestReading), "the press after it")
        files = [file for file in tmp_path.iterdir() if file.is_file()]
        assert files
        assert not any(b"48151623" in file.read_bytes() for file in files)


def test_levels_follow_weight_and_distance_and_tare(tmp_path: Path) -> None:
    with Rig(tmp_path, SETTINGS) as rig:

        def level(slot: str) -> tuple[int | None, bool] | None:
            found = [each for each in rig.of(LevelReading) if each.selection == slot]
            return (found[-1].level, found[-1].settled) if found else None

        rig.until(lambda: level("A1") == (6, True), "six items weigh 300 g")
        rig.until(lambda: level("A2") == (4, True), "four items are 100 mm deep")
        rig.ask("tare A1")
        rig.until(lambda: ("other", "A1", None) in events(rig), "it was tared")
        rig.until(lambda: level("A1") == (0, True), "what lies there counts for nothing")
        rig.do("load A1 160000")
        rig.until(lambda: level("A1") == (2, True), "two more items")
        rig.cut_power()
        rig.do("load A1 180000")
        rig.until(lambda: level("A1") == (3, True), "the tare outlived the power cut")
        rig.do("load A1 none")
        rig.until(lambda: ("sensor-fault", None, True) in events(rig), "the cell is dead")


@FRAMINGS
def test_a_line_that_loses_and_spoils_bytes_loses_no_vend(tmp_path: Path, framing: str) -> None:
    with Rig(tmp_path, SETTINGS, framing=framing) as rig:
        rig.until(lambda: rig.counts("A1"), "hello")
        rig.spoil = spoiler(5, 0.004)
        for turn in range(12):
            rig.vend(f"A{turn % 4 + 1}")
        rig.spoil = lambda data: data
        rig.until(lambda: all(counted(rig, s) == rig.fell(s) for s in SLOTS), "all are counted")
        assert sum(rig.fell(slot) for slot in SLOTS) >= 12
        assert never_went_back(rig)


@FRAMINGS
def test_a_command_never_dispenses_twice(tmp_path: Path, framing: str) -> None:
    """The cable says everything three times, and loses some of it."""
    chance = random.Random(3)
    with Rig(tmp_path, SETTINGS, framing=framing) as rig:
        rig.until(lambda: rig.counts("A1"), "hello")
        rig.spoil = lambda data: data * (0 if chance.random() < 0.15 else 3)
        for wanted in range(1, 6):
            rig.ask("dispense A1")
            rig.until(lambda wanted=wanted: rig.counts("A1") == (wanted, 0), f"{wanted} fell")  # type: ignore[misc]  # a default is bound
        rig.spoil = lambda data: data
        rig.ask("dispense B7")
        rig.until(lambda: any("no such slot" in f.detail for f in rig.of(FaultReading)), "refused")
        assert rig.fell("A1") == 5


def test_a_board_with_sensors_alone_tells_of_them(tmp_path: Path) -> None:
    with Rig(tmp_path, SETTINGS, access="sensors") as rig:
        rig.do("switch tamper 1")
        rig.until(lambda: ("tamper", None, True) in events(rig), "somebody is at the housing")
        rig.do("cold outside")
        for _missed in range(4):
            rig.ask("sync")
            time.sleep(0.1)
        rig.until(lambda: ("temperature-sensor", None, True) in events(rig), "a probe is gone")
        assert {each.sensor for each in rig.of(SensorReading)} >= {"cabinet", "outside"}
        assert all(each.slots == () for each in rig.of(CountersReading))
        rig.ask("dispense A1")
        rig.until(lambda: rig.of(FaultReading), "there is nothing to dispense")
        assert "no such slot" in rig.of(FaultReading)[0].detail


@FRAMINGS
def test_a_command_that_was_held_up_does_nothing_any_more(tmp_path: Path, framing: str) -> None:
    """It is said again when the first vend is long over, and once more after a power cut."""
    held = bytearray()
    with Rig(tmp_path, SETTINGS, framing=framing) as rig:

        def hold(data: bytes) -> bytes:
            held.extend(data if b"dispense" in data else b"")
            return data

        rig.spoil = hold
        rig.until(lambda: rig.counts("A1"), "hello")
        rig.ask("dispense A1")
        rig.until(lambda: rig.counts("A1") == (1, 0), "one fell")
        assert b"dispense" in held
        for turn in range(2):
            rig.say(bytes(held))
            time.sleep(0.3)  # long enough for what must not happen
            rig.do("press A2")
            rig.until(lambda n=turn: rig.counts("A2") == (n + 1, 0), "what came later is done")  # type: ignore[misc]  # a default is bound
            assert rig.fell("A1") == 1
            rig.cut_power()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_power_cuts_at_any_time_never_lose_or_double_a_count(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Rig(tmp_path, SETTINGS, framing=["lines", "cobs"][seed % 2]) as rig:
        rig.until(lambda: rig.counts("A1"), "hello")
        for _cut in range(15):
            rig.do(f"press A{chance.randrange(4) + 1}")
            time.sleep(chance.random() * 0.16)
            rig.cut_power()
            if chance.random() < 0.5:
                time.sleep(chance.random() * 0.2)
        for slot in SLOTS:
            rig.vend(slot)
        rig.until(lambda: all(counted(rig, s) >= rig.fell(s) for s in SLOTS), "all is told")
        assert sum(counted(rig, s) - rig.fell(s) for s in SLOTS) <= rig.kills
        assert never_went_back(rig)


def test_a_damaged_file_costs_nothing_and_two_begin_a_new_row(tmp_path: Path) -> None:
    with Rig(tmp_path, SETTINGS) as rig:
        rig.do("press A1")
        rig.until(lambda: rig.counts("A1") == (1, 0), "one fell")
        lineage = rig.of(CountersReading)[-1].board
        newest = max(tmp_path.glob("counts*.bin"), key=lambda file: file.stat().st_mtime_ns)
        newest.write_bytes(newest.read_bytes()[:40])
        rig.cut_power()
        rig.until(lambda: ("control-board", None, True) in events(rig), "the damage is told")
        assert rig.of(CountersReading)[-1].board == lineage
        assert rig.counts("A1") == (1, 0)
        for file in tmp_path.glob("counts*.bin"):
            file.write_bytes(b"rubbish")
        rig.cut_power()
        rig.until(lambda: rig.of(CountersReading)[-1].board != lineage, "counted anew")
        assert rig.counts("A1") == (0, 0)
