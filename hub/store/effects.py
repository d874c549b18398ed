"""What each kind of message does to the store: one function per kind, found by the kind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from firmware_bridge.contract.messages import (
    BRIDGE_DEVICE,
    AccessCounts,
    Body,
    BridgeHealth,
    CheckEvent,
    DeviceState,
    Envelope,
    Findings,
    InstrumentTold,
    MachineEvent,
    Measurement,
    PerformanceTold,
    SlotLevel,
    SpectrumTaken,
    Temperature,
    Vend,
    VendingAudit,
)
from hub.store import bridges, devices, instruments, machine_records, records, restocks
from hub.store.access_counts import take_counts
from hub.store.audits import take_audit
from hub.store.check_facts import take_fact
from hub.store.moment import Moment
from hub.store.records import ForeignCheckError


class UnkeptKindError(ValueError):
    """The contract knows this kind of message, the store not yet."""


class NotKeptError(ValueError):
    """This message can't be kept, now or ever; others can."""


@contextmanager
def separately(transaction: Connection) -> Iterator[None]:
    """What the block does is undone alone when the message can't be kept.

    Raises:
        NotKeptError: the fault lies in the message. A fault of the database goes through.
    """
    try:
        with transaction.begin_nested():
            yield
    except (DataError, IntegrityError, ForeignCheckError, OverflowError, UnkeptKindError) as error:
        raise NotKeptError(str(getattr(error, "orig", None) or error)[:400]) from error
    except StatementError as error:
        if error.__class__ is not StatementError:  # a DBAPIError: the database's own trouble
            raise
        raise NotKeptError(str(error.orig)[:400]) from error


def write(transaction: Connection, of_bridge: int, envelope: Envelope, moment: Moment) -> None:
    """Do what the message says.

    Raises:
        ForeignCheckError: a check's id can't be taken.
    """
    body = envelope.body
    if isinstance(body, BridgeHealth):
        bridges.take_health(transaction, of_bridge, body, moment)
        return
    if envelope.device == BRIDGE_DEVICE and isinstance(body, DeviceState):
        return  # a bridge speaks of itself by its heartbeat and its status
    if isinstance(body, CheckEvent):
        take_fact(transaction, of_bridge, body, moment)
        return
    of_device = devices.device_id(transaction, of_bridge, envelope.device, body.KIND)
    if isinstance(body, DeviceState):
        devices.take_state(transaction, of_bridge, of_device, body, moment)
        return
    if isinstance(body, PerformanceTold | InstrumentTold):
        _of_instrument(transaction, of_bridge, of_device, envelope, moment)
        return
    if isinstance(body, VendingAudit):
        take_audit(transaction, of_bridge, of_device, body, moment)
    else:
        _record_of(body)(transaction, of_device, body, moment)
    if isinstance(body, MachineEvent):
        restocks.door_moved(transaction, of_device, body, moment)
        if body.name == "filled":
            restocks.filled(transaction, of_device, body, moment)
    devices.understood(transaction, of_device, moment.observed_ms)


def _of_instrument(
    transaction: Connection, of_bridge: int, of_device: int, envelope: Envelope, moment: Moment
) -> None:
    """What a bridge tells of an instrument; that is no sign that the instrument was heard now."""
    body, said_ms = envelope.body, envelope.device_time_ms
    if isinstance(body, PerformanceTold):
        instruments.take_performance(transaction, of_device, body, moment, said_ms)
    elif isinstance(body, InstrumentTold):
        instruments.take_instrument(transaction, of_bridge, of_device, body, moment, said_ms)


def _record_of(body: Body) -> Callable[..., None]:
    try:
        return _RECORDS[type(body)]
    except KeyError:
        raise UnkeptKindError(f"this hub does not keep messages of kind {body.KIND}") from None


_RECORDS: dict[type, Callable[..., None]] = {
    AccessCounts: take_counts,
    MachineEvent: records.take_event,
    Temperature: records.take_temperature,
    Vend: machine_records.take_vend,
    SlotLevel: machine_records.take_level,
    Measurement: machine_records.take_measurement,
    SpectrumTaken: records.take_spectrum,
    Findings: records.take_findings,
}
