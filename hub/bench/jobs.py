"""The hub's work with vending machines, timed: taking audits, stock, demand, rounds."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path

from firmware_bridge.contract.clock import Clock
from firmware_bridge.contract.codec import encode
from firmware_bridge.contract.messages import Envelope, SelectionCount, VendingAudit
from firmware_bridge.contract.topics import MessageTopic
from hub import exposure, packing, route
from hub.bench import fleet
from hub.bench.rows import Row
from hub.delivery import Delivery
from hub.demand import LevelNow, forecast, learn
from hub.demand.values import DAY_MS, HOUR_MS
from hub.ingest import BATCH, Ingest
from hub.stock import Anchor, Reading, SlotPlan, stock_figure
from hub.store import Store

Seconds = Callable[[], float]
"""Seconds that never go back."""

ROUNDS = 3
BATCHES = 10
READINGS = 200
DAYS = 126
SLOTS = 10
STOPS = 30


def run(folder: Path, clock: Clock, seconds: Seconds, machines: int) -> Iterator[Row]:
    """Time everything; each figure is of the fastest of some rounds.

    Args:
        folder: an empty one, for a database.
        clock: for what waits for a disk.
        seconds: how long this program has worked; for the rest.
        machines: size of the fleet.
    """
    yield _ingest(folder, clock)
    yield _stock(seconds)
    yield from _demand(seconds, machines)
    yield _exposure(seconds)
    yield from _rounds(seconds)


def best_s(work: Callable[[], object], seconds: Seconds, rounds: int = ROUNDS) -> float:
    """Seconds of one call, of the fastest of some rounds."""
    took = []
    for _ in range(rounds):
        began_s = seconds()
        work()
        took.append(max(seconds() - began_s, 1e-9))
    return min(took)


def _ingest(folder: Path, clock: Clock) -> Row:
    store = Store.open(f"sqlite:///{folder / 'hub.db'}", clock)
    ingest, numbers = Ingest(store), count(1)
    batches = [[_delivery(next(numbers)) for _ in range(BATCH)] for _ in range(BATCHES)]
    left = iter(batches)
    took_s = best_s(lambda: ingest.accept(next(left)), clock.monotonic_s, BATCHES)
    store.close()
    note = f"audits of {SLOTS} slots, one of them changed; batches of {BATCH}, SQLite on disk"
    return Row("messages kept in the store", BATCH / took_s, "a second", note=note)


def _delivery(number: int) -> Delivery:
    at_ms = fleet.START_MS + number * 60_000
    selections = tuple(
        _selection(f"A{slot}", 100 + number // SLOTS + (number % SLOTS > slot))
        for slot in range(SLOTS)
    )
    body = VendingAudit(
        serial="1",
        model="bench",
        board="1",
        selections=selections,
        power_outages=0,
        resets=None,
        warnings=(),
    )
    envelope = Envelope(
        site="bench",
        bridge="bench",
        device="machine",
        boot="0" * 32,
        seq=number,
        oldest_held=1,
        device_time_ms=at_ms,
        monotonic_ms=number,
        clock_sane=True,
        body=body,
    )
    topic = str(MessageTopic("bench", "bench", "machine", body.KIND))
    return Delivery(topic, encode(envelope), at_ms, retained=False)


def _selection(name: str, dispensed: int) -> SelectionCount:
    return SelectionCount(
        selection=name,
        product="kit",
        price_minor=0,
        capacity=20,
        par=20,
        level=None,
        minimum=4,
        dispensed=dispensed,
        paid=dispensed,
        free=0,
        test=0,
        dispensed_since_reset=None,
        presses_sold_out=0,
        sold_out=False,
    )


def _stock(seconds: Seconds) -> Row:
    readings = [Reading(observed_ms=n, dispensed=n, board="1") for n in range(READINGS)]
    plan, anchor = SlotPlan(20, 20, 4), Anchor(READINGS, 0, 0)
    calls = 300

    def work() -> None:
        for _ in range(calls):
            stock_figure(plan, anchor, readings)

    events = calls * READINGS / best_s(work, seconds)
    note = f"`hub.stock.stock_figure`: the figure of a slot from {READINGS} readings, anew"
    return Row("counter readings through the stock engine", events, "a second", note=note)


def _demand(seconds: Seconds, machines: int) -> Iterator[Row]:
    known = fleet.histories(machines, SLOTS, DAYS)
    now_ms = fleet.START_MS + DAYS * DAY_MS
    took_s = best_s(lambda: learn(known, now_ms), seconds)
    points = sum(len(each.points) for each in known)
    note = f"{len(known)} slots, {DAYS} days, {points} counter readings"
    yield Row("learning the demand of a fleet", took_s, "s", note=note)
    demand = learn(known, now_ms)
    level, service_ms = LevelNow(level=9, as_of_ms=now_ms), now_ms + 3 * DAY_MS

    def work() -> None:
        for each in known[:100]:
            forecast(demand, each.slot, level, service_ms)

    yield Row("forecasts", min(100, len(known)) / best_s(work, seconds), "a second")


def _exposure(seconds: Seconds) -> Row:
    hours = 24 * 180
    readings = [exposure.Reading(n * HOUR_MS, 20 + n % 24) for n in range(hours)]
    stay = exposure.Stay("lot", "machine", "A1", 0, hours * HOUR_MS)
    took_s = best_s(lambda: exposure.stay_exposure(stay, readings), seconds)
    note = "hourly temperatures of half a year"
    return Row("exposure of one stay of a lot", 1000 * took_s, "ms", note=note)


def _rounds(seconds: Seconds) -> Iterator[Row]:
    lot = packing.LotCount(packing.Lot("L1", date(2030, 1, 1)), 100_000)
    slots = tuple(
        packing.SlotStand(selection=f"A{n}", product="kit", par=20, low=n, high=n)
        for n in range(SLOTS)
    )
    machines = [
        packing.MachineStand(f"m{number:02d}", slots, date(2027, 1, 1)) for number in range(STOPS)
    ]
    took_s = best_s(lambda: packing.pick_lists(machines, {"kit": [lot]}), seconds)
    yield Row(f"pick lists of {STOPS} machines", 1000 * took_s, "ms")
    places = {f"m{n:02d}": (52 + n * 7 % 31 / 300, 13 + n * 11 % 29 / 200) for n in range(STOPS)}
    stops = [
        route.Stop(machine=name, missed=2 + n * 5 % 17, missed_per_hour=n % 4 / 4)
        for n, name in enumerate(places)
    ]
    travel = route.straight_lines(places | {"depot": (52.05, 13.05)})
    took_s = best_s(lambda: route.plan_route("depot", stops, travel), seconds)
    yield Row(f"a round of {STOPS} stops", 1000 * took_s, "ms")
