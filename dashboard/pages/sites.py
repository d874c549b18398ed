"""The overview: every site, how its bridges and devices stand, and what needs somebody now."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from dashboard.conditions import Condition, bridge_condition, device_condition
from dashboard.services import services
from hub.store.views import alerts, fleet

blueprint = Blueprint("sites", __name__)


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device with how it stands and what is up with it."""

    device: fleet.DeviceView
    condition: Condition
    alerts: int


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
    named = {bridge.site for bridge in bridges} | {one.site for one in open_now}
    names = sorted(named, key=lambda name: (name == "", name))  # the hub itself comes last
    return tuple(_site(name, bridges, devices, open_now) for name in names)


def _site(
    name: str,
    bridges: tuple[fleet.BridgeView, ...],
    devices: tuple[fleet.DeviceView, ...],
    open_now: tuple[alerts.AlertView, ...],
) -> Site:
    now_ms = services().now_ms
    return Site(
        name=name,
        bridges=tuple((b, bridge_condition(b, now_ms)) for b in bridges if b.site == name),
        devices=tuple(
            DeviceLine(
                one,
                device_condition(one, now_ms),
                sum(alert.device_id == one.id for alert in open_now),
            )
            for one in devices
            if one.site == name
        ),
        alerts=tuple(alert for alert in open_now if alert.site == name),
    )
