"""The Ocean Binary Protocol: frames whole, byte by byte, with loss, among rubbish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.exchange import (
    ChecksumError,
    MismatchError,
    NoiseError,
    RefusedError,
)
from firmware_bridge.framing.obp import (
    ERRORS,
    NO_FLAGS,
    PAYLOAD_MAX,
    SECOND_VERSION,
    Flag,
    FrameFinder,
    Message,
    encode,
)
from firmware_bridge.framing.obp_answer import MessageAnswer
from firmware_bridge.framing.obp_talk import printable

LONGEST = 300
GET_SERIAL = (
    bytes.fromhex(
        "c1c00011 0000 0000 00010000 00000000 000000000000 00 00" + "00" * 16 + "14000000"
    )
    + bytes(16)
    + bytes.fromhex("c5c4c3c2")
)
SET_25_MS = (
    bytes.fromhex(
        "c1c00011 0400 0000 10001100 00000000 000000000000 00 04 a8610000" + "00" * 12 + "14000000"
    )
    + bytes(16)
    + bytes.fromhex("c5c4c3c2")
)

messages = st.builds(
    Message,
    kind=st.integers(0, 0xFFFFFFFF),
    data=st.binary(max_size=LONGEST),
    flags=st.integers(0, 0x3F).map(Flag),
    error=st.integers(0, 0xFFFF),
    regarding=st.integers(0, 0xFFFFFFFF),
    md5=st.booleans(),
    version=st.sampled_from([0x1000, 0x1100, 0x2000]),
)


def test_the_frames_of_the_data_sheet() -> None:
    assert encode(Message(0x100)) == GET_SERIAL
    wanted = Message(0x00110010, (25_000).to_bytes(4, "little"), Flag.ACK_REQUESTED)
    assert encode(wanted) == SET_25_MS


@given(st.lists(messages, max_size=4))
def test_frames_are_found_whole_and_byte_by_byte_alike(sent: list[Message]) -> None:
    data = b"".join(map(encode, sent))
    assert FrameFinder(LONGEST).feed(data) == sent
    finder = FrameFinder(LONGEST)
    assert [each for byte in data for each in finder.feed(bytes([byte]))] == sent
    assert (finder.dropped, finder.bad_checksums) == (0, 0)


@given(st.binary(max_size=80), messages, messages)
def test_after_rubbish_the_next_frames_are_found(
    rubbish: bytes, first: Message, second: Message
) -> None:
    finder = FrameFinder(LONGEST)
    found = finder.feed(rubbish + encode(first) + encode(second))
    # Rubbish may promise a frame that hides what follows until enough has come.
    found += finder.feed(bytes(LONGEST + 64))
    assert [first, second] == found[-2:]


@given(messages, messages, st.data())
def test_a_byte_lost_or_changed_never_gives_another_verified_frame(
    first: Message, second: Message, data: st.DataObject
) -> None:
    sent = encode(first)
    at = data.draw(st.integers(0, len(sent) - 1))
    change = data.draw(st.integers(0, 255))
    spoilt = sent[:at] + (bytes([sent[at] ^ change]) if change else b"") + sent[at + 1 :]
    finder = FrameFinder(LONGEST)
    found = finder.feed(spoilt + encode(second)) + finder.feed(bytes(LONGEST + 64))
    if first.md5 and sent[22] == 1 and at != 22:
        assert [each for each in found if each.md5 and each not in (first, second)] == []
    assert second in found


def test_a_changed_payload_is_a_bad_checksum() -> None:
    frame = bytearray(encode(Message(1, bytes(40), md5=True)))
    frame[60] ^= 1
    finder = FrameFinder()
    assert finder.feed(bytes(frame)) == []
    assert finder.bad_checksums == 1


@pytest.mark.parametrize("length", [0, 19, PAYLOAD_MAX + 21, 0xFFFFFFFF])
def test_an_impossible_length_is_not_waited_for(length: int) -> None:
    frame = bytearray(encode(Message(1)))
    frame[40:44] = length.to_bytes(4, "little")
    finder = FrameFinder()
    assert finder.feed(bytes(frame) + GET_SERIAL) == [Message(0x100)]


def test_what_is_held_is_bounded() -> None:
    finder = FrameFinder(100)
    for _ in range(1000):
        finder.feed(b"\xc1\xc0\x00\x11" * 50)
    assert len(finder._held) <= 64 + 100 + 200


def test_data_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(ValueError, match="payload"):
        encode(Message(1, bytes(PAYLOAD_MAX + 1)))


def answer(**changes: object) -> bytes:
    fields = {"kind": 7, "regarding": 9, "flags": Flag.RESPONSE, "data": b"x", **changes}
    return encode(Message(**fields))  # type: ignore[arg-type]  # fields of any kind


def test_only_the_answer_with_the_tag_is_taken() -> None:
    reader = MessageAnswer(7, 9, 100)
    strangers = answer(regarding=8) + answer(kind=6) + answer(flags=NO_FLAGS)
    assert reader.feed(strangers) is None
    found = reader.feed(answer())
    assert found is not None
    assert found.data == b"x"


@pytest.mark.parametrize("flags", [Flag.NACK, Flag.EXCEPTION | Flag.RESPONSE])
@pytest.mark.parametrize("error", [number for number in ERRORS if number not in {3, 255}] + [77])
def test_a_nack_says_why(flags: Flag, error: int) -> None:
    with pytest.raises(RefusedError, match=ERRORS.get(error, "error 77")):
        MessageAnswer(7, 9, 100).feed(answer(flags=flags, error=error))


def test_a_nack_for_a_bad_checksum_is_one_and_a_deferral_is_waited_for() -> None:
    with pytest.raises(ChecksumError):
        MessageAnswer(7, 9, 100).feed(answer(flags=Flag.NACK, error=3))
    reader = MessageAnswer(7, 9, 100)
    assert reader.feed(answer(flags=Flag.NACK, error=255)) is None
    assert reader.feed(answer()) is not None


def test_a_spoilt_answer_is_told_when_the_line_falls_silent() -> None:
    reader = MessageAnswer(7, 9, 100)
    reader.quiet()
    frame = bytearray(answer(md5=True))
    frame[30] ^= 1
    assert reader.feed(bytes(frame)) is None
    with pytest.raises(ChecksumError):
        reader.quiet()


def test_a_text_must_be_one() -> None:
    assert printable(b"STS123\0\0") == "STS123"
    for raw in (b"\x01\x02", b"a" * 65, "\u00e9".encode("latin-1")):
        with pytest.raises(NoiseError):
            printable(raw)


@given(
    st.binary(max_size=LONGEST),
    st.sampled_from([Flag.RESPONSE, Flag.RESPONSE | Flag.ACK, Flag.NACK, Flag.EXCEPTION]),
)
def test_an_answer_in_version_2_is_refused_whole_and_byte_by_byte(data: bytes, flags: Flag) -> None:
    message = Message(7, data, flags, error=2, regarding=9, md5=True, version=SECOND_VERSION)
    sent = encode(message)
    with pytest.raises(MismatchError, match="version 2"):
        MessageAnswer(7, 9, LONGEST).feed(sent)
    reader = MessageAnswer(7, 9, LONGEST)
    assert [reader.feed(sent[at : at + 1]) for at in range(len(sent) - 1)] == [None] * (
        len(sent) - 1
    )
    with pytest.raises(MismatchError, match="version 2"):
        reader.feed(sent[-1:])


def test_what_answers_somebody_else_in_version_2_is_passed_over() -> None:
    other = Message(7, b"x", Flag.RESPONSE, regarding=8, version=SECOND_VERSION)
    assert MessageAnswer(7, 9, LONGEST).feed(encode(other)) is None
