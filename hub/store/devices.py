"""Devices: found or made by their name, and whether they can be heard."""

from sqlalchemy import Connection, bindparam, case, func, insert, or_, select, update

from firmware_bridge.contract.messages import DeviceState
from hub.store.bridges import is_newer
from hub.store.dialect import clip
from hub.store.moment import Moment
from hub.store.tables import device

KIND_OF_MESSAGE = {
    "vending-audit": "vending",
    "machine-event": "vending",
    "access-counts": "vending",
    "vend": "vending",
    "slot-level": "vending",
    "spectrum": "spectrometer",
    "findings": "spectrometer",
    "performance": "spectrometer",
    "instrument": "spectrometer",
}
"""What a device must be that sends such a message."""


# Statements that run for every message are made once: making them takes longer than running them.
_FIND = select(device.c.id, device.c.kind).where(
    device.c.bridge_id == bindparam("of_bridge"), device.c.device == bindparam("name")
)
_UNDERSTOOD = (
    update(device)
    .where(
        device.c.id == bindparam("of_device"),
        or_(device.c.last_heard_ms.is_(None), device.c.last_heard_ms < bindparam("at_ms")),
    )
    .values(last_heard_ms=bindparam("at_ms"))
)


def device_id(transaction: Connection, of_bridge: int, name: str, message_kind: str) -> int:
    """The row of a device, made where it has none; its kind follows from what it says."""
    kind = KIND_OF_MESSAGE.get(message_kind, "other")
    row = transaction.execute(_FIND, {"of_bridge": of_bridge, "name": name}).first()
    if row is None:
        values = {"bridge_id": of_bridge, "device": name, "kind": kind, "state": "unknown"}
        made = transaction.execute(insert(device).values(values).returning(device.c.id))
        return int(made.scalar_one())
    if row.kind == "other" and kind != "other":
        transaction.execute(update(device).where(device.c.id == row.id).values(kind=kind))
    return int(row.id)


def understood(transaction: Connection, of_device: int, at_ms: int) -> None:
    """The device itself was understood at this time."""
    transaction.execute(_UNDERSTOOD, {"of_device": of_device, "at_ms": at_ms})


def take_state(
    transaction: Connection, of_bridge: int, of_device: int, body: DeviceState, moment: Moment
) -> None:
    """Whether a device can be heard; an older state that comes late changes nothing."""
    row = transaction.execute(
        select(device.c.state, device.c.state_ms, device.c.state_boot, device.c.state_seq).where(
            device.c.id == of_device
        )
    ).one()
    if not is_newer(transaction, of_bridge, moment, row.state_boot, row.state_seq):
        return
    since_ms = row.state_ms if row.state == body.state and row.state_ms else moment.observed_ms
    transaction.execute(
        update(device)
        .where(device.c.id == of_device)
        .values(
            state=body.state,
            fault=clip(body.fault),
            detail=body.detail,
            advice=body.advice,
            faults=body.faults,
            state_ms=since_ms,
            state_boot=moment.boot,
            state_seq=moment.seq,
            last_heard_ms=_later(_heard_ms(body, moment)),
        )
    )


def _heard_ms(body: DeviceState, moment: Moment) -> int | None:
    """When the device was last understood, as far as the bridge's clock can be believed."""
    if body.state == "ok" and body.last_heard_ms is not None and not moment.clock_sane:
        return moment.observed_ms
    if body.last_heard_ms is None or not moment.clock_sane:
        return None
    return min(body.last_heard_ms, moment.observed_ms)


def _later(at_ms: int | None) -> object:
    """The later of what stands and this."""
    if at_ms is None:
        return device.c.last_heard_ms
    stands = func.coalesce(device.c.last_heard_ms, at_ms)
    return case((stands > at_ms, stands), else_=at_ms)
