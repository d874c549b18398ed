"""What happens in the pretend town: one act after the other, told in a line each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from hardware.demo.cable import Cable
from hardware.demo.children import run
from hardware.demo.town import TOWN, Folders, Site
from hardware.errors import HardwareError
from hardware.simulators.control import ask

FENTANYL_SAMPLE = {"fentanyl": 0.18, "caffeine": 0.42, "mannitol": 0.4}
"""Mass fractions; 18 % is more than most samples hold: the demonstration library is coarse."""

UNKNOWN_SAMPLE = {"paracetamol": 0.35, "lidocaine": 0.15}


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happens.

    Attributes:
        after_s: seconds after the act before it.
        tell: what is printed.
        do: what is done.
    """

    after_s: float
    tell: str
    do: Callable[[], object]


class Stage:
    """What the acts can take hold of."""

    def __init__(self, folders: Folders, cable: Cable) -> None:
        self._folders, self._cable = folders, cable

    def acts(self) -> Iterator[Act]:
        """One round of the story, about four minutes."""
        yield from self._check_acts("fentanyl and cutting agents", {"mixture": FENTANYL_SAMPLE})
        yield Act(
            12,
            "machine-2: the motor of A3 jams",
            lambda: self._machine("machine-2", do="jam", selection="A3"),
        )
        yield Act(
            10,
            "machine-3: the afternoon sun; its cabinet warms to 44 °C",
            lambda: self._machine("machine-3", do="temperature", celsius=44, over_s=15),
        )
        yield Act(
            15, "mill-lane: the network cable is pulled out; the bridge goes on", self._cable.pull
        )
        unknown = {"mixture": UNKNOWN_SAMPLE, "unknown": 0.5, "unknown_seed": 3}
        yield from self._check_acts("something in no library", unknown)
        yield Act(
            20, "mill-lane: the cable is back; the bridge sends what it kept", self._cable.plug
        )
        yield Act(
            15,
            "machine-1: staff open it, fill it, and enter the count",
            lambda: self.restock(TOWN[0], "machine-1"),
        )
        yield Act(10, "machine-2: the jam in A3 is cleared, the machine filled", self._mend)
        yield Act(
            10,
            "machine-3: shade again; its cabinet cools to 22 °C, and it is filled",
            self._cool,
        )

    def restock(self, site: Site, machine: str) -> None:
        """Fill a machine and enter what was counted, as a member of staff would."""
        filled = self._machine(machine, do="restock")["levels"]
        self.enter_count(site, machine, filled)

    def enter_count(self, site: Site, machine: str, levels: object = None) -> None:
        """Enter a count for every selection: what really is in the machine."""
        if not isinstance(levels, dict):
            selections = self._machine(machine, do="state")["selections"]
            levels = {name: each["level"] for name, each in _table(selections).items()}
        counts = [f"{selection}={level}" for selection, level in levels.items()]
        where = (site.name, site.bridge, machine)
        config = ("--config", str(self._folders.hub_config))
        run("hub", "counted", *where, *counts, "--reason", "restock", *config)

    def plan(self, site: Site, machine: str) -> None:
        """Set what every slot should hold: as much as fits, and a third of it as the low mark."""
        table = _table(self._machine(machine, do="state")["selections"])
        full = {name: int(str(each["capacity"])) for name, each in table.items()}
        plans = [f"{name}={count}/{count}/{max(2, count // 3)}" for name, count in full.items()]
        config = ("--config", str(self._folders.hub_config))
        run("hub", "plan", site.name, site.bridge, machine, *plans, *config)

    def _check_acts(self, words: str, scene: dict[str, object]) -> Iterator[Act]:
        yield Act(
            8, "ftir-1: a technician wipes the crystal and takes a background", self._background
        )
        yield Act(
            6, f"ftir-1: a sample goes on ({words}) and is measured", lambda: self._sample(scene)
        )

    def _background(self) -> None:
        ask(self._folders.control("ftir-1"), {"do": "scene", "load": "clean"})
        self._measure("background")

    def _sample(self, scene: dict[str, object]) -> None:
        ask(self._folders.control("ftir-1"), {"do": "scene", **scene})
        self._measure("sample")

    def _measure(self, what: str) -> None:
        config = self._folders.bridge_config(TOWN[0])
        run("bridge", "ask", "ftir-1", what, "--config", str(config))

    def _mend(self) -> None:
        self._machine("machine-2", do="clear-jam", selection="A3")
        self.restock(TOWN[0], "machine-2")

    def _cool(self) -> None:
        self._machine("machine-3", do="temperature", celsius=22, over_s=15)
        self.restock(TOWN[1], "machine-3")

    def _machine(self, name: str, **request: object) -> dict[str, object]:
        return dict(ask(self._folders.control(name), request))


def perform(act: Act, log: Path) -> None:
    """Do one act; one that fails is told, and the story goes on."""
    click.echo(f"  {act.tell}")
    try:
        act.do()
    except HardwareError as error:
        click.echo(f"    this did not work: {error}\n    (the logs are in {log})", err=True)


def _table(value: object) -> dict[str, dict[str, object]]:
    return value if isinstance(value, dict) else {}
