"""A spectrometer on a serial line."""

from collections.abc import Sequence

from firmware_bridge import outcomes
from firmware_bridge.asking import Desk
from firmware_bridge.checks import SpectrumPipeline
from firmware_bridge.contract.messages import DeviceState
from firmware_bridge.drivers.base import Driver
from firmware_bridge.drivers.readings import FaultReading, Purpose, Reading, SpectrumReading
from firmware_bridge.instrument.figures import Light
from firmware_bridge.instrument.minder import Minder
from firmware_bridge.instrument.wishes import driver_word, wish_of
from firmware_bridge.spool import Draft, Moment
from firmware_bridge.stations.recorder import Recorder
from firmware_bridge.stations.station import ask_line, settle
from firmware_bridge.transport import Line, LineSettings


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
        return ask_line(self.name, self._line, self.desk, what)

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
            settle(self.desk, outcomes.failed(reading, driver_word(self.desk.asked)))
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
