"""Stock for programs: read a machine's slots, send what was restocked.

Whoever asks is signed in as on the pages, and a POST carries the form's token in the header
`X-CSRFToken`. Everything is JSON; what can't be kept is told with status 400 and one sentence.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, jsonify, request

from dashboard.services import services
from dashboard.signin import require, the_person
from hub import forecasts, restock, rounds, stock_reports
from hub.errors import AccessError
from hub.restock import Wish
from hub.stock import LotCount
from hub.store import Transaction
from hub.store.views import fleet, slots

blueprint = Blueprint("api_stock", __name__, url_prefix="/api/stock")

MOST_ENTRIES = 500


@blueprint.get("/<int:device_id>")
def read(device_id: int) -> Response:
    """Each slot of a machine, now, or at `?at_ms=`."""
    at_ms = request.args.get("at_ms", type=int)
    with services().store.read() as transaction:
        found = stock_reports.slots_of(transaction, _machine(transaction, device_id), at_ms)
    return jsonify({"slots": found})


@blueprint.get("/<int:device_id>/forecast")
def read_forecast(device_id: int) -> Response:
    """When each slot will be empty, and how likely before `?service=` (a date)."""
    service, zone = services(), _zone()
    day = _day("service")
    service_ms = None if day is None else forecasts.noon_ms(day, zone)
    with service.store.read() as transaction:
        device = _machine(transaction, device_id)
        demand = service.demands.read(transaction, service.now_ms, zone)
        found = forecasts.of_machine(transaction, demand, device, service_ms)
    lines = [{**one.as_json(), "words": one.lines(service.now_ms)} for one in found]
    return jsonify({"learned_ms": demand.now_ms, "slots": lines})


@blueprint.get("/<int:device_id>/pack")
def read_pack(device_id: int) -> Response:
    """What to take along, if the visit after this one is on the day `?service=`."""
    service, zone = services(), _zone()
    day = _day("service")
    if day is None:
        raise AccessError("service: the day of the visit after this one is wanted")
    with service.store.read() as transaction:
        device = _machine(transaction, device_id)
        plan = rounds.Round(
            demand=service.demands.read(transaction, service.now_ms, zone),
            now_ms=service.now_ms,
            zone=zone,
            service=day,
            visit=_day("on"),
            recalled=request.args.getlist("recalled"),
        )
        packed = rounds.pack(plan, rounds.stands(transaction, plan, [device]))
    return jsonify(packed.as_json())


@blueprint.post("/<int:device_id>/open")
@require("count")
def open_visit(device_id: int) -> Response:
    """Begin a restock, or go on with the one that is open."""
    key = _text(_body(), "key")
    service = services()
    with service.store.begin() as transaction:
        device = _machine(transaction, device_id)
        number = restock.open_session(transaction, the_person(), device, service.now_ms, key)
    return jsonify({"session": number})


@blueprint.post("/<int:device_id>/entries")
@require("count")
def enter(device_id: int) -> Response:
    """Keep entries, all of them or none; one with a key that is known is kept once."""
    said = _body().get("entries")
    if not isinstance(said, list) or not 0 < len(said) <= MOST_ENTRIES:
        raise AccessError(f"entries: a list of 1 to {MOST_ENTRIES} is wanted")
    wishes = [_wish(one) for one in said]
    service = services()
    with service.store.begin() as transaction:
        device = _machine(transaction, device_id)
        known = {slot.selection for slot in slots.slots(transaction, device)}
        for wish in wishes:
            if wish.selection not in known:
                raise AccessError(f"{device.name} has no slot {wish.selection[:40]!r}")
        kept = [
            restock.enter(transaction, the_person(), device, wish, service.now_ms)
            for wish in wishes
        ]
    return jsonify({"kept": [{"entry": one.entry_id, "repeated": one.repeated} for one in kept]})


@blueprint.post("/<int:device_id>/close")
@require("count")
def close(device_id: int) -> Response:
    """End the restock that is open, and say where people and machine differ."""
    note = _text(_body(), "note")
    service = services()
    with service.store.begin() as transaction:
        device = _machine(transaction, device_id)
        closed = restock.close_session(transaction, the_person(), device, service.now_ms, note)
    return jsonify({"session": closed.session_id, "findings": closed.findings})


@blueprint.errorhandler(AccessError)
def _refused(error: AccessError) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400


def _machine(transaction: Transaction, device_id: int) -> fleet.DeviceView:
    device = fleet.find_device(transaction, device_id)
    if device is None:
        abort(404)
    return device


def _day(name: str) -> date | None:
    said = request.args.get(name, "")
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as error:
        raise AccessError(f"{name}: a date such as 2026-12-03 is wanted") from error


def _zone() -> ZoneInfo:
    return forecasts.zone_of(services().config.access.timezone)


def _body() -> dict[str, Any]:
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise AccessError("a JSON object is wanted")
    return said


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name) or ""
    if not isinstance(value, str):
        raise AccessError(f"{name}: text is wanted")
    return value[:4000]


def _number(said: dict[str, Any], name: str) -> int | None:
    value = said.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise AccessError(f"{name}: a whole number is wanted")
    return value


def _wish(said: object) -> Wish:
    if not isinstance(said, dict) or said.get("kind") not in restock.KINDS:
        raise AccessError(f"kind: one of {', '.join(restock.KINDS)} is wanted")
    lots = said.get("lots") or []
    if not isinstance(lots, list) or not all(isinstance(one, dict) for one in lots):
        raise AccessError("lots: a list of lot, expires, count is wanted")
    return Wish(
        selection=_text(said, "selection"),
        kind=said["kind"],
        count=_number(said, "count"),
        lots=[_lot(one) for one in lots],
        reason=_text(said, "reason"),
        note=_text(said, "note"),
        at_ms=_number(said, "at_ms"),
        key=_text(said, "key"),
        corrects=_text(said, "corrects"),
    )


def _lot(said: dict[str, Any]) -> LotCount:
    count = _number(said, "count") or 0
    return LotCount(lot=_text(said, "lot"), expires=_text(said, "expires"), count=count)
