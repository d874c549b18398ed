"""A changed card is released again by a person who has read it, and what changed is shown."""

from flask import abort, flash, redirect, render_template, request

from dashboard.pages.samples.room import (
    LANGUAGES,
    Answer,
    Errors,
    blueprint,
    errors_of,
    page_of,
    seen,
    the_record,
    typed,
    wanted_language,
)
from dashboard.services import services
from dashboard.signin import require, the_person
from dashboard.two_cards import compared
from firmware_bridge.contract.check.days import day_of
from firmware_bridge.contract.check.record import Record, as_released, record
from firmware_bridge.contract.check.tell import tell
from hub import check_cards, checks
from hub.errors import AccessError


@blueprint.get("/<code>/release")
@require("enter-checks")
def release_form(code: str) -> str:
    """The card as it would be released, and what stands in the way."""
    return _shown(code, {})


@blueprint.post("/<code>/release")
@require("enter-checks")
def release(code: str) -> Answer:
    """Let the card go."""
    service, aside = services(), tuple(request.form.getlist("aside"))
    try:
        with service.store.begin() as transaction:
            person, now_ms = the_person(), service.now_ms
            language = wanted_language("en")
            found = checks.release(
                transaction, person, code, language, now_ms, aside, typed("reason"), seen()
            )
    except AccessError as error:
        return _shown(code, errors_of(error)), 400
    flash(f"Version {len(found.releases)} is released. Print it, and hand it out.", "done")
    return redirect(page_of(code))


def _shown(code: str, errors: Errors) -> str:
    service = services()
    with service.store.read() as transaction:
        found = the_record(transaction, code)
        language = wanted_language(found.releases[-1].language if found.releases else "en")
        today = day_of(service.now_ms)
        card = check_cards.card_of(transaction, found, language, "full", today)
        blocks = checks.in_the_way(transaction, found)
    return render_template(
        "sample_release.html",
        record=found,
        card=card,
        never=[each for each in blocks if not checks.may_set_aside(the_person(), each)],
        aside=[each for each in blocks if checks.may_set_aside(the_person(), each)],
        is_released_here=checks.is_released_here(found),
        languages=LANGUAGES,
        errors=errors,
        typed=request.form,
        chosen=request.form.getlist("aside"),
        seen=" ".join(found.heads),
    )


@blueprint.get("/<code>/changes")
@require("see-checks")
def changes(code: str) -> str:
    """The sentences of a release and those of now, side by side."""
    with services().store.read() as transaction:
        found = the_record(transaction, code)
        version = request.args.get("version", len(found.releases), type=int)
        then = _as_of(found, version)
        words, language = then.releases[-1].words, then.releases[-1].language
        today = day_of(services().now_ms)
        card = check_cards.card_of(transaction, found, language, "full", today)
    known = {event.event for event in then.trail}
    return render_template(
        "sample_changes.html",
        record=found,
        version=version,
        versions=range(1, len(found.releases) + 1),
        day=day_of(check_cards.released_ms(then)),
        rows=compared(words, tuple(line.text for line in card.lines)),
        language=language,
        since=[
            (event, day_of(event.at_ms), tell(event))
            for event in found.trail
            if event.event not in known
        ],
    )


def _as_of(found: Record, version: int) -> Record:
    """The record as a release saw it; the first is version 1."""
    if not 1 <= version <= len(found.releases):
        abort(404)
    gone = {event.withdrawal.event for event in found.trail if event.withdrawal is not None}
    released = [e.event for e in found.trail if e.release is not None and e.event not in gone]
    later = set(released[version:])
    then = as_released(record(event for event in found.trail if event.event not in later))
    if then is None:
        abort(404)
    return then
