"""One device and all that belongs to it: its line or folder, its pipeline, its way out."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import structlog

from firmware_bridge import outcomes
from firmware_bridge.access.decision import Decision
from firmware_bridge.access.desk import AccessDesk
from firmware_bridge.asking import Desk, Outcome
from firmware_bridge.checks import MatcherSource, SpectrumPipeline
from firmware_bridge.config import AuditsTable, DeviceTable
from firmware_bridge.contract.clock import Clock
from firmware_bridge.contract.messages import DeviceState
from firmware_bridge.courtesy import word_for
from firmware_bridge.drivers import registry
from firmware_bridge.drivers.base import Driver
from firmware_bridge.drivers.readings import (
    AuditReading,
    CodeReading,
    Fault,
    FaultReading,
    Purpose,
    Reading,
    SpectrumReading,
    VendRequestReading,
)
from firmware_bridge.errors import ConfigError, ControlError, SpoolError
from firmware_bridge.identifiers import new_boot_id, new_check_id
from firmware_bridge.instrument.book import InstrumentBook
from firmware_bridge.instrument.figures import Light
from firmware_bridge.instrument.minder import Minder
from firmware_bridge.instrument.wishes import driver_word, wish_of
from firmware_bridge.pipeline import VendingPipeline
from firmware_bridge.raw_audits import Kind, RawAudits
from firmware_bridge.spool import Draft, Moment, Spool
from firmware_bridge.state_keeper import StateKeeper
from firmware_bridge.transport import Line, LineSettings
from firmware_bridge.watch import DroppedFile, WatchedFolder
from hardware.profile import Profile

if TYPE_CHECKING:
    from analysis import Spectrum

WATCH_INTERVAL_S = 1.0
WISH_S = 300.0
"""So long a folder waits for the file of a standard or a blank."""

_log = structlog.get_logger("bridge.station")


@dataclass(frozen=True, slots=True)
class Recorder:
    """The way from a device to the spool.

    Attributes:
        spool: where messages go.
        clock: when they were learned.
        moment: what the clocks say now, and whether they can be believed.
        added: called after every append.
        kept: is shown every message before it is sent, to keep what the table needs.
    """

    spool: Spool
    clock: Clock
    moment: Callable[[], Moment]
    added: Callable[[], None]
    kept: Callable[[Sequence[Draft]], None] = lambda _drafts: None

    def record(self, drafts: list[Draft], memory: dict[str, str], moment: Moment) -> None:
        """Append; a disk that refuses is logged, and what it refused is tried again later."""
        try:
            self.kept(drafts)
            self.spool.append(drafts, moment, memory)
        except SpoolError as error:
            _log.error("spool", error=str(error))
        self.added()

    def flush(self) -> None:
        """Commit what waits; a disk that refuses is logged."""
        try:
            self.spool.flush()
        except SpoolError as error:
            _log.error("spool", error=str(error))


class Station(Protocol):
    """A device as the bridge sees it."""

    name: str

    def run(self) -> None:
        """Watch the device until `stop` is called."""

    def stop(self) -> None:
        """End `run`."""

    def ask(self, what: str) -> int:
        """Ask the device for something now.

        Returns:
            The number under which `desk` will say what came of it.

        Raises:
            ControlError: it can't be asked.
        """

    @property
    def desk(self) -> Desk:
        """Where what was asked is answered."""

    def state(self) -> DeviceState | None:
        """Its state as last said; None before anything is known."""


class VendingStation:
    """A vending machine on a serial line."""

    def __init__(
        self, name: str, line: LineSettings, driver: Driver, recorder: Recorder, audits: RawAudits
    ) -> None:
        self.name = name
        self._audits = audits
        self._answers: Mapping[str, str] = getattr(driver, "answers", {})
        self._recorder = recorder
        self._memory_name = f"device.{name}"
        memory = recorder.spool.recall(self._memory_name) or ""
        self._pipeline = VendingPipeline(name, memory, new_boot_id())
        self._line = Line(line, driver, self._take, recorder.clock)
        self.stop = self._line.stop
        self.desk = Desk(name)
        counted = recorder.spool.recall(AccessDesk.memory_name(name)) or ""
        ways = self._line.request, recorder.record, recorder.flush
        self.access = AccessDesk(name, counted, recorder.moment, *ways)
        self.neighbour: Callable[[str], bool] | None = None

    def run(self) -> None:
        """Watch the machine, and decide who may take what, until `stop` is called."""
        with self.access.running():
            self._line.run()

    def enter_code(self, code: str) -> Decision:
        """Decide on a code that was typed elsewhere than at the machine.

        Raises:
            ControlError: the machine is not there, or codes can't be checked here.
        """
        _require_open(self.name, self._line)
        return self.access.enter(code)

    def ask(self, what: str) -> int:
        """Ask the machine for something now."""
        number = _ask_line(self.name, self._line, self.desk, what)
        if what in self._answers:
            self.desk.settle(Outcome(done=True, lines=(self._answers[what],)))
        elif what.split(" ", 1)[0] in outcomes.SAID_AT_ONCE:
            self.desk.settle(Outcome(done=True, lines=("told; vends and events show the rest",)))
        return number

    def tell(self, what: str) -> bool:
        """Have the driver do something without a question on the desk, such as "hold".

        For other stations of this bridge; False when too much is asked for already.
        """
        return self._line.request(what, lambda _reason: None)

    def state(self) -> DeviceState | None:
        """Its state as last said."""
        return self._pipeline.keeper.body()

    def _take(self, reading: Reading) -> None:
        moment = self._recorder.moment()
        memory = self.access.take(reading, moment)
        if self.neighbour is not None and (word := word_for(reading)) is not None:
            self.neighbour(word)
        if isinstance(reading, SpectrumReading | VendRequestReading | CodeReading):
            return
        if isinstance(reading, AuditReading | FaultReading):
            self._audits.keep(reading.raw, moment.wall_ms, _raw_kind(reading))
        drafts = self._pipeline.take(reading, moment)
        memory |= {self._memory_name: self._pipeline.remember()}
        self._recorder.record(drafts, memory, moment)
        if isinstance(reading, FaultReading):
            _settle(self.desk, outcomes.failed(reading, self.desk.asked))
        elif isinstance(reading, AuditReading) and not reading.audit.events_only:
            self.desk.settle(outcomes.read(reading))
        else:
            _settle(self.desk, outcomes.told(reading, self.desk.asked))


class SpectrometerStation:
    """A spectrometer on a serial line."""

    def __init__(
        self,
        name: str,
        line: LineSettings,
        driver: Driver,
        recorder: Recorder,
        *,
        pipeline: SpectrumPipeline,
        minder: Minder,
    ) -> None:
        self.name = name
        self._recorder, self._pipeline, self._minder = recorder, pipeline, minder
        self._driver = driver
        self._line = Line(line, driver, self._take, recorder.clock)
        self.run, self.stop = self._line.run, self._line.stop
        self.desk = Desk(name)

    def ask(self, what: str) -> int:
        """Have a sample, a background, a dark, a standard or a blank measured."""
        return _ask_line(self.name, self._line, self.desk, what)

    def look(self) -> None:
        """Notice that the instrument answers; called with every heartbeat."""
        if getattr(self._driver, "is_ready", False):
            self._minder.heard(self._recorder.moment())

    def state(self) -> DeviceState | None:
        """Its state as last said."""
        return self._pipeline.keeper.body()

    def _take(self, reading: Reading) -> None:
        if not isinstance(reading, SpectrumReading | FaultReading):
            return
        moment = self._recorder.moment()
        try:
            if isinstance(reading, SpectrumReading) and self._is_wish(reading, moment):
                return
            drafts = self._pipeline.take(reading, moment)
            self._mind(reading, drafts, moment)
        except BaseException:
            self.desk.settle(outcomes.OUR_FAULT)
            raise
        self._recorder.record(drafts, {}, moment)
        if isinstance(reading, FaultReading):
            _settle(self.desk, outcomes.failed(reading, driver_word(self.desk.asked)))
        elif reading.purpose.value == self.desk.asked:
            note = self._pipeline.note(reading)
            asked = reading.purpose.value
            self.desk.settle(outcomes.measured(asked, drafts, self.state(), note))

    def _is_wish(self, reading: SpectrumReading, moment: Moment) -> bool:
        """Whether it was a standard or a blank that was measured; what came of it is then told."""
        wish = wish_of(self.desk.asked)
        if wish is None or reading.purpose is not Purpose.SAMPLE:
            return False
        self._minder.heard(moment, reading.serial)
        spectrum = self._pipeline.spectrum(reading)
        self.desk.settle(self._minder.fulfil(wish, spectrum, self._light(reading), moment))
        return True

    def _mind(
        self, reading: SpectrumReading | FaultReading, drafts: Sequence[Draft], moment: Moment
    ) -> None:
        if isinstance(reading, FaultReading):
            self._minder.trouble(reading)
            return
        self._minder.heard(moment, reading.serial)
        self._minder.took(reading.purpose, moment)
        if reading.purpose is Purpose.SAMPLE:
            spectrum = self._pipeline.spectrum(reading)
            if not isinstance(spectrum, FaultReading):
                self._minder.sampled(drafts, spectrum, self._light(reading), moment)

    def _light(self, reading: SpectrumReading) -> Light:
        absorbs = self._pipeline.settings.response == "absorbance"
        return Light(
            beams=self._pipeline.beams() if absorbs else (),
            full_scale=reading.full_scale,
            largest=max(reading.values),
            wants_beams=absorbs,
        )


class FolderStation:
    """An instrument that drops files into a folder."""

    def __init__(
        self,
        name: str,
        folder: WatchedFolder,
        recorder: Recorder,
        pipeline: SpectrumPipeline,
        minder: Minder,
    ) -> None:
        self.name = name
        self._folder, self._recorder, self._pipeline = folder, recorder, pipeline
        self._minder = minder
        self._wish_until_s = 0.0
        self._stop = threading.Event()
        self.desk = Desk(name)

    def run(self) -> None:
        """Look into the folder once a second until `stop` is called."""
        while not self._stop.wait(WATCH_INTERVAL_S):
            for dropped in self._folder.poll(self._recorder.clock.monotonic_s()):
                self._take(dropped)
            self._give_up_wish()
            self._tell_state()

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()

    def ask(self, what: str) -> int:
        """A folder can't be asked; but the next file can be that of a standard or a blank."""
        if wish_of(what) is not None:
            number = self.desk.open(what)
            self._wish_until_s = self._recorder.clock.monotonic_s() + WISH_S
            return number
        raise ControlError(f"{self.name} can't do {what!r}: it takes the files dropped into it")

    def state(self) -> DeviceState | None:
        """Its state as last said."""
        return self._pipeline.keeper.body()

    def _take(self, dropped: DroppedFile) -> None:
        from analysis.readers import ReaderError, read  # noqa: PLC0415 - numpy only with a spectrum

        moment = self._recorder.moment()
        try:
            spectra = read(dropped.content, dropped.name)
        except ReaderError as error:
            if self._folder.give_time(dropped):
                return
            self._folder.reject(dropped, str(error))
            self._fault(f"{dropped.name}: {error}", moment)
            return
        is_cut = any("last_row" in spectrum.provenance for spectrum in spectra)
        if is_cut and self._folder.give_time(dropped):
            return
        for spectrum in spectra:
            self._record(spectrum, dropped.name, moment)

    def _tell_state(self) -> None:
        """Say once that the folder is there, and once that it is not."""
        trouble, moment = self._folder.trouble, self._recorder.moment()
        if trouble:
            advice = "look at the folder, the network share and who may write there"
            self._say(FaultReading(Fault.PORT_LOST, trouble, advice), moment)
        elif self._pipeline.keeper.is_away:
            self._recorder.record(self._pipeline.heard(moment), {}, moment)

    def _give_up_wish(self) -> None:
        """A sample that comes much later must not be taken for the standard."""
        waited = self._recorder.clock.monotonic_s() > self._wish_until_s
        if waited and wish_of(self.desk.asked) is not None:
            self.desk.settle(Outcome(done=False, lines=(f"no file came within {WISH_S:.0f} s",)))

    def _record(self, spectrum: "Spectrum", name: str, moment: Moment) -> None:
        wish = wish_of(self.desk.asked)
        if wish is not None:
            self.desk.settle(self._minder.fulfil(wish, spectrum, Light(), moment))
            return
        drafts = self._pipeline.take_file(spectrum, name, moment)
        self._minder.sampled(drafts, spectrum, Light(), moment)
        self._recorder.record(drafts, {}, moment)

    def _fault(self, detail: str, moment: Moment) -> None:
        advice = "the file lies in the folder 'unreadable' with the reason beside it"
        self._say(FaultReading(Fault.UNREADABLE, detail, advice), moment)

    def _say(self, reading: FaultReading, moment: Moment) -> None:
        self._recorder.record(self._pipeline.take(reading, moment), {}, moment)


