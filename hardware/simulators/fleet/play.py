"""Plays a fleet, and tells it line by line in the order of time.

It tells what machines say, what staff write down, and the truth that neither knows.
"""

import heapq
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from hardware.simulators.fleet import town, troubles
from hardware.simulators.fleet.machine import Machine, Slot
from hardware.simulators.fleet.people import wants
from hardware.simulators.fleet.setup import FleetSetup
from hardware.simulators.fleet.staff import Staff, Visit
from hardware.simulators.fleet.town import SUPPLIES, MachinePlan
from hardware.simulators.fleet.weather import Cabinet

FORMAT = 1
DAY_MS = 86_400_000
MINUTE_MS = 60_000

Line = dict[str, Any]


def play(setup: FleetSetup) -> Iterator[Line]:
    """Every line, oldest first; each has `kind` and `t`, ms since 1970 UTC."""
    start_ms = _start_ms(setup)
    yield {
        "kind": "fleet",
        "t": start_ms,
        "format": FORMAT,
        "seed": setup.seed,
        "machines": setup.machines,
        "days": setup.days,
        "read_min": setup.read_min,
    }
    stories = [_Story(setup, plan).lines() for plan in town.build(setup)]
    yield from heapq.merge(*stories, key=lambda line: line["t"])


def _start_ms(setup: FleetSetup) -> int:
    first = setup.first_day
    return round(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp() * 1000)


