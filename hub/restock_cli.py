"""The commands `harborlight hub restock ...` and `harborlight hub planogram ...`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from hub.cli_parts import CONFIG, Moment, find_device, open_store, told_plainly, when
from hub.config import load
from hub.stock.events import REASONS, EntryKind, LotCount
from hub.stock.figures import SlotPlan

if TYPE_CHECKING:
    from hub.access import Person


class _Lot(click.ParamType[LotCount]):
    """LOT, LOT@DATE or LOT@DATE=COUNT; without a count it is all that is entered."""

    name = "lot[@date][=count]"

    def convert(
        self, value: str | LotCount, param: click.Parameter | None, ctx: click.Context | None
    ) -> LotCount:
        if isinstance(value, LotCount):
            return value
        number, _, count = value.partition("=")
        lot, _, expires = number.partition("@")
        if not lot or not (count or "0").isdecimal():
            self.fail(f"{value!r}: such as AB1234@2027-05-31=6", param, ctx)
        return LotCount(lot=lot, expires=expires, count=int(count or 0))


def _entry_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every entry can say besides how many."""
    options = (
        click.option("--lot", "lots", type=_Lot(), multiple=True, help="Which lots they are of."),
        click.option("--note", default="", help="Anything else, in your own words."),
        click.option("--at", "at_ms", type=Moment(), help="When it was done (UTC); else now."),
        click.option("--key", default="", help="A name, so that the entry can be sent twice."),
        click.option("--corrects", default="", help="The name or #number of a wrong entry."),
        CONFIG,
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(epilog="Example: harborlight hub restock add north/lobby A1 6 --lot AB1234@2027-05-31")
def restock() -> None:
    """Restock a machine: open a visit, enter what was done, close and compare."""


@restock.command("open", epilog="Example: harborlight hub restock open north/lobby")
@click.argument("device")
@CONFIG
def open_visit(device: str, config_path: Path) -> None:
    """Begin a visit to SITE/DEVICE (or go on with the one the door began)."""
    from hub import restock as acts  # noqa: PLC0415 - start-up time

    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        found = find_device(transaction, device)
        number = acts.open_session(transaction, _somebody(), found, store.clock.now_ms())
    click.echo(f"{device}: restock {number} is open")


@restock.command(epilog="Example: harborlight hub restock count north/lobby A1 12")
@click.argument("device")
@click.argument("selection")
@click.argument("count", type=int)
@_entry_options
def count(device: str, selection: str, count: int, **said: Any) -> None:  # noqa: ANN401 - as click gives them
    """Say that so many lie in a slot now; --lot names all that lie there."""
    _enter(device, selection, "count", count, said)


@restock.command(
    epilog="Example: harborlight hub restock add north/lobby A1 6 --lot AB1@2027-05-31"
)
@click.argument("device")
@click.argument("selection")
@click.argument("count", type=int)
@_entry_options
def add(device: str, selection: str, count: int, **said: Any) -> None:  # noqa: ANN401 - as above
    """Say that so many were put into a slot, behind what lay there."""
    _enter(device, selection, "add", count, said)


@restock.command(epilog="Example: harborlight hub restock remove north/lobby A1 2 --reason expired")
@click.argument("device")
@click.argument("selection")
@click.argument("count", type=int)
@click.option("--reason", required=True, type=click.Choice(REASONS), help="Why.")
@_entry_options
def remove(device: str, selection: str, count: int, **said: Any) -> None:  # noqa: ANN401 - as above
    """Say that so many were taken out of a slot, and why."""
    _enter(device, selection, "remove", count, said)


@restock.command(epilog="Example: harborlight hub restock fill north/lobby A1 A2 A3")
@click.argument("device")
@click.argument("selections", nargs=-1, required=True)
@_entry_options
def fill(device: str, selections: Sequence[str], **said: Any) -> None:  # noqa: ANN401 - as above
    """Say that slots were filled to par, without counting; --lot names what was put in."""
    key = said["key"]
    for selection in selections:
        named = f"{key}.{selection}" if key and len(selections) > 1 else key
        _enter(device, selection, "fill", None, {**said, "key": named})


@restock.command(epilog="Example: harborlight hub restock void north/lobby A1 --corrects '#12'")
@click.argument("device")
@click.argument("selection")
@_entry_options
def void(device: str, selection: str, **said: Any) -> None:  # noqa: ANN401 - as above
    """Take an entry back that was a mistake; --corrects names it. It stays in the history."""
    _enter(device, selection, "void", None, said)


@restock.command(epilog="Example: harborlight hub restock close north/lobby")
@click.argument("device")
@click.option("--note", default="", help="Anything else, in your own words.")
@CONFIG
def close(device: str, note: str, config_path: Path) -> None:
    """End the visit: compare entries with the machine, let waiting plans take effect."""
    from hub import restock as acts  # noqa: PLC0415 - start-up time

    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        found = find_device(transaction, device)
        closed = acts.close_session(transaction, _somebody(), found, store.clock.now_ms(), note)
    for one in closed.findings:
        said = "agrees" if one.agrees else f"differs by {one.difference or 0}"
        click.echo(f"{one.selection}: {one.level} ({one.confidence}), {said}")
        for line in (*one.notes, *(f"likely: {reason}" for reason in one.reasons)):
            click.echo(f"    {line}")
    for selection in closed.plans:
        click.echo(f"{selection}: its new plan stands from now on")
    click.echo(f"{device}: restock {closed.session_id} is closed")


def _enter(
    device: str, selection: str, kind: EntryKind, count: int | None, said: dict[str, Any]
) -> None:
    from hub import restock as acts  # noqa: PLC0415 - start-up time
    from hub.store.views import slots  # noqa: PLC0415 - start-up time

    config_path = said["config_path"]
    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        found = find_device(transaction, device)
        known = [slot.selection for slot in slots.slots(transaction, found)]
        if selection not in known:
            raise click.ClickException(
                f"{device} has no slot {selection!r}; known: {', '.join(known) or 'none'}"
            )
        wish = acts.Wish(
            selection=selection,
            kind=kind,
            count=count,
            lots=[_whole(one, count) for one in said["lots"]],
            reason=said.get("reason", ""),
            note=said["note"],
            at_ms=said["at_ms"],
            key=said["key"],
            corrects=said["corrects"],
        )
        kept = acts.enter(transaction, _somebody(), found, wish, store.clock.now_ms())
    again = " (it was kept before)" if kept.repeated else ""
    click.echo(f"{device} {selection}: entry #{kept.entry_id} kept{again}")


def _whole(one: LotCount, count: int | None) -> LotCount:
    """A lot without a number of items is all that is entered."""
    return one if one.count else LotCount(lot=one.lot, expires=one.expires, count=count or 0)


def _somebody() -> "Person":
    from hub import audit  # noqa: PLC0415 - start-up time
    from hub.access import Person  # noqa: PLC0415 - start-up time

    return Person(0, audit.SYSTEM, "admin")  # who may use this command may do everything


@click.group(epilog="Example: harborlight hub planogram show north/lobby")
def planogram() -> None:
    """What each slot should hold, in versions."""


def _plan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.argument("device"),
        click.argument("selection"),
        click.option("--product", help="What it holds; else what it is called now."),
        click.option("--capacity", type=int, help="How many fit."),
        click.option("--par", type=int, help="The standard fill."),
        click.option("--minimum", type=int, help="The low mark."),
        click.option(
            "--vends",
            type=click.Choice(["fifo", "lifo"]),
            help="What vends first: the item loaded first (as at first), or the one loaded last.",
        ),
        click.option("--swap", is_flag=True, help="Another product, not only another name."),
        CONFIG,
    )
    for option in reversed(options):
        command = option(command)
    return command


