"""`harborlight library`: make, change, look at and calibrate libraries."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analysis import words
from analysis.amounts_cli import amounts
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from analysis import Library
    from analysis.importing import Imported
    from analysis.library import IntArray

EXIT_UNREADABLE = 1
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
FILTERS = ("substance", "family", "instrument", "inchikey")


def _filters(_ctx: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> Any:  # noqa: ANN401 - click hands it on
    chosen: dict[str, str] = {}
    for text in given:
        name, _, wanted = (part.strip() for part in text.partition("="))
        if name not in FILTERS or not wanted or name in chosen:
            raise click.BadParameter(
                f"{text!r}: one each of {', '.join(FILTERS)} is wanted, as family=fentanyls"
            )
        chosen[name] = wanted
    return chosen


_FILTER = click.option(
    "--filter",
    "chosen",
    multiple=True,
    metavar="FIELD=TEXT",
    callback=_filters,
    help=f"Only these ({', '.join(FILTERS)}); several: all must hold.",
)
_SIDECAR = click.option(
    "--sidecar",
    type=FILE,
    help="CSV or TOML: file, substance, family, form, inchikey, cas, pubchem, ...",
)
_OUT = click.option("--out", "out_file", type=FILE, help="Write here, and leave FILE as it is.")


@click.group()
def library() -> None:
    """Make, look at and calibrate libraries of reference spectra.

    Example: harborlight library info
    """


library.add_command(amounts)


@library.command()
@click.argument("file", type=FILE, required=False)
def info(file: Path | None) -> None:
    """What a library is: size, grade, axis, version, calibration.

    Example: harborlight library info ours.hlib
    """
    with told():
        shown = opened(file)
    recipe, made = shown.recipe, shown.calibration
    stop = recipe.start + recipe.step * (recipe.points - 1)
    click.echo(f"references   {len(shown)} of {len(shown.names)} substances")
    click.echo(f"instruments  {len(shown.entries.columns['instrument'].table)}")
    click.echo(f"grade        {shown.grade}")
    click.echo(f"version      {shown.version}")
    click.echo(f"technique    {recipe.kind}")
    click.echo(
        f"axis         {recipe.start:g} to {stop:g} {recipe.axis_unit}, {recipe.step:g} apart"
    )
    known = "none: harborlight library calibrate FILE"
    click.echo(f"calibration  {f'{made.blanks} {made.source}' if made else known}")
    if shown.calibration_note:
        click.echo(f"             one in the file was {shown.calibration_note}")
    if shown.grade == "demonstration":
        click.echo(words.DEMONSTRATION_NOTE)


@library.command("list")
@click.argument("file", type=FILE, required=False)
@_FILTER
def list_(file: Path | None, chosen: dict[str, str]) -> None:
    """Every reference: family, substance, form, instrument, source; with tabs between.

    Example: harborlight library list ours.hlib --filter family=fentanyls
    """
    with told():
        shown = opened(file)
    _show(shown, shown.query(**chosen))


@library.command("import")
@click.argument("folder", type=FOLDER)
@click.option("--out", "out_file", type=FILE, required=True, help="The library file to write.")
@_SIDECAR
def import_(folder: Path, out_file: Path, sidecar: Path | None) -> None:
    """Make a library of the spectra in FOLDER.

    A file's name is its substance, and the family comes from the substance table, where the
    sidecar says nothing else. A file that can't be read is named and left out; exit status 1 then.

    Example: harborlight library import spectra/ --out ours.hlib --sidecar spectra.csv
    """
    from analysis import Library  # noqa: PLC0415 - numpy only where it is needed

    with told():
        found = _imported(folder, sidecar)
        made = Library.build(found.references)
        made.save(out_file)
    _say_next(made, out_file, found)


@library.command()
@click.argument("file", type=FILE)
@click.argument("folder", type=FOLDER)
@_SIDECAR
@_OUT
def add(file: Path, folder: Path, sidecar: Path | None, out_file: Path | None) -> None:
    """Add the spectra in FOLDER to the library FILE, on the axis that it has.

    What does not fit on the axis, or can't be read, is named and left out; exit status 1 then. The
    library has to be calibrated again.

    Example: harborlight library add ours.hlib more-spectra/ --sidecar more.csv
    """
    from analysis.grid import misfit  # noqa: PLC0415 - numpy only where it is needed

    with told():
        old = opened(file)
        names, families = old.entries.columns["substance"], old.entries.columns["family"]
        known = {str(n): str(f) for n, f in zip(names, families, strict=True)}
        found = _imported(folder, sidecar, known)
        reasons = [misfit(old.recipe, r) for r in found.references]
        fitting = [r for r, why in zip(found.references, reasons, strict=True) if not why]
        for why in filter(None, reasons):
            click.echo(f"left out: {why}", err=True)
            found.left_out.append(why)
        made = old.with_added(fitting)
        made.save(out_file or file)
    click.echo(f"{len(made) - len(old)} added, {len(fitting) - len(made) + len(old)} were there")
    _say_next(made, out_file or file, found)


@library.command()
@click.argument("file", type=FILE)
@_FILTER
@_OUT
def remove(file: Path, chosen: dict[str, str], out_file: Path | None) -> None:
    """Take the references that a filter chooses out of the library FILE, and list them.

    The library has to be calibrated again.

    Example: harborlight library remove ours.hlib --filter substance=lidocaine
    """
    if not chosen:
        raise click.UsageError("say which: --filter substance=..., family=..., ...")
    with told():
        old = opened(file)
        rows = old.query(**chosen)
        made = old.without(rows.tolist())
        if rows.size:
            made.save(out_file or file)
    _show(old, rows)
    if not rows.size:
        raise click.ClickException(f"{file}: no reference is chosen by that; nothing was changed")
    click.echo(f"{rows.size} removed", err=True)
    _say_next(made, out_file or file)


@library.command()
@click.argument("file", type=FILE)
@click.option("--blanks", "count", default=5000, show_default=True, help="Samples to make up.")
@click.option("--seed", default=0, show_default=True, help="Of the random numbers.")
@click.option("--target", "targets", multiple=True, help="Watch for this instead (repeatable).")
@click.option(
    "--demonstration",
    is_flag=True,
    help="Calibrate the shipped library; FILE takes the calibration alone (for maintainers).",
)
def calibrate(
    file: Path,
    count: int,
    seed: int,
    targets: tuple[str, ...],
    demonstration: bool,  # noqa: FBT001 - click hands a flag
) -> None:
    """Learn what samples without the targets look like, and keep it in the library FILE.

    Example: harborlight library calibrate ours.hlib
    """
    from analysis import Matcher  # noqa: PLC0415 - numpy only where it is needed
    from analysis.container import write_calibration  # noqa: PLC0415 - as above

    with told():
        matcher = Matcher(opened(None if demonstration else file), list(targets) or None)
        with _bar("samples", count + count // 2) as step:
            matcher.calibrate(n=count, seed=seed, progress=step)
        made = matcher.library.calibration
        if demonstration and made is not None:
            write_calibration(file, made)
        else:
            matcher.library.save(file)
    click.echo(f"{file}: calibrated with {count} made-up samples (synthetic)")


@library.command("check")
@click.argument("file", type=FILE, required=False)
def check_(file: Path | None) -> None:
    """Read all of a library, and name what makes it weak; exit status 1 when something is found.

    Example: harborlight library check ours.hlib
    """
    from analysis.weaknesses import weaknesses  # noqa: PLC0415 - numpy only where it is needed

    with told():
        looked_at = opened(file, verify=True)
        with _bar("references", len(looked_at)) as step:
            found = weaknesses(looked_at, step)
    for line in found:
        click.echo(line)
    if not found:
        click.echo("nothing found")
    sys.exit(1 if found else 0)


def opened(file: Path | None, *, verify: bool = False) -> "Library":
    """The library of a file, or the shipped one."""
    from analysis import Library  # noqa: PLC0415 - numpy only where it is needed

    return Library.demonstration() if file is None else Library.open(file, verify=verify)


@contextmanager
def told() -> Iterator[None]:
    """Our own errors as one line, not as a traceback."""
    try:
        yield
    except AnalysisError as problem:
        raise click.ClickException(str(problem)) from problem


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[int, int], None]]:
    """A progress bar, on a terminal, beside the output; hands out what takes (done, total)."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda done, _total: bar.update(done - bar.pos)


def _imported(
    folder: Path, sidecar: Path | None, known: dict[str, str] | None = None
) -> "Imported":
    """The references of a folder; what was left out, and notes, are said at once."""
    from analysis.importing import import_folder  # noqa: PLC0415 - numpy only where it is needed

    with _bar("files", sum(path.is_file() for path in folder.iterdir())) as step:
        found = import_folder(folder, sidecar, step, known)
    for line in found.notes:
        click.echo(f"note: {line}", err=True)
    for line in found.left_out:
        click.echo(f"left out: {line}", err=True)
    return found


def _show(shown: "Library", rows: "IntArray") -> None:
    entries = [shown.entries[row] for row in rows.tolist()]
    for e in sorted(entries, key=lambda one: (one.family, one.substance)):
        row = (e.family, e.substance, e.form or "", e.instrument or "", e.source or "")
        click.echo("\t".join(row))


def _say_next(made: "Library", file: Path, found: "Imported | None" = None) -> None:
    """How large the library is now; exit status 1 when a file was left out."""
    then = "" if made.calibration else f" Next: harborlight library calibrate {file}"
    click.echo(f"{file}: {len(made)} references.{then}", err=found is None)
    sys.exit(EXIT_UNREADABLE if found is not None and found.left_out else 0)
