"""MDB blocks with their ninth bit, and what VMC and cashless devices say in them."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.framing import mdb_cashless as cashless
from firmware_bridge.framing import mdb_values as values
from firmware_bridge.framing.mdb import (
    ACK,
    BLOCK_MAX_BYTES,
    MODE,
    NAK,
    RET,
    Block,
    BlockReader,
    Damaged,
    checksum,
    from_device,
    from_master,
)

UNTIMED = settings(deadline=None)
blocks = st.binary(min_size=2, max_size=BLOCK_MAX_BYTES - 1)


def test_the_checksum_is_the_low_byte_of_the_sum() -> None:
    assert checksum(bytes.fromhex("13 00 000A 0007")) == 0x24
    assert checksum(b"\xff" * 3) == 0xFD


@UNTIMED
@given(sent=st.lists(blocks, max_size=5))
def test_both_sides_read_what_was_sent(sent: list[bytes]) -> None:
    words = [word for data in sent for word in from_master(data)]
    reader = BlockReader(master=True)
    found = [block for word in words for block in reader.feed([word])] + reader.pause()
    assert found == [Block(data) for data in sent]
    words = [word for data in sent for word in from_device(data)]
    assert BlockReader(master=False).feed(words) == [Block(data) for data in sent]


@pytest.mark.parametrize(("byte", "master"), [(ACK, False), (NAK, False), (RET, True), (ACK, True)])
def test_a_lone_byte_is_an_answer(byte: int, *, master: bool) -> None:
    reader = BlockReader(master=master)
    assert reader.feed([byte | MODE]) + reader.pause() == [Block(bytes([byte]), lone=True)]


@UNTIMED
@given(data=blocks, place=st.integers(0, 40), error=st.integers(1, 255))
def test_one_spoilt_byte_is_never_believed(data: bytes, place: int, error: int) -> None:
    words = from_device(data)
    words[place % len(words)] ^= error
    assert BlockReader(master=False).feed(words) == [Damaged("checksum")]


@UNTIMED
@given(words=st.lists(st.integers(0, 511), max_size=300))
def test_rubbish_is_survived_and_a_block_is_never_longer_than_it_may_be(words: list[int]) -> None:
    for master in (True, False):
        reader = BlockReader(master=master)
        for block in reader.feed(words) + reader.pause():
            assert isinstance(block, Damaged) or len(block.data) <= BLOCK_MAX_BYTES
        assert reader.feed(from_device(b"\x03\x04")) + reader.pause()


COMMANDS: list[tuple[str, values.Command | None]] = [
    ("10", values.Reset()),
    ("62", values.Poll()),
    ("11 00 03 00 00 00", values.SetupConfig(3)),
    ("11 01 FFFF 0000", values.SetupPrices(None, 0)),
    ("11 01 FFFFFFFF 00000000 1840", values.SetupPrices(None, 0)),
    ("13 00 000A 0007", values.VendRequest(10, 7)),
    ("13 00 0000000A FFFF", values.VendRequest(10, None)),
    ("13 01", values.VendCancel()),
    ("63 02 0006", values.VendSuccess(6)),
    ("13 03", values.VendFailure()),
    ("13 04", values.SessionComplete()),
    ("13 05 0064 0007", values.CashSale(100, 7, "paid", negative=False)),
    ("13 05 0000 8007", values.CashSale(0, 7, "free", negative=False)),
    ("13 05 0000 4007", values.CashSale(0, 7, "test", negative=False)),
    ("13 05 0064 1007", values.CashSale(100, 7, "paid", negative=False)),
    ("13 05 0064 2007", values.CashSale(100, 7, "paid", negative=True)),
    ("13 05 FFFF FFFF", values.CashSale(None, None, "unknown", negative=False)),
    ("13 05 0000 8FFF", values.CashSale(0, None, "free", negative=False)),
    ("13 05 00000064 0007 1840", values.CashSale(100, 7, "paid", negative=False)),
    ("14 01", values.ReaderControl("enable")),
    ("14 07", None),
    ("15 00 0001", values.OtherCommand()),
    ("17 04 00000020", values.EnableFeatures(cashless.ALWAYS_IDLE)),
    ("13", None),
    ("13 00 00", None),
    ("08", None),
]


@pytest.mark.parametrize(("block", "command"), COMMANDS)
def test_a_command_is_read(block: str, command: values.Command | None) -> None:
    assert cashless.command(bytes.fromhex(block)) == command


REPLIES: list[tuple[str, values.Reply | None]] = [
    ("00", values.JustReset()),
    ("01 01 1643 05 01 78 08", values.ReaderConfig(1, "1643", 5, 1, 120, 8)),
    ("03 0032", values.BeginSession(50, "paid")),
    ("03 07D0 FF", values.BeginSession(2000, "paid")),
    ("03 FFFF 04A1B2C3 80 0000", values.BeginSession(None, "free")),
    ("03 0032 FFFFFFFF C0 0000", values.BeginSession(50, "test")),
    ("05 000A", values.VendApproved(10)),
    ("06", values.Plain("denied")),
    ("07", values.Plain("end-session")),
    ("0B", values.Plain("out-of-sequence")),
    ("02 05 41", values.Plain("other")),
    ("", None),
    ("03 00", None),
    ("01 01", None),
]


@pytest.mark.parametrize(("block", "reply"), REPLIES)
def test_a_reply_is_read(block: str, reply: values.Reply | None) -> None:
    assert cashless.reply(bytes.fromhex(block)) == reply


def test_a_cards_number_is_in_no_value() -> None:
    begun = cashless.reply(bytes.fromhex("03 0032 04A1B2C3 00 1234"))
    assert begun == cashless.reply(bytes.fromhex("03 0032 11223344 00 4321"))


def test_who_a_machine_is_is_read() -> None:
    block = bytes.fromhex("17 00 4A4F46 202020202030303030313338 202020472D32353000000000 0100")
    told = cashless.command(block)
    assert told == values.Identity("JOF", "0000138", "G-250")


@UNTIMED
@given(data=st.binary(max_size=40))
def test_no_block_makes_the_reader_fail(data: bytes) -> None:
    cashless.command(data)
    cashless.command(b"\x13" + data)
    cashless.reply(data)


def steps(shared_data: Path, name: str) -> list[tuple[str, bytes]]:
    """What a VMC ("vmc") and a device said in the unit tests of an independent implementation."""
    told = json.loads((shared_data / "dex" / "mdb" / name).read_text(encoding="utf-8"))
    said: list[tuple[str, bytes]] = []
    for rows in told.values():
        for kind, *rest in rows:
            if kind in ("vmc", "rx", "expect") and rest and rest[0]:
                said.append((kind, bytes.fromhex(rest[0])))
    return said


def as_sent(data: bytes) -> bytes:
    """With the address: some rows give the bare command."""
    return data if data[0] >= 0x10 else bytes([data[0] | 0x10]) + data[1:]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "of_master", "of_device"),
    [
        ("MdbSlaveCashless3Test.json", "vmc", "expect"),
        ("MdbMasterCashlessTest.json", "expect", "rx"),
    ],
)
def test_what_an_independent_implementation_says_is_read(
    shared_data: Path, name: str, of_master: str, of_device: str
) -> None:
    said = steps(shared_data, name)
    commands = [as_sent(data) for kind, data in said if kind == of_master and data != b"\0"]
    commands = [data for data in commands if cashless.address_of(data)]
    replies = [data for kind, data in said if kind == of_device]
    unread = [data.hex() for data in commands if cashless.command(data) is None]
    unread += [data.hex() for data in replies if cashless.reply(data) is None]
    assert len(commands) > 50
    assert len(replies) > 10
    assert unread == []
