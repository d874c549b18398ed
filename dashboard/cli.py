"""The command line of the dashboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import structlog

from dashboard import assets
from dashboard.app import create_app
from dashboard.errors import DashboardError
from dashboard.serving import address, serve
from firmware_bridge.contract.clock import SystemClock
from hub import access
from hub.config import HubConfig, load
from hub.errors import HubError
from hub.store import Store

THREADS = 16
"""Pages ask every few seconds and are answered in milliseconds."""

CONFIG = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("hub.toml"),
    show_default=True,
    help="The hub's configuration file.",
)
PUBLIC_URL = click.option(
    "--public-url",
    default="",
    help="The address under which people reach the pages, where it is not the one served at "
    "(behind a TLS proxy), such as https://harborlight.example.org.",
)

_log = structlog.get_logger("dashboard")


@click.group()
def dashboard() -> None:
    """The pages for staff, technicians and coordinators.

    Example: harborlight dashboard run --config hub.toml
    """


@dashboard.command()
@CONFIG
@PUBLIC_URL
def run(config_path: Path, public_url: str) -> None:
    """Serve the pages; prints a one-time link while nobody has an account.

    Example: harborlight dashboard run --config hub.toml
    """
    with _said_plainly():
        assets.require()
        config = load(config_path)
        address = public_url or _address(config)
        store = Store.open(config.store_url, SystemClock())
        try:
            _greet(store, address)
            _serve(config, store)
        finally:
            store.close()


@dashboard.command("first-link")
@CONFIG
@PUBLIC_URL
def first_link(config_path: Path, public_url: str) -> None:
    """Print a one-time link with which an administrator can be made.

    Use it for the first account, or when no administrator can sign in any more.

    Example: harborlight dashboard first-link --config hub.toml
    """
    with _said_plainly():
        config = load(config_path)
        store = Store.open(config.store_url, SystemClock())
        try:
            click.echo(make_first_link(store, public_url or _address(config)))
        finally:
            store.close()


def make_first_link(store: Store, address: str) -> str:
    """A link that makes one administrator, once, within a day.

    Raises:
        StoreError: the database can't be written to.
    """
    with store.begin() as transaction:
        token = access.invite(transaction, "admin", store.clock.now_ms())
    return f"{address.rstrip('/')}/invite/{token}"


def has_people(store: Store) -> bool:
    """Whether anybody can sign in.

    Raises:
        StoreError: the database can't be read.
    """
    with store.read() as transaction:
        return any(not person.disabled for person in access.everybody(transaction))


def _greet(store: Store, address: str) -> None:
    click.echo(f"Harborlight pages: {address}")
    if not has_people(store):
        click.echo("Nobody has an account yet. Make the first administrator with this link;")
        click.echo(f"it works once, within a day: {make_first_link(store, address)}")


def _serve(config: HubConfig, store: Store) -> None:
    app = create_app(config, store=store)
    settings = config.dashboard
    _log.info("dashboard is up", host=settings.host, port=settings.port)
    serve(app, settings.host, settings.port, THREADS, "dashboard")


def _address(config: HubConfig) -> str:
    return address(config.dashboard.host, config.dashboard.port)


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Our own errors as one sentence, without a traceback."""
    try:
        yield
    except (HubError, DashboardError) as error:
        raise click.ClickException(str(error)) from error
