"""Which pixels an Ocean spectrometer sends (`P`): all, a part in steps, a list, or ranges.

    mode   what follows it               pixels that are sent                 known to
    0                                    all                                  all
    1      n                             every n-th                           all
    3      x y n                         x to y, every n-th                   all
    4      n p1 .. pn                    those listed                         Flame: 10, SAD500: 81
    5      n start1 end1 .. startn endn  those of the ranges, ends included   Flame: 10

The words that follow the mode stand in the header of each frame too. Mode 2, means of n pixels, is
of the SAD500 alone and is not used; nor are its modes from 256 on, which mean the same compressed.
The manuals do not say in which order a device sends what was not listed in rising order, or twice:
only rising ones without overlap are accepted.

Sources: Flame-S/T manual 225-00000-000-11-201604, pages 87 and 111; SAD500 Communications and
Control, page 8.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

LIST, RANGES = 4, 5
_NUMBER = re.compile(r"[0-9]{1,5}")
_RANGE = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class PixelChoice:
    """The pixels that are sent, and how that is asked for.

    Attributes:
        mode: the pixel mode.
        parameters: what follows the mode, in the command and in the header of a frame.
        numbers: the numbers of the pixels that are sent, rising.
    """

    mode: int
    parameters: tuple[int, ...]
    numbers: tuple[int, ...]

    @property
    def words(self) -> tuple[int, ...]:
        """The arguments of `P`."""
        return (self.mode, *self.parameters)


def in_steps(pixels: int, first: int, last: int, step: int) -> PixelChoice:
    """All pixels, every n-th, or every n-th of a part.

    Args:
        pixels: how many the device has.
        first: the first one sent.
        last: the last one that may be sent.
        step: every so many-th.
    """
    numbers = tuple(range(first, min(last, pixels - 1) + 1, step))
    if (first, last) != (0, pixels - 1):
        return PixelChoice(3, (first, last, step), numbers)
    return PixelChoice(0, (), numbers) if step == 1 else PixelChoice(1, (step,), numbers)


def of_list(text: str, pixels: int, most: int) -> PixelChoice:
    """The pixels whose numbers stand in a text, parted by spaces.

    Args:
        text: such as "12 340 701".
        pixels: how many the device has.
        most: how many it takes.

    Raises:
        ValueError: it holds something else, or pixels that can't be asked for so.
    """
    wrong = [each for each in text.split() if not _NUMBER.fullmatch(each)]
    if wrong:
        raise ValueError(f"pixel_list: {wrong[0]!r} is no number of a pixel")
    numbers = tuple(map(int, text.split()))
    _require("pixel_list", len(numbers), most, numbers, pixels)
    return PixelChoice(LIST, (len(numbers), *numbers), numbers)


def of_ranges(text: str, pixels: int, most: int) -> PixelChoice:
    """The pixels of ranges, parted by spaces; both ends belong to a range.

    Args:
        text: such as "100-220 640-900".
        pixels: how many the device has.
        most: how many ranges it takes; 0 if it knows none.

    Raises:
        ValueError: it holds something else, or ranges that can't be asked for so.
    """
    if not most:
        raise ValueError("pixel_ranges: the SAD500 has no ranges of pixels; use pixel_list")
    ends = [_ends(each) for each in text.split()]
    numbers = tuple(chain.from_iterable(range(start, end + 1) for start, end in ends))
    _require("pixel_ranges", len(ends), most, numbers, pixels)
    return PixelChoice(RANGES, (len(ends), *chain.from_iterable(ends)), numbers)


def _ends(text: str) -> tuple[int, int]:
    found = _RANGE.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(f"pixel_ranges: {text!r} is no range; write first-last, such as 100-220")
    return int(found[1]), int(found[2])


def _require(name: str, count: int, most: int, numbers: Sequence[int], pixels: int) -> None:
    if count > most:
        raise ValueError(f"{name} has {count} parts, the instrument takes {most}")
    if not _rises(numbers):
        raise ValueError(f"{name} must rise, and name no pixel twice")
    if max(numbers, default=0) >= pixels:
        raise ValueError(f"{name} names pixel {max(numbers)}; the last one is {pixels - 1}")


def _rises(numbers: Iterable[int]) -> bool:
    return all(before < after for before, after in pairwise(numbers))
