"""One spectrum: verdicts, curves, and peak by peak what speaks for each name."""

from flask import Blueprint, Response, abort, jsonify, render_template

from dashboard import words as finding_words
from dashboard.curves import findings_curves, no_curves
from dashboard.table.bridge import Plain
from dashboard.table.services import services
from firmware_bridge.contract import codec
from firmware_bridge.contract.messages import Findings

blueprint = Blueprint("spectrum", __name__, url_prefix="/spectrum/<name>")


@blueprint.get("/")
def page(name: str) -> str:
    """The page."""
    told = _find(name)
    return render_template(
        "spectrum.html",
        name=name,
        code=told["check"],
        findings=_findings(told),
        say=finding_words,
    )


@blueprint.get("/curves.json")
def curves(name: str) -> Response:
    """What its chart draws."""
    told, status = _find(name), services().bridge.status()
    technique = status.get("techniques", {}).get(told["device"], "")
    return jsonify(findings_curves(_findings(told), technique) or no_curves(technique))


def _find(name: str) -> Plain:
    if not name.isalnum():
        abort(404)
    return services().bridge.check("spectrum", spectrum=name)


def _findings(told: Plain) -> Findings:
    return codec.decode_body(Findings, told["findings"])
