"""References from a folder of files, with or without a table beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.reference import Reference
from analysis.sidecar import EVERY, Row, read_sidecar
from analysis.spectrum import Spectrum
from analysis.substances import Substance, find_substance, folded

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Imported:
    """What came of a folder.

    Attributes:
        references: what could be used.
        left_out: one line for each file that could not.
        notes: one line for each thing to know: a measurement that stands there twice, say.
    """

    references: list[Reference] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_file(path: Path) -> tuple[Spectrum, ...]:
    """All spectra of one file.

    Raises:
        UnreadableError: the file can't be opened, is too large, or is no spectrum.
    """
    from analysis.readers import read  # noqa: PLC0415 - a caller without files needs no reader

    return tuple(read(path))


def import_folder(
    folder: Path,
    sidecar: Path | None = None,
    progress: Progress | None = None,
    known: Mapping[str, str] | None = None,
) -> Imported:
    """References of all files in a folder, and a line for each that could not be used.

    Args:
        folder: whose files are spectra; folders in it are not entered.
        sidecar: a CSV or TOML table (`analysis.sidecar`); what it leaves empty comes from the
            file's name, the file itself and the substance table.
        progress: called with done and total.
        known: substances to families, of the library that these are for: a name that differs by
            case, spaces or hyphens alone is spelled as there.

    Raises:
        LibraryError: the sidecar can't be read.
    """
    table = read_sidecar(sidecar) if sidecar is not None else {}
    found = Imported()
    spelled = {folded(name): (name, family) for name, family in (known or {}).items()}
    found.left_out += [
        f"{name}: named in {sidecar}, not in {folder}"
        for name in table
        if name != EVERY and not (folder / name).is_file()
    ]
    files = _files(folder, sidecar)
    seen: dict[str, tuple[str, str]] = {}
    for done, path in enumerate(files, start=1):
        _take(path, table.get(path.name, table.get(EVERY, {})), found, seen, spelled)
        if progress is not None:
            progress(done, len(files))
    return found


def _files(folder: Path, sidecar: Path | None) -> list[Path]:
    beside = sidecar.resolve() if sidecar is not None else None
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.resolve() != beside and not path.name.startswith(".")
    )


def _take(
    path: Path,
    row: Row,
    found: Imported,
    seen: dict[str, tuple[str, str]],
    spelled: dict[str, tuple[str, str]],
) -> None:
    """Read one file into what was found.

    `seen` has the file and substance of each spectrum, `spelled` the name and family of each
    substance by its folded name.
    """
    try:
        references = [_reference(s, path, row, spelled) for s in read_file(path)]
    except AnalysisError as problem:
        found.left_out.append(f"{path.name}: {problem}")
        return
    for reference in references:
        key = reference.content_key()
        if key not in seen:
            seen[key] = (path.name, reference.substance)
            found.references.append(reference)
            continue
        twin, substance = seen[key]
        found.notes.append(f"{path.name}: the same measurement as {twin}; kept once")
        if substance != reference.substance:
            found.left_out.append(
                f"{path.name}: the same measurement as {twin}, under another name "
                f"({reference.substance}, {substance}): say which is right"
            )
            found.notes.pop()


def _reference(
    spectrum: Spectrum, path: Path, row: Row, spelled: dict[str, tuple[str, str]]
) -> Reference:
    name = row.get("substance") or path.stem.strip()
    known = find_substance(name)
    if known is None:
        name, family = spelled.setdefault(folded(name), (name, row.get("family") or name))
        known = Substance(slug="", name=name, family=family)
    return Reference(
        spectrum=spectrum,
        substance=known.name,
        family=row.get("family") or known.family,
        form=row.get("form"),
        inchikey=row.get("inchikey") or known.inchikey or None,
        instrument=row.get("instrument") or spectrum.provenance.get("instrument"),
        source=row.get("source") or path.name,
        licence=row.get("licence"),
        cas=row.get("cas"),
        pubchem=row.get("pubchem"),
    )
