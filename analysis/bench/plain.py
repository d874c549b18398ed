"""Results as plain values for JSON, and back from a file."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeAlias

from analysis.bench.metrics import Rate
from analysis.errors import AnalysisError

Plain: TypeAlias = Any
"""What JSON can hold."""


def plain(value: object) -> Plain:
    """Plain values; a rate brings its interval, a number that is not finite becomes null."""
    if isinstance(value, Rate):
        low, high = value.interval
        rate = {"hits": value.hits, "of": value.of, "value": value.value, "low": low, "high": high}
        return plain(rate)
    if isinstance(value, float):
        return round(value, 8) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def write(path: Path, value: object) -> None:
    """Write one result; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(plain(value), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Plain]:
    """Read a result.

    Raises:
        AnalysisError: the file is not there, or is no result.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise AnalysisError(f"{path}: no result of a benchmark ({problem})") from problem
    if not isinstance(found, dict):
        raise AnalysisError(f"{path}: no result of a benchmark")
    return found
