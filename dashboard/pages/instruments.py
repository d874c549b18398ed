"""Instruments: how every spectrometer stands, and one with its control charts."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from dashboard import charts, instrument_words
from dashboard.conditions import device_condition
from dashboard.instrument_words import Standing
from dashboard.services import services
from dashboard.signin import require
from hub.store import Transaction
from hub.store.views import alerts, instruments
from hub.store.views.instruments import InstrumentView

blueprint = Blueprint("instruments", __name__, url_prefix="/instruments")

TABLE_ROWS = 100
"""So many of the newest checks stand in the table of one instrument."""


@dataclass(frozen=True, slots=True)
class Line:
    """One instrument with how it stands, and when its next check is due, in words."""

    view: InstrumentView
    standing: Standing
    due: str


@blueprint.get("/")
@require("see-instruments")
def overview() -> str:
    """Every instrument of every site."""
    return render_template("instruments.html", **_listed())


@blueprint.get("/live")
@require("see-instruments")
def live() -> str:
    """The part of the page that is kept fresh."""
    return render_template("_instruments.html", **_listed())


def _listed() -> dict[str, Any]:
    with services().store.read() as transaction:
        lines = [_line(view) for view in instruments.instruments(transaction)]
    sites: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda line: not line.standing.is_wanting):
        sites.setdefault(line.view.device.site, []).append(line)
    wanting = sum(line.standing.is_wanting for line in lines)
    sites = dict(sorted(sites.items()))
    return {"sites": sites, "wanting": wanting, "known": len(lines), "words": instrument_words}


def _line(view: InstrumentView) -> Line:
    now_ms = services().now_ms
    condition = device_condition(view.device, now_ms)
    due = instrument_words.due_words(view.care, now_ms) if view.care else ""
    return Line(view, instrument_words.standing(view, condition, now_ms), due)


@blueprint.get("/<int:device_id>")
@require("see-instruments")
def page(device_id: int) -> str:
    """One instrument."""
    with services().store.read() as transaction:
        view = _find(transaction, device_id)
        serial = _serial(view)
        checks = instruments.performance_checks(transaction, device_id, serial)
        known = instruments.serials(transaction, device_id)
    return render_template(
        "instrument.html",
        **_shown(view),
        serial=serial,
        checks=checks[-TABLE_ROWS:][::-1],
        others={name: count for name, count in known.items() if name != serial},
        quantities=charts.quantities(checks),
    )


@blueprint.get("/<int:device_id>/live")
@require("see-instruments")
def live_page(device_id: int) -> str:
    """How one instrument stands, kept fresh."""
    with services().store.read() as transaction:
        view = _find(transaction, device_id)
    return render_template("_instrument.html", **_shown(view))


def _shown(view: InstrumentView) -> dict[str, Any]:
    with services().store.read() as transaction:
        open_now = alerts.open_alerts(transaction)
    return {
        "line": _line(view),
        "condition": device_condition(view.device, services().now_ms),
        "alerts": [one for one in open_now if one.device_id == view.device.id],
        "words": instrument_words,
    }


@blueprint.get("/<int:device_id>/<quantity>.json")
@require("see-instruments")
def chart(device_id: int, quantity: str) -> Response:
    """What the control chart of one figure draws."""
    with services().store.read() as transaction:
        view = _find(transaction, device_id)
        checks = instruments.performance_checks(transaction, device_id, _serial(view))
    return jsonify(charts.control_chart(checks, quantity))


def _find(transaction: Transaction, device_id: int) -> InstrumentView:
    view = instruments.find_instrument(transaction, device_id)
    if view is None:
        abort(404)
    return view


def _serial(view: InstrumentView) -> str:
    """Which instrument is asked for: the one that is there now, unless another is named."""
    there = view.care.serial if view.care else ""
    return request.args.get("serial", there)
