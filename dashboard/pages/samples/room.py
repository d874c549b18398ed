"""What the pages of samples share: their blueprint, and how a wish becomes a fact."""

from collections.abc import Mapping

from flask import Blueprint, abort, request
from flask import url_for as url
from werkzeug.wrappers import Response as AnyResponse

from dashboard.services import services
from dashboard.signin import the_person
from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check.say import LEVELS, Level
from firmware_bridge.contract.check_events import Language
from hub import checks
from hub.errors import AccessError, FieldError
from hub.store import Transaction

blueprint = Blueprint("samples", __name__, url_prefix="/samples")

Answer = str | AnyResponse | tuple[str, int]
Errors = Mapping[str, str]
"""Why something was refused, by field; "" for the form as a whole."""

STATES = {
    "open": "not released",
    "released": "released",
    "amended": "changed since its release",
}
LANGUAGES: dict[Language, str] = {"en": "English", "es": "Español", "fr": "Français"}
MOST_TYPED = 2000


def the_record(transaction: Transaction, code: str) -> Record:
    """The record of a code in an address; a page that says that there is none."""
    try:
        return checks.find(transaction, code)
    except AccessError:
        abort(404)


def typed(name: str) -> str:
    """What somebody typed into a field, without the space around it."""
    return request.form.get(name, "")[:MOST_TYPED].strip()


def seen() -> tuple[str, ...]:
    """The newest facts that stood on the page from which this was sent."""
    return tuple(request.form.get("seen", "").split())


def add(code: str, what: str, fields: Mapping[str, object]) -> Errors:
    """Add a fact as the form says it; empty where it was added, else why not."""
    service = services()
    try:
        value = checks.made(what, fields)
        with service.store.begin() as transaction:
            person, now_ms = the_person(), service.now_ms
            checks.add(transaction, person, code, what, value, now_ms, typed("change"), seen())
    except AccessError as error:
        return errors_of(error)
    return {}


def errors_of(error: AccessError) -> Errors:
    """A refusal of the hub under the field that it is about."""
    text = str(error)
    field = error.field if isinstance(error, FieldError) else ""
    return {field: f"{text[:1].upper()}{text[1:]}."}


def page_of(code: str) -> str:
    """The address of a sample's page."""
    return url("samples.page", code=code)


def wanted_language(fallback: Language) -> Language:
    """The language that was chosen, of those that a card can be in."""
    wanted = request.values.get("language", fallback)
    return next((each for each in LANGUAGES if each == wanted), fallback)


def wanted_level() -> Level:
    """How much the card should say."""
    return next((each for each in LEVELS if each == request.args.get("level")), LEVELS[0])
