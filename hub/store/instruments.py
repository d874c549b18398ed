"""Keeps what bridges tell of instruments, and reads how each stands."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from firmware_bridge.contract import codec
from firmware_bridge.contract.errors import DecodeError
from firmware_bridge.contract.instrument import InstrumentTold, PerformanceTold
from hub.instruments import Care, believed_ms, care_of
from hub.store.bridges import is_newer
from hub.store.dialect import clip, upsert
from hub.store.instrument_tables import instrument, performance_check
from hub.store.moment import Moment


def take_performance(
    transaction: Connection, of_device: int, body: PerformanceTold, moment: Moment, said_ms: int
) -> None:
    """Keep a performance check; the same check told again changes nothing.

    Args:
        transaction: what it belongs to.
        of_device: the row of the device.
        body: the check.
        moment: when and where in its bridge's order it was told.
        said_ms: the bridge's own clock when it told it.
    """
    at_ms = believed_ms(body.at_ms, said_ms, moment.observed_ms)
    row = {
        "device_id": of_device,
        "serial": clip(body.serial),
        "at_ms": body.at_ms,
        "observed_ms": moment.observed_ms if at_ms is None else at_ms,
        "received_ms": moment.received_ms,
        "clock_sane": moment.clock_sane and at_ms is not None,
        "passed": body.passed,
        "told_json": codec.encode_body(body),
    }
    insert_once = insert_postgresql if transaction.dialect.name == "postgresql" else insert_sqlite
    transaction.execute(insert_once(performance_check).values(row).on_conflict_do_nothing())


def take_instrument(
    transaction: Connection,
    of_bridge: int,
    of_device: int,
    body: InstrumentTold,
    moment: Moment,
    said_ms: int,
) -> None:
    """Keep how an instrument stands; what was said earlier and comes late changes nothing."""
    query = select(instrument.c.boot, instrument.c.seq).where(instrument.c.device_id == of_device)
    known = transaction.execute(query).first()
    if known and not is_newer(transaction, of_bridge, moment, known.boot, known.seq):
        return
    row = {
        "device_id": of_device,
        "said_ms": said_ms,
        "observed_ms": moment.observed_ms,
        "received_ms": moment.received_ms,
        "boot": moment.boot,
        "seq": moment.seq,
        "told_json": codec.encode_body(body),
    }
    upsert(transaction, instrument, ["device_id"], row)


def cares(transaction: Connection) -> dict[int, Care]:
    """How each instrument stood when its bridge spoke of it last, by the row of its device.

    One whose row can't be read (a newer program wrote it) is left out.
    """
    found = {}
    for row in transaction.execute(select(instrument)):
        try:
            told = codec.decode_body(InstrumentTold, row.told_json)
        except DecodeError:
            continue
        found[row.device_id] = care_of(told, row.said_ms, row.observed_ms, row.received_ms)
    return found
