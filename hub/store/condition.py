"""How the store stands, for the health endpoint and for doctor."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from hub.store import migrate
from hub.store.tables import bridge, bridge_credential, dead_letter, notification, person


@dataclass(frozen=True, slots=True)
class Condition:
    """A few figures, read in one transaction.

    Attributes:
        version: of the tables.
        dead_letters: rows of what could not be taken.
        last_dead_letter_ms: when the last one came.
        last_heard_ms: when any bridge was last heard, by the hub's clock.
        oldest_unsent_ms: since when the oldest unsent message to a person waits.
        failed_notifications: messages that were given up.
        people: staff who can sign in.
        bridges_without_nats: enrolled bridges whose credential nats-server could not check.
    """

    version: str | None
    dead_letters: int
    last_dead_letter_ms: int | None
    last_heard_ms: int | None
    oldest_unsent_ms: int | None
    failed_notifications: int
    people: int
    bridges_without_nats: int


def read_condition(transaction: Connection) -> Condition:
    """How the store stands now."""
    letters = transaction.execute(
        select(func.count(), func.max(dead_letter.c.last_ms)).select_from(dead_letter)
    ).one()
    without_nats = (bridge_credential.c.nats_hash == "") & bridge_credential.c.revoked_ms.is_(None)
    waiting = notification.c.state == "waiting"
    return Condition(
        version=migrate.current(transaction),
        dead_letters=letters[0],
        last_dead_letter_ms=letters[1],
        last_heard_ms=transaction.scalar(select(func.max(bridge.c.last_heard_ms))),
        oldest_unsent_ms=transaction.scalar(
            select(func.min(notification.c.made_ms)).where(waiting)
        ),
        failed_notifications=_count(transaction, notification.c.state == "failed"),
        people=_count(transaction, person.c.disabled.is_(False)),
        bridges_without_nats=_count(transaction, without_nats),
    )


def _count(transaction: Connection, condition: ColumnElement[bool]) -> int:
    return transaction.scalar(select(func.count()).where(condition)) or 0
