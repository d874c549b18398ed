"""`harborlight spectrum`: what is in a file of spectra, and the same in another format."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from analysis.spectrum import Spectrum

EXIT_UNREADABLE = 1
SHOWN_AT_MOST = 20
SUFFIXES = {"jcamp": ".jdx", "csv": ".csv"}
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def spectrum() -> None:
    """Look into files of spectra (JCAMP-DX, OPUS, SPC, SPA, text), and convert them.

    Example: harborlight spectrum info sample.0
    """


@spectrum.command()
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line and file.")
def info(files: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001 - click hands a flag
    """What is in FILES: format, kind, axis, points, and what is known of the measurement.

    The format is told by the content. Exit status 1 when a file can't be read; the reason says
    where it is damaged.

    Example: harborlight spectrum info sample.0 other.spc --json
    """
    unreadable = False
    for file in files:
        about = _about(file)
        unreadable |= "error" in about
        click.echo(json.dumps(about) if as_json else _told(about))
    sys.exit(EXIT_UNREADABLE if unreadable else 0)


@spectrum.command()
@click.argument("file", type=_FILE)
@click.option("--to", "target", required=True, type=click.Choice(sorted(SUFFIXES)))
@click.option("--out", type=_FILE, help="File to write (default: beside FILE, with its new end).")
@click.option(
    "--form",
    default="affn",
    show_default=True,
    type=click.Choice(["affn", "difdup"]),
    help="Of the numbers in JCAMP-DX: plain with all digits, or compressed with checks.",
)
def convert(file: Path, target: str, out: Path | None, form: str) -> None:
    """Write the spectra of FILE as JCAMP-DX or CSV.

    Several spectra become one JCAMP-DX file, or one CSV file each (-1, -2, ...). A file that is
    there is never overwritten.

    Example: harborlight spectrum convert sample.0 --to jcamp
    """
    from analysis.readers import read  # noqa: PLC0415 - numpy only where it is needed
    from analysis.writers import write_csv, write_jcamp  # noqa: PLC0415 - as above

    place = out or file.with_name(file.name + SUFFIXES[target])
    try:
        spectra = read(file)
        if target == "jcamp":
            _write(place, write_jcamp(spectra, form))
            return
        for number, one in enumerate(spectra, start=1):
            _write(_numbered(place, number, len(spectra)), write_csv(one))
    except AnalysisError as problem:
        raise click.ClickException(f"{file}: {problem}") from problem


def _write(place: Path, content: bytes) -> None:
    """A new file; what could not be written whole is taken away again."""
    try:
        with place.open("xb") as opened:
            try:
                opened.write(content)
                opened.flush()
            except OSError:
                place.unlink()
                raise
    except OSError as problem:
        raise click.ClickException(f"{place} can't be written: {problem.strerror}") from problem
    click.echo(place)


def _numbered(place: Path, number: int, count: int) -> Path:
    return place if count == 1 else place.with_name(f"{place.stem}-{number}{place.suffix}")


def _about(file: Path) -> dict[str, Any]:
    from analysis.readers import ReaderError, read  # noqa: PLC0415 - numpy only where needed

    try:
        spectra = read(file)
    except ReaderError as problem:
        place = {"line": problem.line, "byte": problem.byte}
        known = {name: at for name, at in place.items() if at is not None}
        return {"file": str(file), "error": problem.reason, **known}
    return {"file": str(file), "spectra": [_facts(one) for one in spectra]}


def _facts(one: "Spectrum") -> dict[str, Any]:
    return {
        "kind": one.kind,
        "axis_unit": one.axis_unit,
        "first_x": float(one.axis[0]),
        "last_x": float(one.axis[-1]),
        "points": len(one),
        "least_value": float(one.values.min()),
        "largest_value": float(one.values.max()),
        "provenance": dict(one.provenance),
    }


def _told(about: dict[str, Any]) -> str:
    if "error" in about:
        where = next((f"{name} {about[name]}: " for name in ("line", "byte") if name in about), "")
        return f"{about['file']}\n  can't be read: {where}{about['error']}"
    spectra = about["spectra"]
    lines = [f"{about['file']}: {len(spectra)} {'spectra' if len(spectra) > 1 else 'spectrum'}"]
    for one in spectra[:SHOWN_AT_MOST]:
        span = f"{one['first_x']:g} to {one['last_x']:g} {one['axis_unit']}"
        lines.append(f"  {one['kind']}, {one['points']:,} points, {span}")
        known = sorted(one["provenance"].items())
        lines += [f"    {name}: {text}" for name, text in known if name != "file"]
    if len(spectra) > SHOWN_AT_MOST:
        lines.append(f"  and {len(spectra) - SHOWN_AT_MOST} more")
    return "\n".join(lines)