@planogram.command(
    "set", epilog="Example: harborlight hub planogram set north/lobby A1 --capacity 12 --par 10"
)
@_plan_options
def set_now(**said: Any) -> None:  # noqa: ANN401 - as above
    """Change what a slot should hold, at once. What is not named stays as it is."""
    _plan(said, at_next_service=False)


@planogram.command(
    epilog="Example: harborlight hub planogram schedule north/lobby A1 --product Strips --swap"
)
@_plan_options
def schedule(**said: Any) -> None:  # noqa: ANN401 - as above
    """Change what a slot should hold, from the close of the next restock on."""
    _plan(said, at_next_service=True)


def _plan(said: dict[str, Any], *, at_next_service: bool) -> None:
    from hub import restock as acts  # noqa: PLC0415 - start-up time
    from hub.store import planogram as plans  # noqa: PLC0415 - start-up time
    from hub.store.views import slots  # noqa: PLC0415 - start-up time

    device, selection = said["device"], said["selection"]
    config_path = said["config_path"]
    with told_plainly(), open_store(load(config_path)) as store, store.begin() as transaction:
        found = find_device(transaction, device)
        known = {one.selection: one for one in slots.slots(transaction, found)}
        stands = known.get(selection)
        plan = SlotPlan(
            **{
                name: said[name]
                if said[name] is not None
                else getattr(stands.figure if stands else None, name, None)
                for name in ("capacity", "par", "minimum")
            }
        )
        product = said["product"] or (stands.product if stands else "")
        order = plans.vend_orders(transaction, found.id).get(selection, "fifo")
        somebody = _somebody()
        version = acts.plan_version(
            somebody,
            found,
            selection,
            product,
            plan,
            store.clock.now_ms(),
            vend_order=said["vends"] or order,
            swaps=said["swap"],
        )
        acts.plan_slot(transaction, somebody, found, version, at_next_service=at_next_service)
    then = "at the close of the next restock" if at_next_service else "now"
    click.echo(f"{device} {selection}: planned, {then}")


@planogram.command(epilog="Example: harborlight hub planogram show north/lobby")
@click.argument("device")
@CONFIG
def show(device: str, config_path: Path) -> None:
    """Show every version of the plan of SITE/DEVICE, those that wait too."""
    from hub.store import planogram as plans  # noqa: PLC0415 - start-up time

    with told_plainly(), open_store(load(config_path)) as store, store.read() as transaction:
        found = find_device(transaction, device)
        rows = plans.versions(transaction, found.id)
    for row in rows:
        numbers = "/".join(
            "-" if n is None else str(n) for n in (row.capacity, row.par, row.minimum)
        )
        since = _since(cast("int | None", row.effective_ms), dropped=row.dropped_ms is not None)
        click.echo(f"{row.selection:<8} {numbers:<12} {row.product}  {since}  {row.by_person}")
    if not rows:
        click.echo("none: the plan is as the machine says, nobody has changed it")


def _number(number: int | None) -> str:
    return "-" if number is None else str(number)


def _since(effective_ms: int | None, *, dropped: bool) -> str:
    if dropped:
        return "given up"
    if effective_ms is None:
        return "waits for the next restock"
    return f"since {when(effective_ms)}" if effective_ms else "at first"
