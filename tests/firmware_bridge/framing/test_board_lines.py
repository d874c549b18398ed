"""Both framings of the board: told apart by themselves, whole, byte by byte, with loss, rubbish."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.board_lines import (
    MAX_PAYLOAD,
    MAX_WAITING,
    BoardReader,
    Damaged,
    Framing,
    Heard,
    encode,
)
from firmware_bridge.framing.crc import crc16_modbus

names = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=8)
messages = st.dictionaries(
    names,
    st.integers(-(2**40), 2**40)
    | names
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.lists(st.lists(st.integers(0, 99) | names, max_size=4), max_size=4),
    max_size=6,
).filter(lambda message: len(json.dumps(message)) < MAX_PAYLOAD)
framings = st.sampled_from(Framing)


def heard(data: bytes, step: int = 4096) -> list[Mapping[str, object]]:
    reader = BoardReader()
    found: list[Heard | Damaged] = []
    for place in range(0, len(data), step):
        found += reader.feed(data[place : place + step])
    return [each.message for each in found if isinstance(each, Heard)]


def test_the_check_value_is_that_of_the_docs() -> None:
    assert crc16_modbus(b"123456789") == 0x4B37


def test_a_line_can_be_read_by_a_person() -> None:
    message = {"t": "ack", "n": 7, "b": "9f3a01c2"}
    assert encode(message, Framing.LINES) == b'\n{"t":"ack","n":7,"b":"9f3a01c2"}*42D4\n'


@given(st.lists(st.tuples(messages, framings), max_size=6), st.sampled_from([1, 2, 7, 4096]))
def test_every_message_arrives_in_either_framing_however_it_is_cut(
    sent: list[tuple[dict[str, object], Framing]], step: int
) -> None:
    data = b"".join(encode(message, framing) for message, framing in sent)
    assert heard(data, step) == [message for message, _framing in sent]


@given(messages, framings, st.binary(max_size=60), st.data())
def test_a_changed_byte_is_never_taken_for_a_message(
    message: dict[str, object], framing: Framing, rubbish: bytes, data: st.DataObject
) -> None:
    """At most two bits next to each other: every such error is found by the check."""
    whole = bytearray(encode(message, framing))
    place = data.draw(st.integers(1, len(whole) - 2))
    whole[place] ^= data.draw(st.sampled_from([1, 2, 4, 8, 16, 32, 64, 128, 3, 6, 12]))
    assert all(each == message for each in heard(bytes(whole)))


@given(st.binary(max_size=300), messages, framings)
def test_rubbish_before_a_message_costs_at_most_that_one(
    rubbish: bytes, message: dict[str, object], framing: Framing
) -> None:
    found = heard(rubbish + encode(message, framing) + encode(message, framing))
    assert message in found


@given(messages, framings, st.data())
def test_a_lost_piece_costs_no_other_message(
    message: dict[str, object], framing: Framing, data: st.DataObject
) -> None:
    whole = encode({"first": 1}, framing)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    found = heard(whole[:start] + whole[end:] + encode(message, framing))
    assert found[-1:] == [message]


@given(st.lists(st.binary(max_size=200), max_size=40))
def test_any_bytes_are_survived_and_kept_within_bounds(pieces: list[bytes]) -> None:
    reader = BoardReader()
    for piece in pieces:
        reader.feed(piece)
        assert len(reader._waiting) <= MAX_WAITING


@pytest.mark.parametrize(
    "payload",
    [
        b"[1]",
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":Infinity}',
        b'{"a":"' + b"x" * MAX_PAYLOAD + b'"}',
        b'{"a":\xff}',
        b'{"a":1',
        b"",
    ],
)
def test_a_payload_that_is_no_message_is_damage_even_with_a_right_check(payload: bytes) -> None:
    line = b"\n" + payload + b"*%04X\n" % crc16_modbus(payload)
    assert heard(line) == []


def test_a_deep_nest_is_survived() -> None:
    payload = b'{"a":' + b"[" * 490 + b"]" * 490 + b"}"
    assert len(heard(b"\n" + payload + b"*%04X\n" % crc16_modbus(payload))) <= 1


def test_brackets_in_a_text_are_text() -> None:
    message = {"t": "code", "code": "[[{{[[{{"}
    assert heard(encode(message, Framing.LINES)) == [message]


def test_a_line_without_its_check_is_damage() -> None:
    (found,) = BoardReader().feed(b'{"t":"hello"}\n')
    assert found == Damaged("a line without its check")


def test_a_flood_is_told_as_too_long() -> None:
    found = BoardReader().feed(b"x" * (MAX_WAITING + 1))
    assert [each.oversized for each in found if isinstance(each, Damaged)] == [True]
