"""The commands `harborlight hub stock ...` and `harborlight hub lots ...`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli_parts import CONFIG, Moment, find_device, open_store, told_plainly, when
from hub.config import load
from hub.errors import AccessError

if TYPE_CHECKING:
    from hub.stock import StockFigure


@click.group(epilog="Example: harborlight hub stock show north/lobby")
def stock() -> None:
    """What is in a machine's slots, now and at any time before."""


@stock.command(epilog="Example: harborlight hub stock show north/lobby --at 2026-11-20T14:00")
@click.argument("device")
@click.option("--at", "at_ms", type=Moment(), help="As it was at this time (UTC), as known now.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@CONFIG
def show(device: str, at_ms: int | None, as_json: bool, config_path: Path) -> None:  # noqa: FBT001 - a flag of click
    """Show each slot of SITE/DEVICE: how many, how sure, how old, which lots."""
    from hub import stock_reports  # noqa: PLC0415 - start-up time

    with told_plainly(), open_store(load(config_path)) as store, store.read() as transaction:
        found = find_device(transaction, device)
        told = stock_reports.slots_of(transaction, found, at_ms)
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for slot in told:
        level = "?" if slot["level"] is None else slot["level"]
        as_of = "" if slot["as_of_ms"] is None else f"  as of {when(slot['as_of_ms'])}"
        click.echo(
            f"{slot['selection']:<8} {level:>4}  {slot['confidence']:<9}  {slot['product']}{as_of}"
        )
        for one in slot["lots"]:
            if one["most"]:
                date = one["expires"] or "no date"
                click.echo(f"{'':15}lot {one['lot']}, {date}: {one['expected']} to {one['most']}")
        for note in slot["notes"]:
            click.echo(f"{'':15}{note}")


@stock.command(epilog="Example: harborlight hub stock history north/lobby A1")
@click.argument("device")
@click.argument("selection")
@click.option("--limit", default=40, show_default=True, help="So many steps, the newest.")
@CONFIG
def history(device: str, selection: str, limit: int, config_path: Path) -> None:
    """Show step by step how the level of a slot of SITE/DEVICE came about."""
    from hub.stock import steps  # noqa: PLC0415 - start-up time
    from hub.store import slot_events  # noqa: PLC0415 - start-up time

    with told_plainly(), open_store(load(config_path)) as store, store.read() as transaction:
        found = find_device(transaction, device)
        told = slot_events.all_events(transaction, found.id)
        if selection not in told:
            raise AccessError(f"{device} has no slot {selection}; known: {', '.join(sorted(told))}")
    for step in list(steps(told[selection]))[-limit:]:
        noticed = "; ".join(step.happened)
        level = "?" if step.figure.level is None else step.figure.level
        said = f"{when(step.at_ms)}  {step.what:<8} {level:>4}{_range(step.figure)}"
        click.echo(f"{said}  {step.figure.confidence}{'  ' + noticed if noticed else ''}")


def _range(figure: "StockFigure") -> str:
    if figure.confidence != "uncertain":
        return ""
    return f" ({figure.low} to {'?' if figure.high is None else figure.high})"


@click.group(epilog="Example: harborlight hub lots recall AB1234")
def lots() -> None:
    """Lots and their expiry dates, and where a lot is that must be recalled."""


@lots.command("list", epilog="Example: harborlight hub lots list --before 2027-01-31")
@click.option("--before", default="", help="Only what expires before this date.")
@CONFIG
def list_lots(before: str, config_path: Path) -> None:
    """List every lot that may lie in a machine, what expires first in front."""
    from hub import stock_reports  # noqa: PLC0415 - start-up time

    with told_plainly(), open_store(load(config_path)) as store, store.read() as transaction:
        found = stock_reports.lots(transaction, before)
    for name, place in found:
        date = place.expires or "no date"
        click.echo(f"{date:<11} {name}  {place.place} {place.selection}: {_left(place)}")
    if not found:
        click.echo("none: no entry has named a lot that can still be there")


@lots.command(epilog="Example: harborlight hub lots recall AB1234")
@click.argument("lot")
@CONFIG
def recall(lot: str, config_path: Path) -> None:
    """Say where a LOT may be now, and through which slots it went.

    Which item a machine vends first is an assumption; "at most" holds whatever the order.
    """
    from hub import stock_reports  # noqa: PLC0415 - start-up time

    with told_plainly(), open_store(load(config_path)) as store, store.read() as transaction:
        found = stock_reports.recall_lot(transaction, lot)
    for place in found:
        click.echo(f"{place.place} {place.selection}: {_left(place)}, {place.loaded} put in")
        if place.gone and place.first_gone_ms and place.last_gone_ms:
            span = f"{when(place.first_gone_ms)} and {when(place.last_gone_ms)}"
            click.echo(f"    about {place.gone} went to people between {span}")
    if not found:
        click.echo(f"no slot was ever said to hold lot {lot}; items that no lot was named for may")


def _left(place: object) -> str:
    most, expected = getattr(place, "most", 0), getattr(place, "expected", 0)
    return f"likely {expected}, at most {most}" if most else "none left"
