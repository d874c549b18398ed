"""The commands `harborlight hub ...`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.contract.topics import BridgeAddress
from hub.access_cli import access as access_commands
from hub.access_cli import codes as codes_commands
from hub.access_keys import AccessKeys, write_secret
from hub.check_cli import checks
from hub.check_export_cli import concordance, export_checks, export_spectra, public_export
from hub.cli_parts import CONFIG, open_store, told_plainly, when
from hub.config import load
from hub.errors import AccessError
from hub.restock_cli import planogram, restock
from hub.rounds_cli import demand, exposure, round_commands
from hub.stock_cli import lots, stock
from hub.store import Transaction
from hub.trial_cli import bench

if TYPE_CHECKING:
    from hub.store.views.fleet import DeviceView


@click.group(epilog="Example: harborlight hub run --config hub.toml")
def hub() -> None:
    """Hear every bridge; keep, judge and tell."""


for group in (access_commands, codes_commands, stock, restock, planogram, lots, bench, checks):
    hub.add_command(group)
for command in (demand, round_commands, export_checks, export_spectra, public_export, concordance):
    hub.add_command(command)
lots.add_command(exposure)


@hub.command(epilog="Example: harborlight hub run --config /etc/harborlight/hub.toml")
@CONFIG
def run(config_path: Path) -> None:
    """Run the hub until Ctrl-C or SIGTERM."""
    with told_plainly():
        from hub import service  # noqa: PLC0415 - brings in everything; other commands stay quick

        service.run(load(config_path), SystemClock())


@hub.command("check-config", epilog="Example: harborlight hub check-config --config hub.toml")
@CONFIG
def check_config(config_path: Path) -> None:
    """Say what is wrong with the settings, or that nothing is."""
    with told_plainly():
        load(config_path)
    click.echo(f"{config_path}: every setting can be used")


@hub.command(
    epilog="Example: harborlight hub enrol north bridge-1 --password-file bridge-1.password"
)
@click.argument("site")
@click.argument("bridge")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the password there (mode 0600) instead of showing it.",
)
@click.option(
    "--access-key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the key that codes are checked with there (mode 0600); beside the password file, "
    "as NAME.access.key, if not given.",
)
@CONFIG
def enrol(
    site: str,
    bridge: str,
    password_file: Path | None,
    access_key_file: Path | None,
    config_path: Path,
) -> None:
    """Make the credential with which a bridge signs in to the broker.

    The password is shown once; only hashes are kept. A running hub lets the bridge in within
    seconds. Enrolling a bridge again replaces its password, and keeps its access key: codes that
    were given out go on working.
    """
    from hub import enrolment  # noqa: PLC0415 - as in run

    with told_plainly():
        config = load(config_path)
    key_file = access_key_file or (password_file and password_file.with_suffix(".access.key"))
    with told_plainly(), open_store(config) as store, store.begin() as transaction:
        made = enrolment.enrol(transaction, site, bridge, store.clock.now_ms())
        keys = AccessKeys(config.hub.data_dir)
        key = keys.ensure(BridgeAddress(site, bridge), enrolment.new_access_key)
        if password_file is not None:
            write_secret(password_file, made.password)
        if key_file is not None:
            write_secret(key_file, key)
    click.echo(f"username: {made.username}")
    click.echo(f"password file: {password_file}" if password_file else f"password: {made.password}")
    if key_file is not None:
        click.echo(f"access key file: {key_file}")


@hub.command(epilog="Example: harborlight hub revoke north bridge-1")
@click.argument("site")
@click.argument("bridge")
@CONFIG
def revoke(site: str, bridge: str, config_path: Path) -> None:
    """Lock a bridge out of the broker, for one that was stolen or given up.

    Its access key is deleted, and the codes that were issued for its machines end.
    """
    from hub import access_acts, enrolment  # noqa: PLC0415 - as in run

    with told_plainly():
        config, address = load(config_path), BridgeAddress(site, bridge)
    with told_plainly(), open_store(config) as store, store.begin() as transaction:
        now_ms = store.clock.now_ms()
        enrolment.revoke(transaction, site, bridge, now_ms)
        sheets = access_acts.forget_bridge(transaction, address, now_ms)
        AccessKeys(config.hub.data_dir).forget(address)
    click.echo(f"{site}/{bridge} can no longer sign in")
    if sheets:
        click.echo(f"{sheets} sheets of codes can no longer be used; issue new ones")


@hub.command(epilog="Example: harborlight hub invite admin")
@click.argument("role", type=click.Choice(["staff", "technician", "coordinator", "admin"]))
@CONFIG
def invite(role: str, config_path: Path) -> None:
    """Print a link with which one person can sign up, once, within 24 hours."""
    from hub import access  # noqa: PLC0415 - as in run

    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        token = access.invite(transaction, access.require_role(role), store.clock.now_ms())
    click.echo(f"/invite/{token}")


@hub.command("dead-letters", epilog="Example: harborlight hub dead-letters --limit 5")
@click.option("--limit", default=20, show_default=True, help="So many, newest first.")
@CONFIG
def dead_letters(limit: int, config_path: Path) -> None:
    """Show the messages that could not be taken, and why."""
    from hub.store import dead_letters as letters  # noqa: PLC0415 - as in run

    with told_plainly(), open_store(load(config_path)) as store, store.read() as transaction:
        found = letters.latest(transaction, limit)
    for letter in found:
        click.echo(f"{when(letter.last_ms)}  {letter.reason}  {letter.times} times")
        click.echo(f"  topic:  {letter.topic}\n  why:    {letter.detail}")
        click.echo(f"  begins: {letter.payload_head[:100]!r} ({letter.size} bytes)")
        click.echo(f"  now:    {'kept whole' if letter.whole else 'only its beginning is here'}")
    if not found:
        click.echo("none: every message was understood")


@hub.command("retry-refused", epilog="Example: harborlight hub retry-refused --config hub.toml")
@CONFIG
def retry_refused(config_path: Path) -> None:
    """Take the refused messages that this hub understands now, after it was renewed."""
    from hub.retry import retry  # noqa: PLC0415 - as in run

    with told_plainly(), open_store(load(config_path)) as store:
        became = retry(store)
    click.echo(f"{became.taken} taken, {became.still_refused} still refused")


class _SlotCount(click.ParamType[tuple[str, int]]):
    """SELECTION=NUMBER; a selection may itself hold a "=", a number can't."""

    name = "selection=number"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        selection, found, number = value.rpartition("=")
        if not found or not selection or not number.isdecimal():
            self.fail(f"{value!r}: SELECTION=NUMBER is wanted, such as A1=12", param, ctx)
        return selection, int(number)


