"""Which pixels are asked for: every list and every set of ranges, and what is refused."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from firmware_bridge.framing.ocean import Mode, encode
from firmware_bridge.framing.ocean_pixels import PixelChoice, in_steps, of_list, of_ranges

PLACES = st.sets(st.integers(0, 2047), min_size=1, max_size=10).map(sorted)
ENDS = st.sets(st.integers(0, 2047), min_size=2, max_size=20).map(sorted)


@given(PLACES)
def test_a_list_is_asked_for_as_it_stands_with_its_length_before_it(places: list[int]) -> None:
    choice = of_list("  ".join(map(str, places)), 2048, 10)
    assert choice.words == (4, len(places), *places)
    assert choice.numbers == tuple(places)


@given(ENDS)
def test_ranges_hold_both_their_ends(ends: list[int]) -> None:
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    choice = of_ranges(" ".join(f"{start}-{end}" for start, end in pairs), 2048, 10)
    flat = [end for pair in pairs for end in pair]
    assert choice.words == (5, len(pairs), *flat)
    inside = {pixel for start, end in pairs for pixel in range(start, end + 1)}
    assert choice.numbers == tuple(sorted(inside))


@given(st.integers(8, 4096), st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 1024))
def test_steps_never_leave_the_detector(pixels: int, first: int, last: int, step: int) -> None:
    choice = in_steps(pixels, first, last, step)
    assert all(first <= number <= min(last, pixels - 1) for number in choice.numbers)
    assert choice.mode in {0, 1, 3}


def test_steps_are_asked_for_in_the_shortest_way() -> None:
    assert in_steps(2048, 0, 2047, 1).words == (0,)
    assert in_steps(2048, 0, 2047, 4).words == (1, 4)
    assert in_steps(2048, 9, 2047, 4).words == (3, 9, 2047, 4)


def test_the_example_of_the_manual_on_the_line() -> None:
    choice = PixelChoice(5, (2, 100, 220, 640, 900), ())
    assert encode("P", choice.words, Mode.BINARY) == bytes.fromhex(
        "50  0005 0002  0064 00DC  0280 0384"
    )
    assert encode("P", choice.words, Mode.ASCII) == b"P5\r2\r100\r220\r640\r900\r"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12 x", "'x' is no number"),
        ("12 -3", "'-3' is no number"),
        ("٣ 4", "no number"),
        ("5 4", "must rise"),
        ("5 5", "must rise"),
        ("5 2048", "the last one is 2047"),
        (" ".join(map(str, range(11))), "takes 10"),
    ],
)
def test_a_list_that_can_not_be_asked_for_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        of_list(text, 2048, 10)


@pytest.mark.parametrize(
    ("text", "most", "said"),
    [
        ("100", 10, "no range"),
        ("200-100", 10, "no range"),
        ("100-200-300", 10, "no range"),
        ("100-200 200-300", 10, "must rise"),
        ("100-2048", 10, "the last one is 2047"),
        ("0-1 3-4", 1, "takes 1"),
        ("0-1", 0, "SAD500"),
    ],
)
def test_ranges_that_can_not_be_asked_for_are_refused(text: str, most: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        of_ranges(text, 2048, most)


@given(st.text(max_size=60))
def test_any_text_is_taken_rising_or_refused(text: str) -> None:
    for read in (of_list, of_ranges):
        try:
            choice = read(text, 2048, 10)
        except ValueError:
            continue
        assert list(choice.numbers) == sorted(set(choice.numbers))
        assume(choice.numbers)
        assert choice.numbers[-1] < 2048
