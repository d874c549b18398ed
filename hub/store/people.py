"""Staff who sign in, and the invitations by which they come."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from hub.store.tables import invitation, person


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One member of staff, as stored."""

    person_id: int
    name: str
    role: str
    disabled: bool
    password_hash: str = field(repr=False)


def by_name(transaction: Connection, name: str) -> PersonRow | None:
    """The person of this name, whatever the case of its letters."""
    found = select(person).where(func.lower(person.c.name) == func.lower(name))
    return _person(transaction.execute(found).first())


def by_id(transaction: Connection, person_id: int) -> PersonRow | None:
    """The person of this row."""
    return _person(transaction.execute(select(person).where(person.c.id == person_id)).first())


def everybody(transaction: Connection) -> list[PersonRow]:
    """All, by name."""
    rows = transaction.execute(select(person).order_by(person.c.name))
    return [made for row in rows if (made := _person(row)) is not None]


def add(transaction: Connection, name: str, role: str, password_hash: str, now_ms: int) -> int:
    """Add a person; the row's number."""
    values = {"name": name, "role": role, "password_hash": password_hash, "created_ms": now_ms}
    made = transaction.execute(insert(person).values(values).returning(person.c.id))
    return int(made.scalar_one())


def set_password_hash(transaction: Connection, person_id: int, password_hash: str) -> None:
    """Replace a password."""
    transaction.execute(
        update(person).where(person.c.id == person_id).values(password_hash=password_hash)
    )


def set_disabled(transaction: Connection, person_id: int, *, disabled: bool) -> None:
    """Lock a person out, or let the person in again."""
    transaction.execute(update(person).where(person.c.id == person_id).values(disabled=disabled))


def add_invitation(
    transaction: Connection, token_hash: str, role: str, now_ms: int, expires_ms: int
) -> None:
    """Keep an invitation."""
    values = {
        "token_hash": token_hash,
        "role": role,
        "created_ms": now_ms,
        "expires_ms": expires_ms,
    }
    transaction.execute(insert(invitation).values(values))


def open_invitation_role(transaction: Connection, token_hash: str, now_ms: int) -> str | None:
    """The role of an invitation that can be used now."""
    role: str | None = transaction.scalar(
        select(invitation.c.role).where(
            invitation.c.token_hash == token_hash,
            invitation.c.used_ms.is_(None),
            invitation.c.expires_ms > now_ms,
        )
    )
    return role


def use_invitation(transaction: Connection, token_hash: str, now_ms: int) -> bool:
    """Use an invitation up; False where another was quicker."""
    used = transaction.execute(
        update(invitation)
        .where(
            invitation.c.token_hash == token_hash,
            invitation.c.used_ms.is_(None),
            invitation.c.expires_ms > now_ms,
        )
        .values(used_ms=now_ms)
    )
    return used.rowcount == 1


def _person(row: Row[Any] | None) -> PersonRow | None:
    if row is None:
        return None
    return PersonRow(
        person_id=row.id,
        name=row.name,
        role=row.role,
        disabled=row.disabled,
        password_hash=row.password_hash,
    )
