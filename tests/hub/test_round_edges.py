"""Rounds and exposures where little is known: old figures, no par, odd probes, thinned readings."""

from collections.abc import Iterator
from datetime import UTC, date
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from hub import exposures, forecasts, rounds
from hub.exposure import LotReview
from hub.forecasts import SlotForecast
from hub.packing import PickLine
from hub.round_words import packed_lines, route_lines
from hub.rounds import Packed, Round, by_place
from hub.route import Stop, given_minutes, plan_route
from hub.rules.settings import StockSettings
from hub.stock import LotCount
from hub.store import restocks, tables
from hub.store.restocks import NewEntry
from hub.store.views import fleet as fleet_view
from tests.hub.fleet import START_MS, Fleet

HOUR_MS = 3_600_000
SERVICE = date(2027, 3, 1)


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    found = Fleet(tmp_path)
    found.add_bridge()
    found.add_machine()
    yield found
    found.store.close()


def packed(fleet: Fleet) -> Packed:
    with fleet.store.read() as transaction:
        now_ms = fleet.clock.now_ms()
        demand = forecasts.learn_fleet(transaction, now_ms, UTC)
        plan = Round(demand=demand, now_ms=now_ms, zone=UTC, service=SERVICE)
        return rounds.pack(plan, rounds.stands(transaction, plan))


def line(fleet: Fleet, selection: str = "1") -> PickLine:
    found = {each.selection: each for each in packed(fleet).lists[0].lines}
    return found[selection]


def slot(fleet: Fleet, selection: str = "1") -> SlotForecast:
    with fleet.store.read() as transaction:
        demand = forecasts.learn_fleet(transaction, fleet.clock.now_ms(), UTC)
        (device, *_) = fleet_view.devices(transaction)
        told = forecasts.of_machine(transaction, demand, device, fleet.clock.now_ms() + HOUR_MS)
    (found,) = [each for each in told if each.selection == selection]
    return found


def test_what_nobody_counted_is_packed_for_as_empty_and_promised_nothing(fleet: Fleet) -> None:
    said = line(fleet)
    assert (said.pack, said.count_first) == (20, True)
    told = slot(fleet)
    assert told.forecast.empty_ms is None
    assert told.forecast.missed_before_service is None
    assert told.lines(fleet.clock.now_ms())[0].startswith("How many are left is not known")


def test_an_old_figure_counts_for_nothing_where_no_sales_are_known(fleet: Fleet) -> None:
    fleet.sell(1, "1", 10)
    fleet.count(1, "1", 15, 10)
    assert line(fleet).pack == 5
    fleet.clock.wall_ms = START_MS + 23 * HOUR_MS
    assert line(fleet).pack == 5
    fleet.clock.wall_ms = START_MS + 25 * HOUR_MS  # the machine was not heard since
    assert line(fleet).pack == 20
    assert "Up to 15 of these may be taken until the visit" in line(fleet).why


def test_an_empty_slot_is_called_empty(fleet: Fleet) -> None:
    fleet.sell(1, "1", 10)
    fleet.count(1, "1", 0, 10)
    assert slot(fleet).lines(fleet.clock.now_ms())[0].startswith("Nothing is left in it.")


def test_a_slot_without_par_is_named_and_two_machines_of_one_name_are_told_apart(
    fleet: Fleet,
) -> None:
    with fleet.store.begin() as transaction:
        empty = {"capacity": None, "par": None}
        transaction.execute(update(tables.slot).where(tables.slot.c.selection == "2").values(empty))
    fleet.add_bridge("pi-2")
    fleet.add_machine(bridge_id=2)
    found = packed(fleet)
    assert [each.machine for each in found.lists] == ["north/pi-1/lobby", "north/pi-2/lobby"]
    assert found.unplanned == ("north/pi-1/lobby 2",)
    said = "\n".join(packed_lines(found))
    assert "Nobody has said how many these should hold: north/pi-1/lobby 2" in said
    assert "[ ]   60  Naloxone" in said


def test_a_way_that_is_not_given_leads_by_the_start() -> None:
    table = given_minutes({("office", "north"): 30, ("office", "south"): 12})
    ways = by_place({"office", "north", "south"}, table, "office")
    assert ways("north/a", "south/b") == pytest.approx(0.7)
    assert ways("north/a", "north/b") == 0
    assert ways("office", "west/c") == float("inf")
    route = plan_route("office", [Stop(machine="west/c", missed=9)], ways)
    said = "\n".join(route_lines("office", route, {"west/c": ["A1"], "north/a": []}))
    assert "west/c: No time or no way" in said
    assert "Too little is known" in said
    assert "north/a" not in said


def load(fleet: Fleet, selection: str, lot: str, at_ms: int) -> None:
    entry = NewEntry(
        device_id=1,
        selection=selection,
        kind="count",
        count=5,
        observed_ms=at_ms,
        recorded_ms=at_ms,
        by_person="staff",
        lots=[LotCount(lot=lot, expires="2027-05-31", count=5)],
    )
    with fleet.store.begin() as transaction:
        restocks.add_entry(transaction, entry)


def warm(fleet: Fleet, probe: str, celsius: float, minutes: range) -> None:
    rows = [
        {
            "device_id": 1,
            "probe": probe,
            "observed_ms": START_MS + minute * 60_000,
            "received_ms": START_MS + minute * 60_000,
            "temperature_c": celsius,
        }
        for minute in minutes
    ]
    with fleet.store.begin() as transaction:
        transaction.execute(insert(tables.temperature), rows)


def review(fleet: Fleet, keep_raw_days: int = 90) -> LotReview:
    with fleet.store.read() as transaction:
        (found,) = exposures.reviews(
            transaction, fleet.clock.now_ms(), StockSettings(), keep_raw_days=keep_raw_days
        )
    return found


def test_of_several_probes_the_worst_that_was_there_counts(fleet: Fleet) -> None:
    load(fleet, "1", "L1", START_MS)
    load(fleet, "2", "l1", START_MS)  # the same lot, whoever wrote it down
    warm(fleet, "top", 43.0, range(0, 6001, 30))
    warm(fleet, "bottom", 22.0, range(0, 6001, 30))
    warm(fleet, "tried-once", 60.0, range(0, 61, 30))
    fleet.clock.wall_ms = START_MS + 100 * HOUR_MS
    found = review(fleet)
    assert found.lot == "L1"
    assert found.advice == "review"
    assert found.worst.hot_h == pytest.approx(100)
    assert found.worst.hottest_c == 43.0


def test_a_machine_without_a_thermometer_leaves_it_open(fleet: Fleet) -> None:
    load(fleet, "1", "L1", START_MS)
    fleet.clock.wall_ms = START_MS + 100 * HOUR_MS
    assert review(fleet).advice == "unknown"
    assert review(fleet).worst.unknown_h == pytest.approx(100)


def test_thinned_readings_are_no_gap_and_a_real_gap_stays_one(fleet: Fleet) -> None:
    load(fleet, "1", "L1", START_MS)
    warm(fleet, "top", 22.0, range(0, 60 * 240, 110))  # as far apart as extremes of hours can be
    fleet.clock.wall_ms = START_MS + 240 * HOUR_MS
    assert review(fleet).worst.unknown_h > 200
    thinned = review(fleet, keep_raw_days=3).worst.unknown_h
    assert 70 < thinned < 78
