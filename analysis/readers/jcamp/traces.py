"""From a JCAMP-DX block to its points, held against everything that the block says of itself.

What must agree, and how closely: NPOINTS exactly; the X of each line within 1.1 DELTAX and the
rounding of XFACTOR (the quantitative infrared spectra of NIST are off by one DELTAX at their ends);
FIRSTY, MINY and MAXY within a thousandth of the range, YFACTOR, and the last digit written. X is
laid out evenly from FIRSTX to LASTX, as the standard has it.

A missing Y (`?`) is left out, and with it its X; more than three in a row between two values are
refused, for nobody should see a line drawn across a gap.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151, section 5 (JCAMP-DX 4.24).
"""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.readers.errors import ReaderError, UnsupportedError
from analysis.readers.jcamp.asdf import decode
from analysis.readers.jcamp.blocks import Block, Record

MAX_POINTS = 250_000
LONGEST_GAP = 3
# A repeat count stands for many points; a flat spectrum is as short as that.
_POINTS_PER_BYTE, _LEAST_CAP = 100, 1000
_X_ROOM = 1.1
_Y_ROOM = 1e-3
_NUMBER = re.compile(r"[+-]?(\d+(?:\.(\d*))?|\.(\d+))([Ee]([+-]?\d{1,4}))?")
_PAIR_GAPS = str.maketrans({",": " ", ";": " "})
_LARGEST = 1e30

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trace:
    """The points of a block in real units.

    Attributes:
        x: shape (points,), in the unit of XUNITS.
        y: shape (points,), in the unit of YUNITS, all finite.
        missing: how many points were left out because their Y is missing.
    """

    x: FloatArray
    y: FloatArray
    missing: int = 0


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    last_digit: float


def read_trace(block: Block) -> Trace:
    """Read the table of a block.

    Raises:
        UnsupportedError: it holds peaks, several pages, or no table at all.
        ReaderError: it is damaged, or disagrees with its header.
    """
    record = block.records.get("XYDATA") or block.records.get("XYPOINTS")
    if record is None:
        raise UnsupportedError(_why_no_table(block), line=block.line)
    form, _, body = record.text.partition("\n")
    form = "".join(form.split()).upper().rstrip(")")
    if form == "(X++(Y..Y":
        trace = _read_even(block, record, body)
    elif form == "(XY..XY":
        trace = _read_pairs(block, record, body)
    else:
        raise UnsupportedError(f"a table of form {form[:40]!r} is not read", line=record.line)
    _check_y(block, trace.y)
    return _without_missing(trace, record.line)


def _why_no_table(block: Block) -> str:
    if "PEAKTABLE" in block.records or "PEAKASSIGNMENTS" in block.records:
        return "a peak table is not a spectrum: the line between the peaks is not in the file"
    return "the block has no XYDATA"


def _read_even(block: Block, record: Record, body: str) -> Trace:
    points = _points(block)
    if points > _POINTS_PER_BYTE * len(body) + _LEAST_CAP:
        reason = f"NPOINTS {points:,} can't be in a table of {len(body):,} bytes"
        raise ReaderError(reason, line=record.line)
    first, last = _required(block, "FIRSTX"), _required(block, "LASTX")
    factor_x, factor_y = _factor(block, "XFACTOR"), _factor(block, "YFACTOR")
    if first.value == last.value:
        raise ReaderError("FIRSTX and LASTX are the same", line=record.line)
    step = (last.value - first.value) / (points - 1)
    _check_step(block, step, points, first.last_digit + last.last_digit)
    table = decode(body, points, record.line + 1)
    x = np.linspace(first.value, last.value, points)
    away = np.abs(table.line_x * factor_x - x[table.line_start])
    room = _X_ROOM * abs(step) + (0.5 * abs(factor_x) if _is_whole(table.line_x) else 0.0)
    if not (away <= room).all():
        at = int(np.argmax(away))
        found, due = table.line_x[at] * factor_x, x[table.line_start[at]]
        reason = (
            f"the line begins at X {found:.6g} where {due:.6g} is due; points are lost or added"
        )
        raise ReaderError(reason, line=int(table.line_number[at]))
    return Trace(x, table.y * factor_y)


