"""The simulated vending machine, driven over a real pty by an independent carrier."""

import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hardware.errors import ControlError, SimulatorError
from hardware.profile import VendingSimulation, load
from hardware.simulators import planogram
from hardware.simulators.audit import prepared
from hardware.simulators.people import People
from hardware.simulators.vending import VendingMachine
from hardware.simulators.vending_world import Setup
from tests.hardware.carrier import Carrier, Line, by_selection, crc_arc, segments
from tests.hardware.conftest import Running, Start, running


def vend(setup: Setup | None = None) -> VendingMachine:
    """A machine that does not dawdle."""
    return VendingMachine(setup or Setup(), hurried=True)


@contextmanager
def carrier(machine: Running) -> Iterator[Carrier]:
    with Line(machine.link) as line:
        yield Carrier(line)


def read(machine: Running) -> bytes:
    with carrier(machine) as reader:
        return reader.audit()


def rows(audit: bytes, name: str) -> list[list[str]]:
    return [parts for parts in segments(audit) if parts[0] == name]


def test_an_audit_is_read_with_both_handshakes_and_its_g85_is_true(start: Start) -> None:
    machine = start(vend())
    with carrier(machine) as reader:
        audit = reader.audit()
    assert reader.reply == b"00" + b"HLS0000001" + b"R01L01"
    begin, end = audit.index(b"ST*"), audit.index(b"G85*")
    low, high = crc_arc(audit[begin:end])
    assert audit[end + 4 : end + 8] == f"{high:02X}{low:02X}".encode()
    inside = audit[begin : audit.index(b"DXE")].count(b"\r\n")
    assert rows(audit, "SE") == [["SE", str(inside), "0001"]]
    assert audit.startswith(b"DXS*HLS0000001*VA*V0/6*1\r\n")
    assert audit.endswith(b"DXE*1*1\r\n")


def test_totals_are_the_sums_of_the_selections(start: Start) -> None:
    audit = read(start(vend(Setup(seed=3))))
    assert int(rows(audit, "VA1")[0][2]) == sum(by_selection(audit, "PA2", 1).values())
    assert int(rows(audit, "VA3")[0][2]) == sum(by_selection(audit, "PA4", 1).values())
    assert len(rows(audit, "PA1")) == len(planogram.DEFAULT)


def test_counters_rise_by_what_is_sold_and_free_and_paid_are_kept_apart(start: Start) -> None:
    machine = start(vend())
    before = read(machine)
    assert machine.ask(do="sell", selection="A1", count=3)["vended"] == 3
    assert machine.ask(do="sell", selection="B1", count=2)["level"] == 13
    machine.ask(do="test-vend", selection="B1")
    after = read(machine)
    grown = {
        (name, slot): now - by_selection(before, name, 1)[slot]
        for name in ("PA2", "PA3", "PA4")
        for slot, now in by_selection(after, name, 1).items()
        if now != by_selection(before, name, 1)[slot]
    }
    assert grown == {("PA4", "A1"): 3, ("PA2", "B1"): 2, ("PA3", "B1"): 1}
    assert by_selection(after, "PA4", 3)["A1"] == 3


def test_a_read_clears_the_interval_by_default_and_keeps_it_under_save(start: Start) -> None:
    for mode, left in (("AUTO", 0), ("SAVE", 2)):
        machine = start(vend(Setup(interval_mode=mode)), mode)
        machine.ask(do="sell", selection="A1", count=2)
        assert by_selection(read(machine), "PA4", 3)["A1"] == 2
        second = read(machine)
        assert by_selection(second, "PA4", 3)["A1"] == left
        assert rows(second, "EA3")[0][9] == "2"
        assert rows(second, "EA3")[0][1] == ("2" if mode == "AUTO" else "0")


def test_a_written_configuration_changes_the_interval_mode(start: Start) -> None:
    machine = start(vend())
    text = b"SD1*****SAVE*SAVE\r\n"
    with carrier(machine) as writer:
        writer.handshakes(b"S")
        writer.line.write(b"\x05")
        assert writer.line.read(2) == b"\x10\x30"
        writer.line.write(b"\x10\x02" + text + b"\x10\x03" + crc_arc(text + b"\x03"))
        assert writer.line.read(2) == b"\x10\x31"
        writer.line.write(b"\x04")
    assert rows(read(machine), "SD1") == [["SD1", "", "", "", "", "SAVE", "SAVE"]]


def test_a_sold_out_selection_is_told_and_presses_are_counted(start: Start) -> None:
    machine = start(vend())
    reply = machine.ask(do="sell", selection="A1", count=15)
    assert (reply["vended"], reply["sold-out"], reply["level"]) == (12, 3, 0)
    audit = read(machine)
    assert ["EA2", "ELB_A1", "1", "1", "", "1", "0"] in rows(audit, "EA2")
    assert by_selection(audit, "PA5", 3) == {"A1": 3}
    assert any(parts[1] == "ELB_A1" for parts in rows(audit, "EA1"))


