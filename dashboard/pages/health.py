"""/health: whether the dashboard works, for programs that watch it. Says nothing else."""

from flask import Blueprint, Response, jsonify

from dashboard import assets
from dashboard.services import services
from dashboard.signin import public
from firmware_bridge.contract.health import Check
from hub.errors import StoreError
from hub.store.views import alerts

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@public
def health() -> tuple[Response, int]:
    """JSON: {"state": "ok" | "fail", "checks": [...]}; 503 unless ok."""
    checks = [_store(), _assets()]
    state = "fail" if any(check.state == "fail" for check in checks) else "ok"
    body = {
        "state": state,
        "checks": [{"name": c.name, "state": c.state, "detail": c.detail} for c in checks],
    }
    return jsonify(body), 200 if state == "ok" else 503


def _store() -> Check:
    try:
        with services().store.read() as transaction:
            alerts.count_unacknowledged(transaction)
    except StoreError:
        return Check("store", "fail", "can't be read", "see the dashboard's log")
    return Check("store", "ok", "readable")


def _assets() -> Check:
    if assets.are_there():
        return Check("assets", "ok", "there")
    return Check("assets", "fail", "not there", "run python -m dashboard.assets")