def _raw_kind(reading: AuditReading | FaultReading) -> Kind:
    if isinstance(reading, FaultReading):
        return "unparsed"
    return "events" if reading.audit.events_only else "audit"


def make_station(
    device: DeviceTable,
    profile: Profile,
    recorder: Recorder,
    matcher: MatcherSource,
    state_dir: Path,
    audits: AuditsTable,
    instruments: InstrumentBook,
) -> Station:
    """The station of one configured device.

    Raises:
        ConfigError: device and profile do not go together.
        DriverSettingsError: the driver does not take the settings.
        DriverNotFoundError: the profile names a driver that is not there.
    """
    if profile.kind == "files":
        folder = device.folder
        if folder is None:
            raise ConfigError(
                f"device {device.name}: profile {profile.name} needs folder, not port"
            )
        watched = WatchedFolder(folder, state_dir / f"seen-{device.name}.json")
        minder = Minder(device.name, instruments)
        pipeline = _pipeline(device, profile, matcher)
        return FolderStation(device.name, watched, recorder, pipeline, minder)
    if device.port is None or profile.line is None:
        raise ConfigError(f"device {device.name}: profile {profile.name} needs port, not folder")
    plugin = registry.find(profile.driver)
    given = {**profile.driver_settings, **device.settings}
    if "baud" in plugin.settings_model.model_fields:
        given.setdefault("baud", profile.line.baud)
    driver = plugin.make(given)
    line = LineSettings(url=device.port, **profile.line.model_dump())
    if profile.kind == "vending":
        folder = state_dir / "audits" / device.name
        kept = RawAudits(folder, audits.max_files, audits.max_bytes)
        return VendingStation(device.name, line, driver, recorder, kept)
    pipeline = _pipeline(device, profile, matcher)
    minder = Minder(device.name, instruments)
    return SpectrometerStation(
        device.name, line, driver, recorder, pipeline=pipeline, minder=minder
    )


