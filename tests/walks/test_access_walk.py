"""The walk of a code: issued at the hub, typed at a machine while nothing else runs, counted later.

Hub, broker and the commands are real processes. The bridge runs in this process, with its own clock
and a machine that does as it is told, as no simulated machine takes codes yet.
"""

import os
import re
import subprocess
import sys
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import BaseModel

from firmware_bridge.bridge import Bridge
from firmware_bridge.config import load
from firmware_bridge.contract.access_codes import normalized
from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.drivers import registry
from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.readings import EventReading
from hub.store.views import fleet, letters
from tests.firmware_bridge.access.builders import ObedientDriver
from tests.walks.road import BRIDGE, SITE, Road, road, until

HOUR_S = 3600
MACHINE = f"{SITE}/machine-1"
CODE = re.compile(r'<div class="code">([0-9A-Z-]+)</div>')
PROFILE = """
title = "A machine that does as it is told"
kind = "vending"
driver = "obedient"
notes = []
sources = ["a test"]
[line]
baud = 9600
[vending]
temperature_min_c = 5.0
temperature_max_c = 40.0
"""


class KnownMachine(ObedientDriver):
    """Says something of itself at once, so that the hub knows it."""

    def opened(self, now_s: float) -> Step:
        return Step(readings=(EventReading(name="filled"),), wake_at_s=now_s + 3600)


@dataclass
class ShiftedClock:
    """The true time, but for an hour."""

    ahead_s: float = 0.0

    def now_ms(self) -> int:
        return SystemClock().now_ms() + round(self.ahead_s * 1000)

    def monotonic_s(self) -> float:
        return SystemClock().monotonic_s()

    def sleep(self, seconds: float) -> None:
        SystemClock().sleep(seconds)


@contextmanager
def bridge_of(town: Road, driver: ObedientDriver, clock: ShiftedClock) -> Iterator[int]:
    """A running bridge; the descriptor is the keypad of its machine."""
    keys, line = os.openpty()
    tty.setraw(line)
    (town.folder / "profiles").mkdir(exist_ok=True)
    (town.folder / "profiles" / "told.toml").write_text(PROFILE)
    file = town.folder / "bridge.toml"
    file.write_text(
        f'site = "{SITE}"\nbridge = "{BRIDGE}"\nstate_dir = "{town.folder / "b"}"\n'
        f'heartbeat_s = 2\nprofile_dir = "profiles"\naccess_key_file = "password.access.key"\n'
        f'[broker]\nurl = "mqtt://127.0.0.1:{town.broker_port}"\npassword_file = "password"\n'
        f'[[device]]\nname = "machine-1"\nprofile = "told"\nport = "{os.ttyname(line)}"\n'
    )
    running = Bridge(load(file), clock)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        yield keys
    finally:
        running.stop()
        thread.join(timeout=20)
        assert not thread.is_alive()
        os.close(keys)
        os.close(line)


def hub_command(town: Road, *arguments: str) -> str:
    return town.run("hub", *arguments, "--config", str(town.hub_config))


def enter(town: Road, code: str) -> subprocess.CompletedProcess[str]:
    """`harborlight bridge code`, as a kiosk would."""
    config = ("--config", str(town.folder / "bridge.toml"))
    command = [sys.executable, "-m", "harborlight", "bridge", "code", "machine-1", *config]
    return subprocess.run(command, input=code, capture_output=True, text=True, check=False)


def machine_is_known(town: Road) -> bool:
    with town.store.read() as transaction:
        return any(each.kind == "vending" for each in fleet.devices(transaction))


def refused_kinds(town: Road) -> set[str]:
    with town.store.read() as transaction:
        return {each.topic.rsplit("/", 1)[1] for each in letters.dead_letters(transaction)}


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> ObedientDriver:
    made = KnownMachine()
    module = SimpleNamespace(Settings=type("Settings", (BaseModel,), {}), make=lambda _given: made)
    plugin = registry.DriverPlugin("obedient", module)  # type: ignore[arg-type]  # as good as one
    monkeypatch.setattr(registry, "find", lambda _name: plugin)
    return made


@pytest.mark.slow
def test_a_code_of_the_hub_is_good_at_the_bridge_while_hub_and_broker_are_away(
    tmp_path: Path, driver: ObedientDriver
) -> None:
    clock = ShiftedClock(-HOUR_S)
    with road(tmp_path, "mosquitto") as town:
        town.start_hub()
        with bridge_of(town, driver, clock) as keys:
            until(lambda: machine_is_known(town), "the machine is known")
            hub_command(town, "access", "set", MACHINE, "--mode", "issued", "--items", "2")
            sheet = ("--sheet", str(tmp_path / "sheet.html"))
            hub_command(town, "codes", "issue", MACHINE, "--count", "3", "--uses", "1", *sheet)
            first, second, third = CODE.findall((tmp_path / "sheet.html").read_text())
            (tmp_path / "sheet.html").unlink()
            until(lambda: enter(town, third).returncode == 0, "the bridge has the table", 60)
            assert driver.told[-1] == "begin 2"
            town.kill("hub")  # its broker ends with it

            granted = enter(town, first)
            assert (granted.returncode, "2 items" in granted.stdout) == (0, True), granted.stderr
            again = enter(town, first)
            assert (again.returncode, "used as often" in again.stdout) == (3, True)
            driver.told.clear()
            os.write(keys, f"code {second}\n".encode())
            until(lambda: driver.told == ["begin 2"], "the keypad is heard")
        clock.ahead_s = 0.0  # the hour is over, and the bridge starts anew, still alone
        with bridge_of(town, driver, clock):
            assert enter(town, second).returncode == 3
            town.start_hub()
            report = ("access", "report", SITE, "--month", _month(), "--csv")
            wanted = "machine-1,items,month,6\n"
            until(lambda: wanted in hub_command(town, *report), "the counts are in the hub", 60)
            hub_command(town, "access", "pause", MACHINE)
            until(lambda: "paused" in enter(town, "k7m2p9wxj").stdout, "the pause is there", 60)
        assert "access-counts" not in refused_kinds(town)
        for code in (first, second, third):
            assert_nowhere(tmp_path, code)


def _month() -> str:
    """The month in which the codes were typed."""
    then_ms = SystemClock().now_ms() - HOUR_S * 1000
    return datetime.fromtimestamp(then_ms / 1000, UTC).strftime("%Y-%m")


def assert_nowhere(folder: Path, code: str) -> None:
    """Not in any file of hub, broker and bridge: databases, journals, logs, retained messages."""
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for spelling in (code, code.lower(), normalized(code), normalized(code).upper()):
                assert spelling.encode() not in content, file
