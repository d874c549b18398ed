"""A vending machine's station, on a real pty: what it keeps, and what it can be asked for."""

import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_bridge.asking import Outcome
from firmware_bridge.config import AuditsTable, DeviceTable
from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.drivers.readings import EventReading, VendReading, VendRequestReading
from firmware_bridge.errors import ConfigError
from firmware_bridge.instrument.book import InstrumentBook
from firmware_bridge.spool import Moment, Spool
from firmware_bridge.stations.making import join_neighbours, make_station
from firmware_bridge.stations.recorder import Recorder
from firmware_bridge.stations.station import Station
from firmware_bridge.stations.vending import VendingStation
from hardware import profile
from hardware.simulators.simulator import Simulator
from hardware.simulators.vending import VendingMachine
from hardware.simulators.vending_world import Setup
from tests.firmware_bridge.test_transport import until

NOON_MS = 1_795_000_000_000


def no_matcher() -> None:
    raise AssertionError("a vending machine needs no matcher")


@dataclass(frozen=True)
class Running:
    """A station with a simulated machine on its line."""

    station: Station
    machine: VendingMachine
    folder: Path

    def kept(self, kind: str) -> list[bytes]:
        files = sorted((self.folder / "audits" / "machine-1").glob(f"*-{kind}.gz"))
        return [gzip.decompress(file.read_bytes()) for file in files]

    def ask(self, what: str) -> Outcome | None:
        return self.station.desk.wait(self.station.ask(what), 20)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    machine = VendingMachine(Setup(), hurried=True)
    simulator = Simulator(machine, link=tmp_path / "tty")
    device = DeviceTable(name="machine-1", profile="dex-generic", port=str(tmp_path / "tty"))
    spool = Spool(tmp_path / "spool.sqlite3", BridgeAddress("site", "pi"), "boot-1")
    moment = Moment(NOON_MS, 0, sane=True)
    recorder = Recorder(spool, SystemClock(), lambda: moment, lambda: None)
    station = make_station(
        device,
        profile.load("dex-generic"),
        recorder,
        no_matcher,  # type: ignore[arg-type]  # never called
        tmp_path,
        AuditsTable(),
        InstrumentBook(spool, {}, lambda: moment),
    )
    threads = [threading.Thread(target=run) for run in (simulator.run, station.run)]
    for thread in threads:
        thread.start()
    yield Running(station, machine, tmp_path)
    station.stop()
    simulator.stop()
    for thread in threads:
        thread.join(timeout=5)
    spool.close()


def first_read(running: Running) -> None:
    """Until the first audit is dealt with whole: the line's thread takes the next thing."""
    until(lambda: bool(running.kept("audit")), 20)
    dealt_with = threading.Event()
    assert isinstance(running.station, VendingStation)
    assert running.station._line.request("nothing", lambda _reason: dealt_with.set())
    assert dealt_with.wait(10)


def test_an_audit_that_says_something_new_is_kept_as_it_came(running: Running) -> None:
    first_read(running)
    running.machine.world.machine.press("A1", running.machine.world.now())
    assert (done := running.ask("read")) is not None
    assert done.done
    kept = running.kept("audit")
    assert len(kept) == 2
    assert all(raw.endswith(b"DXE*1*1\r\n") for raw in kept)


def test_what_could_not_be_parsed_is_kept_and_told_apart(running: Running, tmp_path: Path) -> None:
    first_read(running)
    (tmp_path / "served").write_bytes(b"no audit at all\r\n")
    running.machine.world.serve(tmp_path / "served")
    assert (done := running.ask("read")) is not None
    assert not done.done
    assert "could not parse" in done.lines[0]
    assert "audits" in done.lines[1]
    assert running.kept("unparsed") == [b"no audit at all\r\n"]


def test_hold_and_release_are_answered_at_once(running: Running) -> None:
    first_read(running)
    for what, words in (("hold", "held back"), ("release", "not held back")):
        assert (done := running.ask(what)) is not None
        assert done.done
        assert words in done.lines[0]


def test_another_station_may_hold_reads_back_while_a_question_is_open(running: Running) -> None:
    first_read(running)
    assert isinstance(running.station, VendingStation)
    assert running.station.tell("hold")
    number = running.station.ask("read")
    assert running.station.desk.wait(number, 1.0) is None
    assert running.station.tell("release")
    assert (done := running.station.desk.wait(number, 20)) is not None
    assert done.done


def test_a_read_waits_while_somebody_vends_on_the_other_line(running: Running) -> None:
    told: list[str] = []
    station = running.station
    assert isinstance(station, VendingStation)

    def hear(word: str) -> bool:
        told.append(word)
        return True

    station.neighbour = hear
    asked = VendRequestReading(selection="A1", price_minor=0, wait_s=5)
    sold = VendReading(source="mdb", selection="A1", outcome="success")
    for reading in (
        EventReading(name="cashless", code="session-begin"),
        asked,
        sold,
        EventReading(name="cashless", code="session-end"),
        EventReading(name="door-open", active=True),
    ):
        station._take(reading)
    assert told == ["hold", "hold", "release", "release"]


def test_lines_of_one_machine_are_joined_or_refused_by_name(running: Running) -> None:
    station = running.station
    assert isinstance(station, VendingStation)
    line = DeviceTable(name="machine-1", profile="p", port="x", same_machine_as="machine-1")
    join_neighbours([line], {"machine-1": station})
    assert station.neighbour == station.tell
    lost = line.model_copy(update={"same_machine_as": "machine-9"})
    with pytest.raises(ConfigError, match="machine-9"):
        join_neighbours([lost], {"machine-1": station})
