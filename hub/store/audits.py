"""A vending machine's audit: its counters where they changed, and its planogram."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from firmware_bridge.contract.messages import SelectionCount, VendingAudit
from hub.store.bridges import is_newer
from hub.store.dialect import clip, upsert
from hub.store.moment import Moment
from hub.store.tables import counter, device, slot

_COUNTED = (
    "dispensed",
    "paid",
    "free",
    "test",
    "since_reset",
    "presses_sold_out",
    "sold_out",
    "machine_level",
    "board",
    "failed",
    "source",
    "resets",
)
"""The columns of `counter` in which a change makes a new row."""


_LATEST_ID = (
    select(counter.c.id)
    .where(
        counter.c.device_id == bindparam("of_device"),
        counter.c.selection == slot.c.selection,
        counter.c.observed_ms <= bindparam("at_ms"),
    )
    .order_by(counter.c.observed_ms.desc(), counter.c.id.desc())
    .limit(1)
    .correlate(slot)
    .scalar_subquery()
)
_HEARD = select(device.c.last_heard_ms).where(device.c.id == bindparam("of_device"))
_LATEST = select(counter).where(
    counter.c.id.in_(select(_LATEST_ID).where(slot.c.device_id == bindparam("of_device")))
)


def take_audit(
    transaction: Connection, of_bridge: int, of_device: int, body: VendingAudit, moment: Moment
) -> None:
    """Keep what changed against the reading before it in time; an older one may come late."""
    known = _known_before(transaction, of_device, moment.observed_ms)
    heard_ms = transaction.scalar(_HEARD, {"of_device": of_device}) if known else None
    rows = []
    for name, selection in _once(body.selections).items():
        before = known.get(name)
        row = _row(of_device, selection, moment) | _who_counted(body, selection, before)
        if _differs(before, row):
            row["unchanged_ms"] = _unchanged_ms(before, heard_ms, moment)
            rows.append(row)
    if rows:
        transaction.execute(insert(counter), rows)
    _take_planogram(transaction, of_bridge, of_device, body, moment)


def _who_counted(
    body: VendingAudit, selection: SelectionCount, before: Row[Any] | None
) -> dict[str, Any]:
    """Who counted; resets only where they matter, as each of them would make a row."""
    lasting = selection.dispensed is not None
    return {
        "board": _board(body, before),
        "source": body.source,
        "resets": None if lasting else body.resets,
    }


def _unchanged_ms(before: Row[Any] | None, heard_ms: int | None, moment: Moment) -> int | None:
    """Until when the row before still stood: a machine that is heard and says nothing new."""
    if before is None:
        return None
    known_ms: int = before.observed_ms
    if heard_ms is None or heard_ms >= moment.observed_ms:
        return known_ms
    return max(known_ms, heard_ms)


def _once(selections: tuple[SelectionCount, ...]) -> dict[str, SelectionCount]:
    """Each selection once; a faulty machine may name one twice, then the last one counts."""
    return {clip(selection.selection): selection for selection in selections}


def _known_before(transaction: Connection, of_device: int, at_ms: int) -> dict[str, Row[Any]]:
    """The latest counters of every selection at this time."""
    rows = transaction.execute(_LATEST, {"of_device": of_device, "at_ms": at_ms})
    return {row.selection: row for row in rows}


def _row(of_device: int, selection: SelectionCount, moment: Moment) -> dict[str, Any]:
    return {
        "device_id": of_device,
        "selection": clip(selection.selection),
        "observed_ms": moment.observed_ms,
        "received_ms": moment.received_ms,
        "clock_sane": moment.clock_sane,
        "boot": moment.boot,
        "seq": moment.seq,
        "dispensed": selection.dispensed,
        "paid": selection.paid,
        "free": selection.free,
        "test": selection.test,
        "since_reset": selection.dispensed_since_reset,
        "presses_sold_out": selection.presses_sold_out,
        "sold_out": selection.sold_out,
        "machine_level": selection.level,
        "failed": selection.failed,
    }


def _board(body: VendingAudit, before: Row[Any] | None) -> str:
    """The board that counted; an audit that does not name it does not mean another one."""
    known: str = before.board if before is not None else ""
    return clip(body.board) or known


def _differs(before: Row[Any] | None, row: Mapping[str, Any]) -> bool:
    return before is None or any(getattr(before, name) != row[name] for name in _COUNTED)


def _take_planogram(
    transaction: Connection, of_bridge: int, of_device: int, body: VendingAudit, moment: Moment
) -> None:
    """What the machine says of its slots and of itself, unless a newer audit was taken."""
    row = transaction.execute(
        select(device.c.audit_boot, device.c.audit_seq).where(device.c.id == of_device)
    ).one()
    if not is_newer(transaction, of_bridge, moment, row.audit_boot, row.audit_seq):
        return
    _take_slots(transaction, of_device, body)
    transaction.execute(
        update(device)
        .where(device.c.id == of_device)
        .values(
            serial=clip(body.serial),
            model=clip(body.model),
            board=clip(body.board),
            audit_ms=moment.observed_ms,
            audit_boot=moment.boot,
            audit_seq=moment.seq,
        )
    )


def _take_slots(transaction: Connection, of_device: int, body: VendingAudit) -> None:
    standing = {
        row.selection: row
        for row in transaction.execute(select(slot).where(slot.c.device_id == of_device))
    }
    for name, selection in _once(body.selections).items():
        stands = standing.get(name)
        wanted = _slot(of_device, name, selection)
        if stands is None or (stands.source == "machine" and stands._asdict() != wanted):
            upsert(transaction, slot, ("device_id", "selection"), wanted)


def _slot(of_device: int, name: str, selection: SelectionCount) -> dict[str, Any]:
    return {
        "device_id": of_device,
        "selection": name,
        "product": clip(selection.product),
        "capacity": selection.capacity,
        "par": selection.par,
        "minimum": selection.minimum,
        "price_minor": selection.price_minor,
        "source": "machine",
    }
