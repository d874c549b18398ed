"""What rules need to know, read from the tables.

Functions named `newest_*` read everything once; `*_after` read only what came since a row number,
so that a pass of the judge costs little while nothing happens (hub/gather.py keeps the rest).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, RowMapping, Table, func, select

from hub.rules.facts import BridgeFact, DeadLetterFact, DeviceFact, UndeliveredFact
from hub.store.engine import Transaction
from hub.store.stock_facts import CHANGING
from hub.store.tables import (
    bridge,
    dead_letter,
    device,
    drug_check,
    machine_event,
    notification,
    temperature,
)

LATEST_MS = 90 * 86_400_000
"""Nothing that a bridge kept while it was offline is looked for further back than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureRow:
    """One temperature as stored."""

    row_id: int
    device_id: int
    probe: str
    observed_ms: int
    received_ms: int
    temperature_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One machine event as stored."""

    row_id: int
    device_id: int
    observed_ms: int
    code: str
    name: str
    selection: str | None
    active: bool | None
    text: str


def bridges(transaction: Transaction) -> dict[int, BridgeFact]:
    """Every bridge, by row number."""
    c = bridge.c
    rows = transaction.execute(
        select(
            c.id,
            c.site,
            c.bridge,
            c.state,
            c.status_ms,
            c.last_heard_ms,
            c.heartbeat_s,
            c.spool_depth,
            c.spool_dropped,
            c.disk_free_mb,
            c.undervoltage,
            c.clock_sane,
        )
    )
    return {row["id"]: _bridge(row) for row in rows.mappings()}


def _bridge(row: RowMapping) -> BridgeFact:
    return BridgeFact(**{name: value for name, value in row.items() if name != "id"})


def devices(
    transaction: Transaction, known: dict[int, BridgeFact]
) -> dict[int, tuple[DeviceFact, int | None]]:
    """Every device with the time its counters were last read, by row number."""
    rows = transaction.execute(select(device))
    return {row.id: (_device(row, known[row.bridge_id]), row.audit_ms) for row in rows}


def _device(row: Row[Any], its_bridge: BridgeFact) -> DeviceFact:
    return DeviceFact(
        device_id=row.id,
        device=row.device,
        kind=row.kind,
        bridge=its_bridge,
        title=row.title,
        state=row.state,
        fault=row.fault,
        detail=row.detail,
        advice=row.advice,
        last_heard_ms=row.last_heard_ms,
    )


def last_id(transaction: Transaction, table: str) -> int:
    """The greatest row number of a table; 0 while it is empty."""
    source = _NUMBERED[table]
    return transaction.execute(select(func.max(source.c.id))).scalar() or 0


_NUMBERED: dict[str, Table] = {
    **CHANGING,
    "temperature": temperature,
    "machine_event": machine_event,
}


def newest_temperatures(transaction: Transaction, since_ms: int) -> list[TemperatureRow]:
    """The newest reading of each probe, if there is one since `since_ms`."""
    c = temperature.c
    rank = _rank(c.observed_ms, c.id, of=(c.device_id, c.probe))
    ranked = select(temperature, rank).where(c.observed_ms >= since_ms).subquery()
    rows = transaction.execute(select(ranked).where(ranked.c.rank == 1))
    return [_temperature(row) for row in rows]


def late_temperatures(
    transaction: Transaction, since_ms: int, late_ms: int, low_c: float, high_c: float
) -> list[TemperatureRow]:
    """Readings outside limits that were received since a time, and late by so much."""
    c = temperature.c
    query = select(temperature).where(
        c.observed_ms >= since_ms - LATEST_MS,
        c.received_ms >= since_ms,
        c.received_ms - c.observed_ms >= late_ms,
        (c.temperature_c < low_c) | (c.temperature_c > high_c),
    )
    return [_temperature(row) for row in transaction.execute(query.order_by(c.observed_ms))]


def temperatures_after(transaction: Transaction, after_id: int) -> list[TemperatureRow]:
    """What was stored after a row, in that order."""
    query = select(temperature).where(temperature.c.id > after_id).order_by(temperature.c.id)
    return [_temperature(row) for row in transaction.execute(query)]


def _temperature(row: Row[Any]) -> TemperatureRow:
    return TemperatureRow(
        row_id=row.id,
        device_id=row.device_id,
        probe=row.probe,
        observed_ms=row.observed_ms,
        received_ms=row.received_ms,
        temperature_c=row.temperature_c,
    )


def newest_events(transaction: Transaction) -> list[EventRow]:
    """The newest event of each code and selection of each device."""
    c = machine_event.c
    rank = _rank(c.observed_ms, c.id, of=(c.device_id, c.code, c.name, c.selection))
    ranked = select(machine_event, rank).subquery()
    rows = transaction.execute(select(ranked).where(ranked.c.rank == 1))
    return [_event(row) for row in rows]


def events_after(transaction: Transaction, after_id: int) -> list[EventRow]:
    """What was stored after a row, in that order."""
    query = select(machine_event).where(machine_event.c.id > after_id).order_by(machine_event.c.id)
    return [_event(row) for row in transaction.execute(query)]


def _event(row: Row[Any]) -> EventRow:
    return EventRow(
        row_id=row.id,
        device_id=row.device_id,
        observed_ms=row.observed_ms,
        code=row.code,
        name=row.name,
        selection=row.selection,
        active=row.active,
        text=row.text,
    )


def _rank(*newest_by: ColumnElement[Any], of: Sequence[ColumnElement[Any]]) -> ColumnElement[int]:
    order = [column.desc() for column in newest_by]
    return func.row_number().over(partition_by=list(of), order_by=order).label("rank")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One check with findings, without them."""

    check: str
    device_id: int
    observed_ms: int
    received_ms: int
    findings_ms: int


