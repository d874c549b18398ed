"""Text exports that say above their table how many points it has, and often of what.

Where they say it, it is held against the table; and what stands below so many rows is no part of
it, as the notes of JASCO and the end mark of Ocean Optics. Without the count nothing is cut off:
there a line that is no row makes the file unreadable.

Layouts: JASCO (labels as in JCAMP-DX, parted by tabs, then `XYDATA`); PerkinElmer ASCII (`#GR`
with one thing a line, then `#DATA`); Ocean Optics (`>>>>>Begin Spectral Data<<<<<`). They are not
published; they were held against files of their programs.
"""

import re
from dataclasses import dataclass, field
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from analysis.readers.errors import ReaderError

_MARK = re.compile(r"XYDATA|#DATA|>+Begin (?:Processed )?Spectral Data<+")
_LATEST_MARK, _LONGEST_COUNT = 1000, 10
_POINTS = re.compile(
    r"(?:NPOINTS|Number of Pixels in (?:Processed )?Spectrum)\s*[\t:=,; ]\s*(.{0,40})"
)
_BELOW = re.compile(r"\s*|>+End (?:Processed )?Spectral Data<+\s*")
# Of PerkinElmer: where each stands below #GR, by the name that JASCO has for the same.
_GRAPH = {"xunits": 1, "yunits": 2, "firstx": 5, "deltax": 6, "npoints": 7, "maxy": 9, "miny": 10}
_PROGRAM = re.compile(r"PE (\w{1,8})\b")
_TECHNIQUES = {"IR": "infrared", "NIR": "near-infrared"}
_ROOM = 1e-3

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stated:
    """A text and what it says of its table.

    Attributes:
        text: up to the last row of the table.
        facts: by lower-case name; of PerkinElmer alone, the others have lines of name and value.
    """

    text: str
    facts: dict[str, str] = field(default_factory=dict)


def part_stated(text: str) -> Stated:
    """Cut off what stands below a table whose length is said.

    Args:
        text: the file, lines parted by LF.

    Raises:
        ReaderError: there are more or fewer rows than it says.
    """
    lines = text.split("\n", _LATEST_MARK)
    marks = [at for at, line in enumerate(lines[:_LATEST_MARK]) if _MARK.fullmatch(line.strip())]
    if not marks:
        return Stated(text)
    mark = marks[0]
    facts = _graph(lines[:mark], lines[mark])
    points = _points(lines[:mark], facts)
    if points is None:
        return Stated(text)
    below = text.split("\n")[mark + 1 :]
    rows = list(takewhile(lambda line: _BELOW.fullmatch(line) is None, below))
    if len(rows) != points:
        reason = f"the file says {points:,} points and has {len(rows):,} rows; it was cut short"
        reason = reason if len(rows) < points else reason.partition(";")[0]
        raise ReaderError(reason, line=mark + 1 + len(rows))
    return Stated("\n".join([*lines[: mark + 1], *rows, ""]), facts)


def _points(above: list[str], facts: dict[str, str]) -> int | None:
    """How many points are said to be there; None where nothing is said."""
    said = [(len(above), facts["npoints"])] if facts else []
    found = ((at + 1, _POINTS.fullmatch(line.strip())) for at, line in enumerate(above))
    said += [(at, match.group(1)) for at, match in found if match]
    if not said:
        return None
    line, count = said[0]
    if not (count.isascii() and count.isdigit() and len(count) < _LONGEST_COUNT):
        raise ReaderError(f"{count!r} is no number of points", line=line)
    return int(count)


def _graph(above: list[str], mark: str) -> dict[str, str]:
    """What PerkinElmer has below #GR."""
    plain = [line.strip().strip('"') for line in above]
    if mark.strip() != "#DATA" or "#GR" not in plain:
        return {}
    begin = plain.index("#GR")
    if len(plain) <= begin + max(_GRAPH.values()):
        raise ReaderError("the lines below #GR are damaged", line=begin + 1)
    program = _PROGRAM.match(plain[0])
    code = program.group(1) if program else ""
    technique = _TECHNIQUES.get(code, f"PerkinElmer {code}".strip())
    return {name: plain[begin + below] for name, below in _GRAPH.items()} | {"data type": technique}


def require_stated(axis: FloatArray, values: FloatArray, facts: dict[str, str], line: int) -> None:
    """Hold the ends of the axis, and the least and the largest value, against what is said.

    Args:
        axis: shape (points,), at least one; as it stands in the file.
        values: shape (points,); NaN where one is missing.
        facts: by lower-case name.
        line: of the table, for messages.

    Raises:
        ReaderError: they disagree.
    """
    step = abs(float(axis[-1] - axis[0])) / max(axis.size - 1, 1)
    spread = float(np.nanmax(values) - np.nanmin(values))
    for name, found, room in (
        ("firstx", float(axis[0]), step / 2),
        ("lastx", float(axis[-1]), step / 2),
        ("miny", float(np.nanmin(values)), _ROOM * spread),
        ("maxy", float(np.nanmax(values)), _ROOM * spread),
    ):
        said = _number(facts.get(name, ""))
        if said is not None and not abs(said - found) <= room + 1e-6 * abs(found):
            reason = f"the file says {name.upper()} {said:.6g} and the table has {found:.6g}"
            raise ReaderError(reason, line=line)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