def _read_pairs(block: Block, record: Record, body: str) -> Trace:
    points = _points(block)
    parts = body.translate(_PAIR_GAPS).split()
    if len(parts) != 2 * points:
        found = f"{len(parts) / 2:g}"
        raise ReaderError(f"{found} points are there, NPOINTS says {points}", line=record.line)
    numbers = _plain_numbers(parts, body, record.line + 1)
    x = numbers[::2] * _factor(block, "XFACTOR")
    y = numbers[1::2] * _factor(block, "YFACTOR")
    if np.isnan(x).any():
        raise ReaderError("an X is missing", line=record.line)
    for label, found in (("FIRSTX", x[0]), ("LASTX", x[-1])):
        said = _number(block, label)
        if said is not None and abs(said.value - found) > said.last_digit + 1e-6 * abs(found):
            raise ReaderError(
                f"{label} is {said.value:.6g}, the table has {found:.6g}", line=record.line
            )
    return Trace(x, y)


def _plain_numbers(parts: list[str], body: str, first_line: int) -> FloatArray:
    """Read numbers without any compression; `?` is NaN."""
    if not all(part == "?" or _NUMBER.fullmatch(part) for part in parts):
        for offset, line in enumerate(body.split("\n")):
            for part in line.translate(_PAIR_GAPS).split():
                if part != "?" and not _NUMBER.fullmatch(part):
                    raise ReaderError(f"{part[:40]!r} is no number", line=first_line + offset)
    return np.array([np.nan if part == "?" else float(part) for part in parts])


def _points(block: Block) -> int:
    text = block.value("NPOINTS")
    line = block.records["NPOINTS"].line if text else block.line
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ReaderError(
            f"NPOINTS must say how many points there are, not {text[:40]!r}", line=line
        )
    if not 2 <= int(text) <= MAX_POINTS:
        raise ReaderError(f"NPOINTS is {text}; 2 to {MAX_POINTS:,} are read", line=line)
    return int(text)


def _number(block: Block, label: str) -> _Number | None:
    """A number of the header, or None where it is not given."""
    text = block.value(label)
    if not text:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None or not abs(float(text)) < _LARGEST:
        line = block.records[label].line
        raise ReaderError(f"##{label}= must be a number, not {text[:40]!r}", line=line)
    decimals = len(match.group(2) or match.group(3) or "")
    return _Number(float(text), 10.0 ** (int(match.group(5) or 0) - decimals))


def _required(block: Block, label: str) -> _Number:
    number = _number(block, label)
    if number is None:
        raise ReaderError(f"##{label}= is missing", line=block.line)
    return number


def _factor(block: Block, label: str) -> float:
    factor = _required(block, label).value
    if factor == 0:
        raise ReaderError(f"##{label}= is 0", line=block.line)
    return factor


def _is_whole(numbers: FloatArray) -> bool:
    return bool((numbers == np.floor(numbers)).all())


def _check_step(block: Block, step: float, points: int, ends_digit: float) -> None:
    """DELTAX must lead from FIRSTX to LASTX, give or take its own last digit."""
    said = _number(block, "DELTAX")
    if said is None:
        return
    room = 2 * abs(step) + said.last_digit * points + ends_digit
    if abs(abs(said.value) - abs(step)) * (points - 1) > room:
        line = block.records["DELTAX"].line
        raise ReaderError(
            f"DELTAX {said.value:.6g} does not lead from FIRSTX to LASTX in NPOINTS ({step:.6g})",
            line=line,
        )


def _check_y(block: Block, y: FloatArray) -> None:
    """Hold FIRSTY, MINY and MAXY against the values."""
    known = y[~np.isnan(y)]
    if not known.size or not (np.abs(known) < _LARGEST).all():
        raise ReaderError("the values are missing or without bounds", line=block.line)
    low, high = float(known.min()), float(known.max())
    room = _Y_ROOM * (high - low) + abs(_factor(block, "YFACTOR"))
    for label, found in (("FIRSTY", float(y[0])), ("MINY", low), ("MAXY", high)):
        said = _number(block, label)
        if said is None or np.isnan(found):
            continue
        if abs(said.value - found) > room + said.last_digit:
            reason = f"{label} is {said.value:.6g} in the header and {found:.6g} in the table"
            raise ReaderError(reason, line=block.records[label].line)


def _without_missing(trace: Trace, line: int) -> Trace:
    kept = ~np.isnan(trace.y)
    if kept.all():
        return trace
    longest = max(
        (later - earlier - 1 for earlier, later in pairwise(np.flatnonzero(kept))), default=0
    )
    if longest > LONGEST_GAP:
        raise ReaderError(
            f"{longest} points in a row are missing ('?'); up to {LONGEST_GAP} are left out",
            line=line,
        )
    return Trace(trace.x[kept], trace.y[kept], missing=int((~kept).sum()))
