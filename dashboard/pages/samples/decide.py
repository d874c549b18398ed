"""What a person decides about facts: which stands, which was a mistake, and why a card changes."""

from flask import abort, flash, redirect, render_template, request

from dashboard.pages.samples import look
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
from firmware_bridge.contract.check.days import day_of
from firmware_bridge.contract.check.tell import tell


@blueprint.post("/<code>/settle")
@require("enter-checks")
def settle(code: str) -> Answer:
    """Let one of the facts stand that were entered side by side."""
    matter = typed("matter")
    if errors := add(code, "settlement", {"matter": matter, "event": typed("event")}):
        return look.shown(code, matter, errors), 400
    flash("Settled. The others stay in the trail.", "done")
    return redirect(page_of(code))


@blueprint.get("/<code>/withdraw/<event>")
@require("withdraw-checks")
def withdrawal(code: str, event: str) -> str:
    """Asks why a fact no longer counts."""
    return _withdrawal(code, event, {})


@blueprint.post("/<code>/withdraw/<event>")
@require("withdraw-checks")
def withdraw(code: str, event: str) -> Answer:
    """Let a fact no longer count."""
    if errors := add(code, "withdrawal", {"event": event, "reason": typed("reason")}):
        return _withdrawal(code, event, errors), 400
    flash("Withdrawn. It stays in the trail, and counts no more.", "done")
    return redirect(page_of(code))


def _withdrawal(code: str, event: str, errors: Errors) -> str:
    with services().store.read() as transaction:
        found = the_record(transaction, code)
    fact = next((each for each in found.trail if each.event == event), None)
    if fact is None:
        abort(404)
    return render_template(
        "sample_withdraw.html",
        record=found,
        fact=fact,
        told=tell(fact),
        day=day_of(fact.at_ms),
        errors=errors,
        typed=request.form,
        seen=request.form.get("seen") or " ".join(found.heads),
    )


@blueprint.get("/<code>/reason")
@require("enter-checks")
def reason_form(code: str) -> str:
    """Asks why a released card is changed."""
    return _reason(code, {})


@blueprint.post("/<code>/reason")
@require("enter-checks")
def reason(code: str) -> Answer:
    """Keep why a released card is changed."""
    if errors := add(code, "amendment", {"reason": typed("reason")}):
        return _reason(code, errors), 400
    flash("Kept. The next card says it to its holder.", "done")
    return redirect(page_of(code))


def _reason(code: str, errors: Errors) -> str:
    with services().store.read() as transaction:
        found = the_record(transaction, code)
    return render_template(
        "sample_reason.html",
        record=found,
        errors=errors,
        typed=request.form,
        seen=request.form.get("seen") or " ".join(found.heads),
    )
