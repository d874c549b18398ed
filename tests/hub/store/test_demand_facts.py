"""Counters of the fleet as demand is learned from them: what blocked a slot, and since when."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from hub.demand import SlotHistory
from hub.store import demand_facts, tables
from tests.hub.fleet import START_MS, Fleet

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def one_machine(folder: Path, store_url: str = "") -> Iterator[Fleet]:
    found = Fleet(folder, store_url=store_url)
    found.add_bridge()
    found.add_machine()
    yield found
    found.store.close()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    yield from one_machine(tmp_path)


@pytest.fixture
def anywhere(tmp_path: Path, store_url: str) -> Iterator[Fleet]:
    """The same on every kind of database."""
    yield from one_machine(tmp_path, store_url)


def sell(
    fleet: Fleet, at_h: float, dispensed: int | None, selection: str = "1", **more: object
) -> None:
    fleet.clock.wall_ms = round(START_MS + at_h * HOUR_MS)
    fleet.sell(1, selection, dispensed, **({"sold_out": False} | more))  # type: ignore[arg-type]  # None is what some machines have


def history(fleet: Fleet, days: int = 30, selection: str = "1") -> SlotHistory:
    with fleet.store.read() as transaction:
        told = demand_facts.histories(transaction, fleet.clock.now_ms(), days)
    (found,) = [each for each in told if each.slot == f"1/{selection}"]
    return found


def states(of: SlotHistory) -> list[tuple[float, str]]:
    return [((each.at_ms - START_MS) / HOUR_MS, each.state) for each in of.points]


def test_counters_come_with_what_is_known_of_the_slot(fleet: Fleet) -> None:
    sell(fleet, 0, 10, board="B1", presses_sold_out=1)
    sell(fleet, 5, 12, board="B1", unchanged_ms=START_MS + 4 * HOUR_MS, sold_out=True)
    found = history(fleet)
    assert (found.site, found.product) == ("north", "Naloxone")
    assert states(found) == [(0, "open"), (5, "sold-out")]
    assert found.points[0].presses == 1
    assert found.points[1].since_ms == START_MS + 4 * HOUR_MS
    assert found.until_ms == fleet.clock.now_ms()


def test_it_looks_back_so_far_and_to_the_last_reading_before(anywhere: Fleet) -> None:
    for day, count in enumerate((5, 6, 7, 8)):
        sell(anywhere, day * 24, count)
    anywhere.clock.wall_ms = START_MS + 4 * DAY_MS
    assert [each.dispensed for each in history(anywhere, days=2).points] == [6, 7, 8]
    assert [each.dispensed for each in history(anywhere, days=30).points] == [5, 6, 7, 8]


def say(fleet: Fleet, at_h: float, selection: str | None, *, active: bool | None) -> None:
    at_ms = round(START_MS + at_h * HOUR_MS)
    values = {"device_id": 1, "observed_ms": at_ms, "received_ms": at_ms, "name": "jam"}
    with fleet.store.begin() as transaction:
        row = {**values, "selection": selection, "active": active}
        transaction.execute(insert(tables.machine_event).values(row))


def test_a_jam_blocks_its_slot_and_one_of_the_machine_all(anywhere: Fleet) -> None:
    for at_h in (0, 10, 20):
        sell(anywhere, at_h, 10)
        sell(anywhere, at_h, 10, "2")
    say(anywhere, 2, "1", active=True)
    say(anywhere, 3, "1", active=None)  # says that there was one, not that there still is
    say(anywhere, 4, "1", active=False)
    say(anywhere, 12, None, active=True)
    assert states(history(anywhere)) == [
        (0, "open"),
        (2, "blocked"),
        (4, "open"),
        (10, "open"),
        (12, "blocked"),
        (20, "blocked"),
    ]
    assert states(history(anywhere, selection="2"))[-2:] == [(12, "blocked"), (20, "blocked")]


@pytest.mark.parametrize(("source", "blocked"), [("mdb", True), ("dex", False)])
def test_while_a_bridge_that_counts_is_away_nothing_is_known(
    fleet: Fleet,
    source: str,
    blocked: bool,  # noqa: FBT001 - a case
) -> None:
    with fleet.store.begin() as transaction:
        for boot, first_h, last_h in (("a", 0, 3), ("b", 8, 20)):
            times = {
                "first_ms": START_MS + first_h * HOUR_MS,
                "last_ms": START_MS + last_h * HOUR_MS,
            }
            transaction.execute(
                insert(tables.progress).values(bridge_id=1, boot=boot, upto=1, **times)
            )
    for at_h in (1, 10):
        sell(fleet, at_h, 10, source=source)
    away = [(3, "blocked"), (8, "open")] if blocked else []
    assert states(history(fleet)) == [(1, "open"), *away, (10, "open")]


def test_a_machine_that_does_not_say_so_is_empty_when_its_level_is_0(fleet: Fleet) -> None:
    fleet.clock.wall_ms = START_MS
    sell(fleet, 0, 10, sold_out=None)
    sell(fleet, 1, 10, sold_out=None)
    fleet.count(1, "1", 3, 10)
    sell(fleet, 5, 13, sold_out=None)
    sell(fleet, 9, 13, sold_out=None, presses_sold_out=2)
    assert states(history(fleet)) == [(0, "open"), (1, "open"), (5, "sold-out"), (9, "sold-out")]
    fleet.clock.wall_ms = START_MS + 10 * HOUR_MS
    fleet.count(1, "1", 8, 13)
    assert states(history(fleet))[-1] == (10, "open")


def test_counters_that_are_reset_count_from_elsewhere_after_each_reset(fleet: Fleet) -> None:
    sell(fleet, 0, None, since_reset=40, resets=1, board="B")
    sell(fleet, 1, None, since_reset=43, resets=1, board="B")
    sell(fleet, 2, None, since_reset=50, resets=2, board="B")
    sell(fleet, 3, None, since_reset=51)  # nobody knows whether it was reset meanwhile
    found = [(each.dispensed, each.board) for each in history(fleet).points]
    assert found == [(40, "B#1"), (43, "B#1"), (50, "B#2"), (None, "")]
