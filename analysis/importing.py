"""A library from a folder of files, with or without a table beside it."""

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from analysis.errors import AnalysisError, LibraryError
from analysis.library import Library
from analysis.reference import Reference
from analysis.spectrum import Spectrum
from analysis.substances import Substance, find_substance

ALIKE = 0.98
FEW_SUBSTANCES = 20
COLUMNS = ("substance", "family", "form", "inchikey", "instrument", "source", "licence")


def read_file(path: Path) -> tuple[Spectrum, ...]:
    """All spectra of one file.

    Raises:
        UnreadableError: the file can't be opened, is too large, or is no spectrum.
    """
    from analysis.readers import read  # noqa: PLC0415 - a caller without files needs no reader

    return tuple(read(path))


def import_folder(folder: Path, sidecar: Path | None) -> tuple[list[Reference], list[str]]:
    """References of all files in a folder, and a line for each that could not be used.

    Args:
        folder: whose files are spectra; folders in it are not entered.
        sidecar: a CSV table with a column "file" and any of substance, family, form, inchikey,
            instrument, source, licence; what it leaves empty comes from the file's name and the
            substance table.

    Raises:
        LibraryError: the sidecar can't be read.
    """
    table = _sidecar(sidecar) if sidecar is not None else {}
    references: list[Reference] = []
    troubles: list[str] = [
        f"{name}: named in {sidecar}, not in {folder}"
        for name in table
        if not (folder / name).is_file()
    ]
    beside = sidecar.resolve() if sidecar is not None else None
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        if path.resolve() == beside or path.name.startswith("."):
            continue
        try:
            spectra = read_file(path)
        except AnalysisError as problem:
            troubles.append(f"{path.name}: {problem}")
            continue
        references.extend(_reference(s, path, table.get(path.name, {})) for s in spectra)
    return references, troubles


def _sidecar(path: Path) -> dict[str, dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise LibraryError(f"{path}: the table can't be read: {problem}") from problem
    if rows and "file" not in rows[0]:
        raise LibraryError(f"{path}: the table needs a column named 'file'")
    return {row["file"]: {c: (row.get(c) or "").strip() for c in COLUMNS} for row in rows}


def _reference(spectrum: Spectrum, path: Path, row: Mapping[str, str]) -> Reference:
    name = row.get("substance") or path.stem.strip()
    known = find_substance(name) or Substance(slug="", name=name, family=name)
    return Reference(
        spectrum=spectrum,
        substance=known.name,
        family=row.get("family") or known.family,
        form=row.get("form") or None,
        inchikey=row.get("inchikey") or known.inchikey or None,
        instrument=row.get("instrument") or spectrum.provenance.get("instrument"),
        source=row.get("source") or path.name,
        licence=row.get("licence") or None,
    )


def weaknesses(library: Library) -> list[str]:
    """What makes a library weak, one sentence each."""
    found = []
    if library.calibration is None:
        found.append("not calibrated: every verdict will be inconclusive")
    if len(library.substances) < FEW_SUBSTANCES:
        found.append(f"{len(library.substances)} substances are few: much will be unexplained")
    if not any(e.licence for e in library.entries):
        found.append("no reference says under which licence it may be used")
    return found + _doubles(library)


def _doubles(library: Library) -> list[str]:
    """Different substances whose spectra are all but the same."""
    features = library.features()
    found = []
    for i, entry in enumerate(library.entries):
        likeness = features[i + 1 :] @ features[i]
        for j in (likeness > ALIKE).nonzero()[0]:
            other = library.entries[i + 1 + int(j)].substance
            if other != entry.substance:
                found.append(f"{entry.substance} and {other} are all but the same spectrum")
    families = Counter({(e.substance, e.family) for e in library.entries})
    names = Counter(substance for substance, _ in families)
    found.extend(f"{name} is in several families" for name, n in names.items() if n > 1)
    return found
