"""The commands `harborlight hub access ...` and `harborlight hub codes ...`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli_parts import CONFIG, open_store, told_plainly
from hub.config import load

if TYPE_CHECKING:
    from hub.access import Person
    from hub.code_sheet import Language
    from hub.store import Transaction
    from hub.store.access_policies import Batch
    from hub.store.views.fleet import DeviceView


@click.group(epilog="Example: harborlight hub access set north/machine-1 --mode issued")
def access() -> None:
    """Say who may take what from machines: open, shared code, issued codes; pause them."""


@click.group(epilog="Example: harborlight hub codes list north/machine-1")
def codes() -> None:
    """Issue and revoke anonymous codes for machines."""


@access.command(
    "set",
    epilog="Example: harborlight hub access set north/machine-1 --mode issued --items 2 "
    '--quota 3/week --hours "mon-fri 17:00-09:00" --timezone America/Toronto',
)
@click.argument("machine")
@click.option(
    "--mode",
    type=click.Choice(["open", "shared", "issued"]),
    help="Everybody; one shared code; codes given out one by one.",
)
@click.option("--hours", multiple=True, help='Such as "mon-fri 08:00-20:00"; "always".')
@click.option("--timezone", help="In which the hours are meant, such as America/Toronto.")
@click.option(
    "--items", "items_per_session", type=int, help="So many items for one code or one choice."
)
@click.option("--quota", help='Items for each code and period, such as "3/week"; "none".')
@click.option(
    "--code-kind",
    "code_alphabet",
    type=click.Choice(["letters", "digits"]),
    help="What new codes are made of; digits for keypads that have no letters.",
)
@click.option("--code-length", type=int, help="Characters of new codes, 6 to 16.")
@CONFIG
def set_access(
    machine: str,
    config_path: Path,
    hours: tuple[str, ...],
    quota: str | None,
    **named: object,
) -> None:
    """Set who may use MACHINE (SITE/DEVICE). What is not named stays as it is.

    A running hub tells the bridge within seconds; a bridge that is away learns it when it is back.
    """
    from hub import access_acts  # noqa: PLC0415 - other commands stay quick
    from hub.access_words import hours_of, quota_of  # noqa: PLC0415 - as above

    changes = {name: value for name, value in named.items() if value is not None}
    with told_plainly():
        config = load(config_path)
        if hours:
            changes["hours"] = hours_of(hours)
        if quota is not None:
            changes["quota_items"], changes["quota_period_s"] = quota_of(quota)
    with told_plainly(), open_store(config) as store, store.begin() as transaction:
        device = find_machine(transaction, machine)
        if _is_new(transaction, device):
            changes.setdefault("timezone", config.access.timezone)
        now_ms = store.clock.now_ms()
        policy = access_acts.set_policy(transaction, _somebody(), device, changes, now_ms)
    click.echo(f"{machine}: {policy.mode}, {policy.items_per_session} items at a time")


@access.command("pause", epilog="Example: harborlight hub access pause north/machine-1")
@click.argument("machine")
@CONFIG
def pause(machine: str, config_path: Path) -> None:
    """Let nobody in at MACHINE until `resume`, whatever the code."""
    _set_paused(machine, config_path, paused=True)
    click.echo(f"{machine}: paused; its bridge is told as soon as it can be reached")


@access.command("resume", epilog="Example: harborlight hub access resume north/machine-1")
@click.argument("machine")
@CONFIG
def resume(machine: str, config_path: Path) -> None:
    """End a pause of MACHINE."""
    _set_paused(machine, config_path, paused=False)
    click.echo(f"{machine}: no longer paused")


@access.command(
    "report",
    epilog="Example: harborlight hub access report north --month 2026-11 --by weekday --csv",
)
@click.argument("site")
@click.option("--month", required=True, help="YYYY-MM.")
@click.option(
    "--by",
    type=click.Choice(["month", "weekday", "hour", "reason"]),
    default="month",
    show_default=True,
    help="Break a machine's month down.",
)
@click.option("--csv", "as_csv", is_flag=True, help="For a spreadsheet; hidden counts are empty.")
@CONFIG
def report(
    site: str,
    month: str,
    by: Any,  # noqa: ANN401 - one of the words above, as click has made sure
    as_csv: bool,  # noqa: FBT001 - click hands options over by name
    config_path: Path,
) -> None:
    """Say how often the machines of SITE were used in a month: counts, small ones hidden."""
    from hub import access_figures, access_report  # noqa: PLC0415 - as in set

    with told_plainly():
        config = load(config_path)
    with told_plainly(), open_store(config) as store, store.read() as transaction:
        machines = access_figures.machines_of(transaction, site, month, config.access.timezone)
        rows = access_report.report(machines, by, config.access.small_cell)
    click.echo(access_report.as_csv(rows) if as_csv else access_report.as_text(rows), nl=not as_csv)


@codes.command(
    "issue",
    epilog="Example: harborlight hub codes issue north/machine-1 --count 40 --uses 1 "
    "--valid-days 60 --sheet sheet.html",
)
@click.argument("machine")
@click.option("--count", type=int, default=1, show_default=True, help="How many codes.")
@click.option(
    "--uses",
    type=click.IntRange(min=0),
    help="Sessions for each code, 0 for any number; 1 if not given, for a shared code any number.",
)
@click.option("--valid-days", type=click.IntRange(1, 3650), help="So long; for ever, if not given.")
@click.option(
    "--sheet",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Write the page to print there (mode 0600). The codes stand nowhere else.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(["en", "es", "fr"]),
    default=("en",),
    show_default=True,
    help="Of the words on the sheet; may be given more than once.",
)
@CONFIG
def issue(
    machine: str,
    count: int,
    uses: int | None,
    valid_days: int | None,
    sheet: Path,
    languages: Sequence["Language"],
    config_path: Path,
) -> None:
    """Make a sheet of codes for MACHINE (SITE/DEVICE), to print and cut.

    Print it and delete the file: only hashes are kept, and a code that is lost can't be looked up.
    """
    from firmware_bridge.contract.topics import BridgeAddress  # noqa: PLC0415 - as in set
    from hub import access_acts, code_sheet  # noqa: PLC0415 - as in set
    from hub.access_keys import AccessKeys, write_secret  # noqa: PLC0415 - as in set

    with told_plainly():
        config = load(config_path)
    with told_plainly(), open_store(config) as store, store.begin() as transaction:
        device = find_machine(transaction, machine)
        bridge = BridgeAddress(device.site, device.bridge.bridge)
        key = AccessKeys(config.hub.data_dir).key_of(bridge)
        many = _uses(transaction, device, uses)
        order = access_acts.Order(count=count, uses=many, valid_days=valid_days)
        now_ms = store.clock.now_ms()
        batch, made = access_acts.issue(transaction, _somebody(), device, order, key, now_ms)
        facts = _sheet_of(transaction, device, batch)
        write_secret(sheet, code_sheet.made(facts, made, languages))
    click.echo(f"sheet {batch.id}: {count} codes in {sheet}; print it, then delete the file")


@codes.command("list", epilog="Example: harborlight hub codes list north/machine-1")
@click.argument("machine", required=False)
@CONFIG
def list_codes(machine: str | None, config_path: Path) -> None:
    """Show every sheet of codes: how many, until when. Never the codes."""
    from hub.store import access_policies  # noqa: PLC0415 - as in set
    from hub.store.views import fleet  # noqa: PLC0415 - as in set

    with told_plainly(), open_store(load(config_path)) as store, store.read() as transaction:
        known = fleet.devices(transaction)
        chosen = known if machine is None else (find_machine(transaction, machine),)
        names = {device.id: f"{device.site}/{device.device}" for device in chosen}
        batches = access_policies.batches(transaction, names)
    for batch in batches:
        click.echo(f"sheet {batch.id}  {names[batch.device_id]}  {_in_words(batch)}")
    if not batches:
        click.echo("none")


@codes.command("revoke", epilog="Example: harborlight hub codes revoke 12")
@click.argument("batch", type=int)
@CONFIG
def revoke(batch: int, config_path: Path) -> None:
    """Make every code of sheet BATCH useless, for a sheet that was lost."""
    from hub import access_acts  # noqa: PLC0415 - as in set

    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        access_acts.revoke(transaction, _somebody(), batch, store.clock.now_ms())
    click.echo(f"sheet {batch}: its codes no longer work once the bridge has heard of it")


def find_machine(transaction: "Transaction", machine: str) -> "DeviceView":
    """The machine of SITE/DEVICE, or of SITE/BRIDGE/DEVICE where two have the same name.

    Raises:
        AccessError: there is none, or more than one.
    """
    from hub.errors import AccessError  # noqa: PLC0415 - as in set
    from hub.store.views import fleet  # noqa: PLC0415 - as in set

    known = [each for each in fleet.devices(transaction) if each.kind != "spectrometer"]
    found = [
        each
        for each in known
        if machine
        in {
            f"{each.site}/{each.device}",
            f"{each.site}/{each.bridge.bridge}/{each.device}",
        }
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{each.site}/{each.bridge.bridge}/{each.device}" for each in known)
    what = "more than one machine is" if found else "there is no machine"
    raise AccessError(f"{what} {machine!r}; known: {names or 'none has been heard yet'}")


def _set_paused(machine: str, config_path: Path, *, paused: bool) -> None:
    from hub import access_acts  # noqa: PLC0415 - as in set

    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        device, now_ms = find_machine(transaction, machine), store.clock.now_ms()
        access_acts.set_policy(transaction, _somebody(), device, {"paused": paused}, now_ms)


def _somebody() -> "Person":
    """Who may use these commands may do everything."""
    from hub import audit  # noqa: PLC0415 - as in set
    from hub.access import Person  # noqa: PLC0415 - as in set

    return Person(0, audit.SYSTEM, "admin")


def _uses(transaction: "Transaction", device: "DeviceView", given: int | None) -> int | None:
    from hub.store import access_policies  # noqa: PLC0415 - as in set

    policy = access_policies.policy_of(transaction, device.id)
    usual = None if policy is not None and policy.mode == "shared" else 1
    return usual if given is None else given or None


def _is_new(transaction: "Transaction", device: "DeviceView") -> bool:
    from hub.store import access_policies  # noqa: PLC0415 - as in set

    return access_policies.policy_of(transaction, device.id) is None


def _sheet_of(transaction: "Transaction", device: "DeviceView", batch: "Batch") -> Any:  # noqa: ANN401 - a Sheet, loaded late
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - as in set

    from hub.code_sheet import Sheet  # noqa: PLC0415 - as in set
    from hub.store import access_policies  # noqa: PLC0415 - as in set

    policy = access_policies.policy_of(transaction, device.id)
    zone, items = (policy.timezone, policy.items_per_session) if policy else ("UTC", 1)
    until = ""
    if batch.valid_until_ms is not None:
        until = (
            datetime.fromtimestamp(batch.valid_until_ms / 1000 - 1, ZoneInfo(zone))
            .date()
            .isoformat()
        )
    return Sheet(machine=device.name, batch=batch.id, items=items, uses=batch.uses, until=until)


def _in_words(batch: "Batch") -> str:
    uses = "any number of uses" if batch.uses is None else f"{batch.uses} uses each"
    until = "for ever" if batch.valid_until_ms is None else f"until {_day(batch.valid_until_ms)}"
    gone = "" if batch.revoked_ms is None else f"  revoked {_day(batch.revoked_ms)}"
    return f"{batch.codes} codes of {_day(batch.made_ms)}, {uses}, {until}{gone}"


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()
