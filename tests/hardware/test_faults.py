"""Trouble that simulators make on request: each does what it says, and ends."""

import os
import socket
import time
from pathlib import Path

import pytest

from hardware.errors import ControlError, SimulatorError
from hardware.simulators.control import ask
from hardware.simulators.outgoing import LIMIT_BYTES, Outgoing
from hardware.simulators.simulator import Simulator
from hardware.simulators.vending import VendingMachine
from hardware.simulators.vending_world import Setup
from tests.hardware.carrier import Carrier, Line
from tests.hardware.conftest import Running, Start


@pytest.fixture
def machine(start: Start) -> Running:
    return start(VendingMachine(Setup(), hurried=True))


def test_wrong_checksums_are_sent_and_a_block_that_is_refused_comes_again(
    machine: Running,
) -> None:
    machine.ask(do="fault", kind="crc", seconds=60)
    with Line(machine.link) as line:
        carrier = Carrier(line)
        carrier.before_nak = lambda: machine.ask(do="fault", kind="none")
        assert carrier.audit().endswith(b"DXE*1*1\r\n")
        assert carrier.naks == 1


def test_a_machine_gives_a_session_up_after_some_refusals(machine: Running) -> None:
    machine.ask(do="fault", kind="crc", seconds=60)
    with Line(machine.link) as line:
        carrier = Carrier(line)
        with pytest.raises(AssertionError):
            carrier.audit()
        assert carrier.naks == 6
        machine.ask(do="fault", kind="none")
        assert carrier.audit()


def test_under_silence_nothing_is_heard_and_nothing_said(machine: Running) -> None:
    machine.ask(do="fault", kind="silence", seconds=60)
    with Line(machine.link) as line:
        line.write(b"\x05")
        assert line.read(2, 0.2) == b""
        machine.ask(do="fault", kind="none")
        assert Carrier(line).audit()


def test_noise_changes_what_is_sent(machine: Running) -> None:
    machine.ask(do="fault", kind="noise", seconds=60)
    with Line(machine.link) as line:
        replies = set()
        for _try in range(5):
            line.write(b"\x05")
            replies.add(line.read(3, 0.05))
    assert b"\x10\x30" not in replies
    assert len(replies) > 1


def test_slow_bytes_dribble(machine: Running) -> None:
    machine.ask(do="fault", kind="slow", seconds=60)
    with Line(machine.link) as line:
        line.write(b"\x05")
        assert line.read(1) == b"\x10"
        began_s = time.monotonic()
        assert line.read(1) == b"\x30"
        assert time.monotonic() - began_s > 0.04


def test_garbage_floods_the_line_and_a_read_works_when_it_is_over(machine: Running) -> None:
    with Line(machine.link) as line:
        machine.ask(do="fault", kind="garbage", seconds=0.3)
        flood = line.read(100_000, 0.5)
        assert len(flood) > 1000
        assert len(set(flood)) > 200
        while line.read(4096, 0.1):
            pass
        assert Carrier(line).audit()


def test_unplugging_breaks_the_port_and_it_comes_back_under_the_same_name(machine: Running) -> None:
    with Line(machine.link) as line:
        machine.ask(do="fault", kind="unplug", seconds=1.0)
        assert not machine.link.exists()
        with pytest.raises(OSError, match="Input/output"):
            os.write(line.fd, b"\x05")
    end = time.monotonic() + 3
    while not machine.link.exists() and time.monotonic() < end:
        time.sleep(0.01)
    with Line(machine.link) as line:
        assert Carrier(line).audit()


def test_a_paced_line_takes_the_time_that_its_baud_rate_needs(start: Start) -> None:
    machine = start(VendingMachine(Setup(), hurried=True), baud=9600)
    with Line(machine.link) as line:
        began_s = time.monotonic()
        size = len(Carrier(line).audit())
    assert time.monotonic() - began_s > size * 10 / 9600


def test_the_state_names_the_troubles_that_are_on(machine: Running) -> None:
    machine.ask(do="fault", kind="noise", seconds=60)
    assert machine.ask(do="fault", kind="slow", seconds=60)["faults"] == ["noise", "slow"]
    assert machine.ask(do="state")["faults"] == ["noise", "slow"]
    assert machine.ask(do="fault", kind="none")["faults"] == []


def test_what_nobody_reads_is_bounded() -> None:
    outgoing = Outgoing()
    for _piece in range(LIMIT_BYTES):
        outgoing.push(b"12345678", 0.0)
    assert LIMIT_BYTES - 8 <= len(outgoing) <= LIMIT_BYTES


def test_a_simulator_with_a_deaf_reader_still_obeys(machine: Running) -> None:
    machine.ask(do="fault", kind="garbage", seconds=60)
    with Line(machine.link) as line:
        line.read(1, 0.5)
        assert machine.ask(do="state")["ok"]


def test_rubbish_on_the_control_socket_is_answered_and_survived(machine: Running) -> None:
    for request in ([1], "x", None):
        with pytest.raises(ControlError, match="object"):
            ask(machine.control, request)  # type: ignore[arg-type]  # wrong on purpose
    assert machine.ask(do="state")["ok"]


def test_a_second_simulator_on_the_same_socket_is_refused(machine: Running) -> None:
    with pytest.raises(SimulatorError, match="another simulator"):
        Simulator(VendingMachine(Setup()), control=machine.control)


def test_the_socket_of_a_killed_simulator_is_taken_over(tmp_path: Path) -> None:
    control = tmp_path / "old.ctl"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(control))
    simulator = Simulator(VendingMachine(Setup()), control=control)
    simulator.stop()
    simulator.run()
    assert not control.exists()


def test_a_file_in_the_place_of_the_link_is_not_overwritten(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.write_text("precious")
    with pytest.raises(SimulatorError, match="no link"):
        Simulator(VendingMachine(Setup()), link=link)
    assert link.read_text() == "precious"


def test_nobody_there_is_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="no answer"):
        ask(tmp_path / "none.ctl", {"do": "state"})
