"""File readers: which files each reads right, and how fast, beside their peers."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from analysis.bench.reader_judge import RIGHT, verdict
from analysis.bench.reader_peers import OURS, OURS_ANY, Reader, quietly, readers
from analysis.bench.timing import Contender, Timing, in_turn
from analysis.errors import LibraryError
from analysis.importing import import_folder
from analysis.readers import ReaderError, read
from analysis.spectrum import Spectrum
from analysis.writers import write_jcamp

POINTS = 14_000
IMPORTED = 1_000
IMPORTED_POINTS = 1_800
ROUNDS = 15
FORMATS = ("jcamp", "spc", "spa", "opus")


@dataclass(frozen=True, slots=True)
class Survey:
    """How one reader did over all files of one format.

    Attributes:
        format: of the files.
        reader: its name.
        verdicts: by the name of the file.
        reasons: of ours, why a file is refused.
    """

    format: str
    reader: str
    verdicts: Mapping[str, str]
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pace:
    """One job of reading.

    Attributes:
        name: what is read.
        files: how many files a round reads.
        timings: of ours and its peer.
    """

    name: str
    files: int
    timings: tuple[Timing, ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """All that was measured."""

    surveys: tuple[Survey, ...]
    paces: tuple[Pace, ...]


def run(data: Path, *, seed: int, clock: Callable[[], float]) -> Readings:
    """Measure everything.

    Args:
        data: folder of measured data; where it is not there, only the made-up file is timed.
        seed: of the made-up spectra.
        clock: seconds, rising.
    """
    known = readers()
    surveys = tuple(survey(data, known))
    paces = [_compressed(known, seed, clock), _imported(known, seed, clock)]
    paces += [pace for name in FORMATS if (pace := _folder(data, known, name, clock))]
    return Readings(surveys, tuple(paces))


def samples(data: Path, name: str) -> list[Path]:
    """The sample files of one format."""
    folder = data / "formats" / name
    return sorted(path for path in folder.rglob("*") if path.is_file())


def survey(data: Path, known: Sequence[Reader]) -> Iterator[Survey]:
    """Let every reader read every file of its format."""
    for name in FORMATS:
        files = samples(data, name)
        for reader in known:
            if reader.format != name or not files:
                continue
            given = {path.name: verdict(path, partial(quietly, reader.rows)) for path in files}
            yield Survey(name, reader.name, given, _reasons(files) if reader.name == OURS else {})


def _reasons(files: Sequence[Path]) -> dict[str, str]:
    found = {}
    for path in files:
        try:
            read(path)
        except ReaderError as problem:
            found[path.name] = str(problem)
    return found


def compressed(rng: np.random.Generator, points: int = 0) -> bytes:
    """A made-up infrared spectrum in the compressed form of JCAMP-DX, of `POINTS` if not said."""
    axis = np.linspace(550.0, 4050.0, points or POINTS)
    bands = rng.uniform(600, 4000, 40)
    widths, heights = rng.uniform(4, 30, 40), rng.uniform(0.02, 1, 40)
    values = np.zeros(axis.size)
    for band, width, height in zip(bands, widths, heights, strict=True):
        values += height / (1 + ((axis - band) / width) ** 2)
    values = np.round(values + rng.normal(0, 2e-4, axis.size), 5)
    return write_jcamp([Spectrum(axis, values, "ir-absorbance", "cm-1", title="made up")], "difdup")


def _compressed(known: Sequence[Reader], seed: int, clock: Callable[[], float]) -> Pace:
    rng = np.random.default_rng([seed, 577])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made-up.jdx"

        def fresh() -> Sequence[Path]:
            path.write_bytes(compressed(rng))
            return [path]

        timings = _timed([r for r in known if r.format == "jcamp"], fresh, clock)
    return Pace(f"JCAMP-DX of {POINTS:,} points, DIFDUP", 1, timings)


def _imported(known: Sequence[Reader], seed: int, clock: Callable[[], float]) -> Pace:
    """A folder of spectra into references of a library; the others read the same files, no more."""
    rng = np.random.default_rng([seed, 1000])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(IMPORTED):
            file = folder / f"substance {number:04}.jdx"
            file.write_bytes(compressed(rng, IMPORTED_POINTS))
        paths = sorted(folder.iterdir())
        contenders = [Contender(OURS, lambda _paths: _references(folder))]
        contenders += [
            Contender(reader.name, partial(_read_all, reader))
            for reader in known
            if reader.format == "jcamp" and reader.name not in {OURS, OURS_ANY}
        ]
        timings = in_turn(contenders, lambda: paths, rounds=0, clock=clock)
    name = f"folder of {IMPORTED:,} JCAMP-DX files of {IMPORTED_POINTS:,} points, imported"
    return Pace(name, IMPORTED, tuple(timings))


def _references(folder: Path) -> int:
    """Import all files of a folder.

    Raises:
        LibraryError: not every file became a reference.
    """
    found = import_folder(folder)
    if len(found.references) != IMPORTED:
        raise LibraryError(f"{len(found.references)} of {IMPORTED} files: {found.left_out[:1]}")
    return IMPORTED


def _folder(
    data: Path, known: Sequence[Reader], name: str, clock: Callable[[], float]
) -> Pace | None:
    """The files of one format that all of its readers read right."""
    own = [reader for reader in known if reader.format == name]
    shared = [
        path
        for path in samples(data, name)
        if all(
            verdict(path, partial(quietly, reader.rows)) == RIGHT
            for reader in own
            if reader.name != OURS_ANY
        )
    ]
    if not shared:
        return None
    return Pace(f"samples of {name}", len(shared), _timed(own, lambda: shared, clock))


def _timed(
    known: Sequence[Reader], fresh: Callable[[], Sequence[Path]], clock: Callable[[], float]
) -> tuple[Timing, ...]:
    chosen = [reader for reader in known if reader.name != OURS_ANY]
    contenders = [Contender(reader.name, partial(_read_all, reader)) for reader in chosen]
    return tuple(in_turn(contenders, fresh, rounds=ROUNDS, clock=clock))


def _read_all(reader: Reader, paths: Sequence[Path]) -> int:
    return sum(len(quietly(reader.rows, path)) for path in paths)
