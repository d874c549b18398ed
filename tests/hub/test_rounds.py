"""Forecasts, pick lists, rounds and exposures through a real store, with a simulated town in it."""

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract.clock import HandClock
from hub import exposures, forecasts, rounds
from hub.cli import hub
from hub.demand import Demand, LevelNow, forecast, learn
from hub.errors import TableError
from hub.exposure import LotReview
from hub.rounds import Round
from hub.rules.settings import StockSettings
from hub.stock import Entry, Event, LotCount, Reading
from hub.stock.stays import LotStay, lot_stays
from hub.store import Transaction
from hub.store.views import fleet
from hub.tables import read_room, read_travel
from tests.hub import rounds_world
from tests.hub.fleet_world import live
from tests.hub.rounds_world import CALLED_BACK, FINE, GAP, HOT, SETUP, Town

SERVICE = SETUP.first_day + timedelta(days=SETUP.days + 7)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    (folder / "hub.toml").write_text('[hub]\ndata_dir = "data"\n')
    found = rounds_world.build(folder)
    yield found
    found.store.close()


@pytest.fixture(scope="module")
def demand(town: Town) -> Demand:
    with town.store.read() as transaction:
        return forecasts.learn_fleet(transaction, town.end_ms, UTC)


@pytest.fixture
def transaction(town: Town) -> Iterator[Transaction]:
    with town.store.read() as found:
        yield found


def name_of(transaction: Transaction, slot: str) -> str:
    """The simulator's name of a slot of the store."""
    number, _, selection = slot.partition("/")
    device = fleet.find_device(transaction, int(number))
    assert device is not None
    return f"{device.device}/{selection}"


def test_a_forecast_through_the_store_is_that_of_the_machines_own_counters(
    town: Town, demand: Demand, transaction: Transaction
) -> None:
    world = live(SETUP)
    straight = learn(world.histories(town.end_ms), town.end_ms)
    assert len(demand.slots) == len(straight.slots) == 30
    service_ms = forecasts.noon_ms(SERVICE, UTC)
    level = LevelNow(level=8, as_of_ms=town.end_ms)
    for slot in demand.slots:
        here = forecast(demand, slot, level, service_ms)
        there = forecast(straight, name_of(transaction, slot), level, service_ms)
        assert here.basis == there.basis != "none"
        assert here.per_day == pytest.approx(there.per_day, rel=0.01)
        assert here.empty_before_service == pytest.approx(there.empty_before_service, abs=0.01)
        wait_ms = (there.empty_ms or 0) - town.end_ms
        assert (here.empty_ms or 0) - town.end_ms == pytest.approx(wait_ms, rel=0.02)


def planned(town: Town, demand: Demand, **other: object) -> Round:
    return Round(demand=demand, now_ms=town.end_ms, zone=UTC, service=SERVICE, **other)  # type: ignore[arg-type]  # the caller names fields


def test_what_is_packed_reaches_par(town: Town, demand: Demand, transaction: Transaction) -> None:
    plan = planned(town, demand, visit=SERVICE - timedelta(days=5))
    machines = rounds.stands(transaction, plan)
    packed = rounds.pack(plan, machines)
    assert [each.machine for each in packed.lists] == [one.machine for one in machines]
    for one, picks in zip(machines, packed.lists, strict=True):
        pack = {line.selection: line.pack for line in picks.lines}
        for slot, said in zip(one.stand.slots, one.slots, strict=True):
            assert slot.low == said.figure.low
            left = slot.low - slot.taken_by_then
            assert left >= 0
            assert left + pack.get(slot.selection, 0) >= slot.par
    now = rounds.stands(transaction, planned(town, demand))
    assert sum(rounds.pack(plan, now).totals.values()) < sum(packed.totals.values())


def test_a_lot_that_was_called_back_is_to_be_taken_out_everywhere(
    town: Town, demand: Demand, transaction: Transaction
) -> None:
    plan = planned(town, demand, recalled=[CALLED_BACK.lower()])
    machines = rounds.stands(transaction, plan)
    packed = rounds.pack(plan, machines)
    out = {each.machine: each.take_out for each in packed.lists}
    assert len(out) == 3
    for picks in packed.lists:
        (found,) = picks.take_out
        assert (found.selection, found.lot, found.reason) == ("A4", CALLED_BACK, "recalled")
        (line,) = [line for line in picks.lines if line.selection == "A4"]
        assert line.pack == 20  # all of it is replaced
    route = rounds.order(plan, machines, "office", lambda _here, _there: 0.1)
    assert len(route.stops) == 3
    assert all("was called back" in stop.why for stop in route.stops)
    quiet = rounds.pack(planned(town, demand), machines[:0])
    assert not quiet.lists
    same = rounds.pack(plan, rounds.stands(transaction, planned(town, demand)))
    assert not any(each.take_out for each in same.lists)


