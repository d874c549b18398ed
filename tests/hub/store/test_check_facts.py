"""Facts of checks at the hub: kept once, in any order, and put together as the table does it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from firmware_bridge.contract.check_events import CheckEvent
from firmware_bridge.contract.clock import HandClock
from hub.ingest import Ingest
from hub.store import Store, check_facts
from tests.contract.samples import BODIES
from tests.hub import builders as b


def fact(number: int, **changes: object) -> CheckEvent:
    base = BODIES["check-event"]
    assert isinstance(base, CheckEvent)
    return replace(base, event=f"{number:032x}", after=(), **changes)  # type: ignore[arg-type]  # fields of it


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url, HandClock())
    yield opened
    opened.close()


def test_facts_are_kept_once_and_become_a_record(store: Store) -> None:
    first, second = fact(1), fact(2, at_ms=1)
    said = [first, second, first]
    Ingest(store).accept(
        [b.delivery(b.envelope(f, seq, device="desk")) for seq, f in enumerate(said, 1)]
    )
    with store.begin() as transaction:
        found = check_facts.find_record(transaction, first.check)
        assert check_facts.newest_codes(transaction) == (first.check,)
        assert check_facts.find_record(transaction, "22222222") is None
    assert found is not None
    assert [event.event for event in found.trail] == [second.event, first.event]


def test_a_fact_of_no_code_is_refused_and_the_rest_is_kept(store: Store) -> None:
    wrong, right = fact(1, check="8YUB-YK8W"), fact(2)
    outcome = Ingest(store).accept(
        [b.delivery(b.envelope(f, seq, device="desk")) for seq, f in enumerate([wrong, right], 1)]
    )
    assert (outcome.stored, outcome.refused) == (1, 1)