def checks_since(transaction: Transaction, since_ms: int) -> list[CheckRow]:
    """Every check with findings that was received since a time, however late."""
    c = drug_check.c
    rows = transaction.execute(
        select(c.id, c.device_id, c.observed_ms, c.received_ms, c.findings_ms).where(
            c.observed_ms >= since_ms - LATEST_MS,
            c.received_ms >= since_ms,
            c.findings_json.is_not(None),
        )
    )
    return [
        CheckRow(
            check=row.id,
            device_id=row.device_id,
            observed_ms=row.observed_ms,
            received_ms=row.received_ms,
            findings_ms=row.findings_ms or 0,
        )
        for row in rows
    ]


def findings_json(transaction: Transaction, check: str) -> str:
    """The findings of one check as stored; "" if there are none."""
    query = select(drug_check.c.findings_json).where(drug_check.c.id == check)
    return transaction.execute(query).scalar() or ""


def dead_letters(transaction: Transaction, since_ms: int) -> tuple[DeadLetterFact, ...]:
    """Refused messages since a time, by reason."""
    c = dead_letter.c
    how_many = func.count().over(partition_by=[c.reason]).label("messages")
    ranked = (
        select(
            c.reason, c.last_ms, c.topic, c.detail, how_many, _rank(c.last_ms, c.id, of=[c.reason])
        )
        .where(c.last_ms >= since_ms)
        .subquery()
    )
    rows = transaction.execute(select(ranked).where(ranked.c.rank == 1).order_by(ranked.c.reason))
    return tuple(
        DeadLetterFact(
            reason=row.reason,
            messages=row.messages,
            last_ms=row.last_ms,
            topic=row.topic,
            detail=row.detail,
        )
        for row in rows
    )


def undelivered(
    transaction: Transaction, failed_since_ms: int, late_tries: int
) -> tuple[UndeliveredFact, ...]:
    """Channels with notifications given up since a time, or tried so often without success."""
    c = notification.c
    failed = (c.state == "failed") & (c.due_ms >= failed_since_ms)
    late = (c.state == "waiting") & (c.tries >= late_tries)
    query = select(c.channel, c.state, c.last_error).where(failed | late).order_by(c.due_ms, c.id)
    by_channel: dict[str, list[tuple[str, str]]] = {}
    for channel, state, last_error in transaction.execute(query):
        by_channel.setdefault(channel, []).append((state, last_error))
    return tuple(_undelivered(name, rows) for name, rows in sorted(by_channel.items()))


def _undelivered(channel: str, rows: list[tuple[str, str]]) -> UndeliveredFact:
    failed = sum(state == "failed" for state, _ in rows)
    return UndeliveredFact(
        channel=channel, failed=failed, late=len(rows) - failed, last_error=rows[-1][1]
    )
