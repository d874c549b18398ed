"""From keys and figures to sentences of one language. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from firmware_bridge.contract.check.say import en, es, fr
from firmware_bridge.contract.check.say.statements import Statement, Value
from firmware_bridge.contract.check_events import Language

Level = Literal["plain", "full"]
"""plain: what everybody must know; full: with methods and limits, for the card's back and staff."""

LANGUAGES: tuple[Language, ...] = ("en", "es", "fr")
LEVELS: tuple[Level, ...] = ("plain", "full")

LEAST_PERCENT = 0.01
NO_BREAK = "\N{NO-BREAK SPACE}"

_TABLES = {"en": en, "es": es, "fr": fr}


def say(statement: Statement, language: Language, level: Level) -> str:
    """One statement as a sentence or two.

    Raises:
        KeyError: there is no such statement.
    """
    table = _TABLES[language]
    plain, more = table.SENTENCES[statement.key]
    template = plain if level == "plain" else f"{plain} {more}"
    words = _Words(table.WORDS, table.DECIMAL)
    told = template.format(**{name: words.of(name, value) for name, value in statement.values})
    return unbroken(" ".join(told.split()))


def word(name: str, value: Value, language: Language) -> str:
    """One value of a statement, as a sentence of this language would have it."""
    table = _TABLES[language]
    return unbroken(_Words(table.WORDS, table.DECIMAL).of(name, value))


def unbroken(text: str) -> str:
    """No line may begin with a sign that belongs to the word before it (French sets a space)."""
    for sign in ("%", ":", ";"):
        text = text.replace(f" {sign}", f"{NO_BREAK}{sign}")
    return text


@dataclass(frozen=True, slots=True)
class _Words:
    """Names and figures in the words of a language."""

    words: Mapping[str, str]
    decimal: str

    def of(self, name: str, value: Value) -> str:
        """One value of a statement."""
        if name in {"strip_limit", "spectrum_limit"}:
            return self._limit(name, value)
        if name == "method":
            return f" ({self.words['method-unknown'] if value is None else value})"
        if name == "names":
            return "" if value is None else f" ({value})"
        if isinstance(value, float):
            return self._percent(value)
        return self.words.get(f"{name}-{value}", str(value))

    def _limit(self, name: str, value: Value) -> str:
        if not isinstance(value, float):
            return self.words[f"{name}-unknown"]
        # A limit is never told lower than it is.
        return self.words[name].format(share=self._percent(100 * value, up=True))

    def _percent(self, percent: float, *, up: bool = False) -> str:
        """Two digits that count, never rounded to nothing."""
        if percent < LEAST_PERCENT:
            return self.words["less-than"].format(share=f"0{self.decimal}01 %")
        digits = 0 if percent >= 10 else 1 if percent >= 1 else 2
        if up:
            percent = math.ceil(percent * 10**digits - 1e-6) / 10**digits
        text = f"{percent:.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return f"{text.replace('.', self.decimal)} %"
