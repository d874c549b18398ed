"""Checks as records, for staff: the newest, and one with its trail and what is not settled."""

from flask import Blueprint, abort, render_template

from dashboard.services import services
from dashboard.signin import require
from hub import check_told, checks
from hub.errors import AccessError
from hub.store import check_facts

blueprint = Blueprint("samples", __name__, url_prefix="/samples")

NEWEST = 100
WHAT = {
    "intake": "Intake",
    "attachment": "Spectrum",
    "strip": "Strip",
    "component": "Reading",
    "lab": "Laboratory",
    "release": "Release",
    "amendment": "Reason of a change",
    "settlement": "Decision",
    "withdrawal": "Withdrawal",
}
"""Each kind of fact, for a person."""

STATES = {
    "open": "not released",
    "released": "released",
    "amended": "changed since its release",
}


@blueprint.get("/")
@require("see-checks")
def overview() -> str:
    """The samples of which something was heard last."""
    with services().store.read() as transaction:
        codes = check_facts.newest_codes(transaction, NEWEST)
        found = [check_facts.find_record(transaction, code) for code in codes]
    return render_template("samples.html", records=[each for each in found if each], states=STATES)


@blueprint.get("/<code>")
@require("see-checks")
def page(code: str) -> str:
    """One sample."""
    with services().store.read() as transaction:
        try:
            found = checks.find(transaction, code)
        except AccessError:
            abort(404)
        told = check_told.told(transaction, found)
    return render_template("sample.html", told=told, states=STATES, what=WHAT)