class _Story:
    """What happens at one machine."""

    def __init__(self, setup: FleetSetup, plan: MachinePlan) -> None:
        self._setup, self._plan, self._start_ms = setup, plan, _start_ms(setup)
        self._rng = random.Random(f"{plan.name}/{setup.seed}")
        self._machine = Machine(self._rng)
        self._staff = Staff(self._rng)
        self._cabinet = Cabinet(plan.site.climate, self._rng)
        self._troubles = troubles.draw(setup.days, self._rng)
        self._said: dict[str, dict[str, int | bool]] = {}
        self._read_ms: int | None = None
        self._told_outages = 0

    def lines(self) -> Iterator[Line]:
        """From the day it is put up to the end."""
        yield self._line("machine", self._plan.first, 0, **self._who())
        for day in range(self._plan.first, self._setup.days):
            yield from self._day(day)

    def _day(self, day: int) -> Iterator[Line]:
        yield self._temperatures(day)
        visit = self._staff.visit(day, opening=day == self._plan.first)
        for minute, what in self._agenda(day, visit):
            if isinstance(what, Visit):
                yield from self._serve(day, what)
            elif what == "read":
                yield from self._read(day, minute)
            elif what == "board":
                self._machine.exchange_board()
            elif what == "offline":
                end = troubles.end_of(self._troubles.offline, day + minute / 1440 + 1e-9)
                yield self._line("offline", day, minute, until=self._at_ms(0, (end or day) * 1440))
            elif what == "outage":
                self._machine.outages += 1
            else:
                self._ask(day, minute, *what)
        yield self._truth(day)

    def _agenda(self, day: int, visit: Visit | None) -> list[tuple[float, Any]]:
        found: list[tuple[float, Any]] = [
            (want.minute, (want.selection, want.count))
            for want in wants(self._plan, day, self._rng)
        ]
        found += [(minute, "read") for minute in range(0, 1440, self._setup.read_min)]
        found += [(at, "board") for at in _on(day, self._troubles.boards)]
        found += [(at, "outage") for at in _on(day, [s for s, _ in self._troubles.dark])]
        found += [(at, "offline") for at in _on(day, [s for s, _ in self._troubles.offline])]
        found += [(visit.minute, visit)] if visit else []
        return sorted(found, key=lambda one: one[0])

    def _ask(self, day: int, minute: float, selection: str, count: int) -> None:
        if troubles.end_of(self._troubles.dark, day + minute / 1440) is None:
            self._machine.ask(selection, count, minute)
        else:
            self._machine.ask_in_the_dark(selection, count, minute)

    def _serve(self, day: int, visit: Visit) -> Iterator[Line]:
        self._machine.news.append(("door-open", None, True))
        for supply in SUPPLIES:
            if visit.tests and self._rng.random() < 0.2:
                self._machine.test(supply.selection)
            if self._staff.brings(supply.selection, day):
                self._machine.fill(supply.selection, supply.capacity)
        self._machine.news.append(("door-closed", None, None))
        left = {name: slot.level for name, slot in self._machine.slots.items()}
        yield self._line(
            "service",
            day,
            visit.minute,
            counted=self._staff.counted(left, visit),
            really=left,
        )

    def _read(self, day: int, minute: float) -> Iterator[Line]:
        at = day + minute / 1440
        dark = troubles.end_of(self._troubles.dark, at)
        if dark is not None or troubles.end_of(self._troubles.unwatched, at) is not None:
            return
        shown = {name: _shown(slot) for name, slot in self._machine.slots.items()}
        changed = {name: slot for name, slot in shown.items() if self._said.get(name) != slot}
        if changed or minute == 0:
            more = {"board": self._machine.board, "outages": self._machine.outages}
            yield self._line(
                "counters", day, minute, since=self._read_ms, slots=changed or shown, **more
            )
        self._said, self._read_ms = shown, self._at_ms(day, minute)
        yield from self._news(day, minute)

    def _news(self, day: int, minute: float) -> Iterator[Line]:
        if self._machine.outages > self._told_outages:
            self._machine.news.append(("power-outage", None, None))
        self._told_outages = self._machine.outages
        for name, selection, active in self._machine.news:
            yield self._line("event", day, minute, name=name, selection=selection, active=active)
        self._machine.news.clear()

    def _temperatures(self, day: int) -> Line:
        step = self._setup.temperature_min
        read = self._cabinet.day(self._setup.first_day, day, step)
        bad = self._troubles.dark + self._troubles.unwatched
        seen = [
            None if troubles.end_of(bad, day + number * step / 1440) is not None else each
            for number, each in enumerate(read)
        ]
        return self._line("temperatures", day, 0, step_min=step, c=seen, really=read)

    def _truth(self, day: int) -> Line:
        machine, wanted = self._machine, dict[str, list[float]]()
        for minute, selection in machine.wanted:
            wanted.setdefault(selection, []).append(round(minute, 1))
        left = {name: slot.level for name, slot in machine.slots.items()}
        missed = {name: count for name, count in machine.missed.items() if count}
        stuck = {name: count for name, count in machine.stuck.items() if count}
        machine.wanted, machine.missed, machine.stuck = [], {}, {}
        more = {"wanted": wanted, "left": left, "missed": missed, "stuck": stuck}
        return self._line("truth", day, 1440 - 1 / 60, **more)

    def _who(self) -> Line:
        return {
            "site": self._plan.site.name,
            "bridge": self._plan.bridge,
            "place": self._plan.site.kind,
            "climate": self._plan.site.climate,
            "slots": [
                {
                    "selection": supply.selection,
                    "product": supply.product,
                    "capacity": supply.capacity,
                    "par": supply.capacity,
                    "minimum": max(2, supply.capacity // 5),
                }
                for supply in SUPPLIES
            ],
        }

    def _line(self, kind: str, day: int, minute: float, **more: object) -> Line:
        return {
            "kind": kind,
            "t": self._at_ms(day, minute),
            "machine": self._plan.name,
            **more,
        }

    def _at_ms(self, day: int, minute: float) -> int:
        return self._start_ms + day * DAY_MS + round(minute * MINUTE_MS)


def _on(day: int, moments: Sequence[float]) -> list[float]:
    """The moments (in days of the play) of this day, as its minutes."""
    return [(at - day) * 1440 for at in moments if int(at) == day]


def _shown(slot: Slot) -> dict[str, int | bool]:
    return {
        "paid": slot.paid,
        "free": slot.free,
        "test": slot.test,
        "failed": slot.failed,
        "presses": slot.presses,
        "sold_out": slot.sold_out,
    }
