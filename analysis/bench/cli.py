"""`harborlight bench`: how good and how fast the matcher is, against known truth and its peers."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from analysis.bench.goals import Standing
    from analysis.bench.plain import Plain

OUT = Path("docs/benchmarks")
CHOICES = ("open", "other", "all", "open-sim", "other-sim", "open-ir", "other-ir", "raman")
GROUPS = {
    "open": ("open-sim", "open-ir", "raman"),
    "other": ("other-sim", "other-ir"),
    "all": ("open-sim", "other-sim", "open-ir", "other-ir", "raman"),
}
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(invoke_without_command=True)
@click.option("--check", is_flag=True, help="Hold the results in --out against the goals.")
@click.option("--out", type=FOLDER, default=OUT, show_default=True, help="Folder of the results.")
@click.pass_context
def bench(context: click.Context, check: bool, out: Path) -> None:  # noqa: FBT001 - click hands a flag
    """Measure the matcher: detection against known truth, speed against its peers.

    With --check, nothing is measured: the results in --out are held against the goals, what falls
    short is printed, and the exit status is 1 when something does.

    Example: harborlight bench --check
    """
    if context.invoked_subcommand is not None:
        context.obj = out
        return
    if not check:
        click.echo(context.get_help())
        return
    with _told():
        standings = _standings(out)
    short = [one for one in standings if not one.reached]
    for one in short:
        click.echo(_line(one))
    click.echo(f"{len(standings) - len(short)} of {len(standings)} goals reached")
    sys.exit(1 if short else 0)


@bench.command()
@click.option(
    "--world",
    default="open",
    show_default=True,
    type=click.Choice(CHOICES),
    help="What to find in.",
)
@click.option(
    "--size", default="ci", show_default=True, type=click.Choice(["ci", "full"]), help="How much."
)
@click.option(
    "--calibration",
    default="both",
    show_default=True,
    type=click.Choice(["own", "synthetic", "both"]),
    help="Blanks of the world, or made up from the library.",
)
@click.option("--seed", default=1, show_default=True, help="Of the world and its samples.")
@click.option("--targets", default=30, show_default=True, help="How many substances to watch.")
@click.option("--references", default=500, show_default=True, help="Of a simulated library.")
@click.option("--replicates", default=1, show_default=True, help="References per substance.")
@click.option("--blanks", type=int, help="Test blanks, instead of the size's.")
@click.option("--calibration-blanks", type=int, help="Calibration blanks, instead of the size's.")
@click.option("--positives", type=int, help="Positives at each share, instead of the size's.")
@click.option(
    "--data",
    type=FOLDER,
    envvar="HARBORLIGHT_SHARED_DATA",
    default=Path("../shared/data"),
    show_default=True,
    help="Folder of measured data.",
)
@click.option("--out", type=FOLDER, help="Folder to write to (default: that of the group).")
@click.pass_context
def detect(
    context: click.Context,
    *,
    world: str,
    size: str,
    calibration: str,
    seed: int,
    targets: int,
    references: int,
    replicates: int,
    blanks: int | None,
    calibration_blanks: int | None,
    positives: int | None,
    data: Path,
    out: Path | None,
) -> None:
    """Find known targets in mixtures whose composition is known, beside three baselines.

    Writes a JSON file and a picture per world, and one page of tables over all worlds in the
    folder. Worlds: simulated infrared (open-sim, other-sim), measured infrared spectra through a
    simulated second instrument (open-ir, other-ir), and measured Raman spectra of two instruments
    (raman). A group of worlds leaves out those whose measured data is not there, and says so.

    Example: harborlight bench detect --world open-sim --size ci
    """
    from dataclasses import replace  # noqa: PLC0415 - numpy comes with the rest, only here

    from analysis.bench import catalogue  # noqa: PLC0415 - as above
    from analysis.bench import detect as measure  # noqa: PLC0415 - as above
    from analysis.bench.stopwatch import seconds  # noqa: PLC0415 - as above

    folder = out or context.obj
    given = {"blanks": blanks, "calibration": calibration_blanks, "positives": positives}
    amount = replace(measure.SIZES[size], **{k: v for k, v in given.items() if v is not None})
    kinds = measure.CALIBRATIONS if calibration == "both" else (calibration,)
    with _told():
        for name in _present(GROUPS.get(world, (world,)), world, data):
            made = catalogue.build(
                name,
                seed=seed,
                targets=targets,
                references=references,
                replicates=replicates,
                data=data,
            )
            found = measure.run(
                made, amount, seed=seed, calibrations=kinds, clock=seconds, tell=_tell
            )
            _keep(found, folder)
        page = _page(folder)
    click.echo(page)


@bench.command()
@click.option(
    "--size", default="ci", show_default=True, type=click.Choice(["ci", "full"]), help="How much."
)
@click.option("--seed", default=1, show_default=True, help="Of all made-up spectra.")
@click.option("--out", type=FOLDER, help="Folder to write to (default: that of the group).")
@click.pass_context
def speed(context: click.Context, size: str, seed: int, out: Path | None) -> None:
    """Time searching, detecting and baselines, in turn with other programs in one process.

    FAISS, scikit-learn, pybaselines and threadpoolctl take part where they are installed (group
    "bench" of pyproject.toml). Writes speed.json and speed.md.

    Example: harborlight bench speed --size ci
    """
    from analysis.bench import machine, plain, speed_report  # noqa: PLC0415 - numpy only here
    from analysis.bench import speed as measure  # noqa: PLC0415 - as above
    from analysis.bench.stopwatch import seconds  # noqa: PLC0415 - as above

    folder = out or context.obj
    with _told():
        found = measure.run(measure.SCALES[size], seed=seed, clock=seconds, tell=_tell)
    result = plain.plain(found) | {"machine": machine.described()}
    plain.write(folder / "speed.json", result)
    page = folder / "speed.md"
    page.write_text(speed_report.speed_report(result), encoding="utf-8")
    click.echo(page)


@bench.command("readers")
@click.option("--seed", default=1, show_default=True, help="Of the made-up spectra.")
@click.option(
    "--data",
    type=FOLDER,
    envvar="HARBORLIGHT_SHARED_DATA",
    default=Path("../shared/data"),
    show_default=True,
    help="Folder of measured data; without it only a made-up file is timed.",
)
@click.option("--out", type=FOLDER, help="Folder to write to (default: that of the group).")
@click.pass_context
def readers_(context: click.Context, seed: int, data: Path, out: Path | None) -> None:
    """Read every sample file with our readers and others; count what is right, and time it.

    jcamp, spc-io, brukeropus and spectrochempy-omnic take part where they are installed. Writes
    readers.json and readers.md.

    Example: harborlight bench readers --data ../shared/data
    """
    from analysis.bench import machine, plain, readers, readers_report  # noqa: PLC0415 - as above
    from analysis.bench.stopwatch import seconds  # noqa: PLC0415 - as above

    folder = out or context.obj
    found = readers.run(data, seed=seed, clock=seconds)
    result = plain.plain(found) | {"machine": machine.described(), "seed": seed}
    plain.write(folder / "readers.json", result)
    page = folder / "readers.md"
    page.write_text(readers_report.readers_report(result), encoding="utf-8")
    click.echo(page)


def _present(names: Sequence[str], asked: str, data: Path) -> Iterator[str]:
    """The worlds that can be made here; one that was asked for by name always counts."""
    from analysis.bench.catalogue import NEEDS_DATA  # noqa: PLC0415 - numpy only where needed

    for name in names:
        if name in NEEDS_DATA and asked in GROUPS and not data.is_dir():
            _tell(f"{name}: left out, it needs the measured data (--data), and {data} is not there")
        else:
            yield name


def _keep(found: object, folder: Path) -> None:
    """Write one world's result and its picture."""
    from analysis.bench import machine, picture, plain  # noqa: PLC0415 - numpy only where needed

    result: Plain = plain.plain(found) | {"machine": machine.described()}
    name = f"detect-{result['world']}"
    if picture.sensitivity_picture(result, folder / f"{name}.png"):
        result["picture"] = f"{name}.png"
    plain.write(folder / f"{name}.json", result)


