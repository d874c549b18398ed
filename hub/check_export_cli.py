"""The commands `harborlight hub export-checks`, `export-spectra`, `public-export`, and one more.

`concordance` counts how far the methods agree.
"""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from firmware_bridge.contract.check.days import day_of
from hub.cli_parts import CONFIG, open_store, told_plainly
from hub.config import load

if TYPE_CHECKING:
    from hub.concordance import Rate, Table

DAY_MS = 86_400_000
FOR_EVER_MS = 2**53
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(
    "export-checks",
    epilog="Example: harborlight hub export-checks --format unc --from 2026-10-01 "
    "--to 2026-10-31 --out october",
)
@click.option("--format", "form", type=click.Choice(["unc", "json", "jcamp"]), required=True)
@click.option("--from", "first", type=DAY, required=True, help="First day, UTC.")
@click.option("--to", "last", type=DAY, required=True, help="Last day, UTC.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A new folder.",
)
@CONFIG
def export_checks(
    form: Any,  # noqa: ANN401 - one of the words above, as click has made sure
    first: datetime,
    last: datetime,
    out: Path,
    config_path: Path,
) -> None:
    """Write the released checks of some days for a partner: tables, objects or spectra.

    Staff, reasons, times of day and checks that nobody released are left out. Each line is one
    sample under its code: it is for partners; `public-export` is what anybody may see.
    """
    from hub import check_files  # noqa: PLC0415 - start-up time
    from hub.check_rows import Programme  # noqa: PLC0415 - start-up time
    from hub.check_samples import samples  # noqa: PLC0415 - start-up time

    with told_plainly():
        config = load(config_path)
    programme = Programme(config.checks.program, config.checks.state, config.checks.areas)
    from_ms, until_ms = _ms(first), _ms(last) + DAY_MS
    with told_plainly(), open_store(config) as store, store.read() as transaction:
        chosen = samples(transaction, from_ms, until_ms)
        written = check_files.write(transaction, chosen, programme, form, out)
    click.echo(f"{written.samples} samples in {out}")
    for line in written.left_out:
        click.echo(f"left out: {line}")


@click.command(
    "export-spectra", epilog="Example: harborlight hub export-spectra k7m2p9qwxyz3 --out standards"
)
@click.argument("spectra", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder; files that are there stay.",
)
@CONFIG
def export_spectra(spectra: tuple[str, ...], out: Path, config_path: Path) -> None:
    """Write single SPECTRA as JCAMP-DX, a file each, named like the spectrum.

    For staff: the standards of an instrument on a serial line become files for `harborlight library
    amounts fit` this way. `harborlight bridge ask DEVICE sample --json` tells the id.
    """
    from hub import spectrum_files  # noqa: PLC0415 - start-up time

    with told_plainly():
        config = load(config_path)
    with told_plainly(), open_store(config) as store, store.read() as transaction:
        count = spectrum_files.write(transaction, spectra, out)
    click.echo(f"{count} spectra in {out}")


@click.command("public-export", epilog="Example: harborlight hub public-export --out counts.csv")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it there; shown, if not given.",
)
@CONFIG
def public_export(out: Path | None, config_path: Path) -> None:
    """Counts by month, area and group that anybody may see; small ones are hidden."""
    from hub import public_counts  # noqa: PLC0415 - start-up time
    from hub.check_samples import samples  # noqa: PLC0415 - start-up time

    with told_plainly():
        config = load(config_path)
    told = config.checks
    with told_plainly(), open_store(config) as store, store.read() as transaction:
        today = day_of(store.clock.now_ms())
        known = list(samples(transaction, 0, FOR_EVER_MS))
    rows = public_counts.counts(known, told.areas, today, told.public_delay_days, told.small_cell)
    text = public_counts.as_csv(rows)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"{len(rows)} lines in {out}")


@click.command(epilog="Example: harborlight hub concordance --json")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@CONFIG
def concordance(as_json: bool, config_path: Path) -> None:  # noqa: FBT001 - a flag of click
    """How often strip, spectrum and laboratory say the same, by site, instrument and group."""
    from hub import concordance as tables_of  # noqa: PLC0415 - start-up time
    from hub.check_samples import samples  # noqa: PLC0415 - start-up time
    from hub.store.views.checks import instruments  # noqa: PLC0415 - start-up time

    with told_plainly():
        config = load(config_path)
    with told_plainly(), open_store(config) as store, store.read() as transaction:
        known = samples(transaction, 0, FOR_EVER_MS)
        found = tables_of.tables(known, instruments(transaction), config.checks.least_for_rates)
    if as_json:
        click.echo(json.dumps([{**asdict(each), "n": each.n} for each in found], indent=2))
        return
    for each in found:
        click.echo(_in_words(each))
    if not found:
        click.echo("none: no sample was looked at in two ways yet")


def _in_words(table: "Table") -> str:
    of = f"{table.site} / {table.instrument} / {table.group} / {table.pair}"
    counted = (
        f"n {table.n}: both {table.both}, missed {table.missed}, extra {table.extra}, "
        f"neither {table.neither}, unclear {table.unclear}"
    )
    rates = f"sensitivity {_rate(table.sensitivity)}, specificity {_rate(table.specificity)}"
    return f"{of}\n    {counted}\n    {rates}"


def _rate(rate: "Rate") -> str:
    if rate.share is None or rate.low is None or rate.high is None:
        return f"too few (n {rate.n})"
    return f"{rate.share:.1%} ({rate.low:.1%} to {rate.high:.1%}, n {rate.n})"


def _ms(day: datetime) -> int:
    begun = datetime.combine(date(day.year, day.month, day.day), datetime.min.time(), UTC)
    return round(begun.timestamp() * 1000)
