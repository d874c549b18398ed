"""Text with a table of numbers at its end: where it begins, what parts it, and what is in it.

The table begins at the first line of two or more cells that has nothing but numbers, and from
there on every line up to the end must have the same number of them: a line that breaks the table
makes the file unreadable, wherever it stands. `NA` and an empty cell are missing values; `NaN` and
`inf` are refused.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.readers.errors import ReaderError

MAX_LINE = 4096
MAX_COLUMNS = 64
MAX_HEADER_LINES = 1000
MAX_ROWS = 250_000
MAX_CELLS = 1_000_000

# Each digit is looked at once, however long the number: what may match in two ways takes for ever.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?")
_COMMA_NUMBER = re.compile(r"[+-]?(?:\d+(?:,\d*)?|,\d+)(?:[eE][+-]?\d{1,4})?")
_MISSING = frozenset({"NA", "N/A", ""})
_FEWEST_ROWS, _WHOLE_NUMBER = 9, (-1, 0)
_ENDLESS = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_NAMES = {"\t": "tab", ";": "semicolon", ",": "comma", None: "space"}


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table and what stands above it.

    Attributes:
        header: the lines above, with their line numbers, without blank ones.
        names: the names of the columns, or () where the line above is no row of names.
        columns: shape (columns, rows); NaN where a value is missing.
        first_line: the number of the table's first line.
        separator: "tab", "semicolon", "comma" or "space".
        decimal: "point" or "comma".
        is_cut: whether the last row was left out, for it has no line end and may be cut.
    """

    header: tuple[tuple[int, str], ...]
    names: tuple[str, ...]
    columns: NDArray[np.float64]
    first_line: int
    separator: str
    decimal: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Dialect:
    separator: str | None
    decimal: str

    def cells(self, line: str) -> list[str]:
        parts = line.split(self.separator)
        # A separator at the end of each line parts nothing.
        if self.separator is not None and len(parts) > 2 and not parts[-1].strip():
            parts.pop()
        return [part.strip().strip('"') for part in parts]

    def is_number(self, cell: str) -> bool:
        pattern = _COMMA_NUMBER if self.decimal == "," else _NUMBER
        return pattern.fullmatch(cell) is not None

    def is_row(self, cells: list[str]) -> bool:
        """Whether a line is one of numbers, even if it is a damaged one."""
        numbers = sum(self.is_number(cell) or bool(_ENDLESS.fullmatch(cell)) for cell in cells)
        missing = sum(cell in _MISSING for cell in cells)
        return len(cells) >= 2 and numbers >= 1 and numbers + missing == len(cells)


def parse_table(text: str) -> TextTable:
    """Find and read the table.

    Args:
        text: the file, lines parted by LF.

    Raises:
        ReaderError: there is no table, or a line of it is damaged.
    """
    has_end = text.endswith(("\n", "\n ", "\n\t")) or not text.strip()
    text = text.rstrip()
    if text.count("\n") > MAX_ROWS:
        raise ReaderError(f"the text has more than {MAX_ROWS:,} lines")
    lines = text.split("\n")
    longest = max(range(len(lines)), key=lambda at: len(lines[at]))
    if len(lines[longest]) > MAX_LINE:
        raise ReaderError(f"the line has more than {MAX_LINE} characters", line=longest + 1)
    dialect = _dialect(lines)
    first = _first_row(lines, dialect)
    header = tuple((at + 1, line) for at, line in enumerate(lines[:first]) if line.strip())
    is_cut = not has_end and _may_be_cut(lines[first:], dialect)
    columns = _columns(lines[first : len(lines) - is_cut], dialect, first + 1)
    return TextTable(
        header=header,
        names=_names(header, dialect, columns.shape[0]),
        columns=columns,
        first_line=first + 1,
        separator=_NAMES[dialect.separator],
        decimal="comma" if dialect.decimal == "," else "point",
        is_cut=is_cut,
    )


def _may_be_cut(rows: list[str], dialect: _Dialect) -> bool:
    """Whether the last row, that has no line end, can't be told to be whole.

    It is whole where all rows write their last cell with as many digits behind the point.
    """
    if len(rows) < _FEWEST_ROWS:
        return False
    shapes = {_shape(dialect.cells(row)[-1], dialect) for row in rows}
    return len(shapes) > 1 or shapes == {_WHOLE_NUMBER}


def _shape(cell: str, dialect: _Dialect) -> tuple[int, int]:
    """How many digits stand behind the point, and how many letters in the exponent."""
    number, _, exponent = cell.lower().partition("e")
    _, point, digits = number.partition(dialect.decimal)
    return (len(digits), len(exponent)) if point else _WHOLE_NUMBER


