"""What stands where in the pretend town: data, and the configurations written from it."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """A pretended vending machine.

    Attributes:
        name: its name in topics and on pages.
        profile: what it is.
        per_hour: how many people come in an hour; far more than in life, so that stock falls.
        seed: its own chance.
    """

    name: str
    profile: str
    per_hour: float
    seed: int


@dataclass(frozen=True, slots=True)
class Site:
    """A site with one bridge."""

    name: str
    bridge: str
    machines: tuple[Machine, ...]
    spectrometer: str = ""


TOWN = (
    Site(
        "harbour-street",
        "pi-1",
        (
            Machine("machine-1", "dex-generic", 1500.0, 11),
            Machine("machine-2", "dex-crane", 900.0, 12),
        ),
        spectrometer="ftir-1",
    ),
    Site("mill-lane", "pi-2", (Machine("machine-3", "dex-ams", 1200.0, 13),)),
)


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of the loopback interface that this run uses."""

    broker: int
    cable: int
    health: int
    pages: int
    table: int


@dataclass(frozen=True, slots=True)
class Folders:
    """Where everything of the demo lies.

    Attributes:
        root: the whole; deleting it forgets everything.
    """

    root: Path
    config: Path = field(init=False)
    run: Path = field(init=False)
    logs: Path = field(init=False)

    def __post_init__(self) -> None:
        for name in ("config", "run", "logs"):
            object.__setattr__(self, name, self.root / name)

    def make(self) -> None:
        """Make what is missing."""
        for folder in (self.config, self.run, self.logs):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def hub_config(self) -> Path:
        """The hub's configuration."""
        return self.config / "hub.toml"

    def bridge_config(self, site: Site) -> Path:
        """A bridge's configuration."""
        return self.config / f"{site.bridge}.toml"

    def password(self, site: Site) -> Path:
        """The file with a bridge's password for the broker."""
        return self.config / f"{site.bridge}.password"

    def line(self, device: str) -> Path:
        """Where a simulated device's line is found."""
        return self.run / f"{device}.tty"

    def control(self, device: str) -> Path:
        """Where a simulated device can be told what to do."""
        return self.run / f"{device}.ctl"

    def counters(self, device: str) -> Path:
        """Where a simulated machine keeps its counters."""
        return self.root / "machines" / f"{device}.json"


def write_configs(folders: Folders, ports: Ports) -> None:
    """Write every configuration anew; what they keep lies elsewhere and stays."""
    folders.hub_config.write_text(_hub_config(folders, ports), encoding="utf-8")
    for site in TOWN:
        file = folders.bridge_config(site)
        file.write_text(_bridge_config(folders, ports, site), encoding="utf-8")


def _hub_config(folders: Folders, ports: Ports) -> str:
    return f"""# Written by `harborlight demo` at every start.
[hub]
data_dir = "{folders.root / "hub"}"
health_port = {ports.health}

[broker]
mode = "auto"
listen_port = {ports.broker}

[dashboard]
port = {ports.pages}

# A pretend afternoon passes in minutes: waiting times are shorter than in life.
[rules.timing.temperature]
pending_s = 5
resolve_after_s = 10

[rules.timing.silent-device]
pending_s = 5
resolve_after_s = 5

[rules.timing.machine-fault]
pending_s = 0
resolve_after_s = 10

[rules.timing.low-stock]
pending_s = 0
resolve_after_s = 5

[rules.timing.empty]
pending_s = 0
resolve_after_s = 5

[rules.silence]
heartbeats = 3
at_least_s = 15
"""


def _bridge_config(folders: Folders, ports: Ports, site: Site) -> str:
    """The second site hangs on a cable that the demo can pull out."""
    port = ports.cable if site is TOWN[-1] else ports.broker
    head = f"""# Written by `harborlight demo` at every start.
site = "{site.name}"
bridge = "{site.bridge}"
state_dir = "{folders.root / site.bridge}"
heartbeat_s = 5

[broker]
url = "mqtt://127.0.0.1:{port}"
password_file = "{folders.password(site)}"
keepalive_s = 5
"""
    devices = [_machine(folders, machine) for machine in site.machines]
    if site.spectrometer:
        head += f"\n[pages]\nport = {ports.table}\n"
        devices.append(_spectrometer(folders, site.spectrometer))
    return "\n".join((head, *devices))


def _machine(folders: Folders, machine: Machine) -> str:
    return f"""[[device]]
name = "{machine.name}"
profile = "{machine.profile}"
port = "{folders.line(machine.name)}"
settings = {{ poll_interval_s = 5 }}
"""


def _spectrometer(folders: Folders, name: str) -> str:
    return f"""[[device]]
name = "{name}"
profile = "sim-mid-ir-array"
port = "{folders.line(name)}"
"""
