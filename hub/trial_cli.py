"""`harborlight hub bench`: how fast the hub's work with vending machines is."""

import tempfile
import time
from pathlib import Path

import click

from firmware_bridge.contract.clock import SystemClock
from hub.errors import HubError

OUT = Path("docs/benchmarks")


@click.command(epilog="Example: harborlight hub bench --out docs/benchmarks")
@click.option("--machines", default=40, show_default=True, help="Size of the made-up fleet.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=OUT,
    show_default=True,
    help="Folder of the results.",
)
@click.option("--page-only", is_flag=True, help="Measure nothing, write the page anew.")
def bench(machines: int, out: Path, page_only: bool) -> None:  # noqa: FBT001 - click hands a flag
    """Time what the hub does for vending machines, and write the page of all such figures.

    Audits are taken into a database, levels computed, demand learned, rounds planned. Writes
    vending-hub.json, and vending.md from it and from what `harborlight bridge bench --out` and
    `harborlight bridge play --out` left in the same folder.
    """
    from hub.bench import jobs, page, rows  # noqa: PLC0415 - other commands start without them

    try:
        if not page_only:
            with tempfile.TemporaryDirectory() as folder:
                found = list(jobs.run(Path(folder), SystemClock(), time.process_time, machines))
            for row in found:
                click.echo(rows.line(row))
            rows.write(out / "vending-hub.json", found)
        written = page.page(out)
        (out / "vending.md").write_text(written, encoding="utf-8")
    except HubError as error:
        raise click.ClickException(str(error)) from error
    click.echo(out / "vending.md")
