"""Instruments as their bridges would tell of them: through the bridge's own code and the ingest."""

import random
from dataclasses import dataclass, field, replace

from firmware_bridge.contract.messages import Body
from firmware_bridge.instrument.performance import PerformanceCheck
from firmware_bridge.instrument.state import Log, Rules
from firmware_bridge.instrument.telling import instrument_told, performance_told
from tests.dashboard import seed

WEEK_MS = 168 * seed.HOUR_MS
RULES = Rules()


@dataclass(slots=True)
class Instrument:
    """One instrument at a table, with its past."""

    site: str
    name: str
    serial: str
    standard: str = "polystyrene"
    checks: list[PerformanceCheck] = field(default_factory=list)
    log: Log = field(default_factory=lambda: Log(needs_background=True))

    def check(self, at_ms: int, **figures: float | None) -> list[Body]:
        """A performance check as it is told; figures that are not named are usual ones."""
        chance = random.Random(at_ms)
        usual: dict[str, float | None] = {
            "peak_offset_cm1": round(0.2 + chance.gauss(0, 0.06), 3),
            "energy": round(0.62 + chance.gauss(0, 0.015), 4),
            "noise": round(0.0009 + chance.gauss(0, 0.00008), 6),
            "line": round(0.008 + chance.gauss(0, 0.001), 5),
        }
        made = PerformanceCheck(at_ms=at_ms, standard=self.standard, **(usual | figures))
        self.checks.append(made)
        return [performance_told(self.checks, self.serial, RULES.limits), self.standing()]

    def standing(self) -> Body:
        """How it stands, as it is told."""
        return instrument_told(replace(self.log, checks=self.checks), self.serial, RULES)


def past(programme: seed.Programme, one: Instrument, until_ms: int, weeks: int) -> None:
    """A check a week, the last of them then."""
    for week in range(weeks - 1, -1, -1):
        at_ms = until_ms - week * WEEK_MS
        say(programme, one, *one.check(at_ms), at_ms=at_ms)


def say(programme: seed.Programme, one: Instrument, *bodies: Body, at_ms: int) -> None:
    """Told then, and heard then."""
    programme.say(one.site, f"{one.site}-1", one.name, *bodies, at_ms=at_ms, late=True)


def tell(programme: seed.Programme, one: Instrument) -> None:
    """How it stands is told now."""
    now = programme.clock.now_ms()
    heard = seed.state(heard_ms=now)
    programme.say(one.site, f"{one.site}-1", one.name, one.standing(), heard, at_ms=now)


def fill(programme: seed.Programme) -> None:
    """One of each: in limits, failed, overdue, moved, never checked, behind a silent bridge."""
    now = programme.clock.now_ms()
    programme.gathering = True
    silent = Instrument("south", "alpha", "FT-7")
    past(programme, silent, now - 50 * seed.HOUR_MS, 14)
    good = Instrument("north", "ftir-1", "BX-1042")
    past(programme, good, now - 30 * seed.HOUR_MS, 16)
    good.log = replace(good.log, background_ms=now - 720_000)
    failed = Instrument("north", "ftir-2", "BX-0977")
    past(programme, failed, now - WEEK_MS, 15)
    at_ms = now - 2 * seed.HOUR_MS
    say(programme, failed, *failed.check(at_ms, noise=0.0125, energy=0.41), at_ms=at_ms)
    late = Instrument("north", "raman-1", "RM-31", "silicon", log=Log(needs_background=False))
    past(programme, late, now - 9 * 24 * seed.HOUR_MS, 4)
    moved = Instrument("north", "ftir-van", "")
    past(programme, moved, now - 60 * seed.HOUR_MS, 3)
    moved.log = replace(moved.log, moved_ms=now - 3 * seed.HOUR_MS)
    for one in (good, failed, late, moved, Instrument("north", "ftir-new", "BX-1077")):
        tell(programme, one)
    programme.gathering = False
    programme.deliver()
