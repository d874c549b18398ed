"""A part of a sample goes to a laboratory, and its answer comes."""

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, redirect, render_template, request

from dashboard import lab_form
from dashboard.lab_form import FEWEST_ROWS, MORE_ROWS, Typed
from dashboard.pages.samples.room import (
    Answer,
    Errors,
    add,
    blueprint,
    page_of,
    the_record,
    typed,
)
from dashboard.services import services
from dashboard.signin import require
from firmware_bridge.contract.check_events import Lab
from hub import checks
from hub.errors import AccessError


@blueprint.get("/<code>/laboratory")
@require("enter-checks")
def laboratory(code: str) -> str:
    """Both forms; `split` in the address is the one that has been answered."""
    with services().store.read() as transaction:
        pending = _pending(the_record(transaction, code).labs)
    wanted = request.args.get("split", "")
    of_split = [lab for lab in pending if lab.split == wanted] or pending
    first = Typed()
    if len(of_split) == 1:
        lab = of_split[0]
        first = replace(first, chosen=lab.split, name=lab.name, method=lab.method)
    return _shown(code, first)


@blueprint.post("/<code>/laboratory/sent")
@require("enter-checks")
def sent(code: str) -> Answer:
    """Keep that a part was sent."""
    what = Typed(split=typed("split"), name=typed("name"), method=typed("method"))
    what = replace(what, change=typed("change"))
    fields = {"split": what.split, "state": "pending", "name": what.name, "method": what.method}
    if errors := add(code, "lab", fields):
        return _shown(code, Typed(), sent=what, sent_errors=errors), 400
    flash(f"Kept: split {what.split} is pending at {what.name}.", "done")
    return redirect(page_of(code))


@blueprint.post("/<code>/laboratory/answer")
@require("enter-checks")
def answer(code: str) -> Answer:
    """Keep an answer, or give the form more rows."""
    what = lab_form.typed(request.form)
    if "more" in request.form:
        return _shown(code, what.with_rows(len(what.rows) + MORE_ROWS))
    read = lab_form.read(what)
    if not read.errors and _stands_already(code, read.fields):
        flash("This very answer stands here already: nothing was added.", "done")
        return redirect(page_of(code))
    if errors := read.errors or read.placed(add(code, "lab", read.fields)):
        return _shown(code, what, errors=errors), 400
    flash("Kept. Below stands what the card says now.", "done")
    return redirect(page_of(code))


def _stands_already(code: str, fields: Mapping[str, object]) -> bool:
    """Whether it was entered before, by a second press or by somebody else."""
    with services().store.read() as transaction:
        labs = the_record(transaction, code).labs
    try:
        return checks.made("lab", fields) in labs
    except AccessError:
        return False


def _shown(
    code: str,
    what: Typed,
    *,
    errors: Errors | None = None,
    sent: Typed | None = None,
    sent_errors: Errors | None = None,
) -> str:
    with services().store.read() as transaction:
        found = the_record(transaction, code)
    shown = what.with_rows(FEWEST_ROWS)
    return render_template(
        "sample_laboratory.html",
        record=found,
        pending=_pending(found.labs),
        answered=[lab for lab in found.labs if lab.state == "complete"],
        what=shown,
        row_names=[f"row {place}" for place in range(len(shown.rows))],
        errors=errors or {},
        sent=sent or Typed(),
        sent_errors=sent_errors or {},
        seen=request.form.get("seen") or " ".join(found.heads),
    )


def _pending(labs: tuple[Lab, ...]) -> list[Lab]:
    return [lab for lab in labs if lab.state == "pending"]
