"""`harborlight bridge`: run a bridge, check its configuration, ask a running one."""

import json
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from firmware_bridge import config as bridge_config
from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.control import ask as ask_bridge
from firmware_bridge.errors import BridgeError, BusyError
from firmware_bridge.trial_cli import bench, play

CONFIG = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    default=Path("/etc/harborlight/bridge.toml"),
    show_default=True,
    help="The bridge's configuration.",
)


ANSWER_S = 10.0
"""So long a bridge may take to answer at all."""

_STATUS = {"done": 0, "queued": 0, "failed": 3, "waiting": 4}


class _Busy(click.ClickException):
    exit_code = 5


@click.group()
def bridge() -> None:
    """Watch the devices of one site and send what they say to the hub.

    Example: harborlight bridge run --config bridge.toml
    """


bridge.add_command(bench)
bridge.add_command(play)


@bridge.command()
@CONFIG
def run(config_file: Path) -> None:
    """Run the bridge until it is stopped (Ctrl-C, SIGTERM).

    Example: harborlight bridge run --config bridge.toml
    """
    from firmware_bridge.bridge import Bridge  # noqa: PLC0415 - other commands start without it

    with told():
        running = Bridge(bridge_config.load(config_file), SystemClock())

    def stop(_signal: int, _frame: FrameType | None) -> None:
        running.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    running.run()


@bridge.command("check-config")
@CONFIG
def check_config(config_file: Path) -> None:
    """Read the configuration and every profile in it, and say what does not fit.

    Example: harborlight bridge check-config --config bridge.toml
    """
    from firmware_bridge.drivers import registry  # noqa: PLC0415 - other commands start without it
    from hardware import profile  # noqa: PLC0415 - as above

    with told():
        config = bridge_config.load(config_file)
        folders = [config.profile_dir] if config.profile_dir else []
        for device in config.device:
            found = profile.load(device.profile, folders)
            if found.kind != "files":
                registry.find(found.driver).make({**found.driver_settings, **device.settings})
            click.echo(f"{device.name}: {found.title} at {device.port or device.folder}")
            _tell_amounts(device.amounts)
    click.echo(f"{config_file} fits: bridge {config.bridge} of site {config.site}")


def _tell_amounts(files: tuple[Path, ...]) -> None:
    """What each calibration of a device is, or what is wrong with it and what to do."""
    from firmware_bridge import amounts  # noqa: PLC0415 - other commands start without it

    for held in amounts.load(files):
        advice = f"; {held.advice}" if held.advice else ""
        click.echo(f"  amounts: {held.line}{advice}")


@bridge.command()
@click.argument("device")
@click.argument("what")
@click.option(
    "--timeout-s",
    type=click.FloatRange(0.1, 3600),
    default=120.0,
    show_default=True,
    help="Wait so long for what comes of it.",
)
@click.option("--no-wait", is_flag=True, help="Return when it is asked, not when it is done.")
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
@CONFIG
def ask(
    device: str,
    what: str,
    timeout_s: float,
    no_wait: bool,  # noqa: FBT001 - click hands options over by name
    as_json: bool,  # noqa: FBT001 - as above
    config_file: Path,
) -> None:
    """Ask a device of a running bridge for something now, and say what came of it.

    A vending machine takes "read", over DEX also "hold" and "release"; a spectrometer
    "background", "dark" or "sample".

    Exit status: 0 done (or asked, with --no-wait), whatever was found; 1 not asked, as the bridge
    does not run, the device is not there or can't do that; 3 it failed; 4 nothing came in time, it
    may still come; 5 not asked, as the device is busy with what was asked before.

    Example: harborlight bridge ask spectrometer-1 sample --config bridge.toml
    """
    question: dict[str, object] = {"do": "ask", "device": device, "what": what}
    if not no_wait:
        question["wait_s"] = timeout_s
    with told():
        config = bridge_config.load(config_file)
        reply = ask_bridge(config.control_socket, question, timeout_s + ANSWER_S)
    click.echo(json.dumps(reply) if as_json else _in_words(reply, timeout_s))
    sys.exit(_STATUS.get(str(reply.get("state")), 1))


def _in_words(reply: dict[str, object], timeout_s: float) -> str:
    asked, lines = f"{reply.get('of')}, {reply.get('asked')}", reply.get("lines")
    said = list(map(str, lines)) if isinstance(lines, list) else []
    match reply.get("state"):
        case "queued":
            said = ["asked; what comes of it shows on the pages"]
        case "waiting":
            said = [f"nothing came within {timeout_s:g} s; it may still come, and then shows there"]
        case "failed":
            said = ["failed", *said]
    first = said[0] if said else "done"
    return "\n".join([f"{asked}: {first}", *(f"  {line}" for line in said[1:])])


@bridge.command()
@click.argument("device")
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
@CONFIG
def code(
    device: str,
    as_json: bool,  # noqa: FBT001 - click hands options over by name
    config_file: Path,
) -> None:
    """Have a code decided on for a machine of a running bridge, as if it was typed there.

    For a kiosk beside the machine. The code is asked for without showing it, or read from the
    first line of standard input; it never stands on the command line.

    Exit status: 0 somebody may take items; 1 it can't be asked; 3 refused.

    Example: harborlight bridge code machine-1 --config bridge.toml
    """
    typed = (
        click.prompt("code", hide_input=True, type=str)
        if sys.stdin.isatty()
        else sys.stdin.readline(200)
    )
    with told():
        config = bridge_config.load(config_file)
        question: dict[str, object] = {"do": "code", "device": device, "code": typed.strip()}
        reply = ask_bridge(config.control_socket, question, ANSWER_S)
    granted, words = bool(reply.get("granted")), str(reply.get("words"))
    said = f"{device}: {reply.get('items')} items; {words}" if granted else f"{device}: {words}"
    click.echo(json.dumps(reply) if as_json else said)
    sys.exit(0 if granted else 3)


@bridge.command()
@CONFIG
def status(config_file: Path) -> None:
    """Show how a running bridge stands, as JSON.

    Example: harborlight bridge status --config bridge.toml
    """
    with told():
        config = bridge_config.load(config_file)
        click.echo(json.dumps(ask_bridge(config.control_socket, {"do": "status"}), indent=2))


class told:  # noqa: N801 - used like a function
    """Our own errors become one clear message and exit status 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        from hardware.errors import HardwareError  # noqa: PLC0415 - start-up time

        if isinstance(error, BridgeError | HardwareError) or _is_analysis_error(error):
            kind = _Busy if isinstance(error, BusyError) else click.ClickException
            raise kind(str(error)) from error


def _is_analysis_error(error: BaseException | None) -> bool:
    """Without loading analysis, which a bridge without a spectrometer may not even have."""
    return any(kind.__name__ == "AnalysisError" for kind in type(error).__mro__)
