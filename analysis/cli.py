"""`harborlight library`: make, look at and calibrate libraries from a command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis import words
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from analysis import Library

EXIT_UNREADABLE = 1
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def library() -> None:
    """Make, look at and calibrate libraries of reference spectra.

    Example: harborlight library info
    """


@library.command()
@click.argument("file", type=FILE, required=False)
def info(file: Path | None) -> None:
    """What a library is: size, grade, axis, version, calibration.

    Example: harborlight library info ours.hlib
    """
    with _told():
        opened = _opened(file)
    recipe, made = opened.recipe, opened.calibration
    stop = recipe.start + recipe.step * (recipe.points - 1)
    click.echo(f"references   {len(opened)} of {len(opened.substances)} substances")
    click.echo(f"grade        {opened.grade}")
    click.echo(f"version      {opened.version}")
    click.echo(f"technique    {recipe.kind}")
    click.echo(
        f"axis         {recipe.start:g} to {stop:g} {recipe.axis_unit}, {recipe.step:g} apart"
    )
    known = "none: harborlight library calibrate FILE"
    click.echo(f"calibration  {f'{made.blanks} {made.source}' if made else known}")
    if opened.grade == "demonstration":
        click.echo(words.DEMONSTRATION_NOTE)


@library.command("list")
@click.argument("file", type=FILE, required=False)
def list_(file: Path | None) -> None:
    """Every reference: family, substance, form, instrument, source; with tabs between.

    Example: harborlight library list ours.hlib
    """
    with _told():
        entries = _opened(file).entries
    for e in sorted(entries, key=lambda one: (one.family, one.substance)):
        row = (e.family, e.substance, e.form or "", e.instrument or "", e.source or "")
        click.echo("\t".join(row))


@library.command("import")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--out", "out_file", type=FILE, required=True, help="The library file to write.")
@click.option("--sidecar", type=FILE, help="CSV: file, substance, family, form, inchikey, ...")
def import_(folder: Path, out_file: Path, sidecar: Path | None) -> None:
    """Make a library of the spectra in FOLDER.

    A file's name is its substance, and the family comes from the substance table, where the
    sidecar says nothing else. A file that can't be read is named and left out; exit status 1 then.

    Example: harborlight library import spectra/ --out ours.hlib --sidecar spectra.csv
    """
    from analysis import Library  # noqa: PLC0415 - numpy only where it is needed
    from analysis.importing import import_folder  # noqa: PLC0415 - as above

    with _told():
        references, troubles = import_folder(folder, sidecar)
        for trouble in troubles:
            click.echo(trouble, err=True)
        made = Library.build(references)
        made.save(out_file)
    click.echo(
        f"{out_file}: {len(made)} references. Next: harborlight library calibrate {out_file}"
    )
    sys.exit(EXIT_UNREADABLE if troubles else 0)


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

    with _told():
        matcher = Matcher(_opened(None if demonstration else file), list(targets) or None)
        with click.progressbar(length=count + count // 2, label="samples") as bar:
            matcher.calibrate(
                n=count, seed=seed, progress=lambda done, _total: bar.update(done - bar.pos)
            )
        made = matcher.library.calibration
        if demonstration and made is not None:
            write_calibration(file, made)
        else:
            matcher.library.save(file)
    click.echo(f"{file}: calibrated with {count} made-up samples (synthetic)")


@library.command("check")
@click.argument("file", type=FILE, required=False)
def check_(file: Path | None) -> None:
    """Look for what makes a library weak; exit status 1 when something is found.

    Example: harborlight library check ours.hlib
    """
    from analysis.importing import weaknesses  # noqa: PLC0415 - numpy only where it is needed

    with _told():
        found = weaknesses(_opened(file))
    for line in found:
        click.echo(line)
    if not found:
        click.echo("nothing found")
    sys.exit(1 if found else 0)


def _opened(file: Path | None) -> "Library":
    from analysis import Library  # noqa: PLC0415 - numpy only where it is needed

    return Library.demonstration() if file is None else Library.open(file)


@contextmanager
def _told() -> Iterator[None]:
    """Our own errors as one line, not as a traceback."""
    try:
        yield
    except AnalysisError as problem:
        raise click.ClickException(str(problem)) from problem
