"""What the commands of the hub share: their settings, the store, how errors and times are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firmware_bridge.contract.clock import SystemClock
from hub.config import HubConfig
from hub.errors import AccessError, HubError
from hub.store import Store, Transaction

if TYPE_CHECKING:
    from hub.store.views.fleet import DeviceView

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
    """Our own errors are told in one line, without a traceback."""
    try:
        yield
    except HubError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def open_store(config: HubConfig) -> Iterator[Store]:
    """The hub's store, closed when the block ends."""
    from hub.service import make_data_dir  # noqa: PLC0415 - as in run

    make_data_dir(config)
    store = Store.open(config.store_url, SystemClock())
    try:
        yield store
    finally:
        store.close()


def when(at_ms: int) -> str:
    """A time as a person reads it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def find_device(transaction: Transaction, name: str) -> "DeviceView":
    """The machine of this name: SITE/DEVICE, or SITE/BRIDGE/DEVICE where two have the same.

    Raises:
        AccessError: there is none, or more than one; the message names those there are.
    """
    from hub.store.views import fleet  # noqa: PLC0415 - start-up time

    known = fleet.devices(transaction, "vending")
    found = [one for one in known if name in {f"{one.site}/{one.device}", _full(one)}]
    if len(found) == 1:
        return found[0]
    names = ", ".join(map(_full, found or known)) or "none"
    raise AccessError(f"{name}: {'more than one' if found else 'no'} machine; known: {names}")


def _full(device: "DeviceView") -> str:
    return f"{device.site}/{device.bridge.bridge}/{device.device}"


class Moment(click.ParamType[int]):
    """A time such as 2026-11-20T14:00 (UTC where no zone is given), as ms since 1970 UTC."""

    name = "time"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The time that is meant."""
        if isinstance(value, int):
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r}: a time such as 2026-11-20T14:00 is wanted", param, ctx)
        return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
