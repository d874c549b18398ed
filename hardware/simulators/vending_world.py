"""The small world around a simulated vending machine: the machine, people, the mains, its clock."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from hardware.errors import RequestError, SimulatorError
from hardware.profile import VendingSimulation
from hardware.simulators import audit, planogram, state_file
from hardware.simulators.counters import Memory
from hardware.simulators.machine import Machine
from hardware.simulators.people import People


def local_time() -> datetime:
    """What the clock on the wall shows; machines know no time zone."""
    return datetime.now(tz=UTC).astimezone().replace(tzinfo=None, microsecond=0)


@dataclass(frozen=True, slots=True)
class Setup:
    """How a machine is set up.

    Attributes:
        habits: what this make sends, and how.
        selections: what stands where.
        state: the file in which counters and levels are kept; None forgets them.
        audit_file: serve this audit instead of one of its own.
        per_hour: how many people come on average.
        by_hour: fewer of them at night.
        seed: for people and for the past of a new machine.
        interval_mode: what a read does to interval counters, "AUTO" or "SAVE".
        quirks: what it does on the line besides, see `dex_quirks`.
    """

    habits: VendingSimulation = field(default_factory=VendingSimulation)
    selections: Sequence[planogram.Selection] = planogram.DEFAULT
    state: Path | None = None
    audit_file: Path | None = None
    per_hour: float = 0.0
    by_hour: bool = False
    seed: int = 0
    interval_mode: str = "AUTO"
    quirks: frozenset[str] = frozenset()


class VendingWorld:
    """Everything but the line.

    Args:
        setup: how it is set up.
        now: the machine's own clock.
        now_s: monotonic seconds at the start; later calls state the time.

    Attributes:
        machine: what counts and vends.
        now: the machine's own clock.
        time_s: monotonic seconds of the last call.
        per_hour: how many people come on average.
        next_person_s: when the next one may come; None when nobody comes.
        quirks: what it does on the line besides.
        call_at_s: when it calls by itself, to push its events; None when nothing is to be told.

    Raises:
        SimulatorError: the state or the audit file can't be used.
    """

    def __init__(
        self,
        setup: Setup,
        now: Callable[[], datetime] = local_time,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._setup = setup
        self.now = now
        self.time_s = now_s()
        memory = _remembered(setup.state)
        self.machine = Machine(setup.selections, memory, setup.seed)
        if memory is None:
            self.machine.memory.interval_mode = setup.interval_mode
        self._served: bytes | None = None
        self.serve(setup.audit_file)
        self._dark_until_s = float("-inf")
        self.quirks = set(setup.quirks)
        self.call_at_s: float | None = None
        self._told = self.machine.memory.events.total
        self._saved = ""
        self.sell_at(setup.per_hour)

    @property
    def is_dark(self) -> bool:
        """Whether the mains is off."""
        return self.time_s < self._dark_until_s

    def sell_at(self, per_hour: float) -> None:
        """From now on so many people come. They do not repeat themselves after a restart."""
        columns = self.machine.memory.columns.values()
        sold = sum(column.paid.since_init + column.free.since_init for column in columns)
        seed = f"{self._setup.seed}/{sold}"
        self.per_hour = per_hour
        self._people = People(self._setup.selections, per_hour, seed, by_hour=self._setup.by_hour)
        self._await_person()

    def let_people_come(self) -> None:
        """Whoever was due presses a button."""
        if self.next_person_s is None or self.next_person_s > self.time_s:
            return
        choice = self._people.choose(self.now())
        if choice is not None and not self.is_dark:
            self.machine.press(choice, self.now())
        self._await_person()

    def cut_power(self, seconds: float) -> None:
        """The mains fails for some seconds."""
        self.machine.outage()
        self._dark_until_s = self.time_s + seconds

    def serve(self, file: Path | None) -> None:
        """Serve this audit from now on; None for the machine's own.

        Raises:
            SimulatorError: it can't be read or sent.
        """
        if file is None:
            self._served = None
            return
        try:
            self._served = audit.prepared(file.read_bytes(), str(file))
        except OSError as error:
            raise RequestError(f"{file}: can't be read: {error}") from error

    def audit(self) -> bytes:
        """What a carrier that reads now is given."""
        if self._served is not None:
            return self._served
        celsius = self.machine.temperature_c(self.time_s)
        raw = audit.compose(self.machine, self._setup.habits, self.now(), celsius)
        return audit.lowercase_checksum(raw) if "lowercase-g85" in self.quirks else raw

    def events(self) -> bytes:
        """What it pushes by itself."""
        return audit.events_alone(self.machine, self._setup.habits, self.now())

    def was_told(self) -> None:
        """A carrier took the events that were pushed."""
        self.call_at_s = None
        self._told = self.machine.memory.events.total

    def wish_to_tell(self) -> None:
        """Something happened: call soon, where that is its way."""
        told = self._told == self.machine.memory.events.total
        if "push" in self.quirks and not told and self.call_at_s is None:
            self.call_at_s = self.time_s

    def was_read(self) -> None:
        """A carrier took it all."""
        self.machine.was_read(self.now())

    def was_configured(self, configuration: bytes) -> None:
        """SD105 of what was written: AUTO or SAVE stays, RESET clears once (EVA-DTS 2.6.1)."""
        for line in configuration.decode("ascii", "replace").splitlines():
            elements = line.split("*")
            mode = elements[5] if elements[0] == "SD1" and len(elements) > 5 else ""
            if mode in ("AUTO", "SAVE"):
                self.machine.memory.interval_mode = mode
            elif mode == "RESET":
                self.machine.memory.clear_interval()

    def settle(self) -> None:
        """Write the state down when it has changed.

        Raises:
            SimulatorError: it can't be written.
        """
        if self._setup.state is None:
            return
        state = self.machine.memory.model_dump(mode="json")
        if (shown := repr(state)) != self._saved:
            state_file.save(self._setup.state, state)
            self._saved = shown

    def _await_person(self) -> None:
        wait_s = self._people.wait_s()
        self.next_person_s = None if wait_s is None else self.time_s + wait_s


def _remembered(path: Path | None) -> Memory | None:
    state = None if path is None else state_file.load(path)
    if state is None:
        return None
    try:
        return Memory.model_validate(state)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in fault["loc"])
        reason = f"{where}: {fault['msg']}"
        raise SimulatorError(
            f"{path}: is no saved state ({reason}); delete it to begin anew"
        ) from error
