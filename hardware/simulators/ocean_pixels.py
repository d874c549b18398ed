"""Which pixels an Ocean instrument sends, seen from the instrument.

Sources: Flame-S/T manual 225-00000-000-11-201604, page 87; SAD500 Communications and Control,
page 8. Chosen here: the end of a range belongs to it, as that of mode 3 does, and what lies beyond
the detector is not sent.
"""

from collections.abc import Callable, Sequence
from typing import Literal

Words = tuple[int, ...]
Generation = Literal["flame", "sad500"]
LISTED_MAX = {"flame": 10, "sad500": 81}
RANGES_MAX, LAST_PIXEL = 10, 2047


def due(first_words: Callable[[int], Words | None], generation: Generation) -> int:
    """How many numbers belong to P; its first ones say it, as far as they are there.

    Args:
        first_words: gives so many numbers after the letter, None while they are not there.
        generation: of the instrument.
    """
    match first_words(1):
        case (1,):
            return 2
        case (3,):
            return 4
        case (4 | 5,):
            return _due_in_list(first_words(2), generation)
        case _:
            return 1


def _due_in_list(words: Words | None, generation: Generation) -> int:
    """P 4 n and n pixels; P 5 n and the two ends of n ranges, which the SAD500 does not know."""
    match words:
        case (4, count) if count <= LISTED_MAX[generation]:
            return 2 + count
        case (5, count) if count <= RANGES_MAX and generation == "flame":
            return 2 + 2 * count
        case _:
            return 2


def fits(values: Words) -> bool:
    """Whether P can be told so."""
    match values:
        case (0,):
            return True
        case (1, step):
            return step >= 1
        case (3, first, last, step):
            return first <= last and step >= 1
        case (4, count, *places):
            return 1 <= count == len(places) and max(places) <= LAST_PIXEL
        case (5, count, *ends):
            whole = count >= 1 and 2 * count == len(ends) and max(ends) <= LAST_PIXEL
            return whole and all(first <= last for first, last in _pairs(ends))
        case _:
            return False


def chosen(pixels: Sequence[int], mode: Words) -> list[int]:
    """Those that the pixel mode sends."""
    match mode:
        case (1, step):
            return list(pixels[::step])
        case (3, first, last, step):
            return list(pixels[first : last + 1 : step])
        case (4, _count, *places):
            return [pixels[place] for place in places if place < len(pixels)]
        case (5, _count, *ends):
            return [pixel for first, last in _pairs(ends) for pixel in pixels[first : last + 1]]
        case _:
            return list(pixels)


def _pairs(ends: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(ends[::2], ends[1::2], strict=True))
