"""The trail of what people did: written in the transaction of the act itself, never changed."""

from hub.store import Transaction, trail
from hub.store.trail import TrailEntry

SYSTEM = "command line"
"""Who acts where nobody has signed in."""


def record(
    transaction: Transaction, now_ms: int, person: str, act: str, subject: str, detail: str = ""
) -> None:
    """Write that a person did something.

    Args:
        transaction: of the act, so that neither is kept without the other.
        now_ms: ms since 1970 UTC.
        person: who, by name; staff only.
        act: a short word that stays the same, such as "count" or "acknowledge".
        subject: what it was done to, such as "north/machine-1 A1".
        detail: the rest, for a reader.
    """
    trail.add(transaction, TrailEntry(now_ms, person, act, subject, detail))


def latest(transaction: Transaction, limit: int = 100) -> list[TrailEntry]:
    """The newest entries, newest first."""
    return trail.latest(transaction, limit)
