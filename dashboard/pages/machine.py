"""One machine: its slots, temperatures, events, and the form for a count."""

from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard import charts
from dashboard.conditions import device_condition
from dashboard.machine_words import EventLine, event_lines
from dashboard.services import services
from dashboard.signin import require, the_person
from hub import acts
from hub.store.engine import Transaction
from hub.store.views import alerts, fleet, machine, slots

blueprint = Blueprint("machine", __name__, url_prefix="/machines")

CHART_DAYS = 7
DAY_MS = 86_400_000
EVENTS, EVENT_LINES = 300, 30
"""So many of the newest events are read, and so many lines of them are shown."""
LATE_READ_MS = 120_000
"""A count is warned of where the machine was last read longer ago."""
REASONS = ("Restocked", "Counted, nothing added", "Corrected after a jam", "Items removed")
"""What a person can choose as the reason of a count; what they write themselves is added."""


@blueprint.get("/<int:device_id>")
def page(device_id: int) -> str:
    """The page."""
    with services().store.read() as transaction:
        return render_template("machine.html", **_shown(transaction, device_id))


@blueprint.get("/<int:device_id>/live")
def live(device_id: int) -> str:
    """The part of the page that is kept fresh."""
    with services().store.read() as transaction:
        return render_template("_machine.html", **_shown(transaction, device_id))


@blueprint.get("/<int:device_id>/reported")
def reported(device_id: int) -> str:
    """The list of events, kept fresh."""
    with services().store.read() as transaction:
        _device(transaction, device_id)
        return render_template("_events.html", lines=_events(transaction, device_id))


def _shown(transaction: Transaction, device_id: int) -> dict[str, Any]:
    device = _device(transaction, device_id)
    open_now = alerts.open_alerts(transaction)
    return {
        "device": device,
        "condition": device_condition(device, services().now_ms),
        "slots": _slots(transaction, device),
        "lines": _events(transaction, device.id),
        "alerts": [alert for alert in open_now if alert.device_id == device.id],
        "days": CHART_DAYS,
        "rate_days": f"{services().config.rules.stock.rate_days:g}",
        "limits": services().config.rules.temperature,
    }


def _events(transaction: Transaction, device_id: int) -> list[EventLine]:
    return event_lines(machine.events(transaction, device_id, EVENTS))[:EVENT_LINES]


def _device(transaction: Transaction, device_id: int) -> fleet.DeviceView:
    device = fleet.find_device(transaction, device_id)
    if device is None:
        abort(404)
    return device


def _slots(transaction: Transaction, device: fleet.DeviceView) -> tuple[slots.SlotView, ...]:
    stock = services().config.rules.stock
    return slots.slots(transaction, device, stock.low_fraction, stock.rate_days)


@blueprint.get("/<int:device_id>/temperature.json")
def temperature(device_id: int) -> Response:
    """What the temperature chart draws."""
    limits = services().config.rules.temperature
    with services().store.read() as transaction:
        _device(transaction, device_id)
        probes = machine.temperatures(transaction, device_id, _since_ms())
    return jsonify(charts.temperature_chart(probes, limits.low_c, limits.high_c))


@blueprint.get("/<int:device_id>/stock.json")
def stock(device_id: int) -> Response:
    """What the stock chart draws, for the selection that the query names."""
    wanted = request.args.get("selection", "")
    with services().store.read() as transaction:
        device = _device(transaction, device_id)
        found = [slot for slot in _slots(transaction, device) if slot.selection == wanted]
        if not found:
            abort(404)
        points = slots.stock_history(transaction, device_id, wanted, _since_ms())
    return jsonify(charts.stock_chart(found[0], points))


def _since_ms() -> int:
    return services().now_ms - CHART_DAYS * DAY_MS


@blueprint.get("/<int:device_id>/count")
@require("count")
def count_form(device_id: int) -> str:
    """The form for a count of every slot at once."""
    with services().store.read() as transaction:
        device = _device(transaction, device_id)
        return render_template(
            "count.html",
            device=device,
            condition=device_condition(device, services().now_ms),
            slots=_slots(transaction, device),
            reasons=REASONS,
            late=device.audit_ms is None or services().now_ms - device.audit_ms > LATE_READ_MS,
        )


@blueprint.post("/<int:device_id>/count")
@require("count")
def count(device_id: int) -> AnyResponse:
    """Keep what a person counted."""
    person, service = the_person(), services()
    reason = _reason()
    with service.store.begin() as transaction:
        device = _device(transaction, device_id)
        known = _slots(transaction, device)
        counts = _filled(known) if "fill" in request.form else _counted(known)
        if not counts:
            flash("Nothing was entered, so nothing was changed.", "note")
            return redirect(url("machine.count_form", device_id=device_id))
        acts.count_slots(transaction, person, device, counts, reason, service.now_ms)
    flash(f"Kept: {len(counts)} {'slot' if len(counts) == 1 else 'slots'} counted.", "done")
    return redirect(url("machine.page", device_id=device_id))


def _reason() -> str:
    chosen = request.form.get("reason", "")
    own = request.form.get("note", "").strip()[:200]
    known = chosen if chosen in REASONS else REASONS[0]
    return f"{known}. {own}" if own else known


def _filled(known: tuple[slots.SlotView, ...]) -> dict[str, int]:
    """Every slot at its par; slots without one are left as they are."""
    return {slot.selection: slot.figure.par for slot in known if slot.figure.par is not None}


def _counted(known: tuple[slots.SlotView, ...]) -> dict[str, int]:
    """What was written into the form, by selection; empty fields are left out."""
    counts: dict[str, int] = {}
    for number, slot in enumerate(known):
        same = request.form.get(f"selection-{number}", "") == slot.selection
        written = request.form.get(f"count-{number}", "").strip()
        if written and not (same and written.isascii() and written.isdigit()):
            abort(400)
        if written:
            counts[slot.selection] = int(written[:9])
    return counts
