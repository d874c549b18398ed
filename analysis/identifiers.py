"""The shape of identifiers: InChIKey (IUPAC, 2009), CAS registry number, PubChem number."""

import re

_INCHIKEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_CAS = re.compile(r"([1-9]\d{1,6})-(\d{2})-(\d)")
_PUBCHEM = re.compile(r"[1-9]\d{0,9}")


def is_inchikey(text: str) -> bool:
    """14, 10 and 1 capital letters, with hyphens between."""
    return _INCHIKEY.fullmatch(text) is not None


def is_cas(text: str) -> bool:
    """Two to seven digits, two, and the check digit: the sum of each digit times its place."""
    match = _CAS.fullmatch(text)
    if match is None:
        return False
    digits = reversed(match.group(1) + match.group(2))
    total = sum(place * int(digit) for place, digit in enumerate(digits, start=1))
    return total % 10 == int(match.group(3))


def is_pubchem(text: str) -> bool:
    """A compound number (CID): digits alone."""
    return _PUBCHEM.fullmatch(text) is not None


CHECKS = {"inchikey": is_inchikey, "cas": is_cas, "pubchem": is_pubchem}
