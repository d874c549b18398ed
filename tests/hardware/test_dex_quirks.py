"""The quirks of the simulated machine on a real pty, seen by an independent carrier."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from hardware.cli import simulate
from hardware.errors import ControlError
from hardware.simulators.dex_quirks import NOISE, QUIRKS
from hardware.simulators.vending import VendingMachine
from hardware.simulators.vending_world import Setup
from tests.hardware.carrier import Carrier, Line, crc_arc
from tests.hardware.conftest import Running, Start

ENQ, EOT, NAK, ACK0, ACK1, WACK = b"\x05", b"\x04", b"\x15", b"\x100", b"\x101", b"\x10;"
REQUEST = b"TST0000001RR01L01"
SIMULATORS = Path(__file__).resolve().parents[2] / "docs/hardware/simulators.md"

Begin = Callable[..., Running]


@pytest.fixture
def machine(start: Start) -> Begin:
    def begin(*quirks: str) -> Running:
        return start(VendingMachine(Setup(quirks=frozenset(quirks)), hurried=True))

    return begin


def handshake(text: bytes) -> bytes:
    return b"\x10\x01" + text + b"\x10\x03" + crc_arc(text + b"\x03")


def test_wack_asks_for_patience_before_the_call_and_before_the_block(machine: Begin) -> None:
    with Line(machine("wack").link) as line:
        for say, heard in (
            (ENQ, WACK),
            (ENQ, ACK0),
            (handshake(REQUEST), WACK),
            (ENQ, ACK1),
        ):
            line.write(say)
            assert line.read(2) == heard
        line.write(EOT)
        assert line.read(1) == ENQ


def test_fill_stands_in_the_blocks_and_not_in_their_checksums(machine: Begin) -> None:
    with Line(machine("syn-fill").link) as line:
        line.write(ENQ)
        line.read(2)
        line.write(handshake(REQUEST))
        line.read(2)
        line.write(EOT)
        assert line.read(1) == ENQ
        line.write(ACK0)
        text = b"00HLS0000001R01L01"
        sent = line.read_until(b"\x10\x03") + line.read(2)
        assert b"\x10\x16" in sent
        assert sent.replace(b"\x10\x16", b"") == handshake(text)


def test_the_reply_may_have_the_identity_first_and_crlf_behind(machine: Begin) -> None:
    with Line(machine("id-first", "reply-crlf").link) as line:
        carrier = Carrier(line)
        carrier.handshakes()
    assert carrier.reply == b"HLS000000100R01L01\r\n"


def test_the_checksum_of_the_audit_may_be_in_small_letters(machine: Begin) -> None:
    running = machine("lowercase-g85")
    for paid in range(6):
        with Line(running.link) as line:
            raw = Carrier(line).audit()
        said = raw[raw.index(b"G85*") + 4 :][:4]
        assert said == said.lower()
        if said != said.upper():
            return
        running.ask(do="sell", selection="A1", count=paid + 1)
    raise AssertionError("no checksum with a letter in six audits")


def test_one_block_is_wrong_once(machine: Begin) -> None:
    with Line(machine("bad-block").link) as line:
        carrier = Carrier(line)
        assert carrier.audit().endswith(b"DXE*1*1\r\n")
    assert carrier.naks == 1


def test_noise_stands_before_its_calls(machine: Begin) -> None:
    with Line(machine("noise-before-call").link) as line:
        line.write(ENQ)
        assert line.read(2) == ACK0
        line.write(handshake(REQUEST))
        assert line.read(2) == ACK1
        line.write(EOT)
        assert line.read(3) == NOISE + ENQ


def test_a_slow_machine_begins_its_audit_late(machine: Begin) -> None:
    with Line(machine("slow-start").link) as line:
        Carrier(line).handshakes()
        began_s = time.monotonic()
        assert line.read(1, 5.0) == ENQ
        assert time.monotonic() - began_s > 2


def taken_call(line: Line, operation: bytes = b"S") -> bytes:
    """A carrier that is called: takes the call, replies, and takes what is sent."""
    carrier = Carrier(line)
    line.write(ACK0)
    text, last = carrier.taken_block(ACK1)
    assert (text[10:11], last) == (operation, True)
    assert line.read(1) == EOT
    line.write(ENQ)
    assert line.read(2) == ACK0
    line.write(handshake(b"00TST0000001R01L01"))
    assert line.read(2) == ACK1
    line.write(EOT)
    assert line.read(1) == ENQ
    line.write(ACK0)
    pieces, last, turn = b"", False, 1
    while not last:
        data, last = carrier.taken_block(ACK1 if turn else ACK0)
        pieces, turn = pieces + data, 1 - turn
    assert line.read(1) == EOT
    return pieces


def test_a_machine_that_bids_wins_with_its_second_call_and_sends_its_audit(machine: Begin) -> None:
    with Line(machine("bid").link) as line:
        line.write(ENQ)
        assert line.read(1) == ENQ
        assert line.read(1, 3.0) == ENQ, "it does not give way"
        assert taken_call(line).endswith(b"DXE*1*1\r\n")


def test_a_machine_pushes_its_events_when_something_happens(machine: Begin) -> None:
    running = machine("push")
    with Line(running.link) as line:
        running.ask(do="jam", selection="A2")
        assert line.read(1) == ENQ
        lines = taken_call(line).decode().splitlines()
        assert {each.split("*")[0] for each in lines} == {"EA1", "EA2"}
        assert line.read(1, 0.3) == b"", "what was told is not told again"


def test_a_push_can_be_asked_for_and_is_refused_as_the_standard_says(machine: Begin) -> None:
    running = machine()
    with Line(running.link) as line:
        running.ask(do="push")
        assert line.read(1) == ENQ
        line.write(ACK0)
        Carrier(line).taken_block(ACK1)
        assert line.read(1) == EOT
        line.write(ENQ)
        assert line.read(2) == ACK0
        line.write(handshake(b"05TST0000001R01L01"))
        assert line.read(2) == ACK1
        line.write(EOT)
        assert line.read(1, 0.3) == b""


def test_a_quirk_is_switched_on_and_off_while_it_runs(machine: Begin) -> None:
    running = machine()
    assert running.ask(do="quirk", name="wack")["quirks"] == ["wack"]
    assert running.ask(do="state")["quirks"] == ["wack"]
    assert running.ask(do="quirk", name="wack", on=False)["quirks"] == []
    with pytest.raises(ControlError, match="syn-fill"):
        running.ask(do="quirk", name="temper")


@pytest.mark.parametrize("after", [1, 200])
def test_the_plug_can_be_pulled_after_any_byte(machine: Begin, after: int) -> None:
    running = machine()
    running.ask(do="fault", kind="unplug", seconds=0.3, after_bytes=after)
    with pytest.raises((OSError, AssertionError)), Line(running.link) as line:
        Carrier(line).audit()
    end = time.monotonic() + 5
    while not running.link.exists() and time.monotonic() < end:
        time.sleep(0.01)
    with Line(running.link) as line:
        assert Carrier(line).audit()


@pytest.mark.parametrize("quirk", sorted(QUIRKS))
def test_every_quirk_is_in_the_docs(quirk: str) -> None:
    assert f"| `{quirk}` |" in SIMULATORS.read_text(encoding="utf-8")


def test_an_unknown_quirk_is_refused_with_those_there_are(tmp_path: Path) -> None:
    said = CliRunner().invoke(
        simulate, ["vending", "--link", str(tmp_path / "x"), "--quirk", "temper"]
    )
    assert said.exit_code == 2
    assert "syn-fill" in said.output


def test_a_machine_on_a_slow_line_waits_for_an_answer_after_its_block_is_out(
    start: Start, tmp_path: Path
) -> None:
    served = tmp_path / "served.dex"
    served.write_bytes(b"DXS*X*VA*V1/1*1\r\n" + b"MA5*A\r\n" * 4 + b"DXE*1*1\r\n")
    setup = Setup(audit_file=served)
    running = start(VendingMachine(setup, hurried=True), baud=300)
    with Line(running.link) as line:
        assert Carrier(line).audit() == served.read_bytes()
        assert line.read(1, 0.3) == b""
