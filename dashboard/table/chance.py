"""The table's only place of chance: invitations, and ids of facts that forms carry."""

import secrets


def new_token() -> str:
    """An invitation that nobody can guess."""
    return secrets.token_urlsafe(32)


def new_fact_id() -> str:
    """The id of the fact that a form will become: 32 hexadecimal digits.

    It is made when the form is drawn, so that a form that is sent twice counts once.
    """
    return secrets.token_hex(16)


def nobodys_pin() -> str:
    """What an unknown name is checked against."""
    return secrets.token_urlsafe(24)
