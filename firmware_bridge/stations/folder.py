"""An instrument that drops files into a folder."""

import threading
from typing import TYPE_CHECKING

from firmware_bridge.asking import Desk, Outcome
from firmware_bridge.checks import SpectrumPipeline
from firmware_bridge.contract.messages import DeviceState
from firmware_bridge.drivers.readings import Fault, FaultReading
from firmware_bridge.errors import ControlError
from firmware_bridge.instrument.figures import Light
from firmware_bridge.instrument.minder import Minder
from firmware_bridge.instrument.wishes import wish_of
from firmware_bridge.spool import Moment
from firmware_bridge.stations.recorder import Recorder
from firmware_bridge.watch import DroppedFile, WatchedFolder

if TYPE_CHECKING:
    from analysis import Spectrum

WATCH_INTERVAL_S = 1.0
WISH_S = 300.0
"""So long a folder waits for the file of a standard or a blank."""


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
