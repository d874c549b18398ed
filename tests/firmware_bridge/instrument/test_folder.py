"""An instrument that drops files: the next file after the question is the standard's."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.writers import write_jcamp
from firmware_bridge.checks import NamedMatcher, SpectrumPipeline
from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import ControlError
from firmware_bridge.instrument.book import InstrumentBook, Nature
from firmware_bridge.instrument.minder import Minder
from firmware_bridge.instrument.state import Log, Rules
from firmware_bridge.spool import Draft, Spool
from firmware_bridge.stations.folder import FolderStation
from firmware_bridge.stations.recorder import Recorder
from firmware_bridge.watch import WatchedFolder
from hardware.profile import SpectrumSettings
from tests.firmware_bridge.instrument.test_minder import MOMENT, film


@dataclass
class Table:
    """A folder that is watched, and what was said of it."""

    folder: Path
    station: FolderStation
    book: InstrumentBook
    said: list[Draft]

    def drop(self, name: str) -> None:
        (self.folder / name).write_bytes(write_jcamp([film()]))


def no_matcher() -> NamedMatcher:
    raise AssertionError("a standard must not be matched")


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    folder = tmp_path / "spectra"
    folder.mkdir()
    spool = Spool(tmp_path / "spool.sqlite3", BridgeAddress("site", "pi"), "boot-1")
    book = InstrumentBook(
        spool, {"a": Nature(Log(needs_background=False), Rules())}, lambda: MOMENT
    )
    said: list[Draft] = []
    recorder = Recorder(spool, SystemClock(), lambda: MOMENT, lambda: None, said.extend)
    settings = SpectrumSettings(technique="ir", response="absorbance")
    pipeline = SpectrumPipeline("a", settings, no_matcher, lambda: "check1")
    watched = WatchedFolder(folder, tmp_path / "seen.json", settle_s=0)
    station = FolderStation("a", watched, recorder, pipeline, Minder("a", book))
    thread = threading.Thread(target=station.run)
    thread.start()
    yield Table(folder, station, book, said)
    station.stop()
    thread.join(timeout=5)
    spool.close()


def test_the_next_file_is_the_standards_and_no_check_of_a_sample(table: Table) -> None:
    number = table.station.ask("standard polystyrene")
    table.drop("film.jdx")
    outcome = table.station.desk.wait(number, 30)
    assert outcome is not None
    assert (outcome.done, outcome.lines[0].endswith("passed")) == (True, True)
    (made,) = table.book.log("a").checks
    assert (made.energy, made.line) == (None, None)
    assert {type(draft.body).KIND for draft in table.said} <= {"device-state"}


def test_nothing_else_can_be_asked_of_a_folder(table: Table) -> None:
    with pytest.raises(ControlError, match="takes the files"):
        table.station.ask("sample")


def test_a_wish_is_given_up(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample that is measured much later must not be taken for the standard."""
    monkeypatch.setattr("firmware_bridge.stations.folder.WISH_S", 0.0)
    outcome = table.station.desk.wait(table.station.ask("blank"), 30)
    assert outcome is not None
    assert (outcome.done, table.station.desk.asked) == (False, "")
