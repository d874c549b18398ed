"""The adapter's lines: cut, parsed, bounded, and never guessed."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.framing.mdb_lines import (
    LINE_MAX_BYTES,
    LineSplitter,
    Other,
    Refusal,
    Said,
    SettingTaken,
    Sniffed,
    SniffSet,
    State,
    Status,
    Switched,
    Vended,
    Version,
    parse,
)

UNTIMED = settings(deadline=None)
SAID: list[tuple[bytes, Said]] = [
    (b"v,4.0.2.0,4836500150413346", Version("4.0.2.0")),
    (b"c,1", Switched(on=True)),
    (b"c,0", Switched(on=False)),
    (b"c,SET,OK", SettingTaken()),
    (b"c,STATUS,INACTIVE", Status(State.INACTIVE)),
    (b"c,STATUS,OFFLINE", Status(State.OFFLINE)),
    (b"c,STATUS,IDLE", Status(State.IDLE)),
    (b"c,STATUS,IDLE,99.99", Status(State.IDLE, Decimal("99.99"))),
    (b"c,STATUS,VEND,1.00,5", Status(State.VEND, Decimal("1.00"), 5)),
    (b"c,STATUS,VEND,0,0", Status(State.VEND, Decimal(0), 0)),
    (b"c,STATUS,VEND,1.00,65535", Status(State.VEND, Decimal("1.00"), None)),
    (b"c,VEND,SUCCESS", Vended()),
    (b"c,ERR,VEND 3", Refusal("c", "VEND", 3, "VEND 3")),
    (b'c,ERR,"VEND -3"', Refusal("c", "VEND", -3, "VEND -3")),
    (b'c,ERR,"cashless is on"', Refusal("c", "", None, "cashless is on")),
    (b'd,ERR,"-1"', Refusal("d", "", None, "-1")),
    (b"x,ACK", SniffSet()),
    (b"x,NACK", Refusal("x", "", None, "NACK")),
    (b"x,00,0006493742,10,", Sniffed(True, 0, 6493742, b"\x10")),
    (b"x,00,0002671896,13,0000190101", Sniffed(True, 0, 2671896, bytes.fromhex("130000190101"))),
    (b"x,80,0006531012,0103175601021e00", Sniffed(False, 0, 6531012, b"\1\3\x17\x56\1\2\x1e\0")),
    (b"x,80,0006528824,00", Sniffed(False, 0, 6528824, b"\0")),
    (b"x,80,0006529978,ACK", Sniffed(False, 0, 6529978, b"\0", lone=True)),
    (b"x,81,0006529978,NAK", Sniffed(False, 1, 6529978, b"\xff", lone=True)),
    (b"r,ACK", Other()),
    (b"d,STATUS,IDLE", Other()),
    (b"C,START,1.00", Other()),
]
NONE = [
    b"",
    b"c,STATUS,ENABLED,1",
    b"v,",
    b"x,0,1,10,",
    b"x,00,12a4,10,",
    b"x,00,0000000001,1",
    b"x,00,0000000001,10,00,00",
    b"c\x80,1",
    b"c,\x011",
    b"hello",
    b",,",
]
UNREADABLE = [b"1.0.0,3", b"1.00", b"-1,3", b"1.00,3,4", b"1.00,x", b"1e3,3", b"123456789,3", b""]


@pytest.mark.parametrize(("line", "said"), SAID, ids=lambda value: str(value)[:40])
def test_a_line_is_what_the_makers_pages_say(line: bytes, said: Said) -> None:
    assert parse(line) == said


@pytest.mark.parametrize("line", NONE)
def test_what_does_not_fit_exactly_is_no_line(line: bytes) -> None:
    assert parse(line) is None


@pytest.mark.parametrize("rest", UNREADABLE)
def test_a_request_that_can_not_be_read_is_one_without_amount_or_item(rest: bytes) -> None:
    said = parse(b"c,STATUS,VEND," + rest)
    assert isinstance(said, Status)
    assert said.state is State.VEND
    assert said.amount is None or said.item is None


@UNTIMED
@given(line=st.one_of(st.binary(max_size=200), st.text(max_size=60).map(str.encode)))
def test_nothing_makes_the_parser_fail(line: bytes) -> None:
    parse(line)


@UNTIMED
@given(data=st.binary(max_size=600), cuts=st.lists(st.integers(0, 600), max_size=20))
def test_lines_do_not_depend_on_how_they_arrive(data: bytes, cuts: list[int]) -> None:
    whole, pieces, single = LineSplitter(), LineSplitter(), LineSplitter()
    lines = whole.feed(data)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    cut = [pieces.feed(data[a:b]) for a, b in itertools.pairwise(places)]
    bytewise = [single.feed(data[i : i + 1]) for i in range(len(data))]
    assert lines == [line for some in cut for line in some]
    assert lines == [line for some in bytewise for line in some]
    assert all(0 < len(line) <= LINE_MAX_BYTES for line in lines)


def test_a_line_without_an_end_is_dropped_and_the_next_is_heard() -> None:
    splitter = LineSplitter()
    for _turn in range(1000):
        assert splitter.feed(b"x" * 1000) == []
    assert splitter.overlong == 1
    assert splitter.feed(b"xx\nc,1\r\n\r\nc,0\n") == [b"c,1", b"c,0"]
