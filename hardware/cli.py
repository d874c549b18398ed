"""The command line of this package: device profiles, and simulated devices on real ptys."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from hardware.errors import HardwareError

if TYPE_CHECKING:
    from hardware.profile import Profile
    from hardware.simulators.device import Device

LINK = click.option(
    "--link",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where programs find the line; a symbolic link is made there.",
)
CONTROL = click.option(
    "--control",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the control socket goes (see `simulate ask`).",
)
SEED = click.option("--seed", default=0, show_default=True, help="The same seed, the same chance.")
BAUD = click.option(
    "--baud",
    type=click.IntRange(min=50),
    help="Send as slowly as a line of this rate; a pty itself knows no rate.",
)
FOLDERS = click.option(
    "--profiles",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of your own profiles; may be given more than once.",
)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def _example(*lines: str) -> str:
    """The end of a command's help: one example, its lines kept as they are (click's backspace)."""
    return "\b\nExample:\n  " + " \\\n    ".join(lines)


@click.group(
    epilog=_example(
        "harborlight simulate vending --link /tmp/vend0 --control /tmp/vend0.ctl --per-hour 60"
    )
)
def simulate() -> None:
    """Simulated devices on pseudo-terminals, for trying Harborlight without hardware."""


@simulate.command(
    epilog=_example(
        "harborlight simulate vending --link /tmp/vend0 --control /tmp/vend0.ctl",
        "--state /tmp/vend0.json --profile dex-ams --per-hour 60",
    )
)
@LINK
@CONTROL
@SEED
@BAUD
@FOLDERS
@click.option("--profile", "name", default="dex-generic", show_default=True, help="Which machine.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep counters and levels in this file, so that a restart goes on from them.",
)
@click.option("--audit", "audit_file", type=FILE, help="Serve this audit file instead of its own.")
@click.option("--planogram", "planogram_file", type=FILE, help="What stands where (JSON list).")
@click.option("--per-hour", default=0.0, show_default=True, help="How many people come on average.")
@click.option("--by-hour", is_flag=True, help="Fewer of them at night.")
@click.option("--levels", is_flag=True, help="Send stock levels (PA108), as few machines do.")
@click.option(
    "--interval-mode",
    type=click.Choice(["AUTO", "SAVE"]),
    default="AUTO",
    show_default=True,
    help="AUTO: each read clears interval counters.",
)
def vending(
    *,
    link: Path,
    control: Path | None,
    seed: int,
    baud: int | None,
    folders: tuple[Path, ...],
    name: str,
    state: Path | None,
    audit_file: Path | None,
    planogram_file: Path | None,
    per_hour: float,
    by_hour: bool,
    levels: bool,
    interval_mode: str,
) -> None:
    """A vending machine that answers DEX, and sells."""
    from hardware.profile import VendingSimulation  # noqa: PLC0415 - help must come quickly
    from hardware.simulators import planogram  # noqa: PLC0415 - as above
    from hardware.simulators.vending import VendingMachine  # noqa: PLC0415 - as above
    from hardware.simulators.vending_world import Setup  # noqa: PLC0415 - as above

    def build() -> "Device":
        profile = _profile(name, folders)
        if profile.kind != "vending":
            raise click.UsageError(f"profile {name} is no vending machine")
        habits = profile.simulated_machine or VendingSimulation()
        setup = Setup(
            habits=habits.model_copy(update={"sends_levels": levels or habits.sends_levels}),
            selections=planogram.load(planogram_file) if planogram_file else planogram.DEFAULT,
            state=state,
            audit_file=audit_file,
            per_hour=per_hour,
            by_hour=by_hour,
            seed=seed,
            interval_mode=interval_mode,
        )
        return VendingMachine(setup)

    _serve(build, link, control, baud, seed)


@simulate.command(
    epilog=_example(
        "harborlight simulate spectrometer --link /tmp/ir0 --control /tmp/ir0.ctl",
        "--bands bands.json",
    )
)
@LINK
@CONTROL
@SEED
@BAUD
@FOLDERS
@click.option(
    "--profile", "name", default="sim-mid-ir-array", show_default=True, help="Which instrument."
)
@click.option("--bands", type=FILE, help="Band tables for mixtures (JSON).")
def spectrometer(
    *,
    link: Path,
    control: Path | None,
    seed: int,
    baud: int | None,
    folders: tuple[Path, ...],
    name: str,
    bands: Path | None,
) -> None:
    """A spectrometer; its profile says which dialogue it holds."""
    from hardware.simulators.spectrometer import Spectrometer  # noqa: PLC0415 - numpy is slow

    _serve(lambda: Spectrometer(_profile(name, folders), bands, seed), link, control, baud, seed)


@simulate.command(
    epilog=_example(
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


@click.group(epilog=_example("harborlight profiles list"))
def profiles() -> None:
    """Device profiles: what each device is, and how it is spoken to."""


@profiles.command("list", epilog=_example("harborlight profiles list --profiles ./my-devices"))
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


@profiles.command(epilog=_example("harborlight profiles show dex-ams"))
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


def _serve(
    build: "Callable[[], Device]",
    link: Path,
    control: Path | None,
    baud: int | None,
    seed: int,
) -> None:
    """Run a simulated device until SIGTERM or SIGINT."""
    from hardware.simulators.simulator import Simulator  # noqa: PLC0415 - help must come quickly

    try:
        simulator = Simulator(build(), link=link, control=control, baud=baud, seed=seed)

        def stop(_number: int, _frame: FrameType | None) -> None:
            simulator.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        click.echo(f"ready on {link}")
        simulator.run()
    except HardwareError as error:
        raise click.ClickException(str(error)) from error
