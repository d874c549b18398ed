"""For coordinators and administrators: refused messages, what people did, and who may sign in."""

from flask import Blueprint, flash, redirect, render_template, request
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard.pages.account import sentence
from dashboard.services import services
from dashboard.signin import require, the_person
from hub import access, acts
from hub.access import Role
from hub.errors import AccessError
from hub.store.views import letters

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


TRAIL = {
    "acknowledge": "took an alert",
    "change-password": "changed a password",
    "count": "counted",
    "enrol": "let a bridge in",
    "invite": "made an invitation",
    "join": "signed up",
    "lock-out": "locked out",
    "plan": "planned",
    "revoke": "locked a bridge out",
}
"""Each act of the trail, for a person; one that is not known is shown as it is."""

ROLES: dict[Role, str] = {
    "staff": "restocks and counts, takes alerts",
    "technician": "also sees checks of samples",
    "coordinator": "also plans slots, sees refused messages and what people did",
    "admin": "also invites people and locks them out",
}
"""Each role in a few words (`hub.acts.LEAST_ROLE`)."""


@blueprint.get("/")
@require("see-refused")
def refused() -> str:
    """Messages that the hub refused."""
    with services().store.read() as transaction:
        return render_template("refused.html", letters=letters.dead_letters(transaction))


@blueprint.get("/trail")
@require("see-trail")
def trail() -> str:
    """What people did."""
    with services().store.read() as transaction:
        return render_template("trail.html", rows=letters.trail_rows(transaction), words=TRAIL)


@blueprint.get("/people")
@require("people")
def people() -> str:
    """Who may sign in."""
    return _people()


def _people(link: str = "", role: str = "") -> str:
    with services().store.read() as transaction:
        everybody = access.everybody(transaction)
    return render_template("people.html", people=everybody, roles=ROLES, link=link, invited=role)


@blueprint.post("/people/invite")
@require("people")
def invite() -> str | AnyResponse:
    """Make a one-time link and show it once."""
    service, role = services(), request.form.get("role", "")
    try:
        with service.store.begin() as transaction:
            token = acts.invite(transaction, the_person(), role, service.now_ms)
    except AccessError as error:
        flash(sentence(error), "trouble")
        return redirect(url("admin.people"))
    return _people(url("account.invitation", token=token, _external=True), role)


@blueprint.post("/people/<int:person_id>/lock-out")
@require("people")
def lock_out(person_id: int) -> AnyResponse:
    """End somebody's access."""
    service = services()
    try:
        with service.store.begin() as transaction:
            other = acts.lock_out(transaction, the_person(), person_id, service.now_ms)
    except AccessError as error:
        flash(sentence(error), "trouble")
    else:
        flash(f"{other.name} can't sign in any more." if other else "No such person.", "done")
    return redirect(url("admin.people"))
