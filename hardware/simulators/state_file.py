"""A small JSON file that outlives the simulator: written whole or not at all."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from hardware.errors import SimulatorError


def save(path: Path, state: Mapping[str, object]) -> None:
    """Write the state beside the file, then put it in its place in one step.

    Raises:
        SimulatorError: it can't be written there.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise SimulatorError(f"{path}: the state can't be written there: {error}") from error


def load(path: Path) -> dict[str, object] | None:
    """The state as saved; None where there is no file.

    Raises:
        SimulatorError: the file can't be read, or is no state.
    """
    if not path.exists():
        return None
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SimulatorError(
            f"{path}: is no saved state ({error}); delete it to begin anew"
        ) from error
    if not isinstance(state, dict):
        raise SimulatorError(f"{path}: is no saved state; delete it to begin anew")
    return state
