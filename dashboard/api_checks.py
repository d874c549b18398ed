"""Checks for programs: read a record, enter a laboratory's answer, a reason, a withdrawal.

As in `api_stock`: whoever asks is signed in, a POST carries the form's token in the header
`X-CSRFToken`, everything is JSON, and what can't be done is told with status 400 and one sentence.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from dashboard.services import services
from dashboard.signin import require, the_person
from hub import check_told, checks
from hub.errors import AccessError
from hub.lab_import import import_answers

blueprint = Blueprint("api_checks", __name__, url_prefix="/api/checks")


@blueprint.get("/<code>")
@require("see-checks")
def read(code: str) -> Response:
    """A check's record with its trail, and what its card would say now."""
    with services().store.read() as transaction:
        found = checks.find(transaction, code)
        return jsonify(check_told.told(transaction, found))


@blueprint.post("/<code>/<what>")
@require("enter-checks")
def enter(code: str, what: str) -> Response:
    """Add a `lab`, an `amendment`, a `settlement` or a `withdrawal`: `fields`, and `change`.

    `seen` are the `heads` of the record that its author had read; see `hub.checks.add`.
    """
    said = _body()
    fields, change, seen = said.get("fields"), said.get("change", ""), said.get("seen")
    if not isinstance(fields, dict) or not isinstance(change, str):
        raise AccessError("fields: an object is wanted; change: a text")
    if seen is not None and not (isinstance(seen, list) and all(isinstance(s, str) for s in seen)):
        raise AccessError("seen: the heads of the record that was read are wanted")
    value = checks.made(what, fields)
    service = services()
    with service.store.begin() as transaction:
        person, now_ms = the_person(), service.now_ms
        found = checks.add(transaction, person, code, what, value, now_ms, change, seen)
        return jsonify(check_told.told(transaction, found))


@blueprint.post("/lab-csv")
@require("enter-checks")
def lab_csv() -> tuple[Response, int]:
    """A laboratory's file as the body: all of it or nothing; with `?dry_run=1` only looked at."""
    service, keep = services(), request.args.get("dry_run") != "1"
    with service.store.begin() as transaction:
        done = import_answers(
            transaction, the_person(), request.get_data(), service.now_ms, keep=keep
        )
    told = {
        "added": done.added,
        "repeated": done.repeated,
        "unknown_substances": done.unknown_substances,
        "refusals": [{"line": each.line, "reason": each.reason} for each in done.refusals],
    }
    return jsonify(told), 400 if done.refusals else 200


@blueprint.errorhandler(AccessError)
def _refused(error: AccessError) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400


def _body() -> dict[str, Any]:
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise AccessError("a JSON object is wanted")
    return said
