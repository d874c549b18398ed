"""`harborlight match`: the matcher from a command line."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis import words
from analysis.errors import AnalysisError
from analysis.library_cli import EXIT_UNREADABLE, FILE, opened, told

if TYPE_CHECKING:
    from analysis import Identification, Spectrum

EXIT_DETECTED = 3


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--library", "library_file", type=FILE, help="A library file; else the shipped one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per spectrum, one per line.")
def match(files: tuple[Path, ...], library_file: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click hands a flag
    """Say what is in each spectrum FILE, and what can't be seen in it.

    \b
    Exit status:
      0  every file was read, nothing on the watch list was detected
      1  a file, or the library, can't be read (the others are still matched)
      3  something on the watch list was detected

    Example: harborlight match sample.dx --library ours.hlib
    """  # noqa: D301 - click's \b keeps the lines
    from analysis import Matcher  # noqa: PLC0415 - numpy only where it is needed

    with told():
        matcher = Matcher(opened(library_file))
    unreadable = detected = False
    for file in files:
        try:
            spectra = _spectra(file)
        except AnalysisError as problem:
            click.echo(f"{file}: {problem}", err=True)
            unreadable = True
            continue
        for found in map(matcher.identify, spectra):
            detected = detected or bool(found.detected)
            click.echo(_as_json(file, found) if as_json else "\n".join(_lines(file, found)))
    sys.exit(EXIT_DETECTED if detected else EXIT_UNREADABLE if unreadable else 0)


def _spectra(file: Path) -> "tuple[Spectrum, ...]":
    from analysis.importing import read_file  # noqa: PLC0415 - numpy only where it is needed

    return read_file(file)


def _as_json(file: Path, found: "Identification") -> str:
    return json.dumps({"file": str(file), **found.as_dict()}, ensure_ascii=False)


def _lines(file: Path, found: "Identification") -> Iterator[str]:
    """One result for a person."""
    yield f"== {file}"
    if not found.releasable:
        yield words.DEMONSTRATION_NOTE
    yield from (f"quality: {q.name} {q.value:g}. {q.text}" for q in found.quality if q.text)
    yield "Watch list (each member of a family: --json)"
    yield from _target_lines(found)
    if found.components:
        yield "What explains the spectrum"
    for c in found.components:
        alike = f" (or {', '.join(c.alike)})" if c.alike else ""
        low, high = (words.per_cent(part) for part in c.interval)
        yield f"  {c.substance}{alike}: {words.per_cent(c.share)} ({low} to {high})"
    if found.unexplained is not None:
        yield f"  unexplained: {words.per_cent(found.unexplained)}"
        yield f"  {words.SHARE_NOTE}"
    if found.hits:
        yield "Library search (a likeness, not a finding)"
    yield from (f"  {h.score:.3f}  {h.substance}" for h in found.hits[:5])


def _target_lines(found: "Identification") -> Iterator[str]:
    """Families and single substances; members only of a family that was detected."""
    families = {t.target: t.verdict for t in found.targets if t.level == "family"}
    for t in found.targets:
        member = t.level == "substance" and t.family in families
        if member and families[t.family] != "detected":
            continue
        line = words.verdict_line(t.target, t.verdict, t.share, t.limit, t.reason)
        yield f"{'    ' if member else '  '}{line}"
