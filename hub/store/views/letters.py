"""Refused messages, and what people did, for the pages of administrators."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from hub.store.engine import Transaction
from hub.store.tables import dead_letter, kept_letter, trail


@dataclass(frozen=True, slots=True)
class LetterView:
    """A message that the hub refused; equal ones are counted together.

    Attributes:
        whole: whether all of it is kept here; its bridge may then have let it go.
    """

    id: int
    topic: str
    reason: str
    detail: str
    payload_head: str
    size: int
    first_ms: int
    last_ms: int
    times: int
    whole: bool


@dataclass(frozen=True, slots=True)
class TrailView:
    """Something that a signed-in person did."""

    at_ms: int
    person: str
    act: str
    subject: str
    detail: str


def dead_letters(transaction: Transaction, limit: int = 200) -> tuple[LetterView, ...]:
    """The newest refused messages, newest first."""
    names = [name for name in LetterView.__dataclass_fields__ if name != "whole"]
    columns: list[ColumnElement[Any]] = [dead_letter.c[name] for name in names]
    columns.append(kept_letter.c.dead_letter_id.is_not(None))
    query = (
        select(*columns)
        .outerjoin(kept_letter, kept_letter.c.dead_letter_id == dead_letter.c.id)
        .order_by(dead_letter.c.last_ms.desc())
        .limit(limit)
    )
    return tuple(LetterView(*row) for row in transaction.execute(query))


def trail_rows(transaction: Transaction, limit: int = 200) -> tuple[TrailView, ...]:
    """What people did last, newest first."""
    columns = [trail.c[name] for name in TrailView.__dataclass_fields__]
    query = select(*columns).order_by(trail.c.at_ms.desc(), trail.c.id.desc()).limit(limit)
    return tuple(TrailView(*row) for row in transaction.execute(query))
