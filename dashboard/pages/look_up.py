"""Where the holder of a card looks its code up: no sign-in, no cookie, no script, no record.

The code is sent in the body of a POST, so that it stands in no address, history or log.
"""

from typing import get_args

from flask import Blueprint, abort, render_template, request

from dashboard import limits, security
from dashboard.services import services
from dashboard.signin import public
from firmware_bridge.contract.check.code import CodeError
from firmware_bridge.contract.check.say import limits as poster
from firmware_bridge.contract.check.say.look_up import WORDS
from firmware_bridge.contract.check_events import Language
from hub import look_up as cards

blueprint = Blueprint("look_up", __name__, url_prefix="/look-up")
security.csrf.exempt(blueprint)  # nothing is changed here, and a token would need a cookie

LANGUAGES: tuple[Language, ...] = get_args(Language)
PER_ADDRESS = "10 per minute; 60 per hour"

Answer = str | tuple[str, int]


@blueprint.before_request
def _require_switched_on() -> None:
    if not services().config.checks.look_up:
        abort(404)


@blueprint.get("/")
@public
def form() -> Answer:
    """The form."""
    return _page(_language())


@blueprint.post("/")
@public
@limits.limiter.limit(PER_ADDRESS)
def shown() -> Answer:
    """The card, or that there is nothing to show; the same answer for any other code."""
    language, service = _language(), services()
    typed = request.form.get("code", "")[:40]
    try:
        with service.store.read() as transaction:
            days = service.config.checks.look_up_days
            found = cards.look_up(transaction, typed, language, service.now_ms, days)
    except CodeError:
        return _page(language, trouble=WORDS[language]["malformed"]), 400
    if found is None:
        return _page(language, trouble=WORDS[language]["none"]), 404
    return _page(language, shown=found)


@blueprint.get("/limits")
@public
def cannot_be_seen() -> Answer:
    """What strips and spectra cannot see, to print and hang up."""
    language = _language()
    return render_template(
        "limits.html",
        words=WORDS[language],
        language=language,
        languages=_languages(),
        title=poster.title(language),
        parts=poster.limits(language),
    )


@blueprint.errorhandler(429)
def _too_many(_error: Exception) -> Answer:
    language = _language()
    return _page(language, trouble=WORDS[language]["too-many"]), 429


def _page(language: Language, *, shown: cards.Shown | None = None, trouble: str = "") -> str:
    return render_template(
        "look_up.html",
        words=WORDS[language],
        language=language,
        languages=_languages(),
        shown=shown,
        trouble=trouble,
    )


def _languages() -> list[tuple[Language, str]]:
    return [(language, WORDS[language]["name"]) for language in LANGUAGES]


def _language() -> Language:
    """The one that was chosen, else the first that the browser asks for and we speak."""
    wanted = request.values.get("language") or request.accept_languages.best_match(LANGUAGES)
    return next((language for language in LANGUAGES if language == wanted), "en")
