"""What is measured for the instrument's own sake: its standard, and the empty place. Pure.

The instrument measures either as it measures a sample; only what becomes of it differs.
"""

from dataclasses import dataclass
from typing import Literal

Standard = Literal["polystyrene", "silicon"]

SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Wish:
    """One such measurement.

    Attributes:
        standard: which standard lies on the instrument; None for nothing: a blank.
    """

    standard: Standard | None


_WISHES = {
    "standard polystyrene": Wish("polystyrene"),
    "standard silicon": Wish("silicon"),
    "blank": Wish(None),
}
WORDS = tuple(_WISHES)
"""As they are asked for."""


def wish_of(asked: str) -> Wish | None:
    """The wish that was asked for; None where something else was."""
    return _WISHES.get(asked)


def driver_word(asked: str) -> str:
    """What a driver is asked for, and what its faults name."""
    return SAMPLE if asked in _WISHES else asked
