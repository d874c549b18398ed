"""A calibration in one file: numpy's npz, with all that is not an array as JSON in it."""

import io
import json
import struct
import tokenize
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from analysis.amounts.calibration import Calibration
from analysis.amounts.features import Bands, Grid
from analysis.amounts.pls import Pls
from analysis.amounts.validation import LeftOut, Report
from analysis.errors import AmountError

VERSION = 1
MOST_BYTES = 50_000_000
_DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What numpy and zipfile raise for bytes that are no such file."""

_ARRAYS = ("x_mean", "rotations", "loadings", "answers", "spread")


def save(made: Calibration, path: Path) -> None:
    """Write a calibration.

    Raises:
        OSError: it can't be written.
    """
    arrays = {
        f"{part}.{name}": getattr(getattr(made, part), name)
        for part in ("model", "space")
        for name in _ARRAYS
    }
    plain = {
        "version": VERSION,
        "substance": made.substance,
        "instrument": made.instrument,
        "grid": asdict(made.grid),
        "y_mean": [made.model.y_mean, made.space.y_mean],
        "bands": None if made.bands is None else asdict(made.bands),
        "numbers": [made.low, made.high, made.q_limit, made.t2_limit, made.sampling_rsd],
        "report": asdict(made.report),
        "provenance": dict(made.provenance),
    }
    whole = io.BytesIO()
    np.savez_compressed(whole, about=np.array(json.dumps(plain)), **arrays)
    path.write_bytes(whole.getvalue())


def load(path: Path) -> Calibration:
    """Read a calibration.

    Raises:
        AmountError: it can't be read, or is none.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AmountError("file", f"{path}: can't be read: {error}") from error
    return parse(content, str(path))


def parse(content: bytes, named: str) -> Calibration:
    """A calibration from the content of its file.

    Args:
        content: of the file.
        named: what the file is called, for a message.

    Raises:
        AmountError: it is none.
    """
    try:
        plain, arrays = _parts(content)
        return _made(plain, arrays)
    except AmountError:
        raise
    except _DAMAGED as error:
        raise AmountError("file", f"{named}: is no calibration of amounts ({error})") from error


def _parts(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(each.file_size for each in packed.infolist()) > MOST_BYTES:
            raise AmountError("file", f"the file holds more than {MOST_BYTES:,} bytes")
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        plain = json.loads(str(file["about"]))
        arrays = {name: file[name] for name in file.files if name != "about"}
    return plain, arrays


def _made(plain: dict[str, Any], arrays: dict[str, Any]) -> Calibration:
    if plain["version"] != VERSION:
        raise AmountError("file", f"version {plain['version']} of the file is not known")
    report = plain["report"] | {
        "standards": tuple(LeftOut(**one) for one in plain["report"]["standards"]),
        "by_components": tuple(plain["report"]["by_components"]),
    }
    grid, bands = Grid(**plain["grid"]), plain["bands"]
    model, space = (
        Pls(y_mean=float(y_mean), **{name: _real(arrays[f"{part}.{name}"]) for name in _ARRAYS})
        for part, y_mean in zip(("model", "space"), plain["y_mean"], strict=True)
    )
    if space.x_mean.size != grid.points or space.rotations.shape != space.loadings.shape:
        raise AmountError("file", "the arrays of the file do not fit together")
    low, high, q_limit, t2_limit, sampling_rsd = map(float, plain["numbers"])
    return Calibration(
        substance=str(plain["substance"]),
        instrument=str(plain["instrument"]),
        grid=grid,
        model=model,
        space=space,
        bands=None if bands is None else Bands(tuple(bands["of"]), tuple(bands["against"])),
        low=low,
        high=high,
        q_limit=q_limit,
        t2_limit=t2_limit,
        sampling_rsd=sampling_rsd,
        report=Report(**report),
        provenance={str(name): str(text) for name, text in plain["provenance"].items()},
    )


def _real(array: "np.ndarray[Any, Any]") -> "np.ndarray[Any, np.dtype[np.float64]]":
    found = np.asarray(array, dtype=np.float64)
    if not np.isfinite(found).all():
        raise AmountError("file", "a number in the file is not finite")
    return found
