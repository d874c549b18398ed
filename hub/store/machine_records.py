"""What is kept as it comes of a vending machine: vends, levels that sensors saw, measurements."""

from typing import Any

from sqlalchemy import Connection, insert

from firmware_bridge.contract.messages import Measurement, SlotLevel, Vend
from hub.store.dialect import clip
from hub.store.moment import Moment
from hub.store.tables import measurement, slot_level, vend

_ADD_VEND = insert(vend)
_ADD_LEVEL = insert(slot_level)
_ADD_MEASUREMENT = insert(measurement)


def take_vend(transaction: Connection, of_device: int, body: Vend, moment: Moment) -> None:
    """Keep a vend."""
    row = _when(of_device, moment) | {
        "boot": moment.boot,
        "seq": moment.seq,
        "selection": None if body.selection is None else clip(body.selection),
        "outcome": body.outcome,
        "payment": body.payment,
        "price_minor": body.price_minor,
        "authorised": body.authorised,
        "reason": clip(body.reason, 60),
    }
    transaction.execute(_ADD_VEND, row)


def take_level(transaction: Connection, of_device: int, body: SlotLevel, moment: Moment) -> None:
    """Keep what a level sensor saw."""
    row = _when(of_device, moment) | {
        "selection": clip(body.selection),
        "level": body.level,
        "method": body.method,
        "raw": body.raw,
        "settled": body.settled,
    }
    transaction.execute(_ADD_LEVEL, row)


def take_measurement(
    transaction: Connection, of_device: int, body: Measurement, moment: Moment
) -> None:
    """Keep what another sensor measured."""
    row = _when(of_device, moment) | {
        "sensor": clip(body.sensor),
        "quantity": body.quantity,
        "value": body.value,
        "unit": clip(body.unit, 10),
    }
    transaction.execute(_ADD_MEASUREMENT, row)


def _when(of_device: int, moment: Moment) -> dict[str, Any]:
    return {
        "device_id": of_device,
        "observed_ms": moment.observed_ms,
        "received_ms": moment.received_ms,
        "clock_sane": moment.clock_sane,
    }
