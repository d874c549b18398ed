"""A whole road for one test, all real processes: simulators on ptys, bridge, broker, hub."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from firmware_bridge.contract.clock import SystemClock
from hardware.simulators.control import ask
from hub.store import Store
from hub.store.views import checks, fleet, letters, machine, slots
from hub.store.views.checks import CheckView
from hub.store.views.fleet import DeviceView
from tests.brokers import free_port
from tests.conftest import require, server_program

SITE, BRIDGE = "harbour-street", "pi-1"
BROKERS = ("mosquitto", "nats")
BANDS = Path(__file__).parents[2] / "analysis" / "data" / "demonstration_bands.json"


def until(condition: Callable[[], bool], what: str, seconds: float = 150) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it did not happen within {seconds:.0f} s: {what}"
        time.sleep(0.05)


class Road:
    """Every process of it, and a look into the hub's store."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.folder, self._processes = folder, dict[str, subprocess.Popen[bytes]]()
        self.health_port, self.broker_port = free_port(), free_port()
        self.hub_config = folder / "hub.toml"
        self.hub_config.write_text(
            f'[hub]\ndata_dir = "{folder / "hub"}"\nhealth_port = {self.health_port}\n'
            f'[broker]\nmode = "{broker}"\nlisten_port = {self.broker_port}\n'
        )
        self.password = folder / "password"
        config = ("--config", str(self.hub_config))
        self.run("hub", "enrol", SITE, BRIDGE, "--password-file", str(self.password), *config)
        self.store = Store.open(f"sqlite:///{folder / 'hub' / 'hub.db'}", SystemClock())

    def run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "harborlight", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "harborlight", *arguments], stdout=log, stderr=log
            )

    def start_hub(self) -> None:
        self.start("hub", "hub", "run", "--config", str(self.hub_config))

    def start_bridge(self, *devices: str, head: str = "") -> None:
        file = self.folder / "bridge.toml"
        file.write_text(
            f'site = "{SITE}"\nbridge = "{BRIDGE}"\nstate_dir = "{self.folder / "b"}"\n'
            f'heartbeat_s = 2\n{head}\n[broker]\nurl = "mqtt://127.0.0.1:{self.broker_port}"\n'
            f'password_file = "{self.password}"\n' + "\n".join(devices)
        )
        self.start("bridge", "bridge", "run", "--config", str(file))

    def start_machine(self, name: str, *options: str) -> str:
        """A simulated vending machine; returns its part of the bridge's configuration."""
        self._simulate(name, "vending", *options)
        return self._device(name, "dex-generic", "{ poll_interval_s = 2, retry_pause_s = 1 }")

    def start_spectrometer(self, name: str, profile: str, bands: Path = BANDS) -> str:
        """A simulated spectrometer; returns its part of the bridge's configuration."""
        self._simulate(name, "spectrometer", "--profile", profile, "--bands", str(bands))
        return self._device(name, profile, "{}")

    def tell(self, device: str, **request: object) -> dict[str, object]:
        """Have a simulated device do something."""
        return dict(ask(self.folder / f"{device}.ctl", request))

    def measure(self, device: str, what: str) -> None:
        asked = self.ask(device, what)
        assert asked.returncode == 0, asked.stdout + asked.stderr

    def ask(self, device: str, what: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Ask a device of the bridge, and wait for what comes of it."""
        config = ("--config", str(self.folder / "bridge.toml"))
        command = [sys.executable, "-m", "harborlight", "bridge", "ask", device, what, *options]
        return subprocess.run([*command, *config], capture_output=True, text=True, check=False)

    def kill(self, name: str) -> None:
        process = self._processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def kill_broker(self) -> None:
        """Kill the broker that the hub supervises."""
        hub = psutil.Process(self._processes["hub"].pid)
        for child in hub.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    def device(self, name: str) -> DeviceView | None:
        with self.store.read() as transaction:
            found = [each for each in fleet.devices(transaction) if each.device == name]
        return found[0] if found else None

    def dispensed(self, name: str) -> dict[str, int | None]:
        """What the hub knows to have left every slot of a machine."""
        device = self.device(name)
        if device is None:
            return {}
        with self.store.read() as transaction:
            return {each.selection: each.dispensed for each in slots.slots(transaction, device)}

    def events(self, name: str) -> list[str]:
        device = self.device(name)
        if device is None:
            return []
        with self.store.read() as transaction:
            return [each.name for each in machine.events(transaction, device.id, 5000)]

    def checks(self) -> list[CheckView]:
        """Every check that the hub holds whole, oldest first."""
        with self.store.read() as transaction:
            rows = checks.checks(transaction, 500)
            views = [checks.find_check(transaction, row.id) for row in reversed(rows)]
        return [view for view in views if view and view.spectrum and view.findings]

    def refused(self) -> list[str]:
        with self.store.read() as transaction:
            return [letter.reason for letter in letters.dead_letters(transaction)]

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=8)
            process.kill()
            process.wait()
        self.store.close()

    def logs(self) -> str:
        """The end of every log, for a test that failed."""
        files = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {file.name}\n{file.read_text()[-1500:]}" for file in files)

    def _simulate(self, name: str, kind: str, *options: str) -> None:
        link = ("--link", str(self.folder / f"{name}.tty"))
        control = ("--control", str(self.folder / f"{name}.ctl"))
        self.start(name, "simulate", kind, *link, *control, *options)
        until((self.folder / f"{name}.ctl").exists, f"{name} is simulated")

    def _device(self, name: str, profile: str, settings: str) -> str:
        port = self.folder / f"{name}.tty"
        return (
            f'[[device]]\nname = "{name}"\nprofile = "{profile}"\nport = "{port}"\n'
            f"settings = {settings}\n"
        )


@contextmanager
def road(folder: Path, broker: str) -> Iterator[Road]:
    """A road whose processes are gone afterwards; its logs are printed when a test fails."""
    if broker == "mosquitto":
        server_program("mosquitto")
    else:
        beside = Path(sys.executable).with_name("nats-server")
        require(os.access(beside, os.X_OK), "no nats-server beside this Python")
    made = Road(folder, broker)
    try:
        yield made
    except BaseException:
        print(made.logs())  # noqa: T201 - pytest shows it with the failure
        raise
    finally:
        made.stop()


def as_json(view: object) -> str:
    """A view as text, for assertions on words."""
    return json.dumps(view, default=str)
