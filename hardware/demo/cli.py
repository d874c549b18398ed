"""`harborlight demo`: the whole road on one machine, in one command."""

import contextlib
import functools
import itertools
import shutil
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click

from hardware.demo.cable import Cable
from hardware.demo.children import Children, DemoError, run
from hardware.demo.story import Stage, perform
from hardware.demo.town import TOWN, Folders, Ports, Site, write_configs
from hardware.errors import HardwareError

PAGES_PORT, TABLE_PORT = 8080, 8090
BAND_TABLES = Path(__file__).parents[2] / "analysis" / "data" / "demonstration_bands.json"
"""What the pretended spectrometer's samples are made of; it lies beside this package."""


@click.command()
@click.option("--fresh", is_flag=True, help="Forget what earlier runs have kept.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path(".harborlight/demo"),
    show_default=True,
    help="Where everything is kept.",
)
@click.option("--port", default=PAGES_PORT, show_default=True, help="Port of the pages.")
@click.option("--quiet-town", is_flag=True, help="Start everything, but let nothing happen.")
def demo(*, fresh: bool, folder: Path, port: int, quiet_town: bool) -> None:
    """Run a whole pretend town: broker, hub, pages, two bridges, a table, four simulated devices.

    Ctrl-C stops everything. A second start goes on where the first ended.

    Example: harborlight demo --fresh
    """
    folders = Folders(folder.resolve())
    if fresh:
        shutil.rmtree(folders.root, ignore_errors=True)
    stopping = _stop_on_signal()
    with contextlib.ExitStack() as stack:
        try:
            Play(folders, port, stopping, stack).run(quiet=quiet_town)
        except HardwareError as error:
            if not stopping.is_set():
                raise click.ClickException(str(error)) from error
    click.echo("Everything is stopped. What was kept lies in " + str(folders.root))


class Play:
    """One run of the demo."""

    def __init__(
        self, folders: Folders, port: int, stopping: threading.Event, stack: contextlib.ExitStack
    ) -> None:
        self._folders, self._stopping = folders, stopping
        self._started_s = time.monotonic()
        self._ports = Ports(
            broker=_free_port(),
            cable=_free_port(),
            health=_free_port(),
            pages=_free_port(port),
            table=_free_port(TABLE_PORT),
        )
        folders.make()
        self._first_time = not folders.password(TOWN[-1]).exists()
        write_configs(folders, self._ports)
        self._children = Children(folders.logs)
        stack.callback(self._children.stop)
        self._cable = Cable(self._ports.cable, self._ports.broker)
        stack.callback(self._cable.close)

    def run(self, *, quiet: bool) -> None:
        """Start everything, say where to look, and play until stopped.

        Raises:
            HardwareError: something does not start, or has stopped.
        """
        stage = Stage(self._folders, self._cable)
        self._start_simulators()
        self._start_hub()
        self._start_bridges()
        self._wait_for_pages()
        if self._first_time:
            self._first_counts(stage)
        self._welcome()
        self._play(stage, quiet=quiet)

    def _start_simulators(self) -> None:
        self._say("four simulated devices")
        folders = self._folders
        (folders.root / "machines").mkdir(exist_ok=True)
        for site in TOWN:
            for each in site.machines:
                line = ("--link", str(folders.line(each.name)))
                control = ("--control", str(folders.control(each.name)))
                keeps = ("--state", str(folders.counters(each.name)), "--seed", str(each.seed))
                sells = ("--profile", each.profile, "--per-hour", str(each.per_hour))
                self._children.start(
                    each.name, "simulate", "vending", *line, *control, *keeps, *sells
                )
            if site.spectrometer:
                self._start_spectrometer(site.spectrometer)

    def _start_spectrometer(self, name: str) -> None:
        line = ("--link", str(self._folders.line(name)))
        control = ("--control", str(self._folders.control(name)))
        given = ("--profile", "sim-mid-ir-array", "--bands", str(BAND_TABLES))
        self._children.start(name, "simulate", "spectrometer", *line, *control, *given)

    def _start_hub(self) -> None:
        config = ("--config", str(self._folders.hub_config))
        if self._first_time:
            self._say("credentials for the bridges")
            for site in TOWN:
                file = str(self._folders.password(site))
                run("hub", "enrol", site.name, site.bridge, "--password-file", file, *config)
        self._say("hub and broker")
        self._children.start("hub", "hub", "run", *config)
        self._children.start("dashboard", "dashboard", "run", *config)

    def _start_bridges(self) -> None:
        self._say("two bridges")
        for site in TOWN:
            config = str(self._folders.bridge_config(site))
            self._children.start(site.bridge, "bridge", "run", "--config", config)
            if site.spectrometer:
                self._children.start("table", "table", "run", "--config", config)

    def _wait_for_pages(self) -> None:
        self._say("waiting until everybody answers")
        hub = f"http://127.0.0.1:{self._ports.health}/health"
        pages = f"http://127.0.0.1:{self._ports.pages}/health"
        self._children.wait_until("the hub", lambda: self._answers(hub), 60)
        self._children.wait_until("the pages", lambda: self._answers(pages), 60)
        table = f"http://127.0.0.1:{self._ports.table}/sign-in"
        self._children.wait_until("the table's pages", lambda: self._answers(table), 60)

    def _first_counts(self, stage: Stage) -> None:
        self._say("staff plan the machines' slots and count what is in them")
        for site in TOWN:
            for machine in site.machines:
                self._retry(functools.partial(stage.enter_count, site, machine.name))
                stage.plan(site, machine.name)

    def _retry(self, act: Callable[[], object], within_s: float = 30) -> None:
        """A count can be entered once the hub has heard of the machine."""
        end_s = time.monotonic() + within_s
        while True:
            try:
                act()
            except HardwareError:
                if time.monotonic() > end_s or self._stopping.wait(0.5):
                    raise
            else:
                return

    def _welcome(self) -> None:
        link = run("dashboard", "first-link", "--config", str(self._folders.hub_config)).strip()
        address = f"http://127.0.0.1:{self._ports.pages}"
        self._say("up")
        click.echo(f"\n  Harborlight is up: {address}\n  {link}\n  Logs: {self._folders.logs}")
        click.echo(f"  The drug checking table of {self._table().name}: {self._table_link()}")
        click.echo("  Ctrl-C stops everything.\n\nIn the pretend town:")

    def _table(self) -> Site:
        return next(site for site in TOWN if site.spectrometer)

    def _table_link(self) -> str:
        config = str(self._folders.bridge_config(self._table()))
        return run("table", "invite", "--role", "coordinator", "--config", config).strip()

    def _play(self, stage: Stage, *, quiet: bool) -> None:
        for _round in itertools.count():
            for act in () if quiet else stage.acts():
                if self._rest(act.after_s):
                    return
                perform(act, self._folders.logs)
            if self._rest(30):
                return

    def _rest(self, seconds: float) -> bool:
        """Let time pass, looking after the processes; True when it is time to stop."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self._children.require_all_running()
            if self._stopping.wait(0.25):
                return True
        return False

    def _answers(self, url: str) -> bool:
        if self._stopping.is_set():
            raise DemoError("stopped")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
                return True
        except urllib.error.HTTPError:
            return False
        except OSError:
            return False

    def _say(self, what: str) -> None:
        click.echo(f"[{time.monotonic() - self._started_s:4.1f} s] {what}")
        sys.stdout.flush()


def _free_port(wanted: int = 0) -> int:
    """The wanted port of the loopback interface if nobody has it, else a free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _stop_on_signal() -> threading.Event:
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping
