"""Tables of numbers in text: CSV, DPT and the text exports of instruments.

What a file does not say is inferred from its numbers, and the provenance says so: `axis_known` and
`kind_known` are "stated" where the file names it and "inferred" where the numbers suggest it; where
they suggest nothing the file is refused. `column` tells what was taken.

Known layouts: Wasatch ENLIGHTEN (where Raw and Dark are there, their difference is taken: the
Processed column has had its baseline removed, at times wrongly); OMNIC CSV, Bruker DPT and other
tables of two columns; LabSpec text; JASCO, PerkinElmer ASCII and Ocean Optics, which say how many
points they have (`analysis.readers.stated`); Renishaw WiRE.
"""

import re

import numpy as np
from numpy.typing import NDArray

from analysis.errors import SpectrumError
from analysis.readers.errors import ReaderError
from analysis.readers.stated import part_stated, require_stated
from analysis.readers.table import TextTable, parse_table
from analysis.readers.units import Units, judge_units
from analysis.spectrum import Spectrum

LONGEST_GAP = 3
# Of a Raman shift and a wavenumber the shift is taken: the wavenumber beside it is absolute.
_AXIS_NAMES = ("raman shift", "shift", "wavenumber", "wavelength", "cm-1", "1/cm", "nm", "x")
_VALUE_NAMES = (
    *("intensity", "absorbance", "transmittance", "%t", "counts", "processed", "raw", "y"),
    *("dark subtracted", "reflectance", "log(1/r", "kubelka"),
)
# Lines above a table that say what its first column is.
_AXIS_ABOVE = ("xunits", "xaxis mode")
_FINISHED = ("processed", "dark subtracted")
# What is kept of the lines above a table: facts of the measurement, never free notes.
_KEPT = {
    "serial number": "serial",
    "model": "instrument",
    "instrument": "instrument",
    "label": "title",
    "title": "title",
    "timestamp": "date",
    "acquired": "date",
    "integration time": "integration_time",
    "acq. time (s)": "integration_time",
    "scan averaging": "scans",
    "laser wavelength": "laser_nm",
    "laser": "laser_nm",
    "technique": "technique",
    "data type": "data_type",
}
_FACT = re.compile(r"#?\s*([^=,;\t:]{1,60}?)\s*(?:=\s*|[,;\t:]\s*)(.{0,200})")

FloatArray = NDArray[np.float64]


def read_delimited(text: str, file: str = "") -> list[Spectrum]:
    """Read the one spectrum of a text table.

    Args:
        text: the whole file, lines parted by LF.
        file: its name, for the provenance.

    Raises:
        ReaderError: there is no table, it is damaged, or it can't be told what it holds.
    """
    stated = part_stated(text)
    table = parse_table(stated.text)
    facts = _facts(table) | stated.facts
    axis, values, axis_name, value_name = _choose(table, facts)
    units = judge_units(axis, values, axis_name, value_name, facts)
    axis, values, missing = _without_missing(axis, values, table.first_line)
    kept = _provenance(table, facts, units, value_name or "the second", missing)
    if file:
        kept["file"] = file[:200]
    try:
        spectrum = Spectrum(axis, values, units.kind, units.axis_unit, **kept)
    except SpectrumError as problem:
        raise ReaderError(str(problem), line=table.first_line) from problem
    return [spectrum]


def _facts(table: TextTable) -> dict[str, str]:
    """The `name, value` lines above the table, by lower-case name; the first of each."""
    facts: dict[str, str] = {}
    lines = table.header[:-1] if table.names else table.header
    for _, line in lines:
        match = _FACT.fullmatch(line.strip()[:300])
        if match is not None:
            facts.setdefault(match.group(1).lower(), match.group(2).strip().strip('"'))
    return facts


def _choose(table: TextTable, facts: dict[str, str]) -> tuple[FloatArray, FloatArray, str, str]:
    """The axis, the values and their names ("" where there are none)."""
    names = [name.lower() for name in table.names]
    if {"raw", "dark"} <= set(names):
        _require_pixel_count(table, facts, names)
        axis, axis_name = _axis_column(table, names)
        raw, dark = table.columns[names.index("raw")], table.columns[names.index("dark")]
        return axis, raw - dark, axis_name, "Raw minus Dark"
    if names:
        axis, axis_name = _axis_column(table, names)
        values, value_name = _value_column(table, names, axis_name)
        return axis, values, axis_name, value_name
    if len(table.columns) != 2:
        raise ReaderError(
            f"{len(table.columns)} columns without names; two are needed",
            line=table.first_line,
        )
    axis, values = table.columns
    names_above = next((facts[name] for name in _AXIS_ABOVE if facts.get(name)), "")
    if names_above and np.isfinite(axis).all() and np.isfinite(values).any():
        require_stated(axis, values, facts, table.first_line)
    return axis, values, names_above, facts.get("yunits", "")


def _require_pixel_count(table: TextTable, facts: dict[str, str], names: list[str]) -> None:
    """A table of pixels must have as many rows as the detector has pixels."""
    said = facts.get("pixel count", "")
    rows = table.columns.shape[1]
    if "pixel" in names and "wavelength" in names and said.isdigit() and int(said) != rows:
        raise ReaderError(
            f"the file says {said} pixels and has {rows} rows; it was cut short",
            line=table.first_line + rows - 1,
        )


def _axis_column(table: TextTable, names: list[str]) -> tuple[FloatArray, str]:
    for wanted in _AXIS_NAMES:
        for at, name in enumerate(names):
            if _is_called(name, wanted):
                return table.columns[at], table.names[at]
    if len(names) == 2:
        return table.columns[0], table.names[0]
    raise _unclear(table, "axis")


def _value_column(table: TextTable, names: list[str], axis_name: str) -> tuple[FloatArray, str]:
    """The one column that may hold the values; of raw and finished ones, the finished."""
    found = [
        at
        for at, name in enumerate(names)
        if table.names[at] != axis_name and any(_is_called(name, word) for word in _VALUE_NAMES)
    ]
    if not found and len(names) == 2:
        found = [1]
    finished = [at for at in found if any(word in names[at] for word in _FINISHED)]
    if len(found) > 1 and len(finished) == 1 and _all_intensities(names, found):
        found = finished
    if "shift" in axis_name.lower():
        found = [at for at in found if "dark subtracted" in names[at]] or found
    if len(found) != 1:
        raise _unclear(table, "values")
    return table.columns[found[0]], table.names[found[0]]


def _all_intensities(names: list[str], found: list[int]) -> bool:
    return not any(word in names[at] for at in found for word in ("absorb", "transmi", "%t"))


def _is_called(name: str, wanted: str) -> bool:
    return (
        name == wanted
        or (len(wanted) > 2 and wanted in name)
        or (wanted == "%t" and name.startswith(wanted))
    )


def _unclear(table: TextTable, what: str) -> ReaderError:
    names = ", ".join(table.names)[:200]
    reason = f"which column holds the {what} can't be told from the names: {names}"
    return ReaderError(reason, line=table.first_line - 1)


def _without_missing(
    axis: FloatArray, values: FloatArray, first_line: int
) -> tuple[FloatArray, FloatArray, int]:
    """Leave out rows with a missing value: any at the ends, a few in a row between others."""
    known = ~(np.isnan(axis) | np.isnan(values))
    if known.all():
        return axis, values, 0
    kept = np.flatnonzero(known)
    gaps = np.diff(kept) - 1
    if gaps.size and gaps.max() > LONGEST_GAP:
        line = first_line + int(kept[int(np.argmax(gaps))]) + 1
        reason = f"{int(gaps.max())} values in a row are missing; up to {LONGEST_GAP} are left out"
        raise ReaderError(reason, line=line)
    return axis[known], values[known], int((~known).sum())


def _provenance(
    table: TextTable, facts: dict[str, str], units: Units, column: str, missing: int
) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, ours in _KEPT.items():
        if facts.get(name):
            kept.setdefault(ours, facts[name])
    enlighten = facts.get("enlighten version")
    layout = f"ENLIGHTEN {enlighten[:20]}" if enlighten else "delimited text"
    kept |= {
        "format": f"{layout} ({table.separator}, decimal {table.decimal})",
        "column": column,
        "axis_known": units.axis_known,
        "kind_known": units.kind_known,
        "confidence": units.confidence,
    }
    if table.is_cut:
        kept["last_row"] = "left out: the file ends without a line end, and may be cut there"
    if missing:
        kept["missing_points"] = str(missing)
    return kept
