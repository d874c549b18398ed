"""`harborlight match`: what is in a spectrum, why, and what can't be seen in it."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.errors import AnalysisError
from analysis.library_cli import EXIT_UNREADABLE, FILE, opened, told

if TYPE_CHECKING:
    from analysis import Identification, Matcher, Spectrum
    from analysis.subtraction import Subtractor

EXIT_DETECTED = 3
STEPS = 6


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--library", "library_file", type=FILE, help="A library file; else the shipped one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per spectrum, one per line.")
@click.option(
    "--plot",
    "picture",
    type=FILE,
    help="Draw it: a name in .png or .svg; of several spectra, NAME-1.png, NAME-2.png, ...",
)
@click.option("--steps", is_flag=True, help="Also subtract step by step, as by hand.")
@click.option("--peaks", is_flag=True, help="Also say which bands of what was named are seen.")
def match(
    files: tuple[Path, ...],
    library_file: Path | None,
    as_json: bool,  # noqa: FBT001 - click hands a flag
    picture: Path | None,
    steps: bool,  # noqa: FBT001 - as above
    peaks: bool,  # noqa: FBT001 - as above
) -> None:
    """Say what is in each spectrum FILE, and what can't be seen in it.

    \b
    Exit status, the first that holds:
      3  something on the watch list was detected in at least one spectrum
      1  a file, the library or a picture can't be read or written (the rest is still matched)
      0  every file was read, and nothing on the watch list was detected: amounts below the
         limits, and what is inconclusive, may still be there
    With --json an unreadable file is a line of its own, {"file": ..., "error": ...}.

    Example: harborlight match sample.dx --library ours.hlib
    """  # noqa: D301 - click's \b keeps the lines
    from analysis import Matcher  # noqa: PLC0415 - numpy only where it is needed
    from analysis.subtraction import Subtractor  # noqa: PLC0415 - as above

    with told():
        if picture is not None:
            _check_picture(picture, files)
        matcher = Matcher(opened(library_file))
    subtractor = Subtractor(matcher.library) if steps else None
    wanted = _Wanted(matcher, subtractor, peaks=peaks, as_json=as_json, picture=picture)
    detected = troubled = False
    with _shown(files) as each:
        for found, trouble in _matched(each, wanted, several=len(files) > 1):
            detected, troubled = detected or found, troubled or trouble
    sys.exit(EXIT_DETECTED if detected else EXIT_UNREADABLE if troubled else 0)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is done to each spectrum."""

    matcher: "Matcher"
    subtractor: "Subtractor | None"
    peaks: bool
    as_json: bool
    picture: Path | None


def _matched(
    files: Iterable[Path], wanted: _Wanted, *, several: bool
) -> Iterator[tuple[bool, bool]]:
    """Read, match and print each file; yields (something detected, something went wrong)."""
    number = 0
    for file in files:
        try:
            spectra = _spectra(file)
        except AnalysisError as problem:
            _complain(file, str(problem), as_json=wanted.as_json)
            yield False, True
            continue
        for spectrum in spectra:
            number += 1
            alone = not several and len(spectra) == 1
            yield _one(file, spectrum, wanted, "" if alone else f"-{number}")


def _complain(file: Path, problem: str, *, as_json: bool) -> None:
    click.echo(f"{file}: {problem}", err=True)
    if as_json:
        click.echo(json.dumps({"file": str(file), "error": problem}, ensure_ascii=False))


def _one(file: Path, spectrum: "Spectrum", wanted: _Wanted, mark: str) -> tuple[bool, bool]:
    found = wanted.matcher.identify(spectrum)
    drawn, trouble = _drawn(file, found, wanted, mark)
    said = _as_json if wanted.as_json else _as_text
    click.echo(said(file, spectrum, found, wanted, drawn))
    return bool(found.detected), trouble


def _drawn(
    file: Path, found: "Identification", wanted: _Wanted, mark: str
) -> tuple[Path | None, bool]:
    """The picture's name, or None; and whether it could not be written."""
    if wanted.picture is None:
        return None, False
    from analysis.plot import PlotError, draw  # noqa: PLC0415 - slow to load
    from analysis.plot_data import plot_data  # noqa: PLC0415 - as above

    path = wanted.picture.with_stem(wanted.picture.stem + mark)
    try:
        draw(plot_data(wanted.matcher.library, found), path, file.name)
    except PlotError as problem:
        click.echo(str(problem), err=True)
        return None, True
    return path, False


def _as_json(
    file: Path, spectrum: "Spectrum", found: "Identification", wanted: _Wanted, drawn: Path | None
) -> str:
    from analysis.explain import explain  # noqa: PLC0415 - numpy only where it is needed
    from analysis.hit_peaks import hit_peaks  # noqa: PLC0415 - as above
    from analysis.refutation import refutations  # noqa: PLC0415 - as above

    library = wanted.matcher.library
    plain: dict[str, object] = {"file": str(file), **found.as_dict()}
    if wanted.peaks:
        evidence = explain(library, found)
        plain["peaks"] = [asdict(one) for one in evidence]
        plain["hit_peaks"] = [asdict(one) for one in hit_peaks(library, found)]
        refuted = refutations(evidence, library.recipe.axis_unit)
        plain["refutations"] = [asdict(one) for one in refuted]
    if wanted.subtractor is not None:
        done = wanted.subtractor.run(spectrum, STEPS) if found.axis else None
        plain["subtraction"] = None if done is None else asdict(done)
    if drawn is not None:
        plain["plot"] = str(drawn)
    return json.dumps(plain, ensure_ascii=False)


def _as_text(
    file: Path, spectrum: "Spectrum", found: "Identification", wanted: _Wanted, drawn: Path | None
) -> str:
    from analysis import report  # noqa: PLC0415 - numpy only where it is needed
    from analysis.explain import explain  # noqa: PLC0415 - as above
    from analysis.hit_peaks import hit_peaks  # noqa: PLC0415 - as above
    from analysis.refutation import refutations  # noqa: PLC0415 - as above

    library = wanted.matcher.library
    unit = library.recipe.axis_unit
    evidence = explain(library, found)
    hits = hit_peaks(library, found) if wanted.peaks else ()
    lines = [f"== {file}", *report.result_lines(found, refutations(evidence, unit), hits)]
    if wanted.peaks and evidence:
        lines.extend(report.peak_lines(evidence, unit))
    if wanted.subtractor is not None and found.axis:
        lines.extend(report.step_lines(wanted.subtractor.run(spectrum, STEPS)))
    if drawn is not None:
        lines.append(f"picture: {drawn}")
    return "\n".join(lines)


def _check_picture(picture: Path, files: tuple[Path, ...]) -> None:
    from analysis.plot import PlotError, check_plot  # noqa: PLC0415 - slow to load

    check_plot(picture)
    if picture in files:
        raise PlotError(f"{picture}: this is one of the spectra; name another file for the picture")


@contextmanager
def _shown(files: tuple[Path, ...]) -> Iterator[Iterable[Path]]:
    """The files, with a bar on stderr where results go elsewhere and a person waits."""
    if len(files) > 1 and sys.stderr.isatty() and not sys.stdout.isatty():
        with click.progressbar(files, label="spectra", file=sys.stderr) as bar:
            yield bar
    else:
        yield files


def _spectra(file: Path) -> "tuple[Spectrum, ...]":
    from analysis.importing import read_file  # noqa: PLC0415 - numpy only where it is needed

    return read_file(file)
