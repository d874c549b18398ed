"""The application factory."""

from datetime import timedelta
from typing import Any

from flask import Flask, g, url_for

from dashboard import ages, api_checks, api_stock, limits, machine_words, security, signin, words
from dashboard import services as service_module
from dashboard.pages import (
    account,
    admin,
    alerts,
    checks,
    health,
    instruments,
    look_up,
    machine,
    plan,
    samples,
    sites,
)
from dashboard.services import Services, services
from dashboard.shelves import Shelves
from dashboard.signing_keys import new_key, signing_key
from dashboard.versions import version
from hub.config import HubConfig
from hub.errors import StoreError
from hub.store import Store
from hub.store.views import alerts as alert_views

SESSION = timedelta(hours=12)
"""A session ends after a shift, however much it was used."""

_PAGES = (
    *(sites, machine, plan, checks, samples, instruments),
    *(look_up, alerts, account, admin, health),
)

MAX_FORM_BYTES = 256 * 1024


def create_app(config: HubConfig, *, store: Store, testing: bool = False) -> Flask:
    """The dashboard over an open store.

    Args:
        config: the hub's configuration; its sections `dashboard` and `rules` are used.
        store: the hub's store; whoever opened it closes it. Its clock is the dashboard's.
        testing: sessions end with the application, and tries are not counted.

    Raises:
        SettingsError: the file with the key that signs sessions can't be used.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=new_key() if testing else signing_key(config.dashboard_secret_file),
        TESTING=testing,
        SESSION_COOKIE_NAME="harborlight",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.dashboard.secure_cookies,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_ENABLED=not testing,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    service_module.install(app, Services(store, config, Shelves(config.rules.stock)))
    for part in (limits, security, signin):
        part.install(app)
    ages.install(app, store.clock)
    app.register_error_handler(StoreError, lambda _error: security.error_page(503))
    for page in (*_PAGES, api_stock, api_checks):
        app.register_blueprint(page.blueprint)
    app.context_processor(_in_every_page)
    app.jinja_env.globals.update(_WORDS, asset=_asset, version=version())
    return app


_WORDS: dict[str, Any] = {
    "use_strips": words.USE_STRIPS,
    "severity_words": machine_words.SEVERITY,
    "alert_state": machine_words.ALERT_STATE,
    "confidence": machine_words.CONFIDENCE,
    "slot_word": machine_words.slot_word,
    "event_name": machine_words.event_name,
    "needs": machine_words.needs,
    "days_words": machine_words.days_words,
    "shelf_words": machine_words.SHELF,
}
"""What every template, and every macro, may say."""


def _in_every_page() -> dict[str, Any]:
    person = g.get("person")
    return {
        "person": person,
        "now_ms": services().now_ms,
        "waiting": _waiting() if person else 0,
    }


def _waiting() -> int:
    with services().store.read() as transaction:
        return alert_views.count_unacknowledged(transaction)


def _asset(name: str) -> str:
    """The address of a file of ours; it changes with every version, so browsers may keep it."""
    return url_for("static", filename=name, v=version())
