"""Keeps the facts of checks, and gives the record that they make."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, insert, select, update
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
from hub.store.tables import bridge

NEWEST = 200
MOST_WAITING = 10_000


def take_fact(transaction: Connection, of_bridge: int, body: CheckEvent, moment: Moment) -> None:
    """Keep one fact; the same fact again changes nothing.

    Raises:
        ForeignCheckError: its code is none.
    """
    try:
        code = read_code(body.check)
    except CodeError as error:
        raise ForeignCheckError(f"check {body.check[:40]!r}: {error}") from error
    row = {
        "event": body.event[:64],
        "code": code,
        "bridge_id": of_bridge,
        "at_ms": body.at_ms,
        "received_ms": moment.received_ms,
        "fact_json": codec.encode_body(body),
    }
    insert_once = insert_postgresql if transaction.dialect.name == "postgresql" else insert_sqlite
    transaction.execute(insert_once(check_fact).values(row).on_conflict_do_nothing())
    transaction.execute(
        update(check_fact)
        .where(check_fact.c.event == row["event"], check_fact.c.bridge_id == of_bridge)
        .where(check_fact.c.from_hub)
        .values(echoed=True)
    )


def add_fact(transaction: Transaction, body: CheckEvent, now_ms: int) -> None:
    """Keep a fact that was entered at the hub, for the bridge where its check began.

    Raises:
        ForeignCheckError: nothing is known of the check, so that no bridge is.
    """
    query = (
        select(check_fact.c.bridge_id)
        .where(check_fact.c.code == body.check, check_fact.c.from_hub.is_(False))
        .order_by(check_fact.c.received_ms, check_fact.c.event)
        .limit(1)
    )
    of_bridge = transaction.scalar(query)
    if of_bridge is None:
        raise ForeignCheckError(f"nothing is known of check {body.check}")
    transaction.execute(
        insert(check_fact).values(
            event=body.event,
            code=body.check,
            bridge_id=of_bridge,
            at_ms=body.at_ms,
            received_ms=now_ms,
            fact_json=codec.encode_body(body),
            from_hub=True,
        )
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fact that was entered at the hub and that its bridge does not have yet.

    Attributes:
        site: of the bridge.
        bridge: where the check began.
        is_away: whether the bridge said goodbye, or its connection broke.
        status_ms: when it came or went last; None where it never said.
        fact: to send.
    """

    site: str
    bridge: str
    is_away: bool
    status_ms: int | None
    fact: CheckEvent


def waiting(transaction: Transaction) -> list[Waiting]:
    """What bridges do not have yet, in the order in which it was entered."""
    query = (
        select(
            bridge.c.site,
            bridge.c.bridge,
            bridge.c.state,
            bridge.c.status_ms,
            check_fact.c.fact_json,
        )
        .join_from(check_fact, bridge)
        .where(check_fact.c.from_hub, check_fact.c.echoed.is_(False))
        .order_by(check_fact.c.received_ms, check_fact.c.at_ms, check_fact.c.event)
        .limit(MOST_WAITING)
    )
    return [
        Waiting(
            row.site,
            row.bridge,
            row.state == "offline",
            row.status_ms,
            codec.decode_body(CheckEvent, row.fact_json),
        )
        for row in transaction.execute(query)
    ]


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


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """The record of one sample, and at which site it was checked."""

    site: str
    record: Record


def records(transaction: Transaction, from_ms: int, until_ms: int) -> Iterator[SiteRecord]:
    """The record of every sample whose first fact is of this time (its end excluded), by code."""
    query = (
        select(check_fact.c.code, bridge.c.site, check_fact.c.fact_json)
        .join_from(check_fact, bridge)
        .order_by(check_fact.c.code, check_fact.c.received_ms, check_fact.c.event)
    )
    for _code, rows in groupby(transaction.execute(query), key=lambda row: row.code):
        known = list(rows)
        whole = record(codec.decode_body(CheckEvent, row.fact_json) for row in known)
        if from_ms <= whole.trail[0].at_ms < until_ms:
            yield SiteRecord(known[0].site, whole)
