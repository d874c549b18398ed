"""What waits to be told or exported: written in the judge's transaction, taken by workers.

A row leaves only when its receiver has taken it. A worker that dies between sending and marking
sends again: told twice is better than never.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from hub.store.engine import Transaction
from hub.store.tables import export_row, notification


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one channel. `notification_id` is None before it is stored."""

    channel: str
    subject: str
    body: str
    alert_id: int | None
    due_ms: int
    tries: int = 0
    notification_id: int | None = None


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One point of a time series, as the exporter's own JSON."""

    row_id: int
    measurement: str
    line_json: str
    tries: int = 0


def queue(transaction: Transaction, message: Notification) -> None:
    """Put a message into the outbox."""
    transaction.execute(
        insert(notification).values(
            alert_id=message.alert_id,
            channel=message.channel[:200],
            subject=message.subject[:400],
            body=message.body,
            due_ms=message.due_ms,
            made_ms=message.due_ms,
            tries=0,
            state="waiting",
        )
    )


def due(transaction: Transaction, now_ms: int, limit: int = 200) -> list[Notification]:
    """Messages that shall be sent now, longest due first."""
    c = notification.c
    rows = transaction.execute(
        select(notification)
        .where(c.state == "waiting", c.due_ms <= now_ms)
        .order_by(c.due_ms, c.id)
        .limit(limit)
    )
    return [
        Notification(
            channel=row.channel,
            subject=row.subject,
            body=row.body,
            alert_id=row.alert_id,
            due_ms=row.due_ms,
            tries=row.tries,
            notification_id=row.id,
        )
        for row in rows
    ]


def mark_sent(transaction: Transaction, ids: Sequence[int], now_ms: int) -> None:
    """These were taken by their receiver."""
    _mark(transaction, ids, state="sent", due_ms=now_ms, last_error="")


def mark_retry(transaction: Transaction, ids: Sequence[int], due_ms: int, error: str) -> None:
    """These were not taken; try again at a time."""
    _mark(transaction, ids, state="waiting", due_ms=due_ms, last_error=error)


def mark_failed(transaction: Transaction, ids: Sequence[int], now_ms: int, error: str) -> None:
    """These are given up; rule undelivered shows them from now on."""
    _mark(transaction, ids, state="failed", due_ms=now_ms, last_error=error)


def _mark(
    transaction: Transaction, ids: Sequence[int], *, state: str, due_ms: int, last_error: str
) -> None:
    c = notification.c
    values = {"state": state, "due_ms": due_ms, "last_error": last_error[:1000]}
    transaction.execute(
        update(notification).where(c.id.in_(ids)).values(tries=c.tries + 1, **values)
    )


def prune(transaction: Transaction, before_ms: int) -> int:
    """Forget messages that were sent before a time; returns how many."""
    c = notification.c
    done = delete(notification).where(c.state == "sent", c.due_ms < before_ms)
    return transaction.execute(done).rowcount


def queue_export(transaction: Transaction, rows: Iterable[tuple[str, str]]) -> None:
    """Put (measurement, line_json) rows into the export's outbox."""
    values = [{"measurement": name, "line_json": line, "tries": 0} for name, line in rows]
    if values:
        transaction.execute(insert(export_row), values)


def export_batch(transaction: Transaction, limit: int) -> list[ExportRow]:
    """Rows to export, oldest first; rows that the server refused before come last."""
    c = export_row.c
    rows = transaction.execute(
        select(c.id, c.measurement, c.line_json, c.tries).order_by(c.tries, c.id).limit(limit)
    )
    return [ExportRow(row.id, row.measurement, row.line_json, row.tries) for row in rows]


def drop_exported(transaction: Transaction, ids: Sequence[int]) -> None:
    """These were written by the server."""
    transaction.execute(delete(export_row).where(export_row.c.id.in_(ids)))


def mark_refused(transaction: Transaction, ids: Sequence[int]) -> None:
    """The server refused these rows themselves; they are kept, and come last from now on."""
    c = export_row.c
    transaction.execute(update(export_row).where(c.id.in_(ids)).values(tries=c.tries + 1))


def export_waiting(transaction: Transaction) -> int:
    """How many rows wait for the export."""
    return transaction.execute(select(func.count()).select_from(export_row)).scalar_one()


def oldest_export(transaction: Transaction) -> ExportRow | None:
    """The row that waits longest; one that was refused only where there are no others."""
    rows = export_batch(transaction, 1)
    return rows[0] if rows else None
