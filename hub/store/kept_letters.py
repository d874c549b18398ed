"""Refused messages, whole: their bridge was told that it may let them go, so they lie here.

Bounded for each bridge, so that a bridge gone mad costs nobody else's letters. They leave when a
hub that understands them has taken them (hub/retry.py).
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from hub.store import dead_letters
from hub.store.dead_letters import Refusal
from hub.store.tables import bridge, dead_letter, kept_letter

MAX_LETTERS = 5_000
MAX_BYTES = 64 * 1024 * 1024
"""So many letters and bytes of one bridge are kept whole."""

GIVEN_UP = "given-up"
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A refused message as it came."""

    id: int
    bridge_id: int
    topic: str
    payload: bytes
    first_ms: int


def has_room(transaction: Connection, of_bridge: int, size: int) -> bool:
    """Whether one more letter of this bridge, of so many bytes, can be kept whole."""
    c = kept_letter.c
    totals = select(func.count(), func.coalesce(func.sum(c.size), 0))
    letters, held = transaction.execute(totals.where(c.bridge_id == of_bridge)).one()
    return bool(letters < MAX_LETTERS and held + size <= MAX_BYTES)


def make_room(transaction: Connection, of_bridge: int, size: int, at_ms: int) -> None:
    """Give up the oldest letters of this bridge until there is room; say how many went."""
    gone = 0
    while not has_room(transaction, of_bridge, size):
        c = kept_letter.c
        oldest = select(c.dead_letter_id).where(c.bridge_id == of_bridge)
        numbers = list(transaction.scalars(oldest.order_by(c.dead_letter_id).limit(_AT_ONCE)))
        if not numbers:
            break
        transaction.execute(delete(dead_letter).where(dead_letter.c.id.in_(numbers)))
        gone += len(numbers)
    if gone:
        dead_letters.keep(transaction, _lost(transaction, of_bridge, at_ms), gone)


def hold(transaction: Connection, letter: int, of_bridge: int, payload: bytes) -> None:
    """Keep the whole of a letter; one that is kept already stays."""
    if _is_held(transaction, letter):
        return
    row = {
        "dead_letter_id": letter,
        "bridge_id": of_bridge,
        "size": len(payload),
        "payload": payload,
    }
    transaction.execute(insert(kept_letter).values(row))


def after(transaction: Connection, letter: int, limit: int) -> list[KeptLetter]:
    """The letters behind a number, oldest first."""
    query = (
        select(
            dead_letter.c.id,
            kept_letter.c.bridge_id,
            dead_letter.c.topic,
            kept_letter.c.payload,
            dead_letter.c.first_ms,
        )
        .join(kept_letter, kept_letter.c.dead_letter_id == dead_letter.c.id)
        .where(dead_letter.c.id > letter)
        .order_by(dead_letter.c.id)
        .limit(limit)
    )
    return [KeptLetter(*row) for row in transaction.execute(query)]


def taken(transaction: Connection, letter: int) -> None:
    """This letter was understood after all: it is none any more."""
    transaction.execute(delete(dead_letter).where(dead_letter.c.id == letter))


def _is_held(transaction: Connection, letter: int) -> bool:
    held = select(kept_letter.c.dead_letter_id).where(kept_letter.c.dead_letter_id == letter)
    return transaction.scalar(held) is not None


def _lost(transaction: Connection, of_bridge: int, at_ms: int) -> Refusal:
    query = select(bridge.c.site, bridge.c.bridge).where(bridge.c.id == of_bridge)
    site, name = transaction.execute(query).one()
    detail = (
        f"bridge {name} of site {site} had so many refused messages that the oldest were given up; "
        "what they said is lost. Times says how many"
    )
    return Refusal(f"harborlight/v1/{site}/{name}", b"", GIVEN_UP, detail, at_ms, GIVEN_UP)
