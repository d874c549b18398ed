"""Ids that nobody can guess or count. The only place in the bridge where chance comes in."""

import secrets

from firmware_bridge.contract.check.code import new_code

CHECK_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""No letter or digit that is mistaken for another when read aloud or from a label."""

CHECK_LENGTH = 12


def new_boot_id() -> str:
    """The id of one run of the bridge: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_check_id() -> str:
    """The id of one check: random, so that it says nothing of how many came before, or when."""
    return "".join(secrets.choice(CHECK_ALPHABET) for _ in range(CHECK_LENGTH))


def new_sample_code() -> str:
    """The code of a sample, as it stands on its card."""
    return new_code(secrets.choice)


def new_fact_id() -> str:
    """The id of one fact of a check: 32 hexadecimal digits."""
    return secrets.token_hex(16)
