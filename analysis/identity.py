"""What makes two libraries the same: a hash per reference, and the version over all of them."""

from collections.abc import Iterator
from hashlib import blake2b, sha256

import numpy as np
from numpy.typing import NDArray

from analysis.entries import Entries
from analysis.preprocess.recipe import Recipe
from analysis.quanta import QuantisedRows

DIGEST_BYTES = 16
VERSION_DIGITS = 16
NAMED_BY = ("substance", "family", "form", "instrument")
"""What is hashed beside the spectra: all that can change a result."""


def row_digests(entries: Entries, rows: QuantisedRows) -> NDArray[np.uint8]:
    """A hash of each reference: its spectrum as measured and as kept, and its names.

    Returns:
        uint8, shape (references, 16).
    """
    joined = b"".join(_row_digests(entries, rows))
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(entries), DIGEST_BYTES)


def _row_digests(entries: Entries, rows: QuantisedRows) -> Iterator[bytes]:
    names = zip(*(entries.columns[field] for field in NAMED_BY), strict=True)
    for row, texts in enumerate(names):
        digest = blake2b(entries.keys[row].tobytes(), digest_size=DIGEST_BYTES)
        digest.update("\0".join("" if t is None else f"={t}" for t in texts).encode())
        digest.update(b"\0" + rows.row_bytes(row))
        yield digest.digest()


def version_of(grade: str, recipe: Recipe, digests: NDArray[np.uint8]) -> str:
    """The version of a library: the same in whatever order its references came."""
    digest = sha256(f"{grade} {recipe.digest()}".encode())
    halves = np.ascontiguousarray(digests).view(">u8")
    digest.update(digests[np.lexsort((halves[:, 1], halves[:, 0]))].tobytes())
    return digest.hexdigest()[:VERSION_DIGITS]
