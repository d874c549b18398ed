"""What a simulated controller board has around it: slots, people, switches, sensors."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from hardware.errors import RequestError, SimulatorError
from hardware.simulators import planogram, state_file
from hardware.simulators.planogram import Selection

COUNTS_PER_GRAM, GRAMS_PER_ITEM = 400, 50
MM_EMPTY, MM_PER_ITEM = 400, 25
SWITCHES = ("door", "tamper", "tilt", "mains-lost")


class Slot(BaseModel):
    """One slot as it really is.

    Attributes:
        level: how many items lie in it.
        dispensed: all that left it. failed: vends that gave nothing. test: tests among the first.
        jammed: the motor is stuck.
        tare: counts of the load cell that mean nothing.
    """

    level: int
    dispensed: int = 0
    failed: int = 0
    test: int = 0
    jammed: bool = False
    tare: int = 0


class Kept(BaseModel):
    """What outlives the power cord."""

    lineage: int
    slots: dict[str, Slot]


@dataclass(frozen=True, slots=True)
class BoardSetup:
    """How a board is set up.

    Attributes:
        selections: what stands where; none for a board with sensors alone.
        state: the file in which counters are kept; None forgets them.
        binary: COBS frames instead of lines.
        asks: a press asks the bridge first.
        per_hour: how many people come on average.
        seed: for people, and for the names of boots.
    """

    selections: Sequence[Selection] = planogram.DEFAULT
    state: Path | None = None
    binary: bool = False
    asks: bool = False
    per_hour: float = 0.0
    seed: int = 0


class BoardWorld:
    """Slots and sensors; what a driver learns can be held against it.

    Attributes:
        kept: counters and stock.
        on: which switches stand.
        celsius: of the two probes; None for one that is dead.
        humidity: percent. supply, battery: volts.
        beam_broken: the drop sensor sees nothing but darkness.

    Raises:
        SimulatorError: the state file can't be used.
    """

    def __init__(self, setup: BoardSetup) -> None:
        self.setup = setup
        self.rng = random.Random(f"board/{setup.seed}")
        self.planogram = {row.selection: row for row in setup.selections}
        self.kept = self._remembered() or self._fresh()
        self.on = dict.fromkeys(SWITCHES, False)
        self.celsius: dict[str, float | None] = {"cabinet": 21.0, "outside": 8.0}
        self.humidity, self.supply, self.battery = 45.0, 12.1, 4.0
        self.beam_broken = False
        self._saved = ""

    def slot(self, name: str) -> Slot:
        """One slot.

        Raises:
            RequestError: there is none of that name.
        """
        if name not in self.kept.slots:
            known = ", ".join(self.kept.slots) or "none"
            raise RequestError(f'"selection" must be one of {known}; got {name!r}')
        return self.kept.slots[name]

    def turn_motor(self, name: str, *, test: bool) -> str:
        """One vend; how it ended, in the words of the protocol."""
        slot = self.slot(name)
        if slot.jammed or slot.level == 0:
            slot.failed += 1
            return "jam" if slot.jammed else "no-drop"
        slot.level -= 1
        slot.dispensed += 1
        slot.test += test
        return "assumed" if self.beam_broken else "dropped"

    def total(self) -> int:
        """Everything that was ever counted."""
        return sum(slot.dispensed + slot.failed for slot in self.kept.slots.values())

    def load(self, name: str) -> int:
        """Counts of the load cell, less its tare."""
        slot = self.slot(name)
        return slot.level * GRAMS_PER_ITEM * COUNTS_PER_GRAM - slot.tare

    def distance_mm(self, name: str) -> int:
        """What the distance sensor sees."""
        return MM_EMPTY - self.slot(name).level * MM_PER_ITEM

    def new_board(self) -> None:
        """Another board is put in: it counts from zero."""
        levels = {name: slot.level for name, slot in self.kept.slots.items()}
        self.kept = self._fresh()
        for name, level in levels.items():
            self.kept.slots[name].level = level

    def settle(self) -> None:
        """Write down what outlives the power cord.

        Raises:
            SimulatorError: it can't be written.
        """
        if self.setup.state is not None and (shown := repr(self.kept)) != self._saved:
            state_file.save(self.setup.state, self.kept.model_dump(mode="json"))
            self._saved = shown

    def _fresh(self) -> Kept:
        slots = {name: Slot(level=row.capacity) for name, row in self.planogram.items()}
        return Kept(lineage=self.rng.getrandbits(32), slots=slots)

    def _remembered(self) -> Kept | None:
        path = self.setup.state
        state = None if path is None else state_file.load(path)
        if state is None:
            return None
        try:
            return Kept.model_validate(state)
        except ValidationError as error:
            raise SimulatorError(f"{path}: is no saved state; delete it to begin anew") from error
