"""The page of all figures about vending: from the bridge, from the hub, from both together."""

from pathlib import Path
from typing import Any

from hub.bench.rows import Row, read
from hub.errors import BenchError

PARTS = {
    "vending-bridge.json": ("The bridge", "harborlight bridge bench"),
    "vending-hub.json": ("The hub", "harborlight hub bench"),
    "vending-play.json": ("Both, with a real broker between", "harborlight bridge play"),
}


def page(folder: Path) -> str:
    """The page over the files of a folder; parts that were not measured are left out.

    Raises:
        BenchError: there are none at all, or one can't be read.
    """
    found = {name: read(folder / name) for name in PARTS if (folder / name).exists()}
    if not found:
        raise BenchError(f"no figures in {folder}: measure first")
    said = [
        "# Vending: how fast, how large",
        "",
        "Written by `harborlight hub bench`; do not edit. Of the fastest of some rounds, in",
        "processor time, or by the clock where a disk or other programs take part.",
        "What is compared with what, and how to measure again: [benchmarks](README.md).",
    ]
    for name, part in found.items():
        title, command = PARTS[name]
        said += [
            "",
            f"## {title}",
            "",
            _measured(command, part["machine"]),
            "",
            "| what | measured | goal | how |",
            "| --- | --- | --- | --- |",
            *(_row(row) for row in part["rows"]),
        ]
    return "\n".join(said) + "\n"


def _measured(command: str, machine: dict[str, Any]) -> str:
    kind = f"{machine['cores']}-core {machine['architecture']} machine"
    return f"By `{command}`, on a {kind} with Python {machine['python']}."


def _row(row: Row) -> str:
    goal = ""
    if row.most is not None:
        goal = f"at most {row.most:g}: {'reached' if row.value <= row.most else '**missed**'}"
    return f"| {row.what} | {_number(row.value)} {row.unit} | {goal} | {row.note} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
