"""New codes by chance, and whether they are long enough not to be guessed."""

import secrets

from firmware_bridge.contract.access_codes import (
    DIGITS,
    LETTERS,
    MAX_LENGTH,
    MOST_GUESSES_A_DAY,
    Alphabet,
    with_check,
)
from hub.errors import AccessError

GUESSED_A_DAY = 0.01
"""A whole day of guessing at a machine may find a code this likely, and no likelier."""


def new_codes(count: int, alphabet: Alphabet, length: int) -> list[str]:
    """So many different codes, each with its check character."""
    letters = LETTERS if alphabet == "letters" else DIGITS
    made: set[str] = set()
    while len(made) < count:
        stem = "".join(secrets.choice(letters) for _ in range(length - 1))
        made.add(with_check(stem, alphabet))
    return sorted(made)


def new_fact_id() -> str:
    """The id of one fact of a check that is entered at the hub: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def length_needed(in_force: int, alphabet: Alphabet) -> int:
    """How long codes must be where so many are in force at a machine, check character included."""
    letters = len(LETTERS if alphabet == "letters" else DIGITS)
    return next(
        (
            length
            for length in range(2, MAX_LENGTH)
            if in_force * MOST_GUESSES_A_DAY <= GUESSED_A_DAY * letters ** (length - 1)
        ),
        MAX_LENGTH,
    )


def require_length(length: int, in_force: int, alphabet: Alphabet) -> None:
    """Refuse codes that could be guessed.

    Raises:
        AccessError: they are too short for as many as there are.
    """
    needed = length_needed(in_force, alphabet)
    if length < needed:
        raise AccessError(
            f"{length} {alphabet} are too few where {in_force} codes are in force: a day of "
            f"guessing could find one; set --code-length {needed}, or revoke sheets that are not "
            "needed"
        )
