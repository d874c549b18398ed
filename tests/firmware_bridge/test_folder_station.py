"""A folder of spectra: a file of several samples is taken, a map or a time series is not."""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analysis import Library, Matcher
from analysis.spectrum import Spectrum
from analysis.writers import write_jcamp
from firmware_bridge.checks import NamedMatcher, SpectrumPipeline
from firmware_bridge.config import DeviceTable
from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.contract.messages import DeviceState, SpectrumTaken
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.instrument.book import InstrumentBook, Nature
from firmware_bridge.instrument.minder import Minder
from firmware_bridge.instrument.state import Log, Rules
from firmware_bridge.spool import Draft, Moment, Spool
from firmware_bridge.stations.folder import FolderStation
from firmware_bridge.stations.recorder import Recorder
from firmware_bridge.watch import WatchedFolder
from hardware.profile import SpectrumSettings
from tests.analysis.readers.binary_writers import Spc
from tests.firmware_bridge.test_transport import until

MOMENT = Moment(1_795_000_000_000, 0, sane=True)
DEFAULT = DeviceTable(name="a", profile="file-drop-ftir", folder=Path("x")).most_spectra


@dataclass
class Watched:
    """A folder that is watched, and what was said of it."""

    folder: Path
    station: FolderStation
    said: list[Draft] = field(default_factory=list)

    @property
    def checks(self) -> int:
        return sum(isinstance(draft.body, SpectrumTaken) for draft in list(self.said))

    @property
    def faults(self) -> list[str]:
        states = [draft.body for draft in list(self.said) if isinstance(draft.body, DeviceState)]
        return [state.detail for state in states if state.detail]

    def reason(self, name: str) -> str:
        """What stands beside a file that was set apart, once it is written to its end."""
        beside = self.folder / "unreadable" / f"{name}.reason.txt"
        until(lambda: beside.exists() and beside.read_text().endswith("\n"))
        return beside.read_text()


@pytest.fixture(scope="module")
def matcher() -> NamedMatcher:
    return NamedMatcher(Matcher(Library.demonstration()), "demonstration")


@contextmanager
def watched(tmp_path: Path, matcher: NamedMatcher, most: int) -> Iterator[Watched]:
    folder = tmp_path / "spectra"
    folder.mkdir()
    spool = Spool(tmp_path / "spool.sqlite3", BridgeAddress("site", "pi"), "boot-1")
    natures = {"a": Nature(Log(needs_background=False), Rules())}
    minder = Minder("a", InstrumentBook(spool, natures, lambda: MOMENT))
    said: list[Draft] = []
    recorder = Recorder(spool, SystemClock(), lambda: MOMENT, lambda: None, said.extend)
    settings = SpectrumSettings(technique="ir", response="absorbance")
    numbers = iter(range(10_000))
    pipeline = SpectrumPipeline("a", settings, lambda: matcher, lambda: f"check{next(numbers)}")
    look = WatchedFolder(folder, tmp_path / "seen.json", settle_s=0)
    station = FolderStation("a", look, recorder, pipeline, minder, most_spectra=most)
    thread = threading.Thread(target=station.run)
    thread.start()
    try:
        yield Watched(folder, station, said)
    finally:
        station.stop()
        thread.join(timeout=10)
        spool.close()


def linked(count: int) -> bytes:
    axis = [650.0 + 2 * at for at in range(600)]
    rows = [[math.exp(-(((x - 900 - 40 * n) / 15) ** 2)) for x in axis] for n in range(count)]
    return write_jcamp([Spectrum(axis, row) for row in rows])


def series(count: int) -> bytes:
    return Spc([[100 + at % 7 for at in range(60)]] * count, exponent=20, flags=0x04).made()


@pytest.mark.parametrize("count", [1, 3])
def test_each_spectrum_of_a_file_of_samples_is_a_check(
    tmp_path: Path, matcher: NamedMatcher, count: int
) -> None:
    with watched(tmp_path, matcher, most=3) as table:
        (table.folder / "samples.jdx").write_bytes(linked(count))
        until(lambda: table.checks == count)
        assert table.faults == []
        assert (table.folder / "samples.jdx").exists()


@pytest.mark.parametrize(
    ("name", "content", "most"),
    [("map.spc", series(121), DEFAULT), ("two.jdx", linked(2), 1), ("four.jdx", linked(4), 3)],
)
def test_of_a_file_of_more_none_is_taken_and_the_reason_names_the_number(
    tmp_path: Path, matcher: NamedMatcher, name: str, content: bytes, most: int
) -> None:
    count = {"map.spc": 121, "two.jdx": 2, "four.jdx": 4}[name]
    with watched(tmp_path, matcher, most) as table:
        (table.folder / name).write_bytes(content)
        reason = table.reason(name)
        assert f"holds {count} spectra, at most {most}" in reason
        assert "'most_spectra'" in reason
        until(lambda: bool(table.faults))
        assert f"{name}: the file holds {count} spectra" in table.faults[0]
        (table.folder / "next.jdx").write_bytes(linked(1))
        until(lambda: table.checks == 1)


def test_no_part_of_a_standard_becomes_a_check(tmp_path: Path, matcher: NamedMatcher) -> None:
    with watched(tmp_path, matcher, most=10) as table:
        table.station.ask("standard polystyrene")
        (table.folder / "films.jdx").write_bytes(linked(2))
        assert "'standard polystyrene' was asked for, which is one" in table.reason("films.jdx")
        assert table.checks == 0
        assert table.station.desk.asked == "standard polystyrene"


def test_the_setting_is_bounded() -> None:
    assert DEFAULT == 10
    for wrong in (0, 2001):
        with pytest.raises(ValueError, match="most_spectra"):
            DeviceTable(name="a", profile="p", folder=Path("x"), most_spectra=wrong)
