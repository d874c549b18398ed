"""From what MDB says to what people say: item numbers to selections, amounts to minor units."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter

FIELDS = ("item", "high", "low", "letter")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def checked_format(text: str) -> str:
    """The text, if it can name selections.

    Raises:
        ValueError: it can't; the message says why, and what is accepted.
    """
    accepted = "accepted are {item}, {high}, {low} and {letter}, such as {item:03d}"
    try:
        names = {name for _before, name, _spec, _conversion in Formatter().parse(text) if name}
        shown = text.format(item=1, high=0, low=1, letter="A")
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        raise ValueError(f"{text!r} is no format for selections ({error}); {accepted}") from error
    if not names or names - set(FIELDS):
        raise ValueError(f"{text!r} names {', '.join(sorted(names)) or 'nothing'}; {accepted}")
    if len(shown) > 40:
        raise ValueError(f"{text!r} makes names of more than 40 characters")
    return text


@dataclass(frozen=True, slots=True)
class Items:
    """How a machine's item numbers are its selections.

    Attributes:
        named: selections of single numbers; they win.
        pattern: for all others: "{item}" the number, "{high}" and "{low}" its two bytes, "{letter}"
            the high byte as a letter (1 is A; the number itself where there is none).
    """

    named: Mapping[int, str]
    pattern: str

    def selection(self, item: int | None) -> str | None:
        """The selection of an item number; None where the machine does not say it."""
        if item is None:
            return None
        if item in self.named:
            return self.named[item]
        high, low = item >> 8, item & 0xFF
        letter = LETTERS[high - 1] if 1 <= high <= len(LETTERS) else str(high)
        return self.pattern.format(item=item, high=high, low=low, letter=letter)


def minor(amount: Decimal | None, decimals: int) -> int | None:
    """An amount in the smallest unit of its currency; None where it is none of them, or unknown."""
    if amount is None:
        return None
    scaled = amount.scaleb(decimals)
    return int(scaled) if scaled == scaled.to_integral_value() else None
