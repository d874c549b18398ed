"""The application factory of the table's pages."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g, url_for
from jinja2 import ChoiceLoader, FileSystemLoader

from dashboard import ages, limits, security
from dashboard.errors import PeopleError
from dashboard.signing_keys import new_key, signing_key
from dashboard.table import services as service_module
from dashboard.table import signin, words
from dashboard.table.bridge import NOT_THERE, REFUSED
from dashboard.table.chance import new_fact_id
from dashboard.table.pages import account, api, card, instruments, queue, sample, spectrum
from dashboard.table.services import TableServices, services
from dashboard.versions import version

SESSION = timedelta(hours=12)
"""A session ends after a shift, however much it was used."""

MAX_FORM_BYTES = 64 * 1024
_PAGES = (queue, sample, spectrum, card, instruments, account, api)
_HERE = Path(__file__).resolve().parent


def create_table_app(
    found: TableServices, secret_file: Path, *, secure_cookies: bool = False, testing: bool = False
) -> Flask:
    """The pages over a bridge that runs beside them.

    Args:
        found: the bridge, and the people of this table.
        secret_file: where the key that signs sessions lies; made where it is missing.
        secure_cookies: sessions travel on TLS only.
        testing: sessions end with the application, and tries are not counted.

    Raises:
        SettingsError: that file can't be used.
    """
    app = Flask(__name__, static_folder=str(_HERE.parent / "static"))
    app.config.update(
        SECRET_KEY=new_key() if testing else signing_key(secret_file),
        TESTING=testing,
        SESSION_COOKIE_NAME="harborlight-table",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure_cookies,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_ENABLED=not testing,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    own, shared = _HERE / "templates", _HERE.parent / "templates"
    app.jinja_loader = ChoiceLoader([FileSystemLoader(own), FileSystemLoader(shared)])
    service_module.install(app, found)
    for part in (limits, security, signin):
        part.install(app)
    ages.install(app, found.clock)
    app.register_error_handler(NOT_THERE, lambda error: security.error_page(503, _sentence(error)))
    app.register_error_handler(REFUSED, lambda error: security.error_page(404, _sentence(error)))
    app.register_error_handler(
        PeopleError, lambda error: security.error_page(500, _sentence(error))
    )
    for page in _PAGES:
        app.register_blueprint(page.blueprint)
    app.context_processor(_in_every_page)
    app.jinja_env.globals.update(
        words=words, new_fact_id=new_fact_id, asset=_asset, version=version()
    )
    return app


def _in_every_page() -> dict[str, Any]:
    found = services()
    return {"person": g.get("person"), "now_ms": found.clock.now_ms(), "site": found.site}


def _asset(name: str) -> str:
    """The address of a file of ours; it changes with every version, so browsers may keep it."""
    return url_for("static", filename=name, v=version())


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}"
