"""Who works at the table. Every page wants somebody, unless it says that it is public.

A session is a signed cookie that names a person; it lasts a shift and is looked up in the file of
people for every page. Pages show only codes and findings, but a card that is released is somebody's
word: it must be known whose.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, redirect, request, session
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard.table.people import TablePerson
from dashboard.table.services import services

View = TypeVar("View", bound=Callable[..., Any])

_KEY, _PUBLIC = "name", "harborlight_public"


def public(view: View) -> View:
    """This page needs nobody to be signed in."""
    setattr(view, _PUBLIC, True)
    return view


def install(app: Flask) -> None:
    """Ask who it is before every page."""
    app.before_request(_guard)


def sign_in(person: TablePerson) -> None:
    """Begin a session."""
    session.clear()
    session[_KEY] = person.name
    session.permanent = True


def sign_out() -> None:
    """End the session."""
    session.clear()


def the_person() -> TablePerson:
    """Who asks, on a page that is not public."""
    return cast("TablePerson", g.person)


def _guard() -> AnyResponse | None:
    g.person = None
    if request.endpoint == "static":
        return None
    name = session.get(_KEY)
    g.person = services().people.find(name) if isinstance(name, str) else None
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, _PUBLIC, False) or g.person is not None:
        return None
    where = url("account.sign_in")
    if "HX-Request" in request.headers:  # a part of a page that is open: the whole page must go
        return Response(status=401, headers={"HX-Redirect": where})
    return redirect(where)