def test_restocking_ends_sold_out_and_is_seen_at_the_door(start: Start) -> None:
    machine = start(vend())
    machine.ask(do="sell", selection="A2", count=10)
    assert machine.ask(do="restock", selection="A2")["levels"] == {"A2": 10}
    audit = read(machine)
    active = {parts[1]: parts[5] for parts in rows(audit, "EA2")}
    assert active["ELB_A2"] == "0"
    assert [parts[1] for parts in rows(audit, "EA1")][-2:] == ["EGS", "EGT"]


def test_a_jam_is_an_event_and_nothing_comes_out_until_it_is_cleared(start: Start) -> None:
    machine = start(vend())
    machine.ask(do="jam", selection="A2")
    assert machine.ask(do="sell", selection="A2")["jammed"] == 1
    audit = read(machine)
    counts = {parts[1]: (parts[3], parts[5]) for parts in rows(audit, "EA2")}
    assert counts["ELA_A2"] == ("2", "0")
    assert counts["EJB_A2"] == ("1", "1")
    machine.ask(do="clear-jam", selection="A2")
    assert machine.ask(do="sell", selection="A2")["vended"] == 1


def test_finished_events_leave_the_log_after_a_read_and_active_ones_stay(start: Start) -> None:
    machine = start(vend())
    machine.ask(do="door", state="open")
    machine.ask(do="jam", selection="A1")
    read(machine)
    assert {parts[1] for parts in rows(read(machine), "EA1")} == {"EGS", "EJB_A1"}


def test_the_door_event_of_an_ams_machine_carries_the_cabinet_temperature(start: Start) -> None:
    habits = load("dex-ams").simulated_machine
    assert habits is not None
    machine = start(vend(Setup(habits=habits)))
    machine.ask(do="temperature", celsius=30, over_s=0)
    machine.ask(do="door", state="open")
    entry = rows(read(machine), "EA1")[0]
    assert entry[1] == "EGS"
    assert len(entry[2]) == 6
    assert 85 <= int(entry[6]) <= 87


def test_the_temperature_drifts_to_what_is_set() -> None:
    time_s = [100.0]
    machine = VendingMachine(Setup(), now_s=lambda: time_s[0])
    machine.control({"do": "temperature", "celsius": 44, "over_s": 20}, 100.0)
    seen = [machine.world.machine.temperature_c(100.0 + gone) for gone in (0, 10, 20, 90)]
    assert seen[0] < 22 < seen[1] < 34 < seen[2]
    assert seen[3] == pytest.approx(44, abs=0.31)


def test_a_power_cut_is_counted_and_the_line_is_silent_while_it_lasts(start: Start) -> None:
    machine = start(vend())
    machine.ask(do="power", seconds=1.2)
    with Line(machine.link) as line:
        line.write(b"\x05")
        assert line.read(1, 0.2) == b""
        line.read(1, 1.2)
        assert rows(Carrier(line).audit(), "EA7") == [["EA7", "1", "1"]]


def test_levels_are_sent_on_request_only(start: Start) -> None:
    quiet = read(start(vend(), "quiet"))
    assert all(len(parts) == 4 for parts in rows(quiet, "PA1"))
    loud = start(vend(Setup(habits=VendingSimulation(sends_levels=True))), "loud")
    loud.ask(do="sell", selection="C1", count=4)
    levels = {parts[1]: parts[4:] for parts in rows(read(loud), "PA1")}
    assert levels["C1"] == ["10", "10", "1", "0", "6", "2"]


@pytest.mark.parametrize("name", ["dex-crane", "dex-coinco", "dex-necta"])
def test_each_make_has_its_quirk(start: Start, name: str) -> None:
    habits = load(name).simulated_machine
    assert habits is not None
    machine = start(vend(Setup(habits=habits)))
    with carrier(machine) as reader:
        audit = reader.audit()
    seen = {
        "dex-crane": ["EA2", "LOWCHANGE", "0", "1", "", "0"] in rows(audit, "EA2"),
        "dex-coinco": reader.reply.endswith(b"\r\n"),
        "dex-necta": all(parts[1:3] == ["", ""] for parts in rows(audit, "PA2")),
    }
    assert seen == {quirk: quirk == name for quirk in seen}


def test_counters_and_levels_go_on_after_a_restart(tmp_path: Path) -> None:
    setup = Setup(state=tmp_path / "state.json")
    with running(vend(setup), tmp_path, "one") as machine:
        machine.ask(do="sell", selection="A3", count=7)
        machine.ask(do="jam", selection="B2")
        before = read(machine)
    with running(vend(setup), tmp_path, "two") as machine:
        after = read(machine)
        state = machine.ask(do="state")
    assert by_selection(after, "PA4", 1) == by_selection(before, "PA4", 1)
    selections = state["selections"]
    assert isinstance(selections, dict)
    assert selections["A3"]["level"] == 13
    assert state["active"] == ["EJB_B2"]


def test_a_state_file_that_is_none_is_refused_with_advice(tmp_path: Path) -> None:
    for content in ("{half", "[]", '{"columns": 5}'):
        (tmp_path / "state.json").write_text(content)
        with pytest.raises(SimulatorError, match=r"state\.json.*delete it"):
            vend(Setup(state=tmp_path / "state.json"))


