"""Signing in and out, invitations, and one's own account."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard import limits, signin
from dashboard.services import services
from dashboard.signin import public, the_person
from hub import access
from hub.acts import LEAST_ROLE
from hub.errors import AccessError

blueprint = Blueprint("account", __name__)

ACTS = {
    "count": "count slots and note a restock",
    "acknowledge": "take alerts",
    "see-checks": "see checks of samples",
    "see-instruments": "see how instruments stand, with their control charts",
    "enter-checks": "enter a laboratory's answer, and settle what was said side by side",
    "withdraw-checks": "withdraw what was entered of a check by mistake",
    "plan": "set what a slot should hold",
    "see-refused": "see refused messages",
    "see-trail": "see what people did",
    "access": "say who may take what from machines",
    "people": "invite people and lock them out",
}
"""Each act of `hub.acts`, for a person."""

Answer = str | AnyResponse | tuple[str, int]


@blueprint.get("/sign-in")
@public
def sign_in() -> Answer:
    """The form."""
    if g.person is not None:
        return redirect(url("sites.overview"))
    return render_template("sign_in.html")


@blueprint.post("/sign-in")
@public
@limits.limiter.limit(limits.PER_ADDRESS)
@limits.limiter.limit(limits.PER_NAME, key_func=limits.the_name)
def try_sign_in() -> Answer:
    """Look whether name and password belong together."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    with services().store.read() as transaction:
        person = access.sign_in(transaction, name, password)
    if person is None:
        flash("Name and password do not belong together.", "trouble")
        return render_template("sign_in.html", name=name[:60]), 401
    signin.sign_in(person)
    return redirect(_own_path(request.args.get("to", "")))


def _own_path(wanted: str) -> str:
    """Where the person was going, if that is a page of ours."""
    outside = not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted
    return url("sites.overview") if outside else wanted


@blueprint.post("/sign-out")
def sign_out() -> Answer:
    """End the session."""
    signin.sign_out()
    return redirect(url("account.sign_in"))


@blueprint.get("/invite/<token>")
@public
@limits.limiter.limit(limits.PER_ADDRESS)
def invitation(token: str) -> Answer:
    """Where somebody who was invited chooses a name and a password."""
    return _invitation(token)


@blueprint.post("/invite/<token>")
@public
@limits.limiter.limit(limits.PER_ADDRESS)
def accept(token: str) -> Answer:
    """Make the person, and sign them in."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    if password != request.form.get("again", ""):
        flash("The two passwords differ.", "trouble")
        return _invitation(token, name), 400
    service = services()
    try:
        with service.store.begin() as transaction:
            person = access.accept_invitation(transaction, token, name, password, service.now_ms)
    except AccessError as error:
        flash(sentence(error), "trouble")
        return _invitation(token, name), 400
    signin.sign_in(person)
    return redirect(url("sites.overview"))


def _invitation(token: str, name: str = "") -> str:
    service = services()
    with service.store.read() as transaction:
        role = access.invited_role(transaction, token, service.now_ms)
    return render_template("invitation.html", role=role, name=name[:60], least=access.MIN_PASSWORD)


@blueprint.get("/me")
def me() -> Answer:
    """One's own account."""
    allowed = [act for act, least in LEAST_ROLE.items() if access.allows(the_person().role, least)]
    return render_template("me.html", allowed=allowed, act_words=ACTS, least=access.MIN_PASSWORD)


@blueprint.post("/me/password")
@limits.limiter.limit(limits.PER_ADDRESS)
def change_password() -> Answer:
    """Give oneself another password."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    service = services()
    try:
        with service.store.begin() as transaction:
            access.change_password(transaction, the_person(), old, new, service.now_ms)
    except AccessError as error:
        flash(sentence(error), "trouble")
    else:
        flash("Your password was changed.", "done")
    return redirect(url("account.me"))


def sentence(error: AccessError) -> str:
    """What was refused, as a whole sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
