"""`harborlight bridge play`, to try a hub, and `harborlight bridge bench`, to measure a bridge."""

import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.errors import BridgeError

if TYPE_CHECKING:
    from firmware_bridge.contract.topics import BridgeAddress
    from firmware_bridge.fleet_feed import Told
    from firmware_bridge.publisher import BrokerAccess

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("story", type=FILE)
@click.option("--broker", default="mqtt://127.0.0.1:1883", show_default=True, help="Where to.")
@click.option(
    "--password-dir",
    type=FOLDER,
    help="Files SITE-BRIDGE.password, as `hub enrol --password-file` writes them.",
)
@click.option("--as-recorded", is_flag=True, help="Keep the story's own times (else it ends now).")
@click.option("--most", type=click.IntRange(min=1), help="Send only so many messages.")
@click.option(
    "--spool-dir", type=FOLDER, help="For the bridges' spools (else a folder that is deleted)."
)
@click.option(
    "--patience-s",
    type=click.FloatRange(1, 3600),
    default=60.0,
    show_default=True,
    help="Give up after so long without an acknowledgement.",
)
@click.option("--out", type=FOLDER, help="Keep the speed there, in vending-play.json.")
def play(
    story: Path,
    broker: str,
    password_dir: Path | None,
    as_recorded: bool,  # noqa: FBT001 - click hands options over by name
    most: int | None,
    spool_dir: Path | None,
    patience_s: float,
    out: Path | None,
) -> None:
    """Send a simulated fleet's STORY to a hub, as all of its bridges at once; say how fast.

    The story comes from `harborlight simulate fleet`. The time runs from the first connection until
    the hub has acknowledged the last message. Exit status 1 when it does not.

    Example: harborlight bridge play fleet.jsonl --broker mqtt://127.0.0.1:1883 --most 20000
    """
    from firmware_bridge.bench import rows  # noqa: PLC0415 - as below
    from firmware_bridge.fleet_play import Play  # noqa: PLC0415 - other commands start without it
    from firmware_bridge.identifiers import new_boot_id  # noqa: PLC0415 - as above

    def access(address: "BridgeAddress") -> "BrokerAccess":
        return _access(address, broker, password_dir)

    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        playing = Play(spool_dir or Path(folder), access, new_boot_id, clock)
        try:
            shift_ms = 0 if as_recorded else clock.now_ms() - _last_ms(story)
            number = playing.fill(islice(_told(story), most), shift_ms)
            click.echo(f"{number} messages are ready")
            done = playing.send(patience_s, lambda line: click.echo(line, err=True))
        except (BridgeError, OSError) as error:
            raise click.ClickException(str(error)) from error
        finally:
            playing.close()
    rate = done.messages / max(done.seconds, 1e-3)
    if out is not None and not done.left:
        note = f"{done.messages} messages of {done.bridges} bridges, until all were acknowledged"
        what = "messages taken by a whole hub behind its broker"
        rows.write(out / "vending-play.json", [rows.Row(what, rate, "a second", note=note)])
    click.echo(
        f"{done.messages} messages of {done.bridges} bridges in {done.seconds:.1f} s:"
        f" {rate:.0f} a second"
    )
    if done.left:
        raise click.ClickException(
            f"{done.left} messages were not acknowledged: does the hub run, and are the bridges"
            " enrolled?"
        )


def _told(story: Path) -> "Iterator[Told]":
    from firmware_bridge.fleet_feed import read_lines, told  # noqa: PLC0415 - as above

    with story.open(encoding="utf-8") as file:
        yield from told(read_lines(file))


def _last_ms(story: Path) -> int:
    from firmware_bridge.fleet_feed import read_lines  # noqa: PLC0415 - as above

    with story.open(encoding="utf-8") as file:
        return max((int(line["t"]) for line in read_lines(file)), default=0)


def _access(address: "BridgeAddress", broker: str, password_dir: Path | None) -> "BrokerAccess":
    from firmware_bridge.publisher import BrokerAccess  # noqa: PLC0415 - as above

    if password_dir is None:
        return BrokerAccess(broker)
    file = password_dir / f"{address.site}-{address.bridge}.password"
    return BrokerAccess(broker, address.username, file.read_text(encoding="utf-8").strip())


@click.command()
@click.option(
    "--data",
    type=FOLDER,
    envvar="HARBORLIGHT_SHARED_DATA",
    default=Path("../shared/data"),
    show_default=True,
    help="Folder below which audits lie.",
)
@click.option("--out", type=FOLDER, help="Write vending-bridge.json there.")
@click.option("--no-memory", is_flag=True, help="Leave out the whole bridge with eight machines.")
@click.option("--round-s", default=0.5, show_default=True, help="Seconds for each of five rounds.")
def bench(data: Path, out: Path | None, no_memory: bool, round_s: float) -> None:  # noqa: FBT001 - as above
    """Time what a bridge does for a vending machine, and weigh a bridge with eight of them.

    Real audits are parsed and read over the DEX framing; no line and no clock slow it down. Results
    are printed; with --out they are kept for `harborlight hub bench`, which writes the page.

    Example: harborlight bridge bench --out docs/benchmarks
    """
    from firmware_bridge.bench import jobs, memory, rows  # noqa: PLC0415 - as above

    clock = SystemClock()
    try:
        found = list(jobs.run(jobs.audits(data), time.process_time, round_s))
        if not no_memory:
            with tempfile.TemporaryDirectory() as folder:
                found += memory.run(Path(folder), clock)
        for row in found:
            click.echo(rows.line(row))
        if out is not None:
            rows.write(out / "vending-bridge.json", found)
    except BridgeError as error:
        raise click.ClickException(str(error)) from error
