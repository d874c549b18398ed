"""What the commands `harborlight hub ...` share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from firmware_bridge.contract.clock import SystemClock
from hub.config import HubConfig
from hub.errors import HubError
from hub.store import Store

CONFIG = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("hub.toml"),
    show_default=True,
    help="The hub's settings.",
)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Tell our own errors in one line, without a traceback."""
    try:
        yield
    except HubError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def open_store(config: HubConfig) -> Iterator[Store]:
    """The store of a configuration, its folder made."""
    from hub.service import make_data_dir  # noqa: PLC0415 - as in run

    make_data_dir(config)
    store = Store.open(config.store_url, SystemClock())
    try:
        yield store
    finally:
        store.close()
