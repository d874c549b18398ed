"""The table beside a folder of spectra: what each file is of, as CSV or TOML.

CSV has a column "file"; TOML has one table per file, named like it. A row (table) named "*" holds
for every file that does not say otherwise.
"""

import csv
import tomllib
from collections.abc import Mapping
from pathlib import Path

from analysis.errors import LibraryError
from analysis.identifiers import CHECKS

FIELDS = (
    "substance",
    "family",
    "form",
    "inchikey",
    "cas",
    "pubchem",
    "instrument",
    "source",
    "licence",
)
EVERY = "*"
LONGEST = 500

Row = Mapping[str, str]


def read_sidecar(path: Path) -> Mapping[str, Row]:
    """One row per file, by its name.

    Raises:
        LibraryError: the table can't be read, has an unknown column, or names a file twice; the
            message says where.
    """
    try:
        rows = _toml(path) if path.suffix.lower() == ".toml" else _csv(path)
    except (OSError, UnicodeDecodeError, csv.Error, tomllib.TOMLDecodeError) as problem:
        raise LibraryError(f"{path}: the table can't be read: {problem}") from problem
    every = rows.pop(EVERY, {})
    return {EVERY: every, **{name: every | row for name, row in rows.items()}}


def _toml(path: Path) -> dict[str, dict[str, str]]:
    content = tomllib.loads(path.read_text("utf-8-sig"))
    for name, row in content.items():
        if not isinstance(row, dict):
            raise LibraryError(f'{path}: {name} is no table; one per file is wanted: ["{name}"]')
    return {name: _row(path, name, row) for name, row in content.items()}


def _csv(path: Path) -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file, strict=True)
        if "file" not in (reader.fieldnames or ()):
            raise LibraryError(f"{path}: the table needs a column named 'file'")
        for given in reader:
            where = f"line {reader.line_num}"
            if None in given or None in given.values():
                raise LibraryError(f"{path}: {where}: more or fewer cells than columns")
            name = given.pop("file").strip()
            if name in rows:
                raise LibraryError(f"{path}: {where}: {name!r} stands in it twice")
            rows[name] = _row(path, where, given)
    return rows


def _row(path: Path, where: str, given: Mapping[str, object]) -> dict[str, str]:
    """The fields that are not empty, as text."""
    row: dict[str, str] = {}
    for field, value in given.items():
        if field not in FIELDS:
            raise LibraryError(
                f"{path}: {where}: {field!r} is not known; file and {', '.join(FIELDS)} are"
            )
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise LibraryError(f"{path}: {where}: {field}: text is wanted, not {value!r}")
        text = str(value).strip()
        if len(text) > LONGEST:
            raise LibraryError(f"{path}: {where}: {field}: more than {LONGEST} characters")
        if text and field in CHECKS and not CHECKS[field](text):
            raise LibraryError(
                f"{path}: {where}: {field}: {text!r} has a slip, or is another thing"
            )
        if text:
            row[field] = text
    return row
