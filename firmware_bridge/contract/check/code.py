"""The code of a sample: random, easy to read aloud, and wrong when it is misheard.

Eight characters without look-alikes: seven random ones and a check character. The sum of values
times places, modulo 31 (a prime), is zero; so every single wrong character and every two that have
changed places are noticed (the weighted code of ISO 7064's family, as ISBN-10 has it with 11).
"""

from collections.abc import Callable

from firmware_bridge.contract.errors import ContractError

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, 1, I, L, O: each is mistaken for another when it is read from a label."""

RANDOM_CHARACTERS = 7
LENGTH = RANDOM_CHARACTERS + 1
GROUP = 4
_ALIKE = str.maketrans({"0": "", "O": "", "1": "", "I": "", "L": ""})


class CodeError(ContractError):
    """A text that is no sample code, and why."""


def new_code(choose: Callable[[str], str]) -> str:
    """A new code, as `K7M2-P9QW`.

    Args:
        choose: gives one character of a text by chance (`secrets.choice`).
    """
    return _grouped(with_check("".join(choose(ALPHABET) for _ in range(RANDOM_CHARACTERS))))


def with_check(characters: str) -> str:
    """Characters of `ALPHABET` with their check character behind them."""
    size = len(ALPHABET)
    total = sum((place + 2) * ALPHABET.index(c) for place, c in enumerate(reversed(characters)))
    return characters + ALPHABET[-total % size]


def read_code(typed: str) -> str:
    """A code as somebody typed it, in its one written form.

    Raises:
        CodeError: it is none; the message says what is wrong.
    """
    plain = "".join(typed.upper().split()).replace("-", "")
    if len(plain) != LENGTH:
        raise CodeError(f"a code has {LENGTH} characters, not {len(plain)}: look at the card again")
    strange = sorted(set(plain) - set(ALPHABET))
    if strange:
        hint = "" if plain == plain.translate(_ALIKE) else " (no code has 0, 1, I, L or O)"
        raise CodeError(f"{', '.join(strange)} can't stand in a code{hint}: look at the card again")
    if with_check(plain[:-1]) != plain:
        raise CodeError(
            "one character is wrong, or two have changed places: look at the card again"
        )
    return _grouped(plain)


def _grouped(plain: str) -> str:
    return "-".join(plain[k : k + GROUP] for k in range(0, LENGTH, GROUP))
