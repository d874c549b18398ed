"""Other readers of spectral files, where they are installed, and ours, all with one face."""

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from analysis.readers import read
from analysis.readers.jcamp.spectra import jcamp_blocks
from analysis.readers.jcamp.traces import read_trace
from analysis.readers.measurement import Measurement
from analysis.readers.opus import opus_measurements
from analysis.readers.spa import spa_measurements
from analysis.readers.spc import spc_measurements
from analysis.readers.text import decode_text
from analysis.spectrum import FloatArray

OURS = "Harborlight"
OURS_ANY = "Harborlight, numbers of any technique"

Row = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Reader:
    """One way to read the files of one format.

    Attributes:
        name: as tables have it.
        format: the folder of the samples: "jcamp", "spc", "spa" or "opus".
        rows: X and Y of everything in a file; raises what it likes.
    """

    name: str
    format: str
    rows: Callable[[Path], Sequence[Row]]


def readers() -> list[Reader]:
    """All that are here."""
    found = [Reader(OURS, name, _ours) for name in _ANY]
    found += [Reader(OURS_ANY, name, rows) for name, rows in _ANY.items()]
    for package, module, name, rows in _PEERS:
        with contextlib.suppress(ModuleNotFoundError):
            import_module(module)
            found.append(Reader(f"{package} {version(package)}", name, rows))
    return found


def quietly(rows: Callable[[Path], Sequence[Row]], path: Path) -> Sequence[Row]:
    """Read without the words that some readers print."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        return rows(path)


def _ours(path: Path) -> list[Row]:
    return [(one.axis, one.values) for one in read(path)]


def _jcamp_any(path: Path) -> list[Row]:
    blocks = jcamp_blocks(decode_text(path.read_bytes()))
    tables = [block for block in blocks if {"XYDATA", "XYPOINTS"} & set(block.records)]
    traces = [read_trace(block) for block in tables]
    return [(trace.x, trace.y) for trace in traces]


def _rows(measurements: Iterator[Measurement]) -> list[Row]:
    return [(one.x, one.y) for one in measurements]


_ANY: dict[str, Callable[[Path], Sequence[Row]]] = {
    "jcamp": _jcamp_any,
    "spc": lambda path: _rows(spc_measurements(path.read_bytes())),
    "spa": lambda path: _rows(spa_measurements(path.read_bytes())),
    "opus": lambda path: _rows(opus_measurements(path.read_bytes())),
}


def _array(numbers: object) -> FloatArray:
    return np.asarray(numbers, dtype=np.float64)


def _jcamp(path: Path) -> list[Row]:
    found: Any = import_module("jcamp").readfile(str(path))
    blocks = chain([found], found.get("children", []))
    return [(_array(one["x"]), _array(one["y"])) for one in blocks if len(one.get("y", ())) > 0]


def _spc_io(path: Path) -> list[Row]:
    with path.open("rb") as file:
        found: Any = import_module("spc_io").SPC.from_bytes_io(file)
    return [(_array(one.xarray), _array(one.yarray)) for one in found]


def _omnic(path: Path) -> list[Row]:
    found: Any = import_module("spectrochempy_omnic").OMNICReader(path)
    return [(_array(found.x), _array(found.data[0]))]


def _brukeropus(path: Path) -> list[Row]:
    found: Any = import_module("brukeropus").read_opus(str(path))
    blocks = [getattr(found, key) for key in found.data_keys]
    return [(_array(one.x), _array(one.y)) for one in blocks]


_PEERS: tuple[tuple[str, str, str, Callable[[Path], Sequence[Row]]], ...] = (
    ("jcamp", "jcamp", "jcamp", _jcamp),
    ("spc-io", "spc_io", "spc", _spc_io),
    ("spectrochempy-omnic", "spectrochempy_omnic", "spa", _omnic),
    ("brukeropus", "brukeropus", "opus", _brukeropus),
)
