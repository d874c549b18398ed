"""The card of a sample to look at and to print, in A6."""

from flask import render_template

from dashboard.pages.samples.room import (
    LANGUAGES,
    blueprint,
    the_record,
    wanted_language,
    wanted_level,
)
from dashboard.services import services
from dashboard.signin import require
from firmware_bridge.contract.check.days import day_of
from firmware_bridge.contract.check.say import LEVELS
from hub import check_cards


@blueprint.get("/<code>/card")
@require("see-checks")
def card(code: str) -> str:
    """The card as released, or a draft that says so first."""
    service = services()
    with service.store.read() as transaction:
        found = the_record(transaction, code)
        language = wanted_language(found.releases[-1].language if found.releases else "en")
        level, today = wanted_level(), day_of(service.now_ms)
        made = check_cards.card_now(transaction, found, language, level, today)
    return render_template(
        "sample_card.html",
        card=made,
        is_draft=check_cards.is_draft(found),
        wanted=(language, level),
        languages=LANGUAGES,
        levels=LEVELS,
    )
