"""Bridges: found or made by their address, their status and their heartbeat."""

from sqlalchemy import Connection, insert, select, update

from firmware_bridge.contract.messages import BridgeHealth, BridgeStatus
from firmware_bridge.contract.topics import BridgeAddress
from hub.store.dialect import clip
from hub.store.moment import Moment
from hub.store.runs import Run, first_ms, read_run, write_run
from hub.store.tables import bridge


def bridge_id(transaction: Connection, address: BridgeAddress) -> int:
    """The row of a bridge, made where it has none."""
    found: int | None = transaction.scalar(
        select(bridge.c.id).where(bridge.c.site == address.site, bridge.c.bridge == address.bridge)
    )
    if found is not None:
        return found
    made = transaction.execute(
        insert(bridge).values(site=address.site, bridge=address.bridge).returning(bridge.c.id)
    )
    return int(made.scalar_one())


def heard(transaction: Connection, of_bridge: int, received_ms: int) -> None:
    """A live message came from this bridge."""
    transaction.execute(
        update(bridge).where(bridge.c.id == of_bridge).values(last_heard_ms=received_ms)
    )


def take_status(
    transaction: Connection, of_bridge: int, status: BridgeStatus, received_ms: int
) -> None:
    """Whether a bridge is connected, by its retained status or its last will.

    A last will of an earlier run says nothing of the present one.
    """
    row = transaction.execute(select(bridge).where(bridge.c.id == of_bridge)).one()
    if status.state == "offline" and row.state == "online" and row.boot != status.boot:
        return
    if status.state == "online" and read_run(transaction, of_bridge, status.boot) is None:
        write_run(transaction, Run(of_bridge, status.boot, 0, received_ms))
    transaction.execute(
        update(bridge)
        .where(bridge.c.id == of_bridge)
        .values(
            state=status.state,
            boot=status.boot,
            software=clip(status.software),
            status_ms=received_ms,
        )
    )


def take_health(
    transaction: Connection, of_bridge: int, body: BridgeHealth, moment: Moment
) -> None:
    """A bridge's heartbeat; an older one that comes late changes nothing."""
    row = transaction.execute(
        select(bridge.c.health_boot, bridge.c.health_seq).where(bridge.c.id == of_bridge)
    ).one()
    if not is_newer(transaction, of_bridge, moment, row.health_boot, row.health_seq):
        return
    transaction.execute(
        update(bridge)
        .where(bridge.c.id == of_bridge)
        .values(
            software=clip(body.software),
            heartbeat_s=body.heartbeat_s,
            spool_depth=body.spool_depth,
            spool_dropped=body.spool_dropped,
            disk_free_mb=body.disk_free_mb,
            cpu_temperature_c=body.cpu_temperature_c,
            undervoltage=body.undervoltage,
            clock_sane=moment.said_sane,
            health_boot=moment.boot,
            health_seq=moment.seq,
        )
    )


def is_newer(transaction: Connection, of_bridge: int, moment: Moment, boot: str, seq: int) -> bool:
    """Whether a message comes after the one that was taken last, by run and then by number."""
    if moment.boot == boot:
        return moment.seq > seq
    return moment.run_ms >= first_ms(transaction, of_bridge, boot)
