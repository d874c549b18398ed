"""What is kept of instruments, on both databases: once, in any order, on the hub's own clock."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.instrument import InstrumentTold, PerformanceTold
from firmware_bridge.contract.messages import Body
from hub.config import HubConfig
from hub.delivery import Delivery
from hub.ingest import Ingest
from hub.instruments import Care
from hub.judge import Judge
from hub.store import Store, alerts, instruments
from hub.store.instrument_tables import performance_check
from hub.store.tables import device
from tests.contract.samples import BODIES
from tests.hub import builders as b

HOUR_MS = 3_600_000


def stands(**changes: object) -> InstrumentTold:
    base = BODIES["instrument"]
    assert isinstance(base, InstrumentTold)
    quiet = replace(base, checked_ms=b.T0, failed=(), moved_ms=None)
    return replace(quiet, **changes)  # type: ignore[arg-type]  # fields of it


def made(**changes: object) -> PerformanceTold:
    base = BODIES["performance"]
    assert isinstance(base, PerformanceTold)
    return replace(base, at_ms=b.T0, **changes)  # type: ignore[arg-type]  # as above


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url, HandClock())
    yield opened
    opened.close()


def say(body: Body, seq: int, **more: object) -> Delivery:
    said = b.envelope(body, seq, device="ftir-1", **more)  # type: ignore[arg-type]  # its own words
    return b.delivery(said)


def cares(store: Store) -> list[Care]:
    with store.read() as transaction:
        return list(instruments.cares(transaction).values())


def rows(store: Store) -> list[tuple[str, int, int, bool]]:
    c = performance_check.c
    query = select(c.serial, c.at_ms, c.observed_ms, c.clock_sane).order_by(c.observed_ms)
    with store.read() as transaction:
        return [tuple(row) for row in transaction.execute(query)]


def test_a_check_is_kept_once_however_often_it_is_told(store: Store) -> None:
    said = [say(made(), 1), say(made(), 1), say(made(passed=True), 2), say(made(serial="S2"), 3)]
    outcome = Ingest(store).accept(said)
    assert (outcome.stored, outcome.repeated, outcome.refused) == (3, 1, 0)
    assert sorted(row[0] for row in rows(store)) == ["S2", "SIM-1"]


def test_the_newest_word_stands_in_whatever_order_it_comes(store_url: str) -> None:
    words = [stands(checked_ms=b.T0 - number) for number in (3, 2, 1)]
    for order in itertools.permutations(range(3)):
        store = Store.open(store_url, HandClock())
        with store.begin() as transaction:
            transaction.execute(device.delete())
        boot = f"{sum(10**at * place for at, place in enumerate(order)):032x}"
        for place in order:
            Ingest(store).accept([say(words[place], place + 1, boot=boot)])
        assert [care.checked_ms for care in cares(store)] == [b.T0 - 1], order
        store.close()


def test_a_later_run_of_the_bridge_goes_before_an_earlier_one(store: Store) -> None:
    late, early = stands(serial="new"), stands(serial="old")
    Ingest(store).accept([say(early, 5, at_ms=b.T0 - HOUR_MS)])
    Ingest(store).accept([say(late, 1, boot=b.LATER_BOOT)])
    Ingest(store).accept([say(early, 6, at_ms=b.T0 - HOUR_MS)])
    assert [care.serial for care in cares(store)] == ["new"]


def test_a_wrong_clock_shifts_a_check_to_when_the_hub_knows_that_it_was(store: Store) -> None:
    check, standing = replace(made(), at_ms=5_000_000), stands(checked_ms=5_000_000)
    wrong = {"at_ms": 5_060_000, "sane": False}
    Ingest(store).accept([say(check, 1, **wrong), say(standing, 2, **wrong)])
    received_ms = b.T0 + 1000
    assert rows(store) == [("SIM-1", 5_000_000, received_ms - 60_000, False)]
    assert [care.checked_ms for care in cares(store)] == [received_ms - 60_000]


def test_what_is_told_of_an_instrument_is_no_sign_that_it_is_heard(store: Store) -> None:
    Ingest(store).accept([say(made(), 1), say(stands(), 2)])
    with store.read() as transaction:
        row = transaction.execute(select(device)).one()
    assert (row.kind, row.state, row.last_heard_ms) == ("spectrometer", "unknown", None)


def test_numbers_that_no_column_takes_are_refused_and_the_rest_is_kept(store: Store) -> None:
    extreme = stands(checked_ms=2**63 - 1, moved_ms=-(2**63) + 1, performance_every_h=1e299)
    far = replace(made(), at_ms=-(2**63) + 1)
    Ingest(store).accept([say(far, 1), say(extreme, 2), say(made(), 3)])
    (care,) = cares(store)
    assert (care.checked_ms, care.moved_ms, care.due_ms) == (None, None, None)
    assert len(rows(store)) == 2


def test_a_row_of_a_newer_program_is_left_out(store: Store) -> None:
    Ingest(store).accept([say(stands(), 1)])
    with store.begin() as transaction:
        transaction.exec_driver_sql("UPDATE instrument SET told_json = '{}'")
    assert cares(store) == []


def test_an_alert_comes_with_time_and_ends_by_itself_with_a_good_check(store: Store) -> None:
    config = HubConfig.model_validate({"hub": {"data_dir": "/nowhere"}})
    clock = HandClock(b.T0)
    judge = Judge(store, config, clock)

    def states() -> list[str]:
        judge.run_once()
        with store.read() as transaction:
            found = alerts.open_alerts(transaction)
        return [one.state for one in found.values() if one.condition.rule == "instrument-check"]

    Ingest(store).accept([say(made(passed=True), 1), say(stands(), 2)])
    assert states() == []
    clock.sleep(168 * 3600 + 1)
    assert states() == ["pending"]
    clock.sleep(601)
    assert states() == ["firing"]
    again_ms = clock.now_ms()
    said = b.envelope(stands(checked_ms=again_ms), 3, device="ftir-1", at_ms=again_ms)
    Ingest(store).accept([b.delivery(said, again_ms)])
    states()
    clock.sleep(61)
    assert states() == []
    failed = stands(checked_ms=again_ms, failed=("performance-energy",))
    Ingest(store).accept([b.delivery(b.envelope(failed, 4, device="ftir-1"), again_ms)])
    assert states() == ["pending"]
