"""Keeps the facts of checks, and gives the record that they make."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from firmware_bridge.contract import codec
from firmware_bridge.contract.check.code import CodeError, read_code
from firmware_bridge.contract.check.record import Record, record
from firmware_bridge.contract.check_events import CheckEvent
from hub.store.check_tables import check_fact
from hub.store.engine import Transaction
from hub.store.moment import Moment
from hub.store.records import ForeignCheckError

NEWEST = 200


def take_fact(transaction: Connection, of_bridge: int, body: CheckEvent, moment: Moment) -> None:
    """Keep one fact; the same fact again changes nothing.

    Raises:
        ForeignCheckError: its code is none.
    """
    try:
        code = read_code(body.check)
    except CodeError as error:
        raise ForeignCheckError(f"check {body.check[:40]!r}: {error}") from error
    insert = insert_postgresql if transaction.dialect.name == "postgresql" else insert_sqlite
    row = {
        "event": body.event[:64],
        "code": code,
        "bridge_id": of_bridge,
        "at_ms": body.at_ms,
        "received_ms": moment.received_ms,
        "fact_json": codec.encode_body(body),
    }
    transaction.execute(insert(check_fact).values(row).on_conflict_do_nothing())


def find_record(transaction: Transaction, code: str) -> Record | None:
    """The record of one sample; None where nothing is known of it."""
    rows = transaction.execute(select(check_fact.c.fact_json).where(check_fact.c.code == code))
    events = [codec.decode_body(CheckEvent, row.fact_json) for row in rows]
    return record(events) if events else None


def newest_codes(transaction: Transaction, limit: int = NEWEST) -> tuple[str, ...]:
    """The codes of the samples of which something was heard last, newest first."""
    rows = transaction.execute(
        select(check_fact.c.code).order_by(check_fact.c.received_ms.desc()).limit(10 * limit)
    )
    return tuple(dict.fromkeys(row.code for row in rows))[:limit]
