"""`harborlight library amounts`: calibrate amounts with a site's own standards, and say them."""

import csv
import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.errors import AmountError, AnalysisError

if TYPE_CHECKING:
    from analysis.amounts import Bands, Calibration
    from analysis.spectrum import Spectrum

EXIT_REFUSED, EXIT_NOT_VALID = 3, 4
COLUMNS = ("file", "standard", "mass_percent")
MOST_ROWS = 2_000
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def amounts() -> None:
    """Calibrate amounts with a site's own standards: one substance, one instrument.

    Without such a calibration a spectrum tells no amount.

    Example: harborlight library amounts report caffeine.npz
    """


@amounts.command()
@click.argument("table", type=FILE)
@click.option("--substance", required=True, help="Of which the table tells the amount.")
@click.option("--instrument", help="Its serial number; as the spectra say, where not given.")
@click.option("--out", "out_file", type=FILE, required=True, help="The calibration (.npz).")
@click.option("--band", help="LOW:HIGH of a band of the substance: a peak ratio instead of PLS.")
@click.option("--against", help="LOW:HIGH of a band of something that is in every sample.")
@click.option(
    "--sampling-rsd",
    type=click.FloatRange(0, 2),
    help="Relative standard deviation between parts of one bag [default: 0.3].",
)
@click.option(
    "--note", default="", help="Kept beside it: where the standards come from, who weighed."
)
def fit(
    table: Path,
    substance: str,
    instrument: str | None,
    out_file: Path,
    band: str | None,
    against: str | None,
    sampling_rsd: float | None,
    note: str,
) -> None:
    """Fit a calibration to the standards in TABLE, validate it, and say how good it is.

    TABLE is CSV with the columns file, standard, mass_percent: one row a spectrum; replicates have
    the same standard. Files are looked for beside the table.

    Exit status: 4 where it is not good enough to say amounts; it is written all the same.

    Example: harborlight library amounts fit caffeine.csv --substance caffeine --out caffeine.npz
    """
    with _told():
        from analysis.amounts import Calibration, save  # noqa: PLC0415 - start-up time
        from analysis.amounts.calibration import SAMPLING_RSD  # noqa: PLC0415 - as above

        rows = _rows(table)
        spectra = [_only(table.parent / row["file"]) for row in rows]
        made = Calibration.fit(
            spectra,
            [_percent(row) / 100 for row in rows],
            [row["standard"] for row in rows],
            substance=substance,
            instrument=instrument or _instrument(spectra[0]),
            bands=_bands(band, against),
            sampling_rsd=SAMPLING_RSD if sampling_rsd is None else sampling_rsd,
            provenance={
                "table": table.name,
                "table_sha256": hashlib.sha256(table.read_bytes()).hexdigest(),
                "note": note,
            },
        )
        save(made, out_file)
    click.echo("\n".join(_report_lines(made)))
    sys.exit(EXIT_NOT_VALID if made.report.faults else 0)


