"""A measured figure, and the file that figures are kept in."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from firmware_bridge.errors import BenchError


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        what: was measured.
        value: in `unit`.
        unit: "a second", "MB/s", "MB", "times", "yes or no" (1 or 0).
        most: the goal, where it is to be no more than that.
        note: how it was measured.
    """

    what: str
    value: float
    unit: str
    most: float | None = None
    note: str = ""


def line(row: Row) -> str:
    """A figure for a terminal."""
    goal = "" if row.most is None else f" (goal: at most {row.most:g})"
    return f"{row.what}: {row.value:,.4g} {row.unit}{goal}"


def write(file: Path, rows: Sequence[Row]) -> None:
    """Keep figures, with the machine they were measured on.

    Raises:
        BenchError: the file can't be written.
    """
    machine = {
        "architecture": platform.machine(),
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
    }
    document = {"machine": machine, "rows": [asdict(row) for row in rows]}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{file}: can't be written: {error}") from error
