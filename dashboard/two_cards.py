"""Two versions of a card, sentence beside sentence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

Mark = Literal["same", "gone", "new", ""]
"""What became of a sentence; "" where none stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison.

    Attributes:
        then: a sentence of the earlier version; "" for none.
        then_mark: "same" or "gone".
        now: a sentence of the later version; "" for none.
        now_mark: "same" or "new".
    """

    then: str
    then_mark: Mark
    now: str
    now_mark: Mark


def compared(then: Sequence[str], now: Sequence[str]) -> tuple[Row, ...]:
    """All sentences of both, each once, in their order; what is in both stands in one row."""
    rows: list[Row] = []
    matcher = SequenceMatcher(None, then, now, autojunk=False)
    for what, then_from, then_to, now_from, now_to in matcher.get_opcodes():
        old, new = then[then_from:then_to], now[now_from:now_to]
        if what == "equal":
            rows += [Row(text, "same", text, "same") for text in old]
        else:
            rows += [
                Row(a, "gone" if a else "", b, "new" if b else "")
                for a, b in zip_longest(old, new, fillvalue="")
            ]
    return tuple(rows)
