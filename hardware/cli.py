"""The command line of this package: device profiles, and simulated devices on real ptys."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from hardware import machines_cli
from hardware.errors import HardwareError
from hardware.simulate_parts import (
    AUDIT,
    FILE,
    FOLDERS,
    PER_HOUR,
    PLANOGRAM,
    STATE,
    example,
    on_a_line,
)

if TYPE_CHECKING:
    from hardware.profile import Profile
    from hardware.simulators.device import Device


@click.group(
    epilog=example(
        "harborlight simulate vending --link /tmp/vend0 --control /tmp/vend0.ctl --per-hour 60"
    )
)
def simulate() -> None:
    """Simulated devices on pseudo-terminals, for trying Harborlight without hardware."""


for command in (machines_cli.board, machines_cli.ddcmp, machines_cli.fafb, machines_cli.mdb):
    simulate.add_command(command)


@simulate.command(
    epilog=example(
        "harborlight simulate vending --link /tmp/vend0 --control /tmp/vend0.ctl",
        "--state /tmp/vend0.json --profile dex-ams --per-hour 60",
    )
)
@on_a_line
@FOLDERS
@click.option("--profile", "name", default="dex-generic", show_default=True, help="Which machine.")
@STATE
@AUDIT
@PLANOGRAM
@PER_HOUR
@click.option("--by-hour", is_flag=True, help="Fewer of them at night.")
@click.option("--levels", is_flag=True, help="Send stock levels (PA108), as few machines do.")
@click.option(
    "--interval-mode",
    type=click.Choice(["AUTO", "SAVE"]),
    default="AUTO",
    show_default=True,
    help="AUTO: each read clears interval counters.",
)
@click.option(
    "--quirk",
    "quirks",
    multiple=True,
    metavar="NAME",
    help="What it does on the line besides (bid, push, wack ...; all are in the docs).",
)
def vending(
    *,
    seed: int,
    folders: tuple[Path, ...],
    name: str,
    state: Path | None,
    audit_file: Path | None,
    planogram_file: Path | None,
    per_hour: float,
    by_hour: bool,
    levels: bool,
    interval_mode: str,
    quirks: tuple[str, ...],
) -> "Device":
    """A vending machine that answers DEX, and sells."""
    from hardware.profile import VendingSimulation  # noqa: PLC0415 - help must come quickly
    from hardware.simulators import planogram  # noqa: PLC0415 - as above
    from hardware.simulators.dex_quirks import QUIRKS  # noqa: PLC0415 - as above
    from hardware.simulators.vending import VendingMachine  # noqa: PLC0415 - as above
    from hardware.simulators.vending_world import Setup  # noqa: PLC0415 - as above

    profile = _profile(name, folders)
    if profile.kind != "vending":
        raise click.UsageError(f"profile {name} is no vending machine")
    if unknown := set(quirks) - set(QUIRKS):
        raise click.UsageError(f"no quirk {min(unknown)}; there are {', '.join(QUIRKS)}")
    habits = profile.simulated_machine or VendingSimulation()
    setup = Setup(
        habits=habits.model_copy(update={"sends_levels": levels or habits.sends_levels}),
        selections=planogram.chosen(planogram_file),
        state=state,
        audit_file=audit_file,
        per_hour=per_hour,
        by_hour=by_hour,
        seed=seed,
        interval_mode=interval_mode,
        quirks=frozenset(quirks),
    )
    return VendingMachine(setup)


@simulate.command(
    epilog=example(
        "harborlight simulate spectrometer --link /tmp/ir0 --control /tmp/ir0.ctl",
        "--bands bands.json",
    )
)
@on_a_line
@FOLDERS
@click.option(
    "--profile", "name", default="sim-mid-ir-array", show_default=True, help="Which instrument."
)
@click.option("--bands", type=FILE, help="Band tables for mixtures (JSON).")
def spectrometer(
    *,
    seed: int,
    folders: tuple[Path, ...],
    name: str,
    bands: Path | None,
) -> "Device":
    """A spectrometer; its profile says which dialogue it holds."""
    from hardware.simulators.spectrometer import Spectrometer  # noqa: PLC0415 - numpy is slow

    return Spectrometer(_profile(name, folders), bands, seed)


@simulate.command(
    epilog=example("harborlight simulate fleet --machines 40 --months 6 --seed 1 --out fleet.jsonl")
)
@click.option("--machines", default=40, show_default=True, help="How many.")
@click.option("--months", default=6.0, show_default=True, help="How long, months of 30.4 days.")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same story.")
@click.option(
    "--first-day",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-01-05",
    show_default=True,
    help="When it begins.",
)
@click.option("--read-min", default=30, show_default=True, help="Minutes between readings.")
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="Where to write.")
def fleet(
    *, machines: int, months: float, seed: int, first_day: datetime, read_min: int, out: TextIO
) -> None:
    """Months in the life of many vending machines, as JSON lines, with the truth beside.

    No pseudo-terminal is made and no time is waited for. The lines are
    explained in docs/hardware/simulators.md; `harborlight bridge play` sends them to a hub.
    """
    from hardware.simulators.fleet.play import play  # noqa: PLC0415 - help must come quickly
    from hardware.simulators.fleet.setup import FleetSetup  # noqa: PLC0415 - as above

    try:
        setup = FleetSetup(
            machines=machines,
            months=months,
            seed=seed,
            first_day=first_day.date(),
            read_min=read_min,
        )
    except HardwareError as error:
        raise click.ClickException(str(error)) from error
    out.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in play(setup))


@simulate.command(
    epilog=example(
        'harborlight simulate ask /tmp/vend0.ctl \'{"do": "sell", "selection": "A1", "count": 3}\''
    )
)
@click.argument("control", type=click.Path(path_type=Path))
@click.argument("request", metavar="JSON")
def ask(control: Path, request: str) -> None:
    """Tell a running simulator what to do, and print its reply."""
    from hardware.simulators import control as channel  # noqa: PLC0415 - help must come quickly

    try:
        told = json.loads(request)
    except ValueError as error:
        raise click.UsageError(f"JSON: {error}") from error
    if not isinstance(told, dict):
        raise click.UsageError('JSON must be an object, such as {"do": "state"}')
    try:
        click.echo(json.dumps(channel.ask(control, told), indent=1))
    except HardwareError as error:
        raise click.ClickException(str(error)) from error


@click.group(epilog=example("harborlight profiles list"))
def profiles() -> None:
    """Device profiles: what each device is, and how it is spoken to."""


@profiles.command("list", epilog=example("harborlight profiles list --profiles ./my-devices"))
@FOLDERS
def list_profiles(folders: tuple[Path, ...]) -> None:
    """All profiles, a line each."""
    from hardware import profile  # noqa: PLC0415 - help must come quickly

    try:
        names = profile.names(folders)
    except HardwareError as error:
        raise click.ClickException(str(error)) from error
    for name in names:
        click.echo(f"{name:20} {_profile(name, folders).title}")


@profiles.command(epilog=example("harborlight profiles show dex-ams"))
@click.argument("name")
@FOLDERS
def show(name: str, folders: tuple[Path, ...]) -> None:
    """One profile as it is written, after it was checked."""
    from hardware import profile  # noqa: PLC0415 - help must come quickly

    try:
        click.echo(profile.text(name, folders), nl=False)
    except HardwareError as error:
        raise click.ClickException(str(error)) from error


def _profile(name: str, folders: tuple[Path, ...]) -> "Profile":
    from hardware import profile  # noqa: PLC0415 - help must come quickly

    try:
        return profile.load(name, folders)
    except HardwareError as error:
        raise click.ClickException(str(error)) from error
