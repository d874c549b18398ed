"""The simulated FA FB board, by the bytes of the manual: an upper computer written here by hand."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hardware.errors import ControlError, SimulatorError
from hardware.simulators.fafb import FafbDevice
from hardware.simulators.fafb_control import VERBS
from hardware.simulators.planogram import DEFAULT
from tests.conftest import ROOT
from tests.hardware.carrier import Line
from tests.hardware.conftest import Running, Start

POLL = bytes.fromhex("FA FB 41 00 40")
ACK = bytes.fromhex("FA FB 42 00 43")


def with_check(*parts: str) -> bytes:
    data, check = bytes.fromhex("".join(parts)), 0
    for byte in data:
        check ^= byte
    return data + bytes([check])


class Upper:
    """The upper computer, one frame at a time."""

    def __init__(self, line: Line) -> None:
        self.line = line

    def frame(self) -> bytes:
        head = self.line.read(4)
        assert head[:2] == b"\xfa\xfb", head
        rest = self.line.read(head[3] + 1)
        check = 0
        for byte in head + rest:
            check ^= byte
        assert check == 0
        return head + rest

    def polled(self, answer: bytes = ACK) -> None:
        """Wait for a POLL and answer it; data that comes first is acknowledged."""
        while self.frame() != POLL:
            self.line.write(ACK)
        self.line.write(answer)

    def data(self, command: int) -> bytes:
        """The next data with this command, acknowledged; POLLs before it are answered."""
        while True:
            frame = self.frame()
            if frame != ACK:
                self.line.write(ACK)
            if frame[2] == command:
                return frame[4:-1]

    def order(self, frame: bytes) -> None:
        self.polled(frame)
        while self.frame() != ACK:
            self.line.write(ACK)


@pytest.fixture
def board(start: Start) -> Running:
    return start(FafbDevice(hurried=True))


def test_it_polls_five_times_a_second(start: Start) -> None:
    with Line(start(FafbDevice()).link) as line:
        upper = Upper(line)
        upper.polled()
        began = time.monotonic()
        for _each in range(4):
            upper.polled()
        assert time.monotonic() - began > 0.5


def test_every_slot_is_told_on_request_and_numbers_rise(board: Running) -> None:
    with Line(board.link) as line:
        upper = Upper(line)
        upper.order(with_check("FAFB 31 01 01"))
        told = [upper.data(0x11) for _each in range(8)]
    assert [frame[0] for frame in told] == list(range(told[0][0], told[0][0] + 8))
    assert told[0][1:] == bytes.fromhex("000B 00000000 0C 0C 0064 00")


def test_a_purchase_runs_and_succeeds_once_though_it_is_ordered_twice(board: Running) -> None:
    buy = with_check("FAFB 03 03 05 000B")
    with Line(board.link) as line:
        upper = Upper(line)
        upper.polled(buy + buy)
        assert upper.data(0x04)[1:] == bytes.fromhex("01 000B")
        assert upper.data(0x04)[1:] == bytes.fromhex("02 000B")
    assert _slot(board, "11")["vended"] == 1


def test_a_jam_an_empty_slot_and_no_slot_are_told_apart(board: Running) -> None:
    board.ask(do="jam", selection=11)
    board.ask(do="restock", selection=12, level=0)
    with Line(board.link) as line:
        upper = Upper(line)
        for number, order, status in ((1, "000B", 0x03), (2, "000C", 0xFF), (3, "0063", 0x06)):
            upper.order(with_check(f"FAFB 03 03 {number:02X}", order))
            assert upper.data(0x04)[1] == 0x01
            assert upper.data(0x04)[1] == status
        upper.order(with_check("FAFB 01 03 09 000C"))
        assert upper.data(0x02)[1:] == bytes.fromhex("02 000C")


def test_what_is_not_acknowledged_comes_six_times(board: Running) -> None:
    with Line(board.link) as line:
        upper = Upper(line)
        board.ask(do="fill")
        frames = [upper.frame() for _each in range(12)]
    filled = [frame for frame in frames if frame[2] == 0x17]
    assert len(filled) == 6
    assert len(set(filled)) == 1


def test_the_status_is_39_bytes_behind_its_number(board: Running) -> None:
    board.ask(do="door", state="open")
    board.ask(do="climate", celsius=4.5, humidity=61)
    with Line(board.link) as line:
        upper = Upper(line)
        upper.order(with_check("FAFB 51 01 01"))
        text = upper.data(0x52)[1:]
    assert len(text) == 39
    assert text[4] == 1
    assert text[13:] == b"HLFAFB0001" + b"4.5".ljust(8, b"\0") + b"61.0".ljust(8, b"\0")


def test_prices_and_stock_can_be_set_for_one_a_tray_or_all(board: Running) -> None:
    with Line(board.link) as line:
        upper = Upper(line)
        upper.order(with_check("FAFB 12 07 01 0000 00000032"))
        upper.order(with_check("FAFB 13 04 02 03EA 03"))
        upper.order(with_check("FAFB 31 01 03"))
        told = {frame[2]: frame for frame in (upper.data(0x11) for _each in range(8))}
    assert {int.from_bytes(frame[3:7], "big") for frame in told.values()} == {50}
    assert {place for place, frame in told.items() if frame[7] == 3} == {21, 22, 23}


def test_nothing_else_than_numbers_are_selections(board: Running) -> None:
    with pytest.raises(SimulatorError, match="A1"):
        FafbDevice(DEFAULT)
    with pytest.raises(ControlError, match="no selection 99"):
        board.ask(do="sell", selection=99)
    with pytest.raises(ControlError, match="sell"):
        board.ask(do="dance")


def test_people_come_and_ask(start: Start) -> None:
    board = start(FafbDevice(per_hour=36_000, asks=True, hurried=True))
    with Line(board.link) as line:
        assert Upper(line).data(0x05)[1:] != b"\0\0"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_is_in_the_docs(verb: str) -> None:
    page = (ROOT / "docs" / "hardware" / "simulators.md").read_text(encoding="utf-8")
    section = page[page.index("## The board of a touch-screen machine") :]
    assert f'"do": "{verb}"' in section or f"`{verb}`" in section


def test_the_command_runs_one(tmp_path: Path) -> None:
    link, control = tmp_path / "board", tmp_path / "board.ctl"
    command = [sys.executable, "-m", "harborlight", "simulate"]
    with subprocess.Popen(
        [*command, "fafb", "--link", str(link), "--control", str(control)], stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert b"ready" in program.stdout.readline()
        with Line(link) as line:
            assert line.read_until(POLL).endswith(POLL)
        told = subprocess.run(
            [*command, "ask", str(control), '{"do": "state"}'], capture_output=True, check=True
        )
        program.terminate()
    assert json.loads(told.stdout)["kind"] == "fafb"


def _slot(board: Running, name: str) -> dict[str, object]:
    selections = board.ask(do="state")["selections"]
    assert isinstance(selections, dict)
    return dict(selections[name])
