"""Lines of numbers: whole, byte by byte, joined in the middle, with loss and rubbish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.csv_lines import TALK_LINES_MAX, LineAnswer, LineShape, Pause, parsed
from firmware_bridge.framing.exchange import MismatchError, NoiseError, ReplyError

SHAPE = LineShape(8, 1023)
pixels = st.lists(st.integers(0, 1023), min_size=8, max_size=8).map(tuple)
forms = st.tuples(st.sampled_from([b"", b","]), st.sampled_from([b"\n", b"\r\n"]))


def written(values: tuple[int, ...], form: tuple[bytes, bytes] = (b",", b"\r\n")) -> bytes:
    return b",".join(b"%d" % value for value in values) + form[0] + form[1]


@given(pixels, forms)
def test_a_line_is_read_whole_and_byte_by_byte(
    values: tuple[int, ...], form: tuple[bytes, bytes]
) -> None:
    line = written(values, form)
    assert LineAnswer(SHAPE).feed(line) == values
    answer = LineAnswer(SHAPE)
    found = [answer.feed(line[at : at + 1]) for at in range(len(line))]
    assert found == [None] * (len(line) - 1) + [values]


@given(pixels, pixels, st.data())
def test_joined_in_the_middle_the_rest_of_the_line_under_way_is_dropped(
    first: tuple[int, ...], second: tuple[int, ...], data: st.DataObject
) -> None:
    line = written(first)
    rest = line[data.draw(st.integers(0, len(line) - 1)) :]
    assert LineAnswer(SHAPE, joined=True).feed(rest + written(second)) == second


@given(pixels, st.data())
def test_a_lost_comma_or_line_is_never_a_spectrum(
    values: tuple[int, ...], data: st.DataObject
) -> None:
    line = written(values, (b"", b"\n"))
    commas = [at for at, byte in enumerate(line) if byte == ord(",")]
    at = data.draw(st.sampled_from(commas))
    with pytest.raises(ReplyError):
        LineAnswer(SHAPE).feed(line[:at] + line[at + 1 :])


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"1,2,3", MismatchError),
        (b"1,2,3,4,5,6,7,8,9", MismatchError),
        (b"1,2,3,4,,6,7,8", NoiseError),
        (b"1,2,3,4,x,6,7,8", NoiseError),
        (b"1,2,3,4,-5,6,7,8", NoiseError),
        (b"1,2,3,4,1024,6,7,8", NoiseError),
        (b"1,2,3,4,99999999999999,6,7,8", NoiseError),
        (b"1,2,3,4,\xb2,6,7,8", NoiseError),
    ],
)
def test_a_line_that_is_no_spectrum_is_refused(line: bytes, error: type[ReplyError]) -> None:
    with pytest.raises(error):
        parsed(line, SHAPE)


def test_numbers_past_the_pixels_may_be_anything_and_are_dropped() -> None:
    shape = LineShape(8, 1023, strays=1)
    assert parsed(b"1,2,3,4,5,6,7,60000", shape) == (1, 2, 3, 4, 5, 6, 7)


def test_talk_before_a_spectrum_is_passed_over_within_reason() -> None:
    assert LineAnswer(SHAPE).feed(b"Hello\r\n\r\nready\n" + written((1,) * 8)) == (1,) * 8
    with pytest.raises(NoiseError, match="lines without"):
        LineAnswer(SHAPE).feed(b"what?\n" * (TALK_LINES_MAX + 1))


def test_what_is_held_is_bounded() -> None:
    with pytest.raises(NoiseError, match="no end of line"):
        LineAnswer(SHAPE).feed(b"1," * 1000)
    pause = Pause()
    pause.feed(bytes(10_000))
    assert pause.quiet() is None


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_rubbish_ends_in_an_error_or_waits(pieces: list[bytes]) -> None:
    answer = LineAnswer(SHAPE, joined=True)
    for piece in pieces:
        try:
            found = answer.feed(piece)
        except ReplyError:
            return
        assert found is None or len(found) == 8