@amounts.command()
@click.argument("calibration", type=FILE)
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
def predict(calibration: Path, files: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001 - click hands a flag
    """Say the amount in one sample from its spectra in FILES, with its interval, or refuse.

    Several FILES are replicates: the same sample, each time put on the instrument anew.

    Exit status: 3 refused (out of range, something unknown in it, another instrument ...).

    Example: harborlight library amounts predict caffeine.npz first.jdx second.jdx
    """
    with _told():
        from analysis.amounts import load  # noqa: PLC0415 - start-up time

        made = load(calibration)
        spectra = [_only(file) for file in files]
        try:
            found = made.predict(spectra)
        except AmountError as error:
            refusal = {"refused": error.reason, "text": str(error)}
            click.echo(json.dumps(refusal) if as_json else f"no amount: {error} ({error.reason})")
            sys.exit(EXIT_REFUSED)
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    span = f"{_shown(found.low)} to {_shown(found.high)}"
    click.echo(f"{found.substance}: about {_shown(found.fraction)} of the weight ({span})")
    parts = (("model", found.model), ("measurement", found.repeatability))
    said = ", ".join(f"{name} {_shown(part)}" for name, part in parts)
    click.echo(f"  95 % interval; standard deviations: {said}, sampling {_shown(found.sampling)}")
    click.echo("  of this part of the sample and parts like it; the rest of the bag can differ")


@amounts.command()
@click.argument("calibration", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
def report(calibration: Path, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Show how a calibration was validated: errors of standards that were left out.

    Example: harborlight library amounts report caffeine.npz
    """
    with _told():
        from analysis.amounts import load  # noqa: PLC0415 - start-up time

        made = load(calibration)
    about = {
        "substance": made.substance,
        "instrument": made.instrument,
        "low": made.low,
        "high": made.high,
        "sampling_rsd": made.sampling_rsd,
        "report": asdict(made.report),
        "faults": list(made.report.faults),
        "provenance": dict(made.provenance),
    }
    click.echo(json.dumps(about) if as_json else "\n".join(_report_lines(made)))


def _report_lines(made: "Calibration") -> list[str]:
    found = made.report
    errors = ", ".join(_shown(error) for error in found.by_components)
    method = "PLS" if made.bands is None else "peak ratio"
    worst = found.worst
    lines = [
        f"{made.substance} on {made.instrument}, {method}, {found.components} components",
        f"  range {_shown(made.low)} to {_shown(made.high)}, {len(found.standards)} standards",
        f"  RMSEP {_shown(found.rmsep)}, bias {_shown(found.bias)}, R2 {found.r2:.3f}",
        f"  repeatability {_shown(found.repeatability)}, model {_shown(found.model)}",
        f"  worst: {worst.name}, {_shown(worst.true)} was predicted as {_shown(worst.predicted)}",
        f"  RMSEP by components: {errors}",
        f"  sampling: {_shown(made.sampling_rsd)} of the amount",
        *(f"  {name}: {text}" for name, text in made.provenance.items() if text),
    ]
    return [*lines, *(f"  NOT GOOD ENOUGH to say amounts: {fault}" for fault in found.faults)]


def _shown(fraction: float) -> str:
    return f"{100 * fraction:.3g} %"


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            rows = [dict(row) for _, row in zip(range(MOST_ROWS + 1), csv.DictReader(file))]  # noqa: B905 - whichever ends first
    except (OSError, ValueError, csv.Error) as error:
        raise AmountError("table", f"{table}: can't be read: {error}") from error
    if not rows or len(rows) > MOST_ROWS:
        raise AmountError("table", f"{table}: {len(rows)} rows; 1 to {MOST_ROWS} are wanted")
    for number, row in enumerate(rows, start=2):
        missing = [name for name in COLUMNS if not row.get(name)]
        if missing:
            raise AmountError("table", f"{table}, line {number}: {', '.join(missing)} is missing")
    return rows


def _percent(row: dict[str, str]) -> float:
    try:
        return float(row["mass_percent"])
    except ValueError as error:
        raise AmountError("table", f"mass_percent {row['mass_percent']!r} is no number") from error


def _only(file: Path) -> "Spectrum":
    from analysis.readers import ReaderError, read  # noqa: PLC0415 - start-up time

    try:
        spectra = read(file)
    except ReaderError as error:
        raise AmountError("file", f"{file}: {error}") from error
    if len(spectra) != 1:
        raise AmountError("file", f"{file}: {len(spectra)} spectra; one is wanted")
    return spectra[0]


def _instrument(spectrum: "Spectrum") -> str:
    found = spectrum.provenance.get("instrument") or spectrum.provenance.get("serial")
    if not found:
        raise AmountError("instrument", "the spectra name no instrument: give --instrument")
    return found


def _bands(band: str | None, against: str | None) -> "Bands | None":
    from analysis.amounts import Bands  # noqa: PLC0415 - start-up time

    if band is None and against is None:
        return None
    if band is None or against is None:
        raise click.UsageError("a peak ratio wants both --band and --against")
    return Bands(_range(band), _range(against))


def _range(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(":"))
    except ValueError as error:
        raise click.UsageError(f"{text!r}: LOW:HIGH is wanted, such as 1690:1720") from error
    return low, high


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (AnalysisError, OSError) as error:
        raise click.ClickException(str(error)) from error
