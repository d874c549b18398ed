"""A vending machine on a serial line."""

from collections.abc import Callable, Mapping

from firmware_bridge import outcomes
from firmware_bridge.access.decision import Decision
from firmware_bridge.access.desk import AccessDesk
from firmware_bridge.asking import Desk, Outcome
from firmware_bridge.contract.messages import DeviceState
from firmware_bridge.courtesy import word_for
from firmware_bridge.drivers.base import Driver
from firmware_bridge.drivers.readings import (
    AuditReading,
    CodeReading,
    FaultReading,
    Reading,
    SpectrumReading,
    VendRequestReading,
)
from firmware_bridge.identifiers import new_boot_id
from firmware_bridge.pipeline import VendingPipeline
from firmware_bridge.raw_audits import Kind, RawAudits
from firmware_bridge.stations.recorder import Recorder
from firmware_bridge.stations.station import ask_line, require_open, settle
from firmware_bridge.transport import Line, LineSettings


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
        require_open(self.name, self._line)
        return self.access.enter(code)

    def ask(self, what: str) -> int:
        """Ask the machine for something now."""
        number = ask_line(self.name, self._line, self.desk, what)
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
            settle(self.desk, outcomes.failed(reading, self.desk.asked))
        elif isinstance(reading, AuditReading) and not reading.audit.events_only:
            self.desk.settle(outcomes.read(reading))
        else:
            settle(self.desk, outcomes.told(reading, self.desk.asked))


def _raw_kind(reading: AuditReading | FaultReading) -> Kind:
    if isinstance(reading, FaultReading):
        return "unparsed"
    return "events" if reading.audit.events_only else "audit"
