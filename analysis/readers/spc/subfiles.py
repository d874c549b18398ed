"""The arrays of a Galactic SPC file, each held against the size of the file.

Y are 16-bit or 32-bit whole numbers times 2 to a signed exponent less their bits, or floats where
the exponent is -128. Of an old file the two halves of a 32-bit number are swapped. A single array
takes the exponent of the header, one of several that of its own sub-header.

Every byte must be accounted for: what is neither header, array nor log makes the file unreadable,
for a header that says too few points would otherwise cut a spectrum in silence.

Source: Galactic Industries, "Universal Data Format Specification" (SPC.H): SUBHDR, SSFSTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.readers.binary import Bytes
from analysis.readers.errors import ReaderError
from analysis.readers.spc.header import FLOAT_EXPONENT, NEW_BYTES, OLD_BYTES, SUB_BYTES, Header

MAX_SUBFILES = 100_000
_DIRECTORY_ENTRY = 12
_CLOSE = 1e-5

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Subfile:
    """One array.

    Attributes:
        number: counted from 0.
        x: shape (points,).
        y: shape (points,).
        z: where it stands among the others.
    """

    number: int
    x: FloatArray
    y: FloatArray
    z: float


@dataclass(frozen=True, slots=True)
class _SubHeader:
    exponent: int
    z: float
    points: int


def read_subfiles(data: Bytes, header: Header) -> Iterator[Subfile]:
    """All arrays of a file.

    Raises:
        ReaderError: the file is damaged, or has bytes that nothing explains.
    """
    if header.own_x and header.is_multi and header.points:
        return _by_directory(data, header)
    return _one_after_the_other(data, header)


def _one_after_the_other(data: Bytes, header: Header) -> Iterator[Subfile]:
    """The usual order: shared X, then sub-header and Y of each."""
    at = OLD_BYTES if header.is_old else NEW_BYTES
    shared = None
    if not header.own_x:
        _require_points(header.points, 4)
        shared, at = _shared_x(data, header, at)
    count = _count(data, header, at)
    found: list[Subfile] = []
    for number in range(count):
        is_first_old = header.is_old and number == 0
        sub = _sub_header(data, OLD_BYTES - SUB_BYTES if is_first_old else at)
        at += 0 if is_first_old else SUB_BYTES
        x, points = shared, header.points
        if x is None:
            points = sub.points or header.points
            _require_points(points, at)
            x = data.finite("f4", at, points, f"the X of subfile {number + 1}")
            at += 4 * points
        elif sub.points not in {0, points} and header.is_multi:
            reason = f"subfile {number + 1} says {sub.points} points, the header {points}"
            raise ReaderError(reason, byte=at)
        y, at = _ordinates(data, header, sub, at, points, number)
        found.append(Subfile(number, x, y, sub.z))
    _require_all_explained(data, header, at)
    yield from found


def _count(data: Bytes, header: Header, at: int) -> int:
    """How many subfiles there are; of an old file, as many as fit."""
    if header.is_old and header.is_multi:
        each = SUB_BYTES + header.points * (2 if header.is_short else 4)
        return (len(data) - at + SUB_BYTES) // each
    count = header.subfiles if header.is_multi else max(header.subfiles, 1)
    if not header.is_multi and count != 1:
        raise ReaderError(f"{count} subfiles in a file that says it has one array", byte=24)
    if not 1 <= count <= MAX_SUBFILES or count * SUB_BYTES > len(data):
        raise ReaderError(f"{count:,} subfiles can't be in {len(data):,} bytes", byte=24)
    return count


def _by_directory(data: Bytes, header: Header) -> Iterator[Subfile]:
    """Subfiles with an X of their own, found by a directory of place, size and Z."""
    start, count = header.points, header.subfiles
    if not 1 <= count <= MAX_SUBFILES:
        raise ReaderError(f"{count:,} subfiles", byte=24)
    data.require(start, count * _DIRECTORY_ENTRY, "the directory of subfiles")
    for number in range(count):
        entry = start + number * _DIRECTORY_ENTRY
        place, size = data.unpack("ii", entry, "the directory of subfiles")
        data.require(place, size, f"subfile {number + 1}")
        sub = _sub_header(data, place)
        _require_points(sub.points, place)
        wanted = SUB_BYTES + sub.points * (4 + (2 if header.is_short else 4))
        if size != wanted:
            reason = f"subfile {number + 1} has {size} bytes where its points need {wanted}"
            raise ReaderError(reason, byte=entry)
        x = data.finite("f4", place + SUB_BYTES, sub.points, f"the X of subfile {number + 1}")
        at = place + SUB_BYTES + 4 * sub.points
        y, _ = _ordinates(data, header, sub, at, sub.points, number)
        yield Subfile(number, x, y, sub.z)


def _require_points(points: int, at: int) -> None:
    if points < 2:
        raise ReaderError(f"{points} points", byte=at)


def _shared_x(data: Bytes, header: Header, at: int) -> tuple[FloatArray, int]:
    """X of all subfiles, and where what follows begins."""
    first, last = header.first, header.last
    if not (np.isfinite(first) and np.isfinite(last)) or max(abs(first), abs(last)) > 1e30:
        raise ReaderError(f"the axis goes from {first:g} to {last:g}", byte=8)
    # Held against the file before an axis of that length is made.
    width = (4 if header.has_x else 0) + (2 if header.is_short else 4)
    data.require(at, header.points * width, f"an array of {header.points:,} points")
    if not header.has_x:
        if first == last:
            raise ReaderError(f"the first and the last X are both {first:g}", byte=8)
        return np.linspace(first, last, header.points), at
    x = data.finite("f4", at, header.points, "the X")
    room = _CLOSE * max(abs(first), abs(last))
    if abs(x[0] - first) > room or abs(x[-1] - last) > room:
        raise ReaderError(
            f"X go from {x[0]:g} to {x[-1]:g}, the header says {first:g} to {last:g}", byte=at
        )
    return x, at + 4 * header.points


def _sub_header(data: Bytes, at: int) -> _SubHeader:
    _, exponent, _, z = data.unpack("Bbhf", at, "a sub-header")
    points = data.number("i", at + 16, "a sub-header")
    return _SubHeader(exponent, z, points)


def _ordinates(
    data: Bytes, header: Header, sub: _SubHeader, at: int, points: int, number: int
) -> tuple[FloatArray, int]:
    """Y of one subfile, and where what follows begins."""
    _require_one_exponent(header, sub, number)
    exponent = sub.exponent if header.is_multi else header.exponent
    what = f"the values of subfile {number + 1}"
    if exponent == FLOAT_EXPONENT:
        return data.finite("f4", at, points, what), at + 4 * points
    if header.is_short:
        words = data.array("i2", at, points, what)
        return words * 2.0 ** (exponent - 16), at + 2 * points
    whole = data.array("i4", at, points, what)
    if header.is_old:
        halves = data.array("u2", at, 2 * points, what).reshape(-1, 2).astype(np.uint32)
        whole = (halves[:, 0] << 16 | halves[:, 1]).astype(np.uint32).view(np.int32)
    return whole * 2.0 ** (exponent - 32), at + 4 * points


def _require_one_exponent(header: Header, sub: _SubHeader, number: int) -> None:
    """Header and first sub-header may not contradict each other; what is 0 may be unset."""
    unset = header.exponent if header.is_multi else sub.exponent
    if number == 0 and unset != 0 and header.exponent != sub.exponent:
        reason = f"the header has exponent {header.exponent}, the sub-header {sub.exponent}"
        raise ReaderError(reason, byte=3)


def _require_all_explained(data: Bytes, header: Header, end: int) -> None:
    due = header.log_at or len(data)
    if due != end:
        follows = "the log begins" if header.log_at else "the file ends"
        raise ReaderError(
            f"the arrays end at byte {end:,} and {follows} at {due:,}: the number of points "
            "or subfiles is wrong, or the file was cut short",
            byte=min(end, due, len(data)),
        )
