"""What the tables of the hub are made of: the one list of tables, and the kinds of columns."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables; the names of keys and indexes are the same on every database."""

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A row number: SQLite counts up by itself only where the type is exactly INTEGER."""


def row_id() -> Column[int]:
    """The number of a row, counted up by the database."""
    return Column("id", BigId, primary_key=True, autoincrement=True)


def of(table: str, *, null: bool = False, name: str = "", **options: Any) -> Column[Any]:  # noqa: ANN401 - passed on to Column
    """A column that names a row of another table, and goes when that row goes."""
    return Column(
        name or f"{table}_id",
        BigId,
        ForeignKey(f"{table}.id", ondelete="CASCADE"),
        nullable=null,
        **options,
    )


def short(name: str, length: int = 200, **options: Any) -> Column[str]:  # noqa: ANN401 - as above
    """A short text that is never null; unknown is ''."""
    return Column(name, String(length), nullable=False, server_default="", **options)


def long(name: str) -> Column[str]:
    """A long text that is never null; unknown is ''."""
    return Column(name, Text, nullable=False, server_default="")


def ms(name: str, *, null: bool = False) -> Column[int]:
    """A time, ms since 1970 UTC."""
    return Column(name, BigInteger, nullable=null)


def count(name: str) -> Column[int]:
    """A number that begins at 0."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def flag(name: str, *, default: bool) -> Column[bool]:
    """A yes or a no."""
    value = text("true" if default else "false")
    return Column(name, Boolean, nullable=False, server_default=value)
