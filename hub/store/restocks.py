"""Restocks as they are kept: visits to machines, and what people enter of their slots."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from firmware_bridge.contract.messages import MachineEvent
from hub.stock import EntryKind, LotCount
from hub.store.dialect import clip
from hub.store.moment import Moment
from hub.store.tables import counter, lot, restock_session, slot, stock_entry

STALE_MS = 12 * 3_600_000
"""A visit that was left open is over after this time: nobody stands before a machine for longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What somebody enters of a slot; see `hub.stock.Entry`.

    Attributes:
        note: in their own words.
        key: the name that whoever enters it gives it, so that it can come twice; "" for none.
        corrects: the key of another entry, or "#" and its row number.
        session_id: the visit it belongs to.
    """

    device_id: int
    selection: str
    kind: EntryKind
    count: int | None
    observed_ms: int
    recorded_ms: int
    by_person: str
    lots: Sequence[LotCount] = ()
    reason: str = ""
    note: str = ""
    key: str = ""
    corrects: str = ""
    session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry that is kept.

    Attributes:
        entry_id: its row number.
        repeated: whether it was kept before already.
        counter_then: what the machine's counter had last shown; None where it has none.
    """

    entry_id: int
    repeated: bool
    counter_then: int | None


def add_entry(transaction: Connection, entry: NewEntry) -> Kept:
    """Keep an entry once, however often it comes."""
    known = find_entry(transaction, entry.device_id, entry.key) if entry.key else None
    if known is not None:
        return Kept(known.id, repeated=True, counter_then=known.counter_then)
    shown = _counter_then(transaction, entry)
    made = transaction.execute(
        insert(stock_entry).values(_values(entry, shown)).returning(stock_entry.c.id)
    )
    entry_id = int(made.scalar_one())
    rows = [
        {
            "stock_entry_id": entry_id,
            "number": clip(one.lot, 60),
            "expires": one.expires,
            "count": one.count,
        }
        for one in entry.lots
    ]
    if rows:
        transaction.execute(insert(lot), rows)
    return Kept(entry_id, repeated=False, counter_then=shown)


def _values(entry: NewEntry, shown: int | None) -> dict[str, Any]:
    return {
        "device_id": entry.device_id,
        "selection": entry.selection,
        "restock_session_id": entry.session_id,
        "key": entry.key or None,
        "kind": entry.kind,
        "count": entry.count,
        "reason": clip(entry.reason, 20),
        "note": clip(entry.note, 4000),
        "observed_ms": entry.observed_ms,
        "recorded_ms": entry.recorded_ms,
        "by_person": clip(entry.by_person),
        "corrects": entry.corrects or None,
        "counter_then": shown,
    }


def _counter_then(transaction: Connection, entry: NewEntry) -> int | None:
    c = counter.c
    newest = (
        select(c.dispensed)
        .where(
            c.device_id == entry.device_id,
            c.selection == entry.selection,
            c.observed_ms <= entry.observed_ms,
        )
        .order_by(c.observed_ms.desc(), c.id.desc())
        .limit(1)
    )
    shown: int | None = transaction.scalar(newest)
    return shown


def find_entry(transaction: Connection, device_id: int, name: str) -> Row[Any] | None:
    """An entry by its key, or by "#" and its row number; None where there is none (yet)."""
    c = stock_entry.c
    number = name.removeprefix("#")
    by_number = name.startswith("#") and number.isascii() and number.isdigit()
    here = c.id == int(number[:18]) if by_number else c.key == name
    return transaction.execute(select(stock_entry).where(c.device_id == device_id, here)).first()


def entries_of(transaction: Connection, session_id: int) -> list[Row[Any]]:
    """What was entered in a visit, in the order in which it came."""
    c = stock_entry.c
    query = select(stock_entry).where(c.restock_session_id == session_id).order_by(c.id)
    return list(transaction.execute(query))


def open_session(transaction: Connection, device_id: int, now_ms: int) -> Row[Any] | None:
    """The visit that is open at a machine; one that was left open long ago is closed."""
    c = restock_session.c
    row = transaction.execute(
        select(restock_session)
        .where(c.device_id == device_id, c.closed_ms.is_(None))
        .order_by(c.opened_ms.desc(), c.id.desc())
        .limit(1)
    ).first()
    if row is not None and now_ms - row.opened_ms > STALE_MS:
        close_session(transaction, row.id, now_ms, "", "left open")
        return None
    return row


def find_session(transaction: Connection, device_id: int, key: str) -> Row[Any] | None:
    """A visit by the name that whoever opened it gave it."""
    c = restock_session.c
    query = select(restock_session).where(c.device_id == device_id, c.key == key)
    return transaction.execute(query).first()


def begin_session(
    transaction: Connection, device_id: int, opened_by: str, person: str, at_ms: int, key: str = ""
) -> int:
    """Open a visit; its row number."""
    values = {
        "device_id": device_id,
        "opened_by": opened_by,
        "person": clip(person),
        "opened_ms": at_ms,
        "key": key or None,
    }
    made = transaction.execute(
        insert(restock_session).values(values).returning(restock_session.c.id)
    )
    return int(made.scalar_one())


def adopt_session(transaction: Connection, session_id: int, person: str, key: str) -> None:
    """Somebody says that they are who opened the door."""
    c = restock_session.c
    change = update(restock_session).where(c.id == session_id)
    transaction.execute(change.values(person=clip(person), key=func.coalesce(c.key, key or None)))


def close_session(
    transaction: Connection,
    session_id: int,
    at_ms: int,
    person: str,
    note: str = "",
    result: object = None,
) -> None:
    """A visit is over."""
    transaction.execute(
        update(restock_session)
        .where(restock_session.c.id == session_id)
        .values(
            closed_ms=at_ms,
            closed_by=clip(person),
            note=clip(note, 4000),
            result_json="" if result is None else json.dumps(result, ensure_ascii=False),
        )
    )


def filled(transaction: Connection, device_id: int, body: MachineEvent, moment: Moment) -> None:
    """Somebody pressed the machine's own "all filled" button: every slot is at its par."""
    c = slot.c
    query = select(c.selection, c.par).where(c.device_id == device_id, c.par.is_not(None))
    if body.selection is not None:
        query = query.where(c.selection == clip(body.selection))
    for row in transaction.execute(query).all():
        entry = NewEntry(
            device_id=device_id,
            selection=row.selection,
            kind="fill",
            count=row.par,
            observed_ms=moment.observed_ms,
            recorded_ms=moment.received_ms,
            by_person="",
            note="the machine's own button",
        )
        add_entry(transaction, entry)


def door_moved(transaction: Connection, device_id: int, body: MachineEvent, moment: Moment) -> None:
    """A door that opens begins a visit; one that closes on nothing entered ends it."""
    opens = body.name == "door-open" and body.active is not False
    closes = body.name == "door-closed" or (body.name == "door-open" and body.active is False)
    if not (opens or closes):
        return
    session = open_session(transaction, device_id, moment.observed_ms)
    if opens and session is None:
        begin_session(transaction, device_id, "door", "", moment.observed_ms)
    elif closes and session is not None and _is_idle(transaction, session):
        close_session(transaction, session.id, moment.observed_ms, "", "nothing entered")


def _is_idle(transaction: Connection, session: Row[Any]) -> bool:
    """Whether nobody said that it is theirs, and nothing was entered."""
    return not session.person and not entries_of(transaction, session.id)
