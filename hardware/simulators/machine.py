"""The simulated vending machine itself: people press buttons, staff fill it, things go wrong."""

import math
import random
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from hardware.errors import RequestError
from hardware.simulators.counters import Column, Count, Memory
from hardware.simulators.planogram import Selection

WOBBLE_C = 0.3
WOBBLE_PERIOD_S = 900.0


class Outcome(StrEnum):
    """What came of pressing a button."""

    VENDED = "vended"
    SOLD_OUT = "sold-out"
    JAMMED = "jammed"
    DOOR_OPEN = "door-open"


class Machine:
    """One machine. It asks no clock: each call says what time it is.

    Args:
        planogram: what stands where.
        memory: what it remembered from before; None for a machine with a past made from `seed`.
        seed: for that past.
    """

    def __init__(
        self, planogram: Sequence[Selection], memory: Memory | None = None, seed: int = 0
    ) -> None:
        self.planogram = {row.selection: row for row in planogram}
        self.memory = memory or Memory()
        rng = random.Random(f"past/{seed}")
        columns = {name: self._column(row, rng) for name, row in self.planogram.items()}
        self.memory.columns = columns | {
            name: column for name, column in self.memory.columns.items() if name in columns
        }
        self._drift = (self.memory.temperature_c, 0.0, 0.0)

    def press(self, selection: str, now: datetime) -> Outcome:
        """Somebody chooses a selection.

        Raises:
            RequestError: there is no such selection.
        """
        column, row = self.column(selection), self.planogram[selection]
        if self.memory.door_open:
            return Outcome.DOOR_OPEN
        if column.level == 0:
            column.presses += 1
            return Outcome.SOLD_OUT
        if column.jammed:
            self.memory.events.happened(f"ELA_{selection}", now)
            return Outcome.JAMMED
        (column.free if row.vend == "free" else column.paid).add(row.price_cents)
        self._took_one(selection, now)
        return Outcome.VENDED

    def test_vend(self, selection: str, now: datetime) -> Outcome:
        """A technician tries a selection: one item less, counted as test vend.

        Raises:
            RequestError: there is no such selection.
        """
        column = self.column(selection)
        if column.level == 0:
            return Outcome.SOLD_OUT
        column.test.add()
        self._took_one(selection, now)
        return Outcome.VENDED

    def restock(self, selection: str, now: datetime, level: int | None = None) -> int:
        """Fill a selection to `level`, else to its capacity; a jam is cleared. The new level.

        Raises:
            RequestError: there is no such selection, or it does not hold so many.
        """
        column, row = self.column(selection), self.planogram[selection]
        wanted = row.capacity if level is None else level
        if not 0 <= wanted <= row.capacity:
            raise RequestError(f"{selection} holds 0 to {row.capacity}, got {wanted}")
        column.level = wanted
        self.clear_jam(selection, now)
        self._judge_level(selection, now)
        return wanted

    def jam(self, selection: str, now: datetime) -> None:
        """The motor stalls: nothing comes out until it is cleared.

        Raises:
            RequestError: there is no such selection.
        """
        self.column(selection).jammed = True
        self.memory.events.happened(f"ELA_{selection}", now)
        self.memory.events.happened(f"EJB_{selection}", now, stays=True)

    def clear_jam(self, selection: str, now: datetime) -> None:
        """Somebody has put the motor right.

        Raises:
            RequestError: there is no such selection.
        """
        self.column(selection).jammed = False
        self.memory.events.ended(f"EJB_{selection}", now)

    def door(self, now: datetime, now_s: float, *, is_open: bool) -> None:
        """The door is opened or shut; nothing is sold while it is open."""
        if is_open == self.memory.door_open:
            return
        self.memory.door_open = is_open
        user = f"{fahrenheit(self.temperature_c(now_s)):.0f}"
        if is_open:
            self.memory.events.happened("EGS", now, stays=True, user=user)
        else:
            self.memory.events.ended("EGS", now)
            self.memory.events.happened("EGT", now, user=user)

    def warm(self, celsius: float, over_s: float, now_s: float) -> None:
        """Let the cabinet drift to a temperature in that time."""
        self._drift = (self.temperature_c(now_s, wobble=False), now_s, over_s)
        self.memory.temperature_c = celsius

    def temperature_c(self, now_s: float, *, wobble: bool = True) -> float:
        """The cabinet's temperature, Celsius: on its way to the set one, with a small wobble."""
        from_c, start_s, over_s = self._drift
        gone = 1.0 if over_s <= 0 else min(1.0, (now_s - start_s) / over_s)
        here_c = from_c + (self.memory.temperature_c - from_c) * gone
        turn = 2 * math.pi * now_s / WOBBLE_PERIOD_S
        return here_c + (WOBBLE_C * math.sin(turn) if wobble else 0.0)

    def outage(self) -> None:
        """The mains failed."""
        self.memory.outages.add()

    def was_read(self, now: datetime) -> None:
        """A carrier took a whole audit; in AUTO the interval begins anew (EVA-DTS 2.6.1)."""
        memory = self.memory
        memory.reads += 1
        memory.previous_read, memory.last_read = memory.last_read, now
        if memory.interval_mode != "SAVE":
            memory.reads_with_reset += 1
            memory.clear_interval()

    def reset_interval(self) -> None:
        """Somebody cleared the interval in the machine's own menu: EA310 rises."""
        self.memory.resets += 1
        self.memory.clear_interval()

    def new_board(self) -> None:
        """The control board was changed: another serial number, and all counters at zero."""
        for column in self.memory.columns.values():
            column.paid, column.free, column.test = Count(), Count(), Count()
            column.presses = 0
        self.memory.board += 1
        self.memory.reads = self.memory.reads_with_reset = self.memory.resets = 0

    def column(self, selection: str) -> Column:
        """One selection as the machine knows it.

        Raises:
            RequestError: there is no such selection.
        """
        if selection not in self.memory.columns:
            known = ", ".join(self.memory.columns)
            raise RequestError(f"no selection {selection!r}; there are {known}")
        return self.memory.columns[selection]

    def _took_one(self, selection: str, now: datetime) -> None:
        self.column(selection).level -= 1
        self._judge_level(selection, now)

    def _judge_level(self, selection: str, now: datetime) -> None:
        """Raise or end sold-out (ELB) and low level (ELE)."""
        column, row, events = self.column(selection), self.planogram[selection], self.memory.events
        standing = {"ELB": column.level == 0, "ELE": 0 < column.level <= row.minimum}
        for code, stands in standing.items():
            name = f"{code}_{selection}"
            if stands and not events.is_active(name):
                events.happened(name, now, stays=True)
                column.sold_out_at = now if code == "ELB" else column.sold_out_at
            elif not stands:
                events.ended(name, now)

    @staticmethod
    def _column(row: Selection, rng: random.Random) -> Column:
        """A full column of a machine that has stood a while."""
        vends, tests = rng.randrange(40, 900), rng.randrange(4)
        past = Count(since_init=vends, value_since_init=vends * row.price_cents)
        column = Column(level=row.capacity, test=Count(since_init=tests))
        if row.vend == "free":
            column.free = past
        else:
            column.paid = past
        return column


def fahrenheit(celsius: float) -> float:
    """Degrees Fahrenheit."""
    return celsius * 9 / 5 + 32
