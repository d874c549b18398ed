"""What files say of themselves, found apart from any reader: the judge of all readers.

Points, both ends of X, and the smallest and largest Y where a file has them. Nothing here decodes a
table: JCAMP-DX is looked at with regular expressions, the binary formats at a few offsets.
"""

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.bench.reader_peers import Row

RIGHT, WRONG, EMPTY, REFUSED = "right", "wrong", "empty", "refused"
UNJUDGED = "not judged"

_NUMBER = r"\s*([-+]?[\d.]+(?:[Ee][-+]?\d+)?)"


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of one of its rows; None where it does not say.

    Attributes:
        points: how many.
        ends: both ends of X, in any order; None for peaks, whose header has those of the scan.
        low: the smallest Y.
        high: the largest Y.
    """

    points: int
    ends: tuple[float, float] | None
    low: float | None = None
    high: float | None = None

    def agrees(self, row: Row) -> bool:
        """Whether a row is what the file says."""
        x, y = row
        if not (x.size == y.size == self.points and np.isfinite(x).all() and np.isfinite(y).all()):
            return False
        ends = (float(x[0]), float(x[-1]))
        return self._agrees_in_x(ends) and self._agrees_in_y(float(y.min()), float(y.max()))

    def _agrees_in_x(self, found: tuple[float, float]) -> bool:
        if self.ends is None:
            return True
        span = abs(self.ends[1] - self.ends[0])
        room = max(1.2 * span / max(self.points - 1, 1), 1e-6 * max(map(abs, self.ends)))
        return bool(np.allclose(sorted(found), sorted(self.ends), rtol=0, atol=room))

    def _agrees_in_y(self, low: float, high: float) -> bool:
        room = 2e-3 * (high - low) + 1e-6 * max(abs(low), abs(high))
        pairs = ((self.low, low), (self.high, high))
        return all(said is None or abs(said - found) <= room for said, found in pairs)


def verdict(path: Path, rows: Callable[[Path], Sequence[Row]]) -> str:
    """What became of one file in one reader; `UNJUDGED` where the file does not say enough."""
    try:
        found = rows(path)
    except Exception:  # noqa: BLE001 - a peer may raise anything, and that is its answer
        return REFUSED
    if not found:
        return EMPTY
    said = list(says(path.read_bytes()))
    if not said:
        return UNJUDGED
    return RIGHT if all(any(one.agrees(row) for one in said) for row in found) else WRONG


def says(raw: bytes) -> Iterator[Said]:
    """All that a file says of its rows."""
    if raw.startswith(b"\n\n\xfe\xfe"):
        return _opus(raw)
    if raw.startswith(b"Spectral Data File"):
        return _spa(raw)
    if b"\0" in raw[:600]:
        return _spc(raw)
    return _jcamp(raw.decode("latin-1"))


def _jcamp(text: str) -> Iterator[Said]:
    for block in re.split(r"(?m)^\s*##TITLE=", text)[1:]:
        if re.search(r"##NTUPLES=", block):
            yield from _ntuples(block)
            continue
        points = _labelled(block, "NPOINTS")
        first, last = _labelled(block, "FIRSTX"), _labelled(block, "LASTX")
        if points is None:
            continue
        if first is None or last is None:
            first, last = _labelled(block, "MINX"), _labelled(block, "MAXX")
        is_peaks = "##PEAK" in block
        ends = None if is_peaks else (first or 0.0, last or 0.0)
        yield Said(int(points), ends, _labelled(block, "MINY"), _labelled(block, "MAXY"))


def _labelled(block: str, label: str) -> float | None:
    found = re.search(rf"##{label}={_NUMBER}", block)
    return float(found.group(1)) if found else None


def _ntuples(block: str) -> Iterator[Said]:
    rows = {
        label: [cell.strip() for cell in found.group(1).split(",")]
        for label in ("VAR_TYPE", "VAR_DIM", "FIRST", "LAST", "MIN", "MAX")
        if (found := re.search(rf"##{label}=([^\n]*)", block))
    }
    if not rows.get("FIRST", [""])[0]:
        return
    ends = (float(rows["FIRST"][0]), float(rows["LAST"][0]))
    for at, kind in enumerate(rows["VAR_TYPE"]):
        if kind == "DEPENDENT":
            low, high = float(rows["MIN"][at]), float(rows["MAX"][at])
            yield Said(int(rows["VAR_DIM"][at]), ends, low, high)


def _opus(raw: bytes) -> Iterator[Said]:
    """Every group of NPT, FXV, LXV, MXY and MNY; each parameter is where its name stands."""
    for found in re.finditer(rb"NPT\0\0\0\x02\0", raw):
        (points,) = struct.unpack_from("<i", raw, found.end())
        part = raw[found.start() : found.start() + 240]
        reals = {
            name: struct.unpack_from("<d", part, part.find(name + b"\0\x01\0\x04\0") + 8)[0]
            for name in (b"FXV", b"LXV", b"MXY", b"MNY")
        }
        yield Said(points, (reals[b"FXV"], reals[b"LXV"]), reals[b"MNY"], reals[b"MXY"])


def _spa(raw: bytes) -> Iterator[Said]:
    points, _, _, first, last = struct.unpack_from("<IIIff", raw, 564)
    yield Said(points, (first, last))


def _spc(raw: bytes) -> Iterator[Said]:
    if raw[1] == 0x4D:
        count, first, last = struct.unpack_from("<fff", raw, 4)
        yield Said(int(count), (first, last))
        return
    order = ">" if raw[1] == 0x4C else "<"
    points, first, last, subfiles = struct.unpack_from(f"{order}iddi", raw, 4)
    if not raw[0] & 0x40:
        yield Said(points, (first, last))
        return
    # Each subfile has its own points; of a mass spectrum X[0] and X[-1] are not in the header.
    (directory,) = struct.unpack_from(f"{order}i", raw, 4)
    for number in range(subfiles):
        at = struct.unpack_from(f"{order}i", raw, directory + 12 * number)[0] if directory else 512
        (own,) = struct.unpack_from(f"{order}i", raw, at + 16)
        x = struct.unpack_from(f"{order}{own}f", raw, at + 32)
        yield Said(own, (x[0], x[-1]))
