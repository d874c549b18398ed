"""The commands `harborlight hub demand`, `harborlight hub round ...` and `... lots exposure`."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli_parts import CONFIG, find_device, open_store, told_plainly
from hub.config import load
from hub.errors import AccessError, TableError

if TYPE_CHECKING:
    from hub.rounds import Round
    from hub.store import Transaction

JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


class Day(click.ParamType[date]):
    """A day such as 2026-12-03."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day that is meant."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r}: a date such as 2026-12-03 is wanted", param, ctx)


def _round_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every plan of a round can be told."""
    after = "The day of the visit after this round."
    room = "CSV of what you have: lot, product, expires, count, recalled."
    called_back = "A lot that its maker has called back; may be given again."
    options = (
        click.option("--service", required=True, type=Day(), help=after),
        click.option("--on", "visit", type=Day(), help="The day of this round; else now."),
        click.option("--stock-room", type=FILE, help=room),
        click.option("--recalled", multiple=True, metavar="LOT", help=called_back),
        JSON,
        CONFIG,
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(epilog="Example: harborlight hub demand north/lobby --service 2026-12-03")
@click.argument("device")
@click.option("--service", type=Day(), help="The day on which somebody comes next.")
@JSON
@CONFIG
def demand(device: str, service: date | None, as_json: bool, config_path: Path) -> None:  # noqa: FBT001 - a flag of click
    """Say when each slot of SITE/DEVICE will be empty, and what people missed."""
    from hub import forecasts  # noqa: PLC0415 - start-up time

    with told_plainly():
        config = load(config_path)
        zone = forecasts.zone_of(config.access.timezone)
        with open_store(config) as store, store.read() as transaction:
            now_ms = store.clock.now_ms()
            found = find_device(transaction, device)
            learned = forecasts.learn_fleet(transaction, now_ms, zone)
            service_ms = None if service is None else forecasts.noon_ms(service, zone)
            told = forecasts.of_machine(transaction, learned, found, service_ms)
    if as_json:
        _as_json([one.as_json() for one in told])
        return
    for one in told:
        level = "?" if one.figure.level is None else one.figure.level
        click.echo(f"{one.selection:<6} {level:>4}  {one.product}")
        for line in one.lines(now_ms):
            click.echo(f"{'':13}{line}")


@click.group("round", epilog="Example: harborlight hub round pack north/lobby --service 2026-12-03")
def round_commands() -> None:
    """Plan a round: what to pack, in which order to drive."""


@round_commands.command(
    "pack", epilog="Example: harborlight hub round pack north/lobby --service 2026-12-03"
)
@click.argument("devices", nargs=-1, required=True)
@_round_options
def pack_round(devices: Sequence[str], as_json: bool, **said: Any) -> None:  # noqa: ANN401, FBT001 - as click gives them
    """List what to take along to each SITE/DEVICE, in the order of the visits, and for all."""
    from hub import round_words, rounds  # noqa: PLC0415 - start-up time

    with _planned(said) as (transaction, plan):
        found = [find_device(transaction, each) for each in dict.fromkeys(devices)]
        packed = rounds.pack(plan, rounds.stands(transaction, plan, found))
    if as_json:
        _as_json(packed.as_json())
        return
    _echo(round_words.packed_lines(packed))


@round_commands.command(
    "route",
    epilog="Example: harborlight hub round route --service 2026-12-03 --start office "
    "--travel minutes.csv",
)
@click.option("--start", required=True, help="Where the round begins and ends, as in FILE.")
@click.option(
    "--travel",
    required=True,
    type=FILE,
    help="CSV of from, to, minutes; or of site, lat, lon.",
)
@click.option("--most-hours", type=float, help="The round takes no longer, with the way home.")
@click.option("--pack", "packs", is_flag=True, help="Add the pick lists, in the order of stops.")
@_round_options
def route_round(
    start: str,
    travel: Path,
    most_hours: float | None,
    packs: bool,  # noqa: FBT001 - a flag of click
    as_json: bool,  # noqa: FBT001 - a flag of click
    **said: Any,  # noqa: ANN401 - as click gives them
) -> None:
    """Say which machines to visit, in which order, and which can wait."""
    from hub import round_words, rounds  # noqa: PLC0415 - start-up time

    with _planned(said) as (transaction, plan):
        ways = _ways(travel, start)
        machines = rounds.stands(transaction, plan)
        route = rounds.order(plan, machines, start, ways, most_hours)
        packed = rounds.pack(plan, rounds.in_route(route, machines))
    if as_json:
        _as_json({"route": asdict(route), **(packed.as_json() if packs else {})})
        return
    unforeseen = {one.machine: one.unforeseen for one in machines}
    _echo(round_words.route_lines(start, route, unforeseen))
    if packs:
        click.echo()
        _echo(round_words.packed_lines(packed))


@click.command(epilog="Example: harborlight hub lots exposure AB1234")
@click.argument("lot", default="")
@JSON
@CONFIG
def exposure(lot: str, as_json: bool, config_path: Path) -> None:  # noqa: FBT001 - a flag of click
    """Say how much heat and cold each lot of naloxone (or one LOT) had in machines.

    It is advice to look at it. Never leave a machine without naloxone because of it.
    """
    from hub import exposures  # noqa: PLC0415 - start-up time
    from hub.exposure import exposure_words  # noqa: PLC0415 - start-up time

    with told_plainly():
        config = load(config_path)
        with open_store(config) as store, store.read() as transaction:
            found = exposures.reviews(
                transaction,
                store.clock.now_ms(),
                config.rules.stock,
                keep_raw_days=config.hub.keep_raw_days,
                lot=lot,
            )
    if as_json:
        _as_json([asdict(one) for one in found])
        return
    for one in found:
        click.echo(f"{one.advice:<8} {exposure_words(one)}")
        for reason in one.reasons:
            click.echo(f"{'':9}Source: {reason.source}")
    if not found:
        click.echo("none: no entry has named such a lot; name lots when you put items in")


@contextmanager
def _planned(said: dict[str, Any]) -> Iterator[tuple["Transaction", "Round"]]:
    """The store, and what a round is planned for, from the options of `_round_options`."""
    from hub import forecasts  # noqa: PLC0415 - start-up time
    from hub.rounds import Round  # noqa: PLC0415 - start-up time
    from hub.tables import read_room  # noqa: PLC0415 - start-up time

    with told_plainly():
        config = load(said["config_path"])
        zone = forecasts.zone_of(config.access.timezone)
        file: Path | None = said["stock_room"]
        room = None if file is None else read_room(_text(file), file.name)
        with open_store(config) as store, store.read() as transaction:
            now_ms = store.clock.now_ms()
            yield (
                transaction,
                Round(
                    demand=forecasts.learn_fleet(transaction, now_ms, zone),
                    now_ms=now_ms,
                    zone=zone,
                    service=said["service"],
                    visit=said["visit"],
                    room=room,
                    recalled=said["recalled"],
                ),
            )


def _ways(file: Path, start: str) -> Callable[[str, str], float]:
    from hub.rounds import by_place  # noqa: PLC0415 - start-up time
    from hub.tables import read_travel  # noqa: PLC0415 - start-up time

    travel = read_travel(_text(file), file.name)
    if start not in travel.places:
        known = ", ".join(sorted(travel.places)[:20])
        raise AccessError(f"--start {start}: {file.name} knows no such place; known: {known}")
    return by_place(travel.places, travel.hours, start)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{file}: can't be read as UTF-8 text: {error}") from error


def _as_json(said: object) -> None:
    click.echo(json.dumps(said, indent=2, ensure_ascii=False, default=str))


def _echo(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)