def test_people_come_at_the_rate_that_was_set_and_the_same_seed_brings_the_same() -> None:
    crowd = [People(planogram.DEFAULT, 120, "a") for _twice in range(2)]
    waits = [[people.wait_s() or 0.0 for _person in range(2000)] for people in crowd]
    assert waits[0] == waits[1]
    assert sum(waits[0]) / 2000 == pytest.approx(30, rel=0.1)
    assert People(planogram.DEFAULT, 0, "a").wait_s() is None


def test_by_hour_fewer_people_come_at_night() -> None:
    people = People(planogram.DEFAULT, 60, "a", by_hour=True)
    midnight = datetime(2026, 11, 23)  # noqa: DTZ001 - machines know no time zone
    came = {
        hour: sum(people.choose(midnight + timedelta(hours=hour)) is not None for _n in range(500))
        for hour in (7, 19)
    }
    assert came[7] < came[19] / 4


def test_selling_goes_on_by_itself(start: Start) -> None:
    machine = start(vend())
    before = read(machine)
    machine.ask(do="selling", per_hour=100_000)
    with Line(machine.link) as line:
        line.read(1, 0.4)
    machine.ask(do="selling", per_hour=0)
    assert int(rows(read(machine), "VA1")[0][2]) > int(rows(before, "VA1")[0][2])


def test_a_changed_board_begins_at_zero_with_another_serial(start: Start) -> None:
    machine = start(vend())
    before = read(machine)
    machine.ask(do="board")
    after = read(machine)
    assert rows(after, "CB1") != rows(before, "CB1")
    assert set(by_selection(after, "PA2", 1).values()) == {0}


@pytest.mark.shared_data
def test_every_real_audit_can_be_served(start: Start, shared_data: Path) -> None:
    machine = start(vend())
    paths = sorted((shared_data / "dex" / "eva-dts").glob("*/*.*"))
    assert len(paths) >= 19
    for path in paths:
        machine.ask(do="serve", file=str(path))
        expected = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert read(machine) == expected, path.name


def test_an_audit_can_be_served_on_request_and_its_own_again(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "small.dex"
    file.write_text("DXS*X*VA*V1/1*1\nDXE*1*1\n")
    machine = start(vend())
    machine.ask(do="serve", file=str(file))
    assert read(machine) == b"DXS*X*VA*V1/1*1\r\nDXE*1*1\r\n"
    machine.ask(do="serve")
    assert len(read(machine)) > 500


@pytest.mark.parametrize(
    ("raw", "word"), [(b"", "empty"), (b"PA1*\x10", "0x10"), (b"\x16", "0x16")]
)
def test_an_audit_that_dex_cannot_carry_is_refused(raw: bytes, word: str) -> None:
    with pytest.raises(SimulatorError, match=word):
        prepared(raw, "some.dex")


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        ({"do": "sell", "selection": "Z9"}, "A1, A2"),
        ({"do": "sell", "selection": "A1", "count": 0}, "count"),
        ({"do": "sell"}, "selection"),
        ({"do": "fly"}, "sell"),
        ({"do": "temperature", "celsius": "hot"}, "celsius"),
        ({"do": "restock", "selection": "A1", "level": 99}, "0 to 12"),
        ({"do": "serve", "file": "/nowhere"}, "nowhere"),
        ({"do": "fault", "kind": "fire"}, "noise"),
    ],
)
def test_a_request_that_does_not_fit_is_refused_by_name(
    start: Start, request_: dict[str, object], word: str
) -> None:
    machine = start(vend())
    with pytest.raises(ControlError, match=word):
        machine.ask(**request_)
    assert machine.ask(do="state")["reads"] == 0


def test_a_planogram_of_your_own_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    row = {"selection": "1", "product": "Kit", "capacity": 3, "par": 3, "minimum": 1}
    file.write_text(json.dumps([row]))
    assert planogram.load(file)[0].product == "Kit"
    for spoilt in ([row, row], [{**row, "capacity": 0}], [{**row, "colour": 1}], 5):
        file.write_text(json.dumps(spoilt))
        with pytest.raises(SimulatorError, match=r"plan\.json"):
            planogram.load(file)


def test_the_pauses_of_the_standard_are_kept(start: Start) -> None:
    with carrier(start(VendingMachine(Setup()))) as reader:
        began_s = time.monotonic()
        blocks = -(-len(reader.audit()) // 243)
    assert time.monotonic() - began_s >= 2 * 0.1 + (4 + blocks) * 0.01


def test_rubbish_on_the_line_does_no_lasting_harm() -> None:
    machine = vend()
    rng = random.Random(7)
    now_s = 0.0
    for _round in range(300):
        now_s += 3.0
        machine.feed(rng.randbytes(rng.randrange(1, 400)), now_s)
        machine.wake(now_s + 0.2)
        machine.wake(now_s + 2.5)
    for _wait in range(10):
        now_s += 3.0
        machine.wake(now_s)
    assert machine.feed(b"\x05", now_s) == b"\x10\x30"
