"""Who did what, for ever: rows are added, never changed."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from hub.store.dialect import clip
from hub.store.tables import trail


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One act of a person (staff), ms since 1970 UTC."""

    at_ms: int
    person: str
    act: str
    subject: str
    detail: str


def add(transaction: Connection, entry: TrailEntry) -> None:
    """Add an entry."""
    transaction.execute(
        insert(trail).values(
            at_ms=entry.at_ms,
            person=clip(entry.person),
            act=clip(entry.act, 60),
            subject=clip(entry.subject, 400),
            detail=clip(entry.detail, 4000),
        )
    )


def latest(transaction: Connection, limit: int = 100) -> list[TrailEntry]:
    """The newest entries, newest first."""
    rows = transaction.execute(
        select(trail).order_by(trail.c.at_ms.desc(), trail.c.id.desc()).limit(limit)
    )
    return [TrailEntry(row.at_ms, row.person, row.act, row.subject, row.detail) for row in rows]
