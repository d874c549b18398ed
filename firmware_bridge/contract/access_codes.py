"""Codes that people type at a machine: their letters, their check character, their keyed hash.

A code is printed once, on the sheet that the hub issues. Hub and bridge keep only what
`digest_of` makes of it. docs/decisions/0006-access-codes.md says why it is made so, and what
somebody with a stolen SD card can and can't do.
"""

import hashlib
import hmac
from typing import Literal

LETTERS = "23456789cdfhjkmnprtvwxy"
"""No letter or digit that is mistaken for another in capitals (B and 8, G and 6, S and 5, Z and 2),
and no vowel, so that hardly a word comes about. There are 23, a prime, so that one check character
tells every single mistake and every swap."""

DIGITS = "0123456789"
KEY_BYTES = 32
MIN_LENGTH, MAX_LENGTH = 6, 16
"""Characters of a code, its check character included."""

MOST_GUESSES_A_DAY = 500
"""So many wrong codes at most a machine tries in a day (`firmware_bridge.access.throttle`). Codes
are long enough only where that many guesses are not likely to find one."""

_IGNORED = str.maketrans("", "", " -_.\t\r\n")
_COST, _BLOCK = 2**14, 8  # 16 MiB of memory for each try
_DIGEST_BYTES = 16

Alphabet = Literal["letters", "digits"]


def normalized(typed: str) -> str:
    """A code as it is hashed: small letters, without the gaps that make it readable."""
    return typed[:200].translate(_IGNORED).lower()


def shown(code: str) -> str:
    """A code as it is printed: capital letters, in threes."""
    upper = code.upper()
    return "-".join(upper[start : start + 3] for start in range(0, len(upper), 3))


def with_check(stem: str, alphabet: Alphabet) -> str:
    """A code made of its random part."""
    return stem + (_check_letter(stem) if alphabet == "letters" else _check_digit(stem))


def is_well_typed(code: str) -> bool:
    """Whether a normalized code can be one at all.

    A mistake in a single character is always found; a swap of two neighbours always among letters,
    and nearly always among digits (ISO 7064 MOD 11,10).
    """
    if not MIN_LENGTH <= len(code) <= MAX_LENGTH:
        return False
    stem, last = code[:-1], code[-1]
    return (set(stem) <= set(LETTERS) and _check_letter(stem) == last) or (
        set(stem) <= set(DIGITS) and _check_digit(stem) == last
    )


def digest_of(key: bytes, code: str) -> str:
    """The keyed hash of a normalized code: HMAC-SHA-256 over scrypt, 32 hexadecimal digits.

    Takes 16 MiB and, on a Raspberry Pi, some tenths of a second.
    """
    salt = hmac.digest(key, b"harborlight access salt", "sha256")
    slow = hashlib.scrypt(
        code.encode("utf-8", "replace"),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=1,
        maxmem=64 * 1024**2,
        dklen=32,
    )
    return hmac.digest(key, b"harborlight access code" + slow, "sha256")[:_DIGEST_BYTES].hex()


def key_from_text(text: str) -> bytes:
    """The key in the first line of a key file.

    Raises:
        ValueError: it is none.
    """
    line = next(iter(text.splitlines()), "").strip()
    key = bytes.fromhex(line) if line.isascii() else b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"{2 * KEY_BYTES} hexadecimal digits are wanted")
    return key


def _check_letter(stem: str) -> str:
    """Weights 1, 2, 3 ... modulo a prime: a wrong or swapped character always changes the sum."""
    total = sum(place * LETTERS.index(letter) for place, letter in enumerate(stem, 1))
    return LETTERS[total % len(LETTERS)]


def _check_digit(stem: str) -> str:
    """ISO 7064 MOD 11,10."""
    product = 10
    for digit in stem:
        total = (product + int(digit)) % 10 or 10
        product = 2 * total % 11
    return str((11 - product) % 10)