def _page(folder: Path) -> str:
    """Write the page over all worlds of a folder; where it stands."""
    from analysis.bench.report import detection_report  # noqa: PLC0415 - numpy only where needed

    page = folder / "detect.md"
    page.write_text(detection_report(_worlds(folder)), encoding="utf-8")
    return str(page)


def _worlds(folder: Path) -> "dict[str, Plain]":
    from analysis.bench import plain  # noqa: PLC0415 - numpy only where needed

    files = {name: folder / f"detect-{name}.json" for name in GROUPS["all"]}
    return {name: plain.read(file) for name, file in files.items() if file.exists()}


def _standings(folder: Path) -> "list[Standing]":
    from analysis.bench import goals, plain, speed_goals  # noqa: PLC0415 - numpy only where needed

    found = goals.detection_standings(_worlds(folder))
    if (folder / "speed.json").exists():
        found += speed_goals.speed_standings(plain.read(folder / "speed.json"))
    if not found:
        raise AnalysisError(f"no results in {folder}: run harborlight bench detect first")
    return found


def _line(one: "Standing") -> str:
    sign = "at least" if one.at_least else "at most"
    return f"short: {one.place}: {one.goal}: {one.shown}, {sign} {one.bound:g} wanted"


def _tell(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def _told() -> Iterator[None]:
    """Our own errors as one line, not as a traceback."""
    try:
        yield
    except AnalysisError as problem:
        raise click.ClickException(str(problem)) from problem
