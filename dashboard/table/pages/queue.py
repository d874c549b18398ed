"""The first page of the table: what is on it, how its instruments are, and a new sample."""

from flask import Blueprint, redirect, render_template, request
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard.table import forms
from dashboard.table.bridge import NOT_THERE, REFUSED
from dashboard.table.services import services
from dashboard.table.signin import the_person

blueprint = Blueprint("queue", __name__)

INTAKE = ("expected", "form", "colour", "texture", "packaging", "effects")
SHOWN = 30
"""So many samples stand on the page; older ones are found by their code."""


@blueprint.get("/")
def overview() -> str:
    """The page."""
    bridge = services().bridge
    return render_template(
        "queue.html",
        checks=bridge.check("list")["checks"][:SHOWN],
        instruments=bridge.instruments(),
        status=bridge.status(),
    )


@blueprint.post("/new")
def new() -> AnyResponse:
    """Begin a check; every field may be empty."""
    said = forms.entry(request.form, the_person())
    made = services().bridge.begin(said, forms.texts(request.form, *INTAKE))
    return redirect(url("sample.page", code=made["code"]))


@blueprint.get("/find")
def find() -> AnyResponse | tuple[str, int]:
    """The check of a code that somebody typed, or scanned with a reader that types."""
    typed = request.args.get("code", "").strip()
    try:
        found = services().bridge.check("show", code=typed)
    except NOT_THERE:
        raise
    except REFUSED as error:
        refused = f"{typed[:20]}: {error}" if typed else "Type the code of a sample."
        return render_template("error.html", status=404, sentence=refused), 404
    return redirect(url("sample.page", code=found["code"]))