def _dialect(lines: list[str]) -> _Dialect:
    """Judge by the last line, which must be one of the table."""
    last = lines[-1].strip()
    separator: str | None = None
    if "\t" in last:
        separator = "\t"
    elif ";" in last:
        separator = ";"
    elif "," in last and (" " not in last or "," not in re.sub(r",\s", "", last)):
        separator = ","
    has_comma = separator != "," and "," in last
    if has_comma and "." in last:
        raise ReaderError("both '.' and ',' stand inside of numbers", line=len(lines))
    if separator == "," or has_comma:
        return _Dialect(separator, "," if has_comma else ".")
    return _Dialect(separator, "," if _has_decimal_commas(lines, separator) else ".")


def _has_decimal_commas(lines: list[str], separator: str | None) -> bool:
    """The last line may have whole numbers only: see whether the lines before it have commas."""
    dialect = _Dialect(separator, ",")
    tail = [dialect.cells(line) for line in lines[-50:]]
    return any(dialect.is_row(cells) and any("," in cell for cell in cells) for cells in tail)


def _first_row(lines: list[str], dialect: _Dialect) -> int:
    for at, line in enumerate(lines):
        if at > MAX_HEADER_LINES:
            break
        if dialect.is_row(dialect.cells(line)):
            _require_sound_start(lines[:at], dialect, len(dialect.cells(line)))
            return at
    if dialect.is_number(lines[-1].strip()):
        raise ReaderError("there is only one column of numbers; two are needed", line=len(lines))
    raise ReaderError("no table of numbers was found in the text", line=len(lines))


def _require_sound_start(above: list[str], dialect: _Dialect, width: int) -> None:
    """The line above must not look like a damaged first row."""
    cells = dialect.cells(above[-1]) if above else []
    begins_like_number = bool(cells) and cells[0][:1] in set("0123456789+-.,")
    if begins_like_number and len(cells) == width and any(map(dialect.is_number, cells)):
        raise ReaderError(f"{cells[0][:40]!r} is no number, or no name", line=len(above))


def _columns(lines: list[str], dialect: _Dialect, first_line: int) -> NDArray[np.float64]:
    width = len(dialect.cells(lines[0]))
    if width > MAX_COLUMNS or width * len(lines) > MAX_CELLS:
        raise ReaderError(
            f"{width} columns and {len(lines)} rows; up to {MAX_COLUMNS} columns and "
            f"{MAX_CELLS:,} cells are read",
            line=first_line,
        )
    rows = [dialect.cells(line) for line in lines]
    for at, row in enumerate(rows):
        if len(row) != width:
            reason = f"{len(row)} columns where the lines before have {width}"
            raise ReaderError(reason, line=first_line + at)
    try:
        return _fast(rows, dialect)
    except ValueError:
        return _careful(rows, dialect, first_line)


def _fast(rows: list[list[str]], dialect: _Dialect) -> NDArray[np.float64]:
    """Read the cells all at once; raises ValueError where one is in any way unusual."""
    cells = ["" if cell in _MISSING else cell for row in rows for cell in row]
    if not set("".join(cells)) <= set(f"0123456789+-eE{dialect.decimal}"):
        raise ValueError("a letter that is not of a number")
    if dialect.decimal == ",":
        cells = [cell.replace(",", ".") for cell in cells]
    columns = np.array([float(cell or "nan") for cell in cells]).reshape(len(rows), -1).T
    if np.isinf(columns).any():
        raise ValueError("a number without bounds")
    return columns


def _careful(rows: list[list[str]], dialect: _Dialect, first_line: int) -> NDArray[np.float64]:
    """Read cell by cell, to say which one is wrong."""
    columns = np.array([[_value(cell, dialect) for cell in row] for row in rows]).T
    wrong = np.isinf(columns)
    if wrong.any():
        at = int(np.argmax(wrong.any(axis=0)))
        cell = rows[at][int(np.argmax(wrong[:, at]))]
        raise ReaderError(f"{cell[:40]!r} is no finite number", line=first_line + at)
    return columns


def _value(cell: str, dialect: _Dialect) -> float:
    """NaN where it is missing; infinite where it is no number, to be refused with its place."""
    if cell in _MISSING:
        return float("nan")
    if not dialect.is_number(cell):
        return float("inf")
    return float(cell.replace(",", ".") if dialect.decimal == "," else cell)


def _names(header: tuple[tuple[int, str], ...], dialect: _Dialect, width: int) -> tuple[str, ...]:
    cells = dialect.cells(header[-1][1].lstrip("#")) if header else []
    named = [cell for cell in cells if cell]
    if len(cells) > width == len(named) and all(cell.startswith("#") for cell in named[1:]):
        return tuple(f"#{cell.lstrip('#')}" for cell in named)  # Renishaw parts them by two tabs
    is_fact = any("=" in cell for cell in cells)
    is_names = len(cells) == width and not is_fact and not any(map(dialect.is_number, cells))
    return tuple(cells) if is_names else ()
