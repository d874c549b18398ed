"""Signing in and out at the table, and joining it."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard import limits
from dashboard.errors import PeopleError
from dashboard.table import people, signin
from dashboard.table.services import services
from dashboard.table.signin import public

blueprint = Blueprint("account", __name__)

Answer = str | AnyResponse | tuple[str, int]


@blueprint.get("/sign-in")
@public
def sign_in() -> Answer:
    """The form."""
    if g.person is not None:
        return redirect(url("queue.overview"))
    return render_template("sign_in.html", nobody=not services().people.everybody())


@blueprint.post("/sign-in")
@public
@limits.limiter.limit(limits.PER_ADDRESS)
@limits.limiter.limit(limits.PER_NAME, key_func=limits.the_name)
def try_sign_in() -> Answer:
    """Look whether name and PIN belong together."""
    name, pin = request.form.get("name", ""), request.form.get("pin", "")
    person = services().people.sign_in(name, pin)
    if person is None:
        flash("Name and PIN do not belong together.", "trouble")
        return render_template("sign_in.html", name=name[:60], nobody=False), 401
    signin.sign_in(person)
    return redirect(url("queue.overview"))


@blueprint.post("/sign-out")
def sign_out() -> Answer:
    """End the session: the tablet goes to somebody else."""
    signin.sign_out()
    return redirect(url("account.sign_in"))


@blueprint.get("/join/<token>")
@public
@limits.limiter.limit(limits.PER_ADDRESS)
def invitation(token: str) -> Answer:
    """Where somebody who was invited chooses a name and a PIN."""
    return _invitation(token)


@blueprint.post("/join/<token>")
@public
@limits.limiter.limit(limits.PER_ADDRESS)
def join(token: str) -> Answer:
    """Make the person, and sign them in."""
    name, pin = request.form.get("name", ""), request.form.get("pin", "")
    if pin != request.form.get("again", ""):
        flash("The two PINs differ.", "trouble")
        return _invitation(token, name), 400
    found = services()
    try:
        person = found.people.join(token, name, pin, found.clock.now_ms())
    except PeopleError as error:
        text = str(error)
        flash(f"{text[:1].upper()}{text[1:]}.", "trouble")
        return _invitation(token, name), 400
    signin.sign_in(person)
    return redirect(url("queue.overview"))


def _invitation(token: str, name: str = "") -> str:
    found = services()
    role = found.people.invited_role(token, found.clock.now_ms())
    return render_template("join.html", role=role, name=name[:60], least=people.MIN_PIN)
