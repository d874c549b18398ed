"""`harborlight dex`: what an audit says, from a file or read over a port now."""

import gzip
import json
import queue
import sys
import threading
import zlib
from dataclasses import asdict
from pathlib import Path

import click

from firmware_bridge.drivers.readings import AuditReading, Fault, FaultReading, Reading
from firmware_bridge.evadts import report
from firmware_bridge.evadts.audit import Audit
from firmware_bridge.evadts.errors import EvaDtsError
from firmware_bridge.evadts.parser import parse_audit

OK, NO_FILE, NO_AUDIT, WRONG_CHECKSUM, NO_READ = 0, 1, 3, 4, 5
MAX_FILE_BYTES = (1 << 20) + 1
"""What the parser takes, and a byte more, so that it can say that it is too much."""

ENCODING = click.option(
    "--encoding",
    default="latin-1",
    show_default=True,
    type=click.Choice(["latin-1", "utf-8", *(f"cp125{digit}" for digit in range(9))]),
    help="Alphabet of product texts above ASCII.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each.")


@click.group()
def dex() -> None:
    """Audits of vending machines (DEX, EVA-DTS): parse files, read a machine now.

    Example: harborlight dex parse audit.dex
    """


@dex.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@JSON
@ENCODING
def parse(files: tuple[Path, ...], as_json: bool, encoding: str) -> None:  # noqa: FBT001 - click hands options over by name
    """Say what audit FILES say: machine, selections with counters, events, warnings.

    Files end in .gz where they are those that a bridge has kept (state folder, audits).

    Exit status: 0 parsed, whatever the warnings are; 1 a file can't be read; 3 a file is no audit
    that can be parsed; 4 parsed, but its checksum (G85) is wrong.

    Example: harborlight dex parse audit.dex other.dex --json
    """
    found = [_parse_file(file, as_json=as_json, encoding=encoding) for file in files]
    sys.exit(next((each for each in (NO_FILE, NO_AUDIT, WRONG_CHECKSUM) if each in found), OK))


@dex.command()
@click.argument("port")
@click.option("--profile", "name", default="dex-generic", show_default=True, help="Which machine.")
@click.option(
    "--profiles",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of your own profiles; may be given more than once.",
)
@click.option(
    "--raw",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what the machine sent into this file, byte for byte.",
)
@click.option(
    "--timeout-s",
    type=click.FloatRange(1, 3600),
    default=180.0,
    show_default=True,
    help="Give up after so long.",
)
@JSON
@ENCODING
def read(
    port: str,
    name: str,
    folders: tuple[Path, ...],
    raw: Path | None,
    timeout_s: float,
    as_json: bool,  # noqa: FBT001 - click hands options over by name
    encoding: str,
) -> None:
    """Read the machine at PORT once, and say what its audit says.

    Stop the bridge first: a port has one reader. A machine in AUTO mode (the usual one) clears its
    interval counters with each read, this one too. Nothing is written to the machine.

    Exit status: 0 read and parsed; 1 the port can't be opened; 3 read, but it could not be parsed
    (--raw has it); 4 read, but its checksum (G85) is wrong; 5 the machine could not be read.

    Example: harborlight dex read /dev/ttyUSB0 --profile dex-ams --raw audit.dex
    """
    reading = _read_once(port, name, folders, encoding, timeout_s)
    if raw is not None and reading.raw:
        try:
            raw.write_bytes(reading.raw)
        except OSError as error:
            raise click.ClickException(f"{raw}: can't be written: {error}") from error
    if isinstance(reading, AuditReading):
        sys.exit(_say(port, reading.audit, as_json=as_json, titled=False))
    _say_failed(port, reading.detail, reading.advice, as_json=as_json, fault=reading.fault.value)
    sys.exit({Fault.PORT_LOST: NO_FILE, Fault.UNREADABLE: NO_AUDIT}.get(reading.fault, NO_READ))


def _parse_file(file: Path, *, as_json: bool, encoding: str) -> int:
    try:
        raw = _content(file)
    except (OSError, EOFError, zlib.error) as error:
        _say_failed(str(file), f"can't be read: {error}", "", as_json=as_json, fault="file")
        return NO_FILE
    try:
        audit = parse_audit(raw, text_encoding=encoding)
    except EvaDtsError as error:
        fault, detail = Fault.UNREADABLE.value, f"could not be parsed: {error}"
        _say_failed(str(file), detail, "", as_json=as_json, fault=fault)
        return NO_AUDIT
    return _say(str(file), audit, as_json=as_json, titled=True)


def _content(file: Path) -> bytes:
    if file.suffix == ".gz":
        with gzip.open(file) as stream:
            return stream.read(MAX_FILE_BYTES)
    with file.open("rb") as plain:
        return plain.read(MAX_FILE_BYTES)


def _read_once(
    port: str, name: str, folders: tuple[Path, ...], encoding: str, timeout_s: float
) -> AuditReading | FaultReading:
    """The first whole audit, or why there is none."""
    from firmware_bridge.contract.clock import SystemClock  # noqa: PLC0415 - parse needs none
    from firmware_bridge.drivers import registry  # noqa: PLC0415 - as above
    from firmware_bridge.errors import BridgeError  # noqa: PLC0415 - as above
    from firmware_bridge.transport import Line, LineSettings  # noqa: PLC0415 - as above
    from hardware import profile  # noqa: PLC0415 - as above
    from hardware.errors import HardwareError  # noqa: PLC0415 - as above

    try:
        found = profile.load(name, folders)
        if found.driver != "dex" or found.line is None:
            raise click.UsageError(f"profile {name} is not read over DEX")
        driver = registry.find("dex").make({**found.driver_settings, "text_encoding": encoding})
    except (BridgeError, HardwareError) as error:
        raise click.ClickException(str(error)) from error
    settings = LineSettings(url=port, **found.line.model_dump())
    readings: queue.Queue[Reading] = queue.Queue()
    line = Line(settings, driver, readings.put, SystemClock())
    thread = threading.Thread(target=line.run, name="dex", daemon=True)
    thread.start()
    try:
        return _first_whole(readings, timeout_s)
    finally:
        line.stop()
        thread.join(timeout=3)


def _first_whole(readings: "queue.Queue[Reading]", timeout_s: float) -> AuditReading | FaultReading:
    """Events that the machine pushes meanwhile are no answer."""
    from firmware_bridge.contract.clock import SystemClock  # noqa: PLC0415 - start-up time

    clock = SystemClock()
    end_s = clock.monotonic_s() + timeout_s
    while (left_s := end_s - clock.monotonic_s()) > 0:
        try:
            reading = readings.get(timeout=left_s)
        except queue.Empty:
            break
        if isinstance(reading, FaultReading):
            return reading
        if isinstance(reading, AuditReading) and not reading.audit.events_only:
            return reading
    return FaultReading(Fault.NO_REPLY, f"could not read: nothing whole came in {timeout_s:g} s")


def _say(source: str, audit: Audit, *, as_json: bool, titled: bool) -> int:
    if as_json:
        click.echo(json.dumps({"source": source, "audit": asdict(audit)}))
    else:
        heading = [f"== {source}"] if titled else []
        click.echo("\n".join([*heading, *report.lines(audit)]))
    return WRONG_CHECKSUM if audit.checksum_ok is False else OK


def _say_failed(source: str, detail: str, advice: str, *, as_json: bool, fault: str) -> None:
    if as_json:
        said = {"source": source, "fault": fault, "detail": detail, "advice": advice}
        click.echo(json.dumps(said))
    else:
        click.echo("\n".join(filter(None, (f"{source}: {detail}", advice))), err=True)