@hub.command(
    epilog="Example: harborlight hub counted north bridge-1 machine-1 A1=12 A2=9 --reason restock"
)
@click.argument("site")
@click.argument("bridge")
@click.argument("device")
@click.argument("counts", nargs=-1, required=True, type=_SlotCount())
@click.option("--reason", default="counted", show_default=True, help="Why it was counted.")
@CONFIG
def counted(
    site: str,
    bridge: str,
    device: str,
    counts: tuple[tuple[str, int], ...],
    reason: str,
    config_path: Path,
) -> None:
    """Record that somebody counted what is in slots (a restock): SELECTION=NUMBER each."""
    from hub import acts, audit  # noqa: PLC0415 - as in run
    from hub.access import Person  # noqa: PLC0415 - as in run

    somebody = Person(0, audit.SYSTEM, "admin")  # who may use this command may do everything
    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        found = _device(transaction, site, bridge, device)
        for selection, _number in counts:
            _require_slot(transaction, found, selection)
        acts.count_slots(transaction, somebody, found, dict(counts), reason, store.clock.now_ms())
    for selection, number in counts:
        click.echo(f"{site}/{bridge}/{device} {selection}: {number}")


class _SlotPlan(click.ParamType[tuple[str, tuple[int, int, int]]]):
    """SELECTION=CAPACITY/PAR/MINIMUM."""

    name = "selection=capacity/par/minimum"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[int, int, int]]:
        selection, _, numbers = value.rpartition("=")
        parts = numbers.split("/")
        if not selection or [part.isdecimal() for part in parts] != [True] * 3:
            wanted = "SELECTION=CAPACITY/PAR/MINIMUM is wanted, such as A1=12/10/3"
            self.fail(f"{value!r}: {wanted}", param, ctx)
        capacity, par, minimum = map(int, parts)
        return selection, (capacity, par, minimum)


@hub.command(epilog="Example: harborlight hub plan north bridge-1 machine-1 A1=12/10/3 A2=20/20/5")
@click.argument("site")
@click.argument("bridge")
@click.argument("device")
@click.argument("plans", nargs=-1, required=True, type=_SlotPlan())
@click.option("--product", help="What the slot holds; for one slot at a time.")
@CONFIG
def plan(
    site: str,
    bridge: str,
    device: str,
    plans: tuple[tuple[str, tuple[int, int, int]], ...],
    product: str | None,
    config_path: Path,
) -> None:
    """Set what slots should hold: SELECTION=CAPACITY/PAR/MINIMUM each.

    A product that is known stays, unless another is named.
    """
    if product is not None and len(plans) > 1:
        raise click.UsageError("--product is for one slot at a time")
    from hub import acts, audit  # noqa: PLC0415 - as in run
    from hub.access import Person  # noqa: PLC0415 - as in run
    from hub.stock import SlotPlan  # noqa: PLC0415 - as in run
    from hub.store.views.slots import slots  # noqa: PLC0415 - as in run

    somebody = Person(0, audit.SYSTEM, "admin")  # who may use this command may do everything
    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        found = _device(transaction, site, bridge, device)
        products = {each.selection: each.product for each in slots(transaction, found)}
        for selection, numbers in plans:
            _require_slot(transaction, found, selection)
            wanted = SlotPlan(*numbers)
            name = products[selection] if product is None else product
            now_ms = store.clock.now_ms()
            acts.set_plan(transaction, somebody, found, selection, name, wanted, now_ms)
    click.echo(f"{site}/{bridge}/{device}: {len(plans)} slots planned")


def _device(transaction: Transaction, site: str, bridge: str, device: str) -> "DeviceView":
    from hub.store.views import fleet  # noqa: PLC0415 - as in run

    known = {
        (view.bridge.site, view.bridge.bridge, view.device): view
        for view in fleet.devices(transaction)
    }
    if (site, bridge, device) not in known:
        names = ", ".join("/".join(names) for names in known) or "none"
        raise AccessError(f"there is no device {site}/{bridge}/{device}; known: {names}")
    return known[site, bridge, device]


def _require_slot(transaction: Transaction, device: "DeviceView", selection: str) -> None:
    from hub.store.views import slots  # noqa: PLC0415 - as in run

    known = [slot.selection for slot in slots.slots(transaction, device)]
    if selection not in known:
        names = ", ".join(known) or "none"
        raise AccessError(f"{device.device} has no selection {selection!r}; known: {names}")
