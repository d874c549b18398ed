"""What bridges sign in to the broker with: hashes only."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select, update

from hub.store.dialect import upsert
from hub.store.tables import bridge_credential


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """One bridge's credential, as stored."""

    username: str
    site: str
    bridge: str
    password_hash: str = field(repr=False)
    nats_hash: str = field(repr=False)


def put(transaction: Connection, row: CredentialRow, now_ms: int) -> None:
    """Keep a credential; it replaces an older one of the same bridge."""
    values = {
        "username": row.username,
        "site": row.site,
        "bridge": row.bridge,
        "password_hash": row.password_hash,
        "nats_hash": row.nats_hash,
        "created_ms": now_ms,
        "revoked_ms": None,
    }
    upsert(transaction, bridge_credential, ("username",), values)


def revoke(transaction: Connection, username: str, now_ms: int) -> bool:
    """Make a credential useless; False where there is no such."""
    done = transaction.execute(
        update(bridge_credential)
        .where(bridge_credential.c.username == username, bridge_credential.c.revoked_ms.is_(None))
        .values(revoked_ms=now_ms)
    )
    return done.rowcount == 1


def in_force(transaction: Connection) -> list[CredentialRow]:
    """All that are not revoked, by name."""
    rows = transaction.execute(
        select(bridge_credential)
        .where(bridge_credential.c.revoked_ms.is_(None))
        .order_by(bridge_credential.c.username)
    )
    return [
        CredentialRow(row.username, row.site, row.bridge, row.password_hash, row.nats_hash)
        for row in rows
    ]


def mark(transaction: Connection) -> tuple[int, int, int]:
    """Changes whenever a credential does; cheap to ask."""
    c = bridge_credential.c
    row = transaction.execute(
        select(func.count(), func.max(c.created_ms), func.max(c.revoked_ms)).select_from(
            bridge_credential
        )
    ).one()
    return (row[0], row[1] or 0, row[2] or 0)
