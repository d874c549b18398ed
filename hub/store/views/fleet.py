"""Bridges and devices as they were last heard. All times are ms since 1970 UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from hub.store.engine import Transaction
from hub.store.tables import bridge, device


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeView:
    """One bridge; see `firmware_bridge.contract.messages.BridgeHealth` for each figure.

    Attributes:
        state: "online", "offline" or "" (never said).
        last_heard_ms: the hub's own time of its last message; None if never.
    """

    id: int
    site: str
    bridge: str
    state: str
    software: str
    last_heard_ms: int | None
    heartbeat_s: int | None
    spool_depth: int | None
    spool_dropped: int | None
    disk_free_mb: int | None
    cpu_temperature_c: float | None
    undervoltage: bool | None
    clock_sane: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """One device, with the bridge that speaks for it.

    Attributes:
        state: "ok", "fault", "unreachable" or "unknown".
        last_heard_ms: when the device itself was last understood; None if never.
        audit_ms: when its counters were last read; None if never.
    """

    id: int
    bridge: BridgeView
    device: str
    kind: str
    title: str
    serial: str
    model: str
    state: str
    fault: str
    detail: str
    advice: str
    faults: int
    last_heard_ms: int | None
    audit_ms: int | None

    @property
    def name(self) -> str:
        """What to call it before people."""
        return self.title or self.device

    @property
    def site(self) -> str:
        """Where it stands."""
        return self.bridge.site


_BRIDGE = tuple(BridgeView.__dataclass_fields__)
_DEVICE = tuple(name for name in DeviceView.__dataclass_fields__ if name != "bridge")


def bridges(transaction: Transaction) -> tuple[BridgeView, ...]:
    """Every bridge, by site and name."""
    rows = transaction.execute(select(bridge).order_by(bridge.c.site, bridge.c.bridge))
    return tuple(_bridge(row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name


def devices(transaction: Transaction, kind: str | None = None) -> tuple[DeviceView, ...]:
    """Every device (of one kind, if one is named), by site, bridge and name."""
    query = _devices().order_by(bridge.c.site, bridge.c.bridge, device.c.device)
    if kind is not None:
        query = query.where(device.c.kind == kind)
    return _device_views(transaction.execute(query))


def find_device(transaction: Transaction, device_id: int) -> DeviceView | None:
    """One device; None if there is none with this number."""
    query = _devices().where(device.c.id == device_id)
    return next(iter(_device_views(transaction.execute(query))), None)


def _devices() -> Select[Any]:
    of_bridge = [bridge.c[name].label(f"bridge_{name}") for name in _BRIDGE]
    return select(*[device.c[name] for name in _DEVICE], *of_bridge).join_from(device, bridge)


def _bridge(row: Any, prefix: str = "") -> BridgeView:  # noqa: ANN401 - a row, read by column name
    return BridgeView(**{name: row[f"{prefix}{name}"] for name in _BRIDGE})


def _device_views(rows: Iterable[Row[Any]]) -> tuple[DeviceView, ...]:
    found = [row._mapping for row in rows]  # noqa: SLF001 - SQLAlchemy's public name
    return tuple(
        DeviceView(bridge=_bridge(row, "bridge_"), **{name: row[name] for name in _DEVICE})
        for row in found
    )
