"""A hub with an empty store, and a table that speaks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge.contract.clock import HandClock
from hub.access import Person
from hub.store import Store
from tests.hub.checks.world import NOW_MS, Table


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'hub.db'}", HandClock(NOW_MS))
    yield opened
    opened.close()


@pytest.fixture
def table(store: Store) -> Table:
    return Table(store)


@pytest.fixture
def technician() -> Person:
    return Person(1, "Kim", "technician")


@pytest.fixture
def coordinator() -> Person:
    return Person(2, "Lee", "coordinator")
