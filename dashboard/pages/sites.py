"""The overview: every site, how its bridges and devices stand, and what needs somebody now."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from dashboard.conditions import Condition, bridge_condition, device_condition
from dashboard.services import services
from dashboard.shelves import Shelf, as_of_ms
from hub.store.views import alerts, fleet

blueprint = Blueprint("sites", __name__)

LIVE_READ_MS = 900_000
"""Counters that were read longer ago (three reads of a DEX machine) are not shown as of now."""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device with how it stands and what is up with it.

    Attributes:
        device: the device.
        condition: how it stands.
        alerts: how many are open.
        shelf: its slots in a line; None where it has none.
        is_live: whether its figures are of now: it is heard, and its counters were read lately.
        naloxone_ms: the time the naloxone slot's level is true for; None if not known.
    """

    device: fleet.DeviceView
    condition: Condition
    alerts: int
    shelf: Shelf | None
    is_live: bool
    naloxone_ms: int | None


@dataclass(frozen=True, slots=True)
class Site:
    """One site on the overview."""

    name: str
    bridges: tuple[tuple[fleet.BridgeView, Condition], ...]
    devices: tuple[DeviceLine, ...]
    alerts: tuple[alerts.AlertView, ...]


@blueprint.get("/")
def overview() -> str:
    """The page."""
    return render_template("sites.html", sites=_sites())


@blueprint.get("/sites/live")
def live() -> str:
    """The part of the page that is kept fresh."""
    return render_template("_sites.html", sites=_sites())


def _sites() -> tuple[Site, ...]:
    with services().store.read() as transaction:
        bridges = fleet.bridges(transaction)
        devices = fleet.devices(transaction)
        open_now = alerts.open_alerts(transaction)
        machines = [one for one in devices if one.kind == "vending"]
        shelves = services().shelves.of(transaction, machines, services().now_ms)
    lines = [_line(one, shelves.get(one.id), open_now) for one in devices]
    named = {bridge.site for bridge in bridges} | {one.site for one in open_now}
    names = sorted(named, key=lambda name: (name == "", name))  # the hub itself comes last
    return tuple(_site(name, bridges, lines, open_now) for name in names)


def _line(
    device: fleet.DeviceView, shelf: Shelf | None, open_now: tuple[alerts.AlertView, ...]
) -> DeviceLine:
    now_ms = services().now_ms
    condition = device_condition(device, now_ms)
    read_lately = device.audit_ms is not None and now_ms - device.audit_ms <= LIVE_READ_MS
    naloxone = shelf.naloxone if shelf else None
    return DeviceLine(
        device=device,
        condition=condition,
        alerts=sum(alert.device_id == device.id for alert in open_now),
        shelf=shelf if shelf and shelf.slots else None,
        is_live=condition.mark == "live" and read_lately,
        naloxone_ms=as_of_ms(naloxone, device) if naloxone else None,
    )


def _site(
    name: str,
    bridges: tuple[fleet.BridgeView, ...],
    lines: list[DeviceLine],
    open_now: tuple[alerts.AlertView, ...],
) -> Site:
    now_ms = services().now_ms
    return Site(
        name=name,
        bridges=tuple((b, bridge_condition(b, now_ms)) for b in bridges if b.site == name),
        devices=tuple(line for line in lines if line.device.site == name),
        alerts=tuple(alert for alert in open_now if alert.site == name),
    )
