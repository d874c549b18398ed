"""What could not be taken: kept, counted, bounded."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.store.dialect import clip
from hub.store.tables import dead_letter

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
    """

    topic: str
    reason: str
    detail: str
    size: int
    payload_head: str
    first_ms: int
    last_ms: int
    times: int


def keep(
    transaction: Connection, topic: str, payload: bytes, reason: str, detail: str, at_ms: int
) -> None:
    """Keep what could not be taken; the same again is only counted. The oldest rows go."""
    row = {
        "topic": clip(_printable(topic), 400),
        "reason": clip(reason, 60),
        "payload_hash": hashlib.sha256(payload).hexdigest(),
        "payload_head": _printable(payload[:KEPT_HEAD_BYTES].decode("utf-8", "replace")),
        "size": len(payload),
        "detail": clip(_printable(detail), 1000),
        "first_ms": at_ms,
        "last_ms": at_ms,
        "times": 1,
    }
    same = [dead_letter.c[name] == row[name] for name in ("topic", "reason", "payload_hash")]
    again = update(dead_letter).where(*same).values(last_ms=at_ms, times=dead_letter.c.times + 1)
    if transaction.execute(again).rowcount:
        return
    transaction.execute(insert(dead_letter).values(row))
    newest = transaction.scalar(select(func.max(dead_letter.c.id))) or 0
    transaction.execute(delete(dead_letter).where(dead_letter.c.id <= newest - KEPT_ROWS))


def latest(transaction: Connection, limit: int = 50) -> list[DeadLetter]:
    """The ones that came last, newest first."""
    rows = transaction.execute(
        select(dead_letter).order_by(dead_letter.c.last_ms.desc()).limit(limit)
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
        )
        for row in rows
    ]


def _printable(text: str) -> str:
    """Without what no store takes (NUL, lone surrogates); a terminal must not be steered either."""
    kept = text.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in kept)
