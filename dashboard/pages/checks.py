"""Checks of samples: the list, and one check with its verdicts and curves."""

from flask import Blueprint, Response, abort, jsonify, render_template, request

from dashboard import amount_words, charts, words
from dashboard.services import services
from dashboard.signin import require
from hub.store.views import checks

blueprint = Blueprint("checks", __name__, url_prefix="/checks")

PAGE = 25


@blueprint.get("/")
@require("see-checks")
def overview() -> str:
    """The list."""
    return render_template("checks.html", **_listed())


@blueprint.get("/live")
@require("see-checks")
def live() -> str:
    """The part of the list that is kept fresh."""
    return render_template("_checks.html", **_listed())


def _listed() -> dict[str, object]:
    before_ms = request.args.get("before", type=int)
    service = services()
    with service.store.read() as transaction:
        rows = checks.checks(transaction, PAGE + 1, before_ms)
        lines = [(row, service.summaries.of(transaction, row)) for row in rows[:PAGE]]
    older_ms = rows[PAGE - 1].observed_ms if len(rows) > PAGE else None
    return {"lines": lines, "older_ms": older_ms, "before_ms": before_ms}


@blueprint.get("/<check>")
@require("see-checks")
def page(check: str) -> str:
    """One check."""
    return render_template("check.html", view=_find(check), words=words, amounts=amount_words)


@blueprint.get("/<check>/curves.json")
@require("see-checks")
def curves(check: str) -> Response:
    """What its chart draws."""
    return jsonify(charts.spectrum_chart(_find(check)))


def _find(check: str) -> checks.CheckView:
    with services().store.read() as transaction:
        view = checks.find_check(transaction, check)
    if view is None:
        abort(404)
    return view