def join_neighbours(devices: Sequence[DeviceTable], stations: Mapping[str, Station]) -> None:
    """Let the lines of one machine know of each other.

    Raises:
        ConfigError: a device names another that is not a vending machine of this bridge.
    """
    for device in devices:
        if device.same_machine_as is None:
            continue
        one, other = stations[device.name], stations.get(device.same_machine_as)
        if not isinstance(one, VendingStation) or not isinstance(other, VendingStation):
            raise ConfigError(
                f"device {device.name}: same_machine_as {device.same_machine_as!r}: both must be "
                "vending machines of this bridge"
            )
        one.neighbour = other.tell


def _pipeline(device: DeviceTable, profile: Profile, matcher: MatcherSource) -> SpectrumPipeline:
    if profile.spectrum is None:
        raise ConfigError(f"profile {profile.name}: an instrument needs [spectrum]")
    return SpectrumPipeline(device.name, profile.spectrum, matcher, new_check_id, StateKeeper())


def _ask_line(name: str, line: Line, desk: Desk, what: str) -> int:
    _require_open(name, line)
    number = desk.open(what)
    word = driver_word(what)
    if not line.request(word, lambda reason: desk.settle(Outcome(done=False, lines=(reason,)))):
        desk.settle(Outcome(done=False, lines=("too much is asked for already",)))
    return number


def _require_open(name: str, line: Line) -> None:
    if not line.is_open:
        raise ControlError(
            f"{name} can't be asked: its port is not there; look at the cable, its power and "
            "`ls -l /dev/serial/by-id`"
        )


def _settle(desk: Desk, outcome: Outcome | None) -> None:
    if outcome is not None:
        desk.settle(outcome)
