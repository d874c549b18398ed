"""A measured figure, and the file that figures are kept in; the same form as the bridge's."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hub.errors import BenchError


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        what: was measured.
        value: in `unit`.
        unit: "a second", "MB", "s", "ms".
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
    return f"{row.what}: {row.value:,.4g} {row.unit}"


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


def read(file: Path) -> dict[str, Any]:
    """What was kept.

    Raises:
        BenchError: the file can't be read, or holds something else.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        rows = [Row(**row) for row in document["rows"]]
        return {"machine": dict(document["machine"]), "rows": rows}
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise BenchError(f"{file}: no figures can be read from it: {error}") from error
