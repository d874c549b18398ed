r"""One file of named arrays: memory-mapped, checked, replaced as a whole.

Layout, all numbers little-endian:

    0   8 bytes  magic "\x89HLIB\r\n\x1a" (a file that passed through a text mode is found out)
    8   uint32   format version
    12  uint32   length of the header, in bytes
    16  uint64   length of the file, in bytes
    24  16 bytes BLAKE2b of the 24 bytes above and the header
    40  24 bytes zero
    64  header   JSON, UTF-8: {"meta": {...}, "arrays": [{name, dtype, shape, offset, hash}, ...]}
    ..  arrays   each from a multiple of 64 bytes on
"""

import json
import mmap
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from analysis.calibration import Calibration
from analysis.entries import Entry
from analysis.errors import LibraryError

__all__ = [
    "AnyArray",
    "Container",
    "Entry",
    "open_container",
    "write_calibration",
    "write_container",
]

MAGIC = b"\x89HLIB\r\n\x1a"
FORMAT_VERSION = 2
HEAD = struct.Struct("<8sIIQ16s24x")
ALIGNMENT = 64
MOST_HEADER_BYTES = 4_000_000
MOST_ARRAYS = 1000
MOST_DIMENSIONS = 8
CHECKED_AT_OPEN_BYTES = 4_000_000
BLOCK_BYTES = 1 << 24
RELEASED_FROM_BYTES = 32_000_000
DTYPES = frozenset({"|b1", "|u1", "|i1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8", "<f4", "<f8"})

AnyArray = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Container:
    """What a file holds; the arrays are read-only views of the mapped file.

    Attributes:
        meta: plain values.
        arrays: by name.
        mapped: the whole file.
    """

    meta: Mapping[str, Any]
    arrays: Mapping[str, AnyArray]
    mapped: mmap.mmap

    def group(self, prefix: str) -> dict[str, AnyArray]:
        """The arrays whose names begin so, without the prefix."""
        return {n.removeprefix(prefix): a for n, a in self.arrays.items() if n.startswith(prefix)}

    def release(self, name: str) -> Callable[[], None] | None:
        """What lets the pages of a large array go, so that reading rows does not fill the memory.

        They are read again from the file when they are wanted. None where the array is small, or
        the system has no such call.
        """
        array = self.arrays[name]
        if array.nbytes < RELEASED_FROM_BYTES or not hasattr(mmap, "MADV_DONTNEED"):
            return None
        first = array.ctypes.data - np.frombuffer(self.mapped, dtype=np.uint8).ctypes.data
        start = first // mmap.PAGESIZE * mmap.PAGESIZE
        length = first + array.nbytes - start
        return lambda: self.mapped.madvise(mmap.MADV_DONTNEED, start, length)


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT


def _hash(array: AnyArray) -> str:
    digest = blake2b(digest_size=16)
    flat = array.reshape(-1).view(np.uint8)
    for start in range(0, flat.size, BLOCK_BYTES):
        digest.update(flat[start : start + BLOCK_BYTES].data)
    return digest.hexdigest()


def write_container(path: Path, meta: Mapping[str, object], arrays: Mapping[str, AnyArray]) -> None:
    """Write a file beside the old one, then put it in its place.

    Raises:
        LibraryError: the file can't be written.
    """
    plain = {name: _little(array) for name, array in arrays.items()}
    rows = [
        {"name": n, "dtype": a.dtype.str, "shape": a.shape, "offset": 0, "hash": _hash(a)}
        for n, a in plain.items()
    ]
    # Offsets are counted from the end of the header, so that its length does not depend on them.
    total = 0
    for row, array in zip(rows, plain.values(), strict=True):
        row["offset"] = total
        total = _aligned(total + array.nbytes)
    header = json.dumps({"meta": dict(meta), "arrays": rows}, ensure_ascii=False).encode()
    start = _aligned(HEAD.size + len(header))
    front = struct.pack("<8sIIQ", MAGIC, FORMAT_VERSION, len(header), start + total)
    digest = blake2b(front + header, digest_size=16).digest()
    head = HEAD.pack(MAGIC, FORMAT_VERSION, len(header), start + total, digest)

    def fill(file: BinaryIO) -> None:
        file.write((head + header).ljust(start, b"\0"))
        for array in plain.values():
            file.write(array.reshape(-1).view(np.uint8).data)
            file.write(bytes(_aligned(array.nbytes) - array.nbytes))

    _replace(path, fill)


