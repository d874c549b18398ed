"""The table for programs: the same questions that the bridge's own desk answers.

Whoever asks is signed in (the session's cookie), a POST carries the form's token in the header
`X-CSRFToken`; `GET /api/token` gives one. `by` and `role` are those of the session, whatever was
sent. What can't be done is told with status 400 and one sentence.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_wtf.csrf import generate_csrf

from dashboard.table.bridge import NOT_THERE, REFUSED
from dashboard.table.services import services
from dashboard.table.signin import the_person

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/token")
def token() -> Response:
    """The token that a POST must carry."""
    return jsonify({"token": generate_csrf()})


@blueprint.post("/check")
def check() -> Response:
    """One step of a check: `act` and its fields, as docs/table.md lists them."""
    said, person = _body(), the_person()
    act = str(said.pop("act", ""))
    told = services().bridge.check(act, **(said | {"by": person.name, "role": person.role}))
    return jsonify(told)


@blueprint.post("/measure")
def measure() -> Response:
    """Have a `device` measure `what`, and wait for it."""
    said = _body()
    reply = services().bridge.measure(str(said.get("device", "")), str(said.get("what", "sample")))
    return jsonify(reply)


@blueprint.errorhandler(NOT_THERE)
def _not_there(error: Exception) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 503


@blueprint.errorhandler(REFUSED)
def _refused(error: Exception) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400


def _body() -> dict[str, Any]:
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise REFUSED("a JSON object is wanted")
    return {str(name): value for name, value in said.items() if name != "do"}