def test_the_stock_room_gives_its_oldest_lots_and_none_that_was_called_back(
    town: Town, demand: Demand, transaction: Transaction
) -> None:
    room = read_room(
        "Lot,Product,Expires,Count,Recalled\n"
        "new,Naloxone nasal 4 mg,2028-01-31,90,\n"
        "old,NALOXONE NASAL 4 MG,2027-01-31,3,no\n"
        f"{CALLED_BACK},Naloxone nasal 4 mg,2027-01-31,50,yes\n",
        "room.csv",
    )
    plan = planned(town, demand, room=room)
    packed = rounds.pack(plan, rounds.stands(transaction, plan))
    lines = [line for each in packed.lists for line in each.lines]
    lots = [
        (of.lot.number, of.count) for line in lines if line.selection == "A1" for of in line.lots
    ]
    assert lots[0] == ("old", 3)
    assert {name for name, _ in lots[1:]} == {"new"}
    assert all(line.short for line in lines if line.selection == "B1" and line.pack < 1)
    assert all(out.lot == CALLED_BACK for each in packed.lists for out in each.take_out)
    assert all(each.take_out for each in packed.lists)


def reviews(transaction: Transaction, town: Town, lot: str = "") -> dict[str, LotReview]:
    found = exposures.reviews(transaction, town.end_ms, StockSettings(), keep_raw_days=90, lot=lot)
    return {one.lot: one for one in found}


def test_the_lot_that_lay_in_a_hot_machine_is_to_be_looked_at_and_no_other(
    town: Town, transaction: Transaction
) -> None:
    found = reviews(transaction, town)
    assert set(found) == {HOT.upper(), GAP.upper(), FINE.upper()}  # A4 holds no naloxone
    hot, gap, fine = (found[name.upper()] for name in (HOT, GAP, FINE))
    assert hot.advice == "review"
    assert 70 < hot.worst.hot_h < 75
    assert fine.advice == "none"
    assert fine.worst.known_h > 5 * 24
    # Three days without readings are no three days of good weather.
    assert gap.advice == "unknown"
    assert 70 < gap.worst.unknown_h < 80
    assert gap.worst.hot_h == 0
    assert set(reviews(transaction, town, CALLED_BACK.lower())) == {CALLED_BACK}


def test_a_stay_ends_when_nothing_of_the_lot_can_be_left() -> None:
    lots = (LotCount(lot="L1", expires="", count=5),)
    sold = [Reading(observed_ms=at, dispensed=100 + at) for at in (0, 3, 5, 7)]
    told: list[Event] = [*sold, Entry(at_ms=1, kind="count", count=5, lots=lots)]
    assert lot_stays(told) == [LotStay("L1", 1, 5)]
    assert lot_stays([*sold[:2], told[-1]]) == [LotStay("L1", 1, None)]
    assert lot_stays(sold) == []


