"""The places and machines of a made-up town, and how busy each day is."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from hardware.simulators.fleet.chance import wander
from hardware.simulators.fleet.setup import FleetSetup

Kind = Literal["street", "shelter", "clinic"]
Climate = Literal["outdoors", "indoors"]


@dataclass(frozen=True, slots=True)
class Supply:
    """What a selection holds; `group` names what people take instead of each other."""

    selection: str
    product: str
    group: str
    capacity: int
    popularity: float
    free: bool


SUPPLIES = (
    Supply("A1", "Naloxone nasal 4 mg", "naloxone", 14, 1.6, free=True),
    Supply("A2", "Naloxone IM kit", "naloxone", 10, 0.7, free=True),
    Supply("A3", "Fentanyl strips", "strips", 24, 1.3, free=True),
    Supply("A4", "Xylazine strips", "strips", 20, 0.7, free=True),
    Supply("B1", "Safer smoking kit", "smoking", 18, 1.8, free=False),
    Supply("B2", "Sterile syringes 10-pack", "syringes", 16, 1.3, free=False),
    Supply("B3", "Condoms", "condoms", 25, 0.6, free=False),
    Supply("C1", "Wound care kit", "care", 10, 0.5, free=False),
    Supply("C2", "Water", "care", 16, 1.0, free=False),
    Supply("C3", "Hygiene kit", "care", 12, 0.8, free=False),
)

# Monday first. A street machine is busiest at the end of the week and at night, a clinic's when
# it is open.
WEEKDAYS: dict[Kind, Sequence[float]] = {
    "street": (0.85, 0.85, 0.9, 1.0, 1.3, 1.25, 0.85),
    "shelter": (1.0, 1.0, 1.0, 1.0, 1.05, 1.0, 0.95),
    "clinic": (1.5, 1.25, 1.2, 1.2, 1.15, 0.45, 0.25),
}
_PEAKS: dict[Kind, Sequence[tuple[float, float, float]]] = {
    # hour, width in hours, height
    "street": ((21.0, 3.0, 1.0), (13.0, 3.5, 0.5)),
    "shelter": ((8.0, 1.5, 0.9), (18.5, 2.5, 1.0)),
    "clinic": ((10.5, 1.8, 1.0), (15.0, 2.0, 0.9)),
}
_QUIET = 0.06


@dataclass(frozen=True, slots=True)
class Burst:
    """Days on which one group of supplies is asked for far more: a festival, a bad batch."""

    first: int
    days: int
    group: str
    factor: float


@dataclass(frozen=True, slots=True)
class Site:
    """A place, and how busy it is.

    Attributes:
        name: as in a topic.
        kind: what sort of place.
        hours: share of a day's people by hour.
        busy: a factor for every day of the play, weekday, pay-day, drift and weather together.
        bursts: see `Burst`.
        climate: where its machines stand.
    """

    name: str
    kind: Kind
    hours: Sequence[float]
    busy: Sequence[float]
    bursts: Sequence[Burst]
    climate: Climate


@dataclass(frozen=True, slots=True)
class MachinePlan:
    """One machine: where, since which day, how many people a day, and its own taste."""

    name: str
    bridge: str
    site: Site
    first: int
    people_a_day: float
    taste: dict[str, Sequence[float]] = field(hash=False)


def build(setup: FleetSetup) -> list[MachinePlan]:
    """Every machine of the town."""
    rng = random.Random(f"town/{setup.seed}")
    sites = [_site(setup, rng, number) for number in range(1, max(2, setup.machines // 2 + 1) + 1)]
    return [_machine(setup, rng, sites, number) for number in range(1, setup.machines + 1)]


def pay_day(day: date) -> float:
    """How much busier benefits make a day: paid on the first, gone within a week."""
    return 1 + 0.5 * math.exp(-(day.day - 1) / 2.5) - 0.12 * (day.day > 24)


def _site(setup: FleetSetup, rng: random.Random, number: int) -> Site:
    kind: Kind = rng.choices(("street", "shelter", "clinic"), (5, 3, 2))[0]
    weeks = wander(rng, setup.days // 7 + 2, 0.85, 0.18)
    trend = rng.gauss(0, 0.02)
    busy = []
    for day in range(setup.days):
        when = setup.first_day + timedelta(days=day)
        summer = 1 - 0.12 * math.cos(2 * math.pi * (when.timetuple().tm_yday - 15) / 365)
        weather = math.exp(rng.gauss(-0.03, 0.25))
        known = WEEKDAYS[kind][when.weekday()] * pay_day(when) * summer
        busy.append(known * weather * weeks[day // 7] * math.exp(trend * day / 30))
    return Site(
        name=f"site-{number:02d}",
        kind=kind,
        hours=_hours(kind),
        busy=busy,
        bursts=_bursts(setup, rng),
        climate="indoors" if kind == "clinic" or rng.random() < 0.4 else "outdoors",
    )


def _hours(kind: Kind) -> list[float]:
    raw = [
        _QUIET
        + sum(
            height * math.exp(-((_apart(hour + 0.5, peak) / width) ** 2) / 2)
            for peak, width, height in _PEAKS[kind]
        )
        for hour in range(24)
    ]
    return [each / sum(raw) for each in raw]


def _apart(hour: float, other: float) -> float:
    return min(abs(hour - other), 24 - abs(hour - other))


def _bursts(setup: FleetSetup, rng: random.Random) -> list[Burst]:
    found, day = [], rng.expovariate(1 / 25)
    while day < setup.days:
        group = rng.choice([supply.group for supply in SUPPLIES])
        found.append(Burst(int(day), rng.randint(1, 3), group, rng.uniform(1.8, 4.0)))
        day += rng.expovariate(1 / 25)
    return found


def _machine(
    setup: FleetSetup, rng: random.Random, sites: Sequence[Site], number: int
) -> MachinePlan:
    late = rng.random() < setup.late_share
    weeks = setup.days // 7 + 2
    taste: dict[str, Sequence[float]] = {}
    for supply in SUPPLIES:
        level = supply.popularity * math.exp(rng.gauss(0, 0.45))
        taste[supply.selection] = [level * each for each in wander(rng, weeks, 0.8, 0.2)]
    return MachinePlan(
        name=f"machine-{number:02d}",
        bridge=f"bridge-{number:02d}",
        site=rng.choice(sites),
        first=setup.days // 3 + rng.randrange(7) if late else 0,
        people_a_day=min(40.0, math.exp(rng.gauss(math.log(9), 0.5))),
        taste=taste,
    )
