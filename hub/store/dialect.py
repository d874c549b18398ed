"""Insert-or-change, which SQLite and PostgreSQL spell alike but SQLAlchemy keeps apart."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(
    transaction: Connection,
    table: Table,
    keys: Sequence[str],
    row: Mapping[str, Any],
    *,
    change: Mapping[str, Any] | None = None,
) -> None:
    """Insert the row; where one with the same keys stands, change that one instead.

    Args:
        transaction: what it belongs to.
        table: where.
        keys: the columns of a unique constraint.
        row: the values to insert.
        change: what to set in a row that stands; None sets all values of `row` that are no keys.
    """
    insert = postgresql.insert if transaction.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**row)
    to_set = {name: row[name] for name in row if name not in keys} if change is None else change
    transaction.execute(
        statement.on_conflict_do_update(index_elements=list(keys), set_=dict(to_set))
        if to_set
        else statement.on_conflict_do_nothing(index_elements=list(keys))
    )


def clip(text: str, length: int = 200) -> str:
    """Text that fits a column; PostgreSQL refuses a longer one, SQLite would take it."""
    return text if len(text) <= length else text[: length - 1] + "…"
