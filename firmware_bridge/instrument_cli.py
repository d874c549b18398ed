"""`harborlight check performance`, `blank`, `moved`, `instrument`: look after an instrument."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from firmware_bridge import config as bridge_config
from firmware_bridge.cli import ANSWER_S, CONFIG, told
from firmware_bridge.control import ask as ask_bridge

JSON = click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
TIMEOUT = click.option("--timeout-s", default=120.0, show_default=True, help="Wait so long for it.")
EXIT_NOT_MEASURED, EXIT_FAILED = 3, 6


@click.command()
@click.argument("device")
@click.option(
    "--standard",
    type=click.Choice(["polystyrene", "silicon"]),
    required=True,
    help="What lies on the instrument.",
)
@click.option("--guide", is_flag=True, help="Lead through it: the backgrounds, then the standard.")
@TIMEOUT
@JSON
@CONFIG
def performance(
    device: str,
    standard: str,
    guide: bool,  # noqa: FBT001 - click hands options over by name
    timeout_s: float,
    as_json: bool,  # noqa: FBT001 - as above
    config_file: Path,
) -> None:
    """Measure the standard that lies on DEVICE, and say whether the instrument may be believed.

    An infrared instrument on a line wants two backgrounds right before it; --guide takes them. An
    instrument that drops files: measure the standard with its own program when this waits.

    Exit status: 0 passed; 3 nothing could be measured; 6 failed.

    Example: harborlight check performance ftir-1 --standard polystyrene --guide
    """
    if guide:
        _guide(config_file, device, standard, timeout_s)
    _measure(config_file, device, f"standard {standard}", timeout_s)
    answer = _ask(config_file, act="show", device=device)
    _say(answer, [str(line) for line in _rows(answer["lines"])], as_json=as_json)
    sys.exit(0 if answer["passed"] else EXIT_FAILED)


@click.command()
@click.argument("device")
@TIMEOUT
@JSON
@CONFIG
def blank(device: str, timeout_s: float, as_json: bool, config_file: Path) -> None:  # noqa: FBT001 - as above
    """Measure the cleaned, empty place of DEVICE after a strong sample.

    Exit status: 0 the sample before does not show any more; 3 nothing could be measured; 6 it does.

    Example: harborlight check blank ftir-1
    """
    lines = _measure(config_file, device, "blank", timeout_s)
    answer = _ask(config_file, act="show", device=device)
    _say(answer, lines, as_json=as_json)
    names = [block["name"] for block in _rows(answer["blocks"])]
    sys.exit(EXIT_FAILED if "carry-over" in names else 0)


@click.command()
@click.argument("device")
@JSON
@CONFIG
def moved(device: str, as_json: bool, config_file: Path) -> None:  # noqa: FBT001 - as above
    """Say that DEVICE was moved: it then wants a performance check before the next release.

    Example: harborlight check moved ftir-1
    """
    answer = _ask(config_file, act="moved", device=device)
    _say(answer, _state_lines(answer), as_json=as_json)


@click.command()
@click.argument("device")
@JSON
@CONFIG
def instrument(device: str, as_json: bool, config_file: Path) -> None:  # noqa: FBT001 - as above
    """Show how DEVICE stands: what is overdue, its last check, and its control charts.

    Example: harborlight check instrument ftir-1 --json
    """
    answer = _ask(config_file, act="show", device=device)
    _say(answer, _state_lines(answer), as_json=as_json)


def _guide(config_file: Path, device: str, standard: str, timeout_s: float) -> None:
    click.pause(f"Clean the place on {device} and leave it empty. Then press a key ...")
    for _ in range(2):
        click.echo("\n".join(_measure(config_file, device, "background", timeout_s)))
    click.pause(f"Put the {standard} there. Then press a key ...")


def _measure(config_file: Path, device: str, what: str, timeout_s: float) -> list[str]:
    """Have something measured; leaves the program where it can't be."""
    question = {"do": "ask", "device": device, "what": what, "wait_s": timeout_s}
    with told():
        config = bridge_config.load(config_file)
        reply = ask_bridge(config.control_socket, question, timeout_s + ANSWER_S)
    lines = [str(line) for line in _rows(reply.get("lines"))]
    if reply.get("state") != "done":
        click.echo("\n".join(lines or [f"nothing came within {timeout_s:g} s"]), err=True)
        sys.exit(EXIT_NOT_MEASURED)
    return lines


def _ask(config_file: Path, **question: object) -> dict[str, object]:
    with told():
        config = bridge_config.load(config_file)
        return ask_bridge(config.control_socket, {"do": "instrument", **question}, ANSWER_S)


def _say(answer: dict[str, object], lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(answer) if as_json else "\n".join(lines))


def _state_lines(answer: dict[str, Any]) -> list[str]:
    serial = f" (serial {answer['serial']})" if answer["serial"] else ""
    lines = [f"{answer['device']}{serial}", *(f"  {line}" for line in answer["lines"])]
    log = answer["log"]
    lines += [
        f"  {words}: {_when(log[name])}" for name, words in _TIMES.items() if log[name] is not None
    ]
    lines += [_chart_line(chart) for chart in answer["charts"] if chart["points"]]
    lines += [f"  NOT IN ORDER: {each['name']}. {each['text']}" for each in answer["blocks"]]
    return lines if answer["blocks"] else [*lines, "  nothing stands in the way"]


_TIMES = {
    "on_since_ms": "on since",
    "moved_ms": "moved",
    "background_ms": "background",
    "dark_ms": "dark",
    "last_strong_ms": "last strong sample",
    "blank_ms": "blank",
}


def _chart_line(chart: dict[str, Any]) -> str:
    values = [f"{point['value']:.4g}" for point in chart["points"][-8:]]
    said = f"  {chart['quantity']}: {' '.join(values)}"
    if chart["middle"] is None:
        return f"{said}; {len(chart['points'])} checks, own limits come with more"
    return f"{said}; usual {chart['middle']:.4g} ({chart['low']:.4g} to {chart['high']:.4g})"


def _when(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _rows(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