def run(town: Town, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.setattr("hub.cli_parts.SystemClock", lambda: HandClock(wall_ms=town.end_ms))
    return CliRunner().invoke(hub, [*arguments, "--config", str(town.folder / "hub.toml")])


@pytest.fixture
def done(town: Town, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    def do(*arguments: str) -> str:
        result = run(town, monkeypatch, *arguments)
        assert result.exit_code == 0, result.output
        return result.output

    return do


def site_of(town: Town, machine: str) -> str:
    (line,) = [x for x in town.lines if x["kind"] == "machine" and x["machine"] == machine]
    return str(line["site"])


def test_demand_is_told_in_words_that_promise_nothing(town: Town, done: Callable[..., str]) -> None:
    machine = f"{site_of(town, HOT)}/{HOT}"
    said = done("demand", machine, "--service", SERVICE.isoformat())
    assert "Probably empty between" in said
    assert "From its own sales" in said
    assert "before the next service in" in said
    assert "an estimate, not a count" in said
    told = json.loads(done("demand", machine, "--json"))
    assert [one["selection"] for one in told][:3] == ["A1", "A2", "A3"]
    assert told[0]["forecast"]["basis"] == "own"
    assert told[0]["forecast"]["empty_before_service"] is None
    assert told[0]["unmet"]["presses"] > 0


def test_a_round_is_packed_and_ordered_on_paper(
    town: Town, done: Callable[..., str], tmp_path: Path
) -> None:
    sites = {machine: site_of(town, machine) for machine in (HOT, GAP, FINE)}
    names = [f"{site}/{machine}" for machine, site in sites.items()]
    common = ("--service", SERVICE.isoformat(), "--recalled", CALLED_BACK)
    said = done("round", "pack", *names, *common)
    assert said.startswith("Take along, for all machines:")
    assert said.count(f"TAKE OUT up to 20 of lot {CALLED_BACK}") >= 1
    told = json.loads(done("round", "pack", names[0], *common, "--json"))
    assert told["machines"][0]["machine"] == names[0]

    minutes = tmp_path / "minutes.csv"
    rows = [f"office,{site},{20 + 5 * number}" for number, site in enumerate(set(sites.values()))]
    minutes.write_text("\n".join(["from,to,minutes", *rows, ""]))
    places = tmp_path / "places.csv"
    rows = [f"{site},43.{number},-79.4" for number, site in enumerate({*sites.values()})]
    places.write_text("\n".join(["site,lat,lon", "office,43.25,-79.4", *rows, ""]))
    way: tuple[str, ...] = ()
    for file in (minutes, places):
        way = ("--start", "office", "--travel", str(file))
        said = done("round", "route", *common, *way, "--pack")
        assert said.startswith("From office and back: ")
        assert "was called back" in said
        assert "Take along" in said
        assert "Left out" not in said
    told = json.loads(done("round", "route", *common, *way, "--json"))
    assert {stop["machine"] for stop in told["route"]["stops"]} == set(names)


def test_exposure_is_told_with_its_source(done: Callable[..., str]) -> None:
    said = done("lots", "exposure")
    assert f"review   Lot {HOT.upper()}:" in said
    assert f"unknown  Lot {GAP.upper()}:" in said
    assert "Hamilton Public Health" in said
    (one,) = json.loads(done("lots", "exposure", HOT, "--json"))
    assert one["advice"] == "review"
    assert "name lots" in done("lots", "exposure", "nobody")


ROOM = "lot,product,expires,count\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("lot,product,count\n", "room.csv: no column expires"),
        ("", "room.csv: no column lot, product, expires, count"),
        (f"{ROOM}L1,Kit,soon,3\n", "room.csv, line 2: expires is 'soon'"),
        (f"{ROOM}\nL1,Kit,2027-01-31,-3\n", "room.csv, line 3: count is '-3'"),
        (f"{ROOM}L1\n", "line 2: count is ''"),
        (f"{ROOM[:-1]},recalled\nL1,Kit,,3,maybe\n", "recalled is 'maybe'"),
    ],
)
def test_a_wrong_stock_room_is_refused_by_file_line_and_cell(text: str, why: str) -> None:
    with pytest.raises(TableError, match=re.escape(why)):
        read_room(text, "room.csv")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("from,to,hours\n", "no column site, lat, lon"),
        ("from,to,minutes\na,b,nan\n", "line 2: 'nan'; a number from 0"),
        ("site,lat,lon\na,91,0\n", "line 2: '91'"),
    ],
)
def test_a_wrong_table_of_ways_is_refused(text: str, why: str) -> None:
    with pytest.raises(TableError, match=re.escape(why)):
        read_travel(text, "ways.csv")


@given(st.text(max_size=200))
def test_no_table_crashes_a_round(text: str) -> None:
    for read in (read_room, read_travel):
        for head in ("", ROOM, "from,to,minutes\n", "site,lat,lon\n"):
            with contextlib.suppress(TableError):
                read(head + text, "any.csv")


def test_wishes_that_can_t_be_met_are_told_in_a_line(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "minutes.csv"
    file.write_text("from,to,minutes\noffice,nowhere,9\n")
    service = ("--service", "2026-12-01")
    for arguments, why in [
        (("round", "pack", "north/nobody", *service), "no machine"),
        (("round", "pack", "north/nobody", "--service", "soon"), "a date such as"),
        (("round", "route", *service, "--start", "home", "--travel", str(file)), "known: nowhere"),
        (("demand", "north/nobody"), "no machine"),
    ]:
        result = run(town, monkeypatch, *arguments)
        assert result.exit_code != 0
        assert why in result.output
        assert "Traceback" not in result.output
