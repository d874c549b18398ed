"""The simulated DDCMP machine, by the bytes of the standard: a reader written here by hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.simulators.ddcmp import DdcmpMachine
from hardware.simulators.ddcmp_slave import DdcmpManners
from hardware.simulators.vending_world import Setup
from tests.hardware.carrier import Line, crc_arc
from tests.hardware.conftest import Running, Start

WHO = bytes.fromhex("77E0 00 0000 0000 010170 000000 0000 0C")
READ = "77E2 00 {:02X} 01 0000 0000"
FINIS = bytes.fromhex("77FF")


def checked(data: bytes) -> bytes:
    return data + crc_arc(data)


def control(kind: int, first: int = 0) -> bytes:
    return checked(bytes([0x05, kind, 0x40, first, 0x00, 0x01]))


class Reader:
    """Reads audits; it keeps the numbers of both sides."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.mine = self.theirs = 0

    def frame(self) -> tuple[bytes, bytes]:
        """The next frame: header without CRC, and data."""
        header = self.line.read(8)
        assert crc_arc(header) == b"\0\0", header
        if header[0] == 0x05:
            return header[:6], b""
        data = self.line.read(header[1] + 256 * (header[2] & 0x3F) + 2)
        assert crc_arc(data) == b"\0\0"
        return header[:6], data[:-2]

    def start(self) -> bytes:
        self.mine = self.theirs = 0
        self.line.write(control(0x06))
        return self.frame()[0]

    def ask(self, data: bytes) -> None:
        """One message of ours, acknowledged."""
        self.mine += 1
        header = bytes([0x81, len(data), 0x40, self.theirs, self.mine, 0x01])
        self.line.write(checked(header) + checked(data))
        assert self.frame()[0] == bytes([0x05, 0x01, 0x40, self.mine, 0x00, 0x01])

    def hear(self) -> tuple[bytes, bool]:
        """One message of the machine, acknowledged; whether it is the last."""
        header, data = self.frame()
        assert header[4] == (self.theirs + 1) % 256
        self.theirs = header[4]
        self.line.write(control(0x01, self.theirs))
        return data, bool(header[2] & 0x80)

    def audit(self, number: int) -> bytes:
        assert self.start()[1] == 0x07
        self.ask(WHO)
        assert self.hear()[0][:3] == b"\x88\xe0\x01"
        self.ask(bytes.fromhex(READ.format(number)))
        reply, _last = self.hear()
        assert reply[:4] == bytes([0x88, 0xE2, 0x01, number])
        got, last, place = b"", False, 0
        while not last:
            data, last = self.hear()
            assert data[:2] == bytes([0x99, place])
            got, place = got + data[2:], place + 1
        self.ask(FINIS)
        return got


@pytest.fixture
def machine(start: Start) -> Running:
    return start(DdcmpMachine(Setup(), hurried=True))


def test_an_audit_is_read_and_list_2_clears_nothing(machine: Running) -> None:
    machine.ask(do="sell", selection="A1", count=2)
    with Line(machine.link) as line:
        first, second = Reader(line).audit(2), Reader(line).audit(2)
    assert first.startswith(b"DXS*")
    assert first.endswith(b"DXE*1*1\r\n")
    assert machine.ask(do="state")["lists"] == [2, 2]
    paid = [row for row in first.split(b"\r\n") if row.startswith(b"PA4*")]
    assert paid == [row for row in second.split(b"\r\n") if row.startswith(b"PA4*")]
    assert paid[0].endswith(b"*2*0")


def test_list_1_clears_the_interval(machine: Running) -> None:
    machine.ask(do="sell", selection="A1", count=2)
    with Line(machine.link) as line:
        Reader(line).audit(1)
        second = Reader(line).audit(2)
    rows = [row for row in second.split(b"\r\n") if row.startswith(b"PA4*")]
    assert rows[0].endswith(b"*0*0")


def test_what_is_not_acknowledged_comes_five_times_with_one_number(machine: Running) -> None:
    with Line(machine.link) as line:
        reader = Reader(line)
        reader.start()
        reader.ask(WHO)
        frames = [reader.frame() for _each in range(5)]
        assert line.read(1, timeout_s=0.6) == b""
    assert len(set(frames)) == 1


def test_damaged_data_is_answered_with_nak(machine: Running) -> None:
    with Line(machine.link) as line:
        reader = Reader(line)
        reader.start()
        line.write(checked(bytes([0x81, len(WHO), 0x40, 0, 1, 1])) + WHO + b"\0\0")
        assert reader.frame()[0] == bytes.fromhex("05 02 42 00 00 01")
        reader.ask(WHO)


def test_wrong_codes_and_unknown_lists_are_refused(start: Start) -> None:
    machine = start(DdcmpMachine(Setup(), DdcmpManners(codes=b"\x01\x02\x03\x04"), hurried=True))
    with Line(machine.link) as line:
        reader = Reader(line)
        reader.start()
        reader.ask(WHO)
        assert reader.hear()[0][:3] == b"\x88\xe0\x00"
        reader.ask(bytes.fromhex(READ.format(99)))
        assert reader.hear()[0][:4] == b"\x88\xe2\x00\x63"


def test_the_command_runs_one(tmp_path: Path) -> None:
    link, control_socket = tmp_path / "audit", tmp_path / "audit.ctl"
    command = [sys.executable, "-m", "harborlight", "simulate"]
    with subprocess.Popen(
        [*command, "ddcmp", "--link", str(link), "--control", str(control_socket)],
        stdout=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert b"ready" in program.stdout.readline()
        with Line(link) as line:
            assert Reader(line).audit(2)
        told = subprocess.run(
            [*command, "ask", str(control_socket), '{"do": "state"}'],
            capture_output=True,
            check=True,
        )
        program.terminate()
    assert json.loads(told.stdout)["lists"] == [2]
