"""The commands `harborlight hub checks ...`: what is added to checks of samples at the hub."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli_parts import CONFIG, open_store, told_plainly
from hub.config import load
from hub.errors import AccessError

if TYPE_CHECKING:
    from firmware_bridge.contract.check.record import Record
    from hub.access import Person
    from hub.store import Store, Transaction

CHANGE = click.option(
    "--change", default="", help="Why it is changed; needed once the card was released."
)


@click.group(epilog="Example: harborlight hub checks import-lab answers.csv --dry-run")
def checks() -> None:
    """Laboratories' answers, reasons, decisions and withdrawals, added to checks of samples."""


@checks.command("import-lab", epilog="Example: harborlight hub checks import-lab answers.csv")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@CONFIG
def import_lab(file: Path, dry_run: bool, config_path: Path) -> None:  # noqa: FBT001 - a flag of click
    """Take a laboratory's answers from a CSV file: all of it, or nothing.

    Columns: code, split, laboratory, method, substance, found (yes or no), percent, low, high,
    limit (per cent of the mass; may be empty). Exit status 1 where a line can't be used.
    """
    from hub.lab_import import import_answers  # noqa: PLC0415 - start-up time

    content = file.read_bytes()
    with _acting(config_path) as (store, transaction, person):
        now_ms = store.clock.now_ms()
        done = import_answers(transaction, person, content, now_ms, keep=not dry_run)
    for refusal in done.refusals:
        click.echo(f"line {refusal.line}: {refusal.reason}", err=True)
    if done.refusals:
        click.echo("nothing was taken; mend these lines and try again", err=True)
        sys.exit(1)
    for name in done.unknown_substances:
        click.echo(f"look: {name} is in no table of substances; it is kept as it is written")
    click.echo(f"{len(done.added)} answers {'would be ' if dry_run else ''}added")
    if done.repeated:
        click.echo(f"{len(done.repeated)} were known already")


@checks.command(epilog="Example: harborlight hub checks show 8YUB-YK8V")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@CONFIG
def show(code: str, as_json: bool, config_path: Path) -> None:  # noqa: FBT001 - a flag of click
    """Show a check: what its card would say now, what stands in the way, its trail."""
    from hub import check_told  # noqa: PLC0415 - start-up time
    from hub import checks as acts_of_checks  # noqa: PLC0415 - start-up time

    with told_plainly(), open_store(load(config_path)) as store, store.read() as transaction:
        found = acts_of_checks.find(transaction, code)
        told = check_told.told(transaction, found)
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    click.echo(f"{found.code}  {found.state}")
    for line in told["says"]:
        click.echo(f"  {line}")
    for block in told["blocks"]:
        click.echo(f"in the way: {block['name']}: {block['text']}")
    for each in told["trail"]:
        click.echo(f"  {each['event']}  {each['day']}  {each['by']}: {each['told']}")


@checks.command(epilog='Example: harborlight hub checks amend 8YUB-YK8V "the lot was recalled"')
@click.argument("code")
@click.argument("reason")
@CONFIG
def amend(code: str, reason: str, config_path: Path) -> None:
    """Say why a card that was released must be changed; its holder reads it."""
    _add(config_path, code, "amendment", {"reason": reason}, "")


@checks.command(
    epilog="Example: harborlight hub checks withdraw 8YUB-YK8V 3f9a1c0b7d2e4f56a1b2c3d4e5f60718 "
    '"of another sample" --change "an entry was of another sample"'
)
@click.argument("code")
@click.argument("event")
@click.argument("reason")
@CHANGE
@CONFIG
def withdraw(code: str, event: str, reason: str, change: str, config_path: Path) -> None:
    """Say that a fact was entered by mistake: it counts no more, and stays in the trail."""
    _add(config_path, code, "withdrawal", {"event": event, "reason": reason}, change)


@checks.command(
    epilog="Example: harborlight hub checks settle 8YUB-YK8V intake "
    "3f9a1c0b7d2e4f56a1b2c3d4e5f60718"
)
@click.argument("code")
@click.argument("matter")
@click.argument("event")
@CHANGE
@CONFIG
def settle(code: str, matter: str, event: str, change: str, config_path: Path) -> None:
    """Decide between facts that were entered side by side: EVENT stands."""
    _add(config_path, code, "settlement", {"matter": matter, "event": event}, change)


@checks.command(epilog="Example: harborlight hub checks release 8YUB-YK8V --language es")
@click.argument("code")
@click.option("--language", type=click.Choice(["en", "es", "fr"]), default="en", show_default=True)
@click.option("--set-aside", multiple=True, help="A named reason that stands in the way.")
@click.option("--reason", default="", help="Why it is set aside.")
@CONFIG
def release(
    code: str,
    language: Any,  # noqa: ANN401 - one of the words above, as click has made sure
    set_aside: tuple[str, ...],
    reason: str,
    config_path: Path,
) -> None:
    """Let a changed card go that the table had released before, such as after a laboratory."""
    from hub import checks as acts_of_checks  # noqa: PLC0415 - start-up time

    with _acting(config_path) as (store, transaction, person):
        now_ms = store.clock.now_ms()
        found = acts_of_checks.release(
            transaction, person, code, language, now_ms, set_aside, reason
        )
    click.echo(f"{found.code}: version {len(found.releases)} is released")


@contextmanager
def _acting(config_path: Path) -> Iterator[tuple["Store", "Transaction", "Person"]]:
    """A transaction, and who may use these commands: they may do everything."""
    from hub import audit  # noqa: PLC0415 - start-up time
    from hub.access import Person  # noqa: PLC0415 - start-up time

    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        yield store, transaction, Person(0, audit.SYSTEM, "admin")


def _add(config_path: Path, code: str, what: str, fields: dict[str, str], change: str) -> None:
    from hub import checks as acts_of_checks  # noqa: PLC0415 - start-up time

    found: Record | None = None
    with _acting(config_path) as (store, transaction, person):
        value = acts_of_checks.made(what, fields)
        now_ms = store.clock.now_ms()
        found = acts_of_checks.add(transaction, person, code, what, value, now_ms, change)
    if found is None:
        raise AccessError(f"{code}: nothing was added")
    click.echo(f"{found.code}: {what} added; the card is {found.state}")
