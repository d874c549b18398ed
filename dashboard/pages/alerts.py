"""Alerts: what stands, what is over, and "I have it"."""

from flask import Blueprint, abort, flash, redirect, render_template
from flask import url_for as url
from werkzeug.wrappers import Response

from dashboard.services import services
from dashboard.signin import require, the_person
from hub import acts
from hub.store.views import alerts

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")


@blueprint.get("/")
def overview() -> str:
    """The list."""
    with services().store.read() as transaction:
        return render_template(
            "alerts.html",
            alerts=alerts.open_alerts(transaction),
            past=alerts.past_alerts(transaction, 30),
        )


@blueprint.get("/live")
def live() -> str:
    """The part of the list that is kept fresh."""
    with services().store.read() as transaction:
        return render_template("_alerts.html", alerts=alerts.open_alerts(transaction))


@blueprint.get("/count")
def count() -> str:
    """How many wait for somebody, for the head of every page."""
    with services().store.read() as transaction:
        return render_template("_alert_count.html", count=alerts.count_unacknowledged(transaction))


@blueprint.get("/<int:alert_id>")
def page(alert_id: int) -> str:
    """One alert with its history."""
    with services().store.read() as transaction:
        alert = alerts.find_alert(transaction, alert_id)
        if alert is None:
            abort(404)
        steps = alerts.steps(transaction, alert_id)
    return render_template("alert.html", alert=alert, steps=steps)


@blueprint.post("/<int:alert_id>/acknowledge")
@require("acknowledge")
def acknowledge(alert_id: int) -> Response:
    """Somebody says that they see to it."""
    person, service = the_person(), services()
    with service.store.begin() as transaction:
        if alerts.find_alert(transaction, alert_id) is None:
            abort(404)
        done = acts.acknowledge(transaction, person, alert_id, service.now_ms)
    flash("Noted: you have it." if done else "Somebody was quicker, or it is over.", "done")
    return redirect(url("alerts.overview"))
