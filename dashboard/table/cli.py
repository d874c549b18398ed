"""`harborlight table`: the pages of a drug checking table, beside its bridge."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import structlog

from dashboard import assets
from dashboard.errors import DashboardError
from dashboard.serving import address, serve
from dashboard.table.app import create_table_app
from dashboard.table.bridge import Bridge
from dashboard.table.people import ROLES, People, require_role
from dashboard.table.services import TableServices
from firmware_bridge import config as bridge_config
from firmware_bridge.config import BridgeConfig
from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.errors import BridgeError

THREADS = 8
"""One waits for each measurement; the others answer in milliseconds."""

CONFIG = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("bridge.toml"),
    show_default=True,
    help="The bridge's configuration file.",
)

_log = structlog.get_logger("table.cli")


@click.group()
def table() -> None:
    """The pages on which technicians enter a check, on the table's own tablets.

    Example: harborlight table run --config bridge.toml
    """


@table.command()
@CONFIG
def run(config_path: Path) -> None:
    """Serve the pages, until stopped. The bridge runs beside it: `harborlight bridge run`.

    Example: harborlight table run --config bridge.toml
    """
    with _said_plainly():
        config = bridge_config.load(config_path)
        assets.require()
        found = _services(config)
        app = create_table_app(
            found,
            config.state_dir / "table-key",
            secure_cookies=config.pages.secure_cookies,
        )
        click.echo(f"The table's pages: {address(config.pages.host, config.pages.port)}")
        if not found.people.everybody():
            click.echo("Nobody can sign in yet. The first coordinator joins with this link, once:")
            click.echo(_invitation(config, found.people, "coordinator"))
        _log.info("table is up", host=config.pages.host, port=config.pages.port)
        serve(app, config.pages.host, config.pages.port, THREADS, "pages")


@table.command()
@click.option("--role", type=click.Choice(ROLES), default="technician", show_default=True)
@CONFIG
def invite(role: str, config_path: Path) -> None:
    """Print a link with which one person joins this table, once, within a day.

    Example: harborlight table invite --role technician --config bridge.toml
    """
    with _said_plainly():
        config = bridge_config.load(config_path)
        click.echo(_invitation(config, _people(config), role))


@table.command()
@CONFIG
def people(config_path: Path) -> None:
    """List who may work at this table.

    Example: harborlight table people --config bridge.toml
    """
    with _said_plainly():
        for each in _people(bridge_config.load(config_path)).everybody():
            click.echo(f"{each.name}  {each.role}")


@table.command()
@click.argument("name")
@CONFIG
def remove(name: str, config_path: Path) -> None:
    """Let somebody no longer in: what they entered stays, their next page asks to sign in.

    Example: harborlight table remove Ana --config bridge.toml
    """
    with _said_plainly():
        _people(bridge_config.load(config_path)).remove(name)
        click.echo(f"{name} can no longer sign in")


def _services(config: BridgeConfig) -> TableServices:
    return TableServices(
        bridge=Bridge(config.control_socket),
        people=_people(config),
        clock=SystemClock(),
        site=config.site,
        language=config.pages.language,
        paper=config.pages.paper,
    )


def _people(config: BridgeConfig) -> People:
    return People(config.state_dir / "table-people.json")


def _invitation(config: BridgeConfig, known: People, role: str) -> str:
    token = known.invite(require_role(role), SystemClock().now_ms())
    return f"{address(config.pages.host, config.pages.port)}/join/{token}"


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Our own errors as one sentence, without a traceback."""
    try:
        yield
    except (BridgeError, DashboardError) as error:
        raise click.ClickException(str(error)) from error
