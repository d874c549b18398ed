"""What could not be taken: kept, counted, bounded."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from hub.store.dialect import clip
from hub.store.tables import dead_letter, kept_letter

KEPT_HEAD_BYTES = 4096
KEPT_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One kind of thing that could not be taken.

    Attributes:
        topic: where it came.
        reason: a short word that stays the same for ever (contract/errors.py, hub/ingest.py).
        detail: what was wrong, for a person.
        size: of the payload, bytes.
        payload_head: its first 4096 bytes as text.
        first_ms: when it came first.
        last_ms: when it came last.
        times: how often.
        whole: whether all of it is kept here; its bridge may then have let it go.
    """

    topic: str
    reason: str
    detail: str
    size: int
    payload_head: str
    first_ms: int
    last_ms: int
    times: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that could not be taken, as it came.

    Attributes:
        topic: where it came.
        payload: the bytes.
        reason: a short word that stays the same for ever.
        detail: what was wrong, for a person.
        at_ms: when it came.
        place: what tells it from others, where its place in its bridge's order is known; "" where
            only its bytes do.
    """

    topic: str
    payload: bytes
    reason: str
    detail: str
    at_ms: int
    place: str = ""


def keep(transaction: Connection, refusal: Refusal, times: int = 1) -> int:
    """Keep what could not be taken; the same again is only counted.

    The oldest of those that no bridge let go of make room for it.

    Returns:
        The number of its row.
    """
    row = _row(refusal, times)
    same = [dead_letter.c[name] == row[name] for name in ("topic", "reason", "payload_hash")]
    found = transaction.scalar(select(dead_letter.c.id).where(*same))
    if found is not None:
        more = {"last_ms": refusal.at_ms, "times": dead_letter.c.times + times}
        transaction.execute(update(dead_letter).where(dead_letter.c.id == found).values(more))
        return int(found)
    made = transaction.execute(insert(dead_letter).values(row).returning(dead_letter.c.id))
    number = int(made.scalar_one())
    surplus = dead_letter.c.id <= number - KEPT_ROWS
    whole = select(kept_letter.c.dead_letter_id)
    transaction.execute(delete(dead_letter).where(surplus, dead_letter.c.id.not_in(whole)))
    return number


def _row(refusal: Refusal, times: int) -> dict[str, str | int]:
    identity = refusal.place.encode() or refusal.payload
    head = refusal.payload[:KEPT_HEAD_BYTES].decode("utf-8", "replace")
    return {
        "topic": clip(_printable(refusal.topic), 400),
        "reason": clip(refusal.reason, 60),
        "payload_hash": hashlib.sha256(identity).hexdigest(),
        "payload_head": _printable(head),
        "size": len(refusal.payload),
        "detail": clip(_printable(refusal.detail), 1000),
        "first_ms": refusal.at_ms,
        "last_ms": refusal.at_ms,
        "times": times,
    }


def latest(transaction: Connection, limit: int = 50) -> list[DeadLetter]:
    """The ones that came last, newest first."""
    rows = transaction.execute(
        select(dead_letter, kept_letter.c.dead_letter_id.is_not(None).label("whole"))
        .outerjoin(kept_letter, kept_letter.c.dead_letter_id == dead_letter.c.id)
        .order_by(dead_letter.c.last_ms.desc())
        .limit(limit)
    )
    return [
        DeadLetter(
            topic=row.topic,
            reason=row.reason,
            detail=row.detail,
            size=row.size,
            payload_head=row.payload_head,
            first_ms=row.first_ms,
            last_ms=row.last_ms,
            times=row.times,
            whole=bool(row.whole),
        )
        for row in rows
    ]


def _printable(text: str) -> str:
    """Without what no store takes (NUL, lone surrogates); a terminal must not be steered either."""
    kept = text.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in kept)