def _little(array: AnyArray) -> AnyArray:
    plain = np.ascontiguousarray(array)
    plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    if plain.dtype.str not in DTYPES:
        raise LibraryError(f"numbers of type {plain.dtype} have no place in a library file")
    return plain


def _replace(path: Path, fill: Callable[[BinaryIO], None]) -> None:
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise LibraryError(f"{path}: can't be written: {problem}") from problem


def _sync_folder(folder: Path) -> None:
    """The new name too must outlive a power cut."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration alone, as the shipped one is kept.

    Raises:
        LibraryError: the file can't be written.
    """
    arrays: dict[str, Any] = calibration.as_arrays()
    _replace(path, lambda file: np.savez_compressed(file, **arrays))


def open_container(path: Path, *, verify: bool = False) -> Container:
    """Map a file. Its head, its header, its size and its small arrays are always checked.

    Args:
        path: the file.
        verify: check the large arrays too, which reads the whole file.

    Raises:
        LibraryError: not there, not a library, of another format version, or damaged.
    """
    if not path.is_file():
        raise LibraryError(f"{path}: there is no such library file")
    mapped = _mapped(path)
    whole: AnyArray = np.frombuffer(mapped, dtype=np.uint8)
    header, start = _header(path, whole)
    try:
        arrays = {str(r["name"]): _array(path, whole, start, r) for r in header["arrays"]}
        hashes = {str(r["name"]): str(r["hash"]) for r in header["arrays"]}
        meta = dict(header["meta"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
        raise LibraryError(f"{path}: damaged: its header makes no sense ({problem})") from problem
    for name, array in arrays.items():
        if (verify or array.nbytes <= CHECKED_AT_OPEN_BYTES) and _hash(array) != hashes[name]:
            raise LibraryError(f"{path}: damaged: the part {name!r} does not match its checksum")
    return Container(meta, arrays, mapped)


def _mapped(path: Path) -> mmap.mmap:
    if path.stat().st_size < HEAD.size:
        raise LibraryError(f"{path}: not a library: it is too short")
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as problem:
        raise LibraryError(f"{path}: can't be opened: {problem}") from problem


def _header(path: Path, whole: AnyArray) -> tuple[dict[str, Any], int]:
    magic, version, length, size, digest = HEAD.unpack(whole[: HEAD.size].tobytes())
    if magic[:4] == b"PK\x03\x04":
        raise LibraryError(
            f"{path}: this is a numpy archive, as a program before the first release wrote them; "
            "import the spectra again"
        )
    if magic != MAGIC:
        raise LibraryError(f"{path}: this is not a library")
    if version != FORMAT_VERSION:
        raise LibraryError(f"{path}: format version {version}; this program reads {FORMAT_VERSION}")
    if size != whole.size or length > MOST_HEADER_BYTES or HEAD.size + length > whole.size:
        raise LibraryError(
            f"{path}: damaged: it has {whole.size:,} bytes and should have {size:,}: copy it again"
        )
    text = whole[HEAD.size : HEAD.size + length].tobytes()
    if blake2b(whole[:24].tobytes() + text, digest_size=16).digest() != digest:
        raise LibraryError(f"{path}: damaged: its header does not match its checksum")
    try:
        header: dict[str, Any] = json.loads(text)
        many = len(header["arrays"])
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise LibraryError(f"{path}: damaged: its header makes no sense ({problem})") from problem
    if many > MOST_ARRAYS:
        raise LibraryError(f"{path}: damaged: {many:,} parts; a library has up to {MOST_ARRAYS}")
    return header, _aligned(HEAD.size + length)


def _array(path: Path, whole: AnyArray, start: int, row: Mapping[str, Any]) -> AnyArray:
    shape = tuple(int(n) for n in row["shape"])
    offset, kind = start + int(row["offset"]), str(row["dtype"])
    fits = (
        kind in DTYPES
        and len(shape) <= MOST_DIMENSIONS
        and all(n >= 0 for n in shape)
        and offset >= start
        and offset % ALIGNMENT == 0
    )
    size = prod(shape) * np.dtype(kind).itemsize if fits else 0
    if not fits or offset + size > whole.size:
        raise LibraryError(f"{path}: damaged: the part {row['name']!r} does not lie in the file")
    found: AnyArray = whole[offset : offset + size].view(kind).reshape(shape)
    return found
