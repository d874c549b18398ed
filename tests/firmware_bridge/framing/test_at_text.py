"""AT answers and the letters of B&W Tek boards: whole, byte by byte, cut, with rubbish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.at_text import LONGEST_BYTES, AtAnswer, values
from firmware_bridge.framing.at_text import command as at_command
from firmware_bridge.framing.btc import AckAnswer, ScanAnswer
from firmware_bridge.framing.btc import command as letter
from firmware_bridge.framing.exchange import MismatchError, NoiseError, RefusedError, ReplyError

ends = st.sampled_from([b"\r", b"\n", b"\r\n"])
numbers = st.lists(st.integers(0, 65535), min_size=18, max_size=18)


@given(numbers, ends, st.booleans())
def test_the_data_of_an_at_answer_come_whole_and_byte_by_byte(
    counts: list[int],
    end: bytes,
    echo: bool,  # noqa: FBT001 - a case
) -> None:
    data = (b"ATDATA" + end if echo else b"") + ", ".join(map(str, counts)).encode() + b" OK" + end
    for size in (1, len(data)):
        answer, found = AtAnswer("ATDATA"), None
        for at in range(0, len(data), size):
            found = found or answer.feed(data[at : at + size])
        assert found is not None
        assert values(found, 18) == tuple(map(float, counts))


def test_ok_and_error_and_an_end_that_is_missing() -> None:
    assert at_command("ATGAIN=2") == b"ATGAIN=2\n"
    assert AtAnswer("AT").feed(b"OK\n") == ""
    with pytest.raises(RefusedError, match="ATX"):
        AtAnswer("ATX").feed(b"ERROR\r\n")
    answer = AtAnswer("AT")
    assert answer.feed(b"OK") is None
    assert answer.quiet() == ""
    assert AtAnswer("AT").quiet() is None


def test_what_is_no_at_answer_is_refused() -> None:
    with pytest.raises(NoiseError, match="no end"):
        AtAnswer("AT").feed(bytes(LONGEST_BYTES + 1))
    with pytest.raises(NoiseError, match="unprintable"):
        AtAnswer("AT").feed(b"\x01OK\n")
    for text, error in (("1,2", MismatchError), ("1,x", NoiseError), ("1,-2", NoiseError)):
        with pytest.raises(error):
            values(text, 3 if error is MismatchError else 2)
    assert values("1.50, 2,", 2) == (1.5, 2.0)


@given(st.binary(max_size=300), st.lists(st.integers(0, 65535), min_size=4, max_size=4))
def test_a_scan_is_found_after_rubbish_whole_and_byte_by_byte(
    rubbish: bytes, counts: list[int]
) -> None:
    data = b"S\r\nACK\r\n" + b"".join(b"%05d\r\n" % each for each in counts) + b"\0"
    if b"S\r\nACK" in rubbish:
        return
    assert ScanAnswer(b"S\n", 4).feed(rubbish + data) == tuple(counts)
    answer = ScanAnswer(b"S\n", 4)
    found = [answer.feed(bytes([byte])) for byte in rubbish + data]
    assert found[-1] == tuple(counts)
    assert found[:-1] == [None] * (len(found) - 1)


@given(st.lists(st.binary(max_size=60), max_size=12))
def test_rubbish_for_a_scan_ends_in_an_error_or_waits_and_is_not_held(pieces: list[bytes]) -> None:
    answer = ScanAnswer(b"S\n", 4)
    for piece in pieces:
        try:
            assert answer.feed(piece) is None
        except ReplyError:
            return
        assert len(answer._held) <= 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"1\r\n2\r\n3\r\n\0", MismatchError),
        (b"1\r\nx\r\n3\r\n4\r\n\0", NoiseError),
        (b"1\r\n2\r\n3\r\n123456\r\n\0", NoiseError),
        (b"1\r\n2\r\n3\r\n70000\r\n\0", NoiseError),
        (b"1\r\n" * 50, NoiseError),
    ],
)
def test_a_scan_that_is_none_is_refused(body: bytes, error: type[ReplyError]) -> None:
    with pytest.raises(error):
        ScanAnswer(b"S\n", 4).feed(b"S\r\nACK\r\n" + body)


def test_letters_and_their_ack() -> None:
    assert (letter("I", 50), letter("S")) == (b"I50\n", b"S\n")
    answer = AckAnswer(b"I50\n")
    assert answer.feed(b"\xfe\x00BTC110\r\nI50\r") is None
    assert answer.feed(b"\nACK\r\n") is True
