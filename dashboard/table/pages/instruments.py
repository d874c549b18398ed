"""Looking after the instruments of this table: backgrounds, blanks, performance checks."""

from flask import Blueprint, abort, flash, redirect, render_template
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard.table.bridge import NOT_THERE, REFUSED
from dashboard.table.services import services

blueprint = Blueprint("instruments", __name__, url_prefix="/instruments")

ASKED = {
    "background": "background",
    "dark": "dark",
    "blank": "blank",
    "polystyrene": "standard polystyrene",
    "silicon": "standard silicon",
}
"""What can be asked of an instrument here, and the bridge's word for it."""


@blueprint.get("/")
def overview() -> str:
    """All of them."""
    return render_template("instruments.html", instruments=services().bridge.instruments())


@blueprint.get("/<device>/")
def page(device: str) -> str:
    """One of them, with its performance checks."""
    bridge = services().bridge
    told = bridge.instrument(device)
    drops = device in bridge.status().get("folders", [])
    return render_template("instrument.html", told=told, drops=drops)


@blueprint.post("/<device>/moved")
def moved(device: str) -> AnyResponse:
    """It was moved: a performance check is wanted before the next release."""
    services().bridge.instrument(device, "moved")
    flash(f"{device} was moved: measure its standard before the next release.", "done")
    return redirect(url("instruments.page", device=device))


@blueprint.post("/<device>/<what>")
def measure(device: str, what: str) -> AnyResponse:
    """Have something measured that is no sample."""
    if what not in ASKED:
        abort(404)
    try:
        reply = services().bridge.measure(device, ASKED[what])
    except NOT_THERE:
        raise
    except REFUSED as error:
        flash(str(error), "trouble")
    else:
        lines = " ".join(str(line) for line in reply.get("lines", []))
        is_done = reply.get("state") == "done"
        flash(lines or f"{what}: {reply.get('state')}", "done" if is_done else "trouble")
    return redirect(url("instruments.page", device=device))
