"""Who asks. Every page wants a person, unless it says that it is public.

A session is a signed cookie that names a person; it lasts half a day and is looked up in the store
for every page, so that somebody who is locked out is out at once.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, redirect, request, session
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard.services import services
from hub import access, acts
from hub.access import Person
from hub.acts import Act

View = TypeVar("View", bound=Callable[..., Any])

_KEY = "person_id"
_PUBLIC = "harborlight_public"
_ACT = "harborlight_act"


def public(view: View) -> View:
    """This page needs nobody to be signed in."""
    setattr(view, _PUBLIC, True)
    return view


def require(act: Act) -> Callable[[View], View]:
    """This page needs a person who may do this."""

    def mark(view: View) -> View:
        setattr(view, _ACT, act)
        return view

    return mark


def install(app: Flask) -> None:
    """Ask who it is before every page."""
    app.before_request(_guard)
    app.add_template_global(_may, "may")


def sign_in(person: Person) -> None:
    """Begin a session."""
    session.clear()
    session[_KEY] = person.person_id
    session.permanent = True


def sign_out() -> None:
    """End the session."""
    session.clear()


def the_person() -> Person:
    """Who asks, on a page that is not public."""
    return cast("Person", g.person)


def _may(act: Act) -> bool:
    return acts.may(g.get("person"), act)


def _guard() -> AnyResponse | None:
    g.person = None
    if request.endpoint == "static":
        return None
    g.person = _known()
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, _PUBLIC, False):  # an address of nothing keeps its menu
        return None
    if g.person is None:
        return _to_sign_in()
    act: Act | None = getattr(view, _ACT, None)
    if act is not None and not acts.may(g.person, act):
        abort(403)
    return None


def _known() -> Person | None:
    person_id = session.get(_KEY)
    if not isinstance(person_id, int):
        return None
    with services().store.read() as transaction:
        return access.find(transaction, person_id)


def _to_sign_in() -> AnyResponse:
    if "HX-Request" in request.headers:  # a part of a page that is open: the whole page must go
        return Response(status=401, headers={"HX-Redirect": url("account.sign_in")})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url("account.sign_in", to=wanted))
