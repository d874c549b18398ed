"""Measured spectra from delimited text files, as an instrument would see them."""

import csv
import math
from pathlib import Path

import numpy as np

from hardware.errors import RequestError
from hardware.simulators.bands import Array

HEADER_ROWS_MAX = 200
COUNTS_COLUMNS = ("raw", "counts", "intensity", "processed")
AXIS_COLUMNS = {"wavelength": "nm", "nm": "nm", "wavenumber": "cm-1", "raman shift": "cm-1"}
FILE_MAX_BYTES = 8_000_000


def load(path: Path, axis_nm: Array, laser_nm: float | None, column: str = "") -> Array:
    """The counts of a measured file on an instrument's pixels; zero outside its range.

    A header row names the columns ("Wavelength", "Wavenumber", "Raw", "Dark" and so on); without
    one, the first two columns are the axis in nanometres and the counts. Raw less Dark is used
    where both are there. Wavenumbers are a Raman shift where there is a laser, else absolute.

    Args:
        path: comma, semicolon, tab or space separated.
        axis_nm: the instrument's wavelengths, rising.
        laser_nm: excitation wavelength; None for none.
        column: use the counts of this column; "" finds one.

    Raises:
        RequestError: the file can't be read, or has no such columns.
    """
    header, rows = _table(path)
    if not rows:
        raise RequestError(f"{path}: no rows of two numbers or more")
    names = [name.strip().lower() for name in header]
    place, unit = _axis(names)
    counts = _counts(path, names, rows, place, column)
    positions_nm = _to_nm(np.array([row[place] for row in rows]), unit, laser_nm)
    known = np.isfinite(positions_nm) & np.isfinite(counts)
    order = np.argsort(positions_nm[known])
    if order.size < 2:
        raise RequestError(f"{path}: fewer than two usable points")
    return np.interp(
        axis_nm, positions_nm[known][order], counts[known][order], left=0.0, right=0.0
    ).astype(np.float64)


def _table(path: Path) -> tuple[list[str], list[list[float]]]:
    """Column names (none where the file has none), and the rows of numbers; NaN for "NA"."""
    try:
        if path.stat().st_size > FILE_MAX_BYTES:
            raise RequestError(f"{path}: larger than {FILE_MAX_BYTES} bytes")
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise RequestError(f"{path}: can't be read: {error}") from error
    delimiter = next((mark for mark in ",;\t" if mark in text), " ")
    header: list[str] = []
    rows: list[list[float]] = []
    for cells in csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True):
        numbers = [_number(cell) for cell in cells]
        if len(numbers) >= 2 and math.isfinite(numbers[0]):
            rows.append(numbers)
        elif len(cells) >= 2 and any(_is_axis(cell) for cell in cells):
            header, rows = cells, []
    width = len(header) or (len(rows[-1]) if rows else 0)
    return header, [row for row in rows if len(row) == width]


def _is_axis(cell: str) -> bool:
    return cell.strip().lower() in AXIS_COLUMNS


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _axis(names: list[str]) -> tuple[int, str]:
    """Where the axis stands and its unit; wavelengths are preferred."""
    for wanted, unit in AXIS_COLUMNS.items():
        if wanted in names:
            return names.index(wanted), unit
    return 0, "nm"


def _counts(
    path: Path, names: list[str], rows: list[list[float]], axis_place: int, column: str
) -> Array:
    table = np.array(rows)
    if column:
        if column.lower() not in names:
            raise RequestError(f"{path}: no column {column!r}; there are {', '.join(names)}")
        return np.asarray(table[:, names.index(column.lower())], dtype=np.float64)
    found = next((names.index(name) for name in COUNTS_COLUMNS if name in names), axis_place + 1)
    counts = np.asarray(table[:, found], dtype=np.float64)
    if "raw" in names and "dark" in names:
        counts = counts - table[:, names.index("dark")]
    return counts


def _to_nm(positions: Array, unit: str, laser_nm: float | None) -> Array:
    if unit == "nm":
        return positions
    absolute_cm1 = positions if laser_nm is None else 1e7 / laser_nm - positions
    with np.errstate(divide="ignore"):
        return np.where(absolute_cm1 > 0, 1e7 / absolute_cm1, np.nan)
