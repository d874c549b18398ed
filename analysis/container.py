"""One file for one library: a numpy archive without pickled objects, with a JSON header.

Layout (zip, `numpy.savez_compressed`): "header" is UTF-8 JSON as bytes, "values" the references on
their grid as float32, and the arrays of the calibration, when there is one.
"""

import json
import os
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analysis.calibration import Calibration
from analysis.errors import LibraryError
from analysis.preprocess.recipe import Recipe

FORMAT = "harborlight-library"
FORMAT_VERSION = 1
MOST_BYTES = 2_000_000_000
_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row of a library is; the fields are those of `Reference`, and `key`.

    Attributes:
        key: hash of the spectrum alone; entries are kept in its order.
        substance: its name.
        family: its class.
        form: salt or base.
        inchikey: identifies the substance.
        instrument: what it was measured with.
        source: where it comes from.
        licence: what may be done with it.
    """

    key: str
    substance: str
    family: str
    form: str | None = None
    inchikey: str | None = None
    instrument: str | None = None
    source: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """All that a library file holds."""

    entries: tuple[Entry, ...]
    values: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    recipe: Recipe
    grade: str
    version: str
    calibration: Calibration | None


def write_packed(path: Path, packed: Packed) -> None:
    """Write a library file beside the old one, then put it in its place.

    Raises:
        LibraryError: the file can't be written.
    """
    header = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "grade": packed.grade,
        "version": packed.version,
        "recipe": asdict(packed.recipe),
        "entries": [asdict(e) for e in packed.entries],
    }
    arrays: dict[str, Any] = {
        "header": np.frombuffer(json.dumps(header).encode(), dtype=np.uint8),
        "values": np.ascontiguousarray(packed.values, dtype=np.float32),
    }
    if packed.calibration is not None:
        arrays |= packed.calibration.as_arrays()
    _write(path, arrays)


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration alone, as the shipped one is kept.

    Raises:
        LibraryError: the file can't be written.
    """
    _write(path, calibration.as_arrays())


def _write(path: Path, arrays: dict[str, Any]) -> None:
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            np.savez_compressed(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise LibraryError(f"{path}: can't be written: {problem}") from problem


def read_packed(path: Path) -> Packed:
    """Read and check a library file.

    Raises:
        LibraryError: not there, not a library, made by a later version, or damaged.
    """
    if not path.is_file():
        raise LibraryError(f"{path}: there is no such library file")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return _unpack(path, {name: archive[name] for name in _small_enough(path, archive)})
    except LibraryError:
        raise
    except _DAMAGE as problem:
        raise LibraryError(f"{path}: not a library, or damaged: {problem}") from problem


def _small_enough(path: Path, archive: "np.lib.npyio.NpzFile") -> list[str]:
    total = sum(info.file_size for info in archive.zip.infolist()) if archive.zip else 0
    if total > MOST_BYTES:
        raise LibraryError(f"{path}: {total:,} bytes unpacked; at most {MOST_BYTES:,} are read")
    return list(archive.files)


def _unpack(
    path: Path, arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]
) -> Packed:
    header = json.loads(bytes(arrays["header"].astype(np.uint8)))
    if header.get("format") != FORMAT:
        raise LibraryError(f"{path}: this is not a library")
    if header.get("format_version") != FORMAT_VERSION:
        raise LibraryError(
            f"{path}: format version {header.get('format_version')}; this program reads "
            f"{FORMAT_VERSION}"
        )
    recipe = Recipe(**header["recipe"])
    entries = tuple(Entry(**row) for row in header["entries"])
    values = np.ascontiguousarray(arrays["values"], dtype=np.float32)
    if values.shape != (len(entries), recipe.points) or not np.isfinite(values).all():
        raise LibraryError(f"{path}: damaged: its spectra do not fit its header")
    values.flags.writeable = False
    calibration = Calibration.from_arrays(arrays)
    return Packed(
        entries,
        values.reshape(len(entries), -1),
        recipe,
        str(header["grade"]),
        str(header["version"]),
        calibration,
    )
