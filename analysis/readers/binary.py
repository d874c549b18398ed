"""Bytes read at offsets that a file names itself, and that may point anywhere."""

import struct
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.readers.errors import ReaderError


class Bytes:
    """The bytes of a file; every look at them is held against its end.

    Args:
        raw: the whole file.
        order: "<" for little endian, ">" for big.
    """

    def __init__(self, raw: bytes, order: str = "<") -> None:
        self.raw = raw
        self.order = order

    def __len__(self) -> int:
        return len(self.raw)

    def require(self, at: int, count: int, what: str) -> None:
        """Make sure that there are so many bytes.

        Raises:
            ReaderError: there are not, or the place is outside of the file.
        """
        if at < 0 or count < 0 or at + count > len(self.raw):
            raise ReaderError(
                f"{what} would take bytes {at:,} to {at + count:,} and the file has "
                f"{len(self.raw):,}: it was cut short, or its header is damaged",
                byte=max(0, min(at, len(self.raw))),
            )

    def unpack(self, form: str, at: int, what: str) -> tuple[Any, ...]:
        """Numbers in the letters of `struct`, in the file's byte order.

        Raises:
            ReaderError: the file ends before.
        """
        form = self.order + form
        self.require(at, struct.calcsize(form), what)
        return struct.unpack_from(form, self.raw, at)

    def number(self, letter: str, at: int, what: str) -> Any:  # noqa: ANN401 - as the letter says
        """One number."""
        return self.unpack(letter, at, what)[0]

    def array(self, kind: str, at: int, count: int, what: str) -> NDArray[Any]:
        """So many numbers of a kind of numpy ("f4", "i2"); nothing is copied.

        Raises:
            ReaderError: the file ends before.
        """
        dtype = np.dtype(self.order + kind)
        self.require(at, count * dtype.itemsize, what)
        return np.frombuffer(self.raw, dtype, count, at)

    def finite(self, kind: str, at: int, count: int, what: str) -> NDArray[np.float64]:
        """So many floats of a kind of numpy, all finite.

        Raises:
            ReaderError: the file ends before, or one is no finite number.
        """
        found = self.array(kind, at, count, what)
        wrong = ~np.isfinite(found)
        if wrong.any():
            first = int(np.argmax(wrong))
            raise ReaderError(
                f"{what}: number {first} is {found[first]}",
                byte=at + first * found.dtype.itemsize,
            )
        return found.astype(np.float64)

    def text(self, at: int, count: int) -> str:
        """Text up to its first NUL, in one line; "" where the file ends before."""
        part = self.raw[max(at, 0) : max(at, 0) + max(count, 0)].split(b"\0", 1)[0]
        plain = part.decode("latin-1")
        return " ".join("".join(c if c.isprintable() else " " for c in plain).split())


def require_apart(parts: Iterable[tuple[int, int]]) -> None:
    """Make sure that parts of a file do not overlap: the mark of a damaged directory.

    Args:
        parts: where each begins, and its size.

    Raises:
        ReaderError: two of them do.
    """
    ordered = sorted((at, size) for at, size in parts if size)
    for (before, size), (at, _) in pairwise(ordered):
        if before + size > at:
            raise ReaderError(
                f"the parts at {before:,} and {at:,} overlap: the directory is damaged", byte=at
            )
