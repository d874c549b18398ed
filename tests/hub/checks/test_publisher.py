"""Facts on their way down: sent until they come back, and no oftener than needed."""

import pytest

from firmware_bridge.contract import codec
from firmware_bridge.contract.check_events import CheckEvent
from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.topics import BridgeAddress
from hub import checks
from hub.access import Person
from hub.check_publisher import AGAIN_MS, CheckPublisher
from hub.ingest import Ingest
from hub.store import Store
from tests.hub import builders as b
from tests.hub.checks import world as w
from tests.hub.checks.test_acts import LAB
from tests.hub.checks.world import Table


class Line:
    """A broker and its bridge, as the publisher sees them."""

    def __init__(self, store: Store) -> None:
        self.said: list[tuple[BridgeAddress, bytes]] = []
        self.connection = 1
        assert isinstance(store.clock, HandClock)
        self.clock = store.clock
        self.publisher = CheckPublisher(
            store, lambda *said: self.said.append(said), lambda: self.connection, store.clock
        )

    def run(self) -> int:
        return self.publisher.run_once()


@pytest.fixture
def line(store: Store) -> Line:
    return Line(store)


def test_a_fact_is_sent_until_it_comes_back(
    store: Store, table: Table, technician: Person, line: Line
) -> None:
    code = table.whole(1, release=False)
    assert line.run() == 0
    with store.begin() as transaction:
        value = checks.made("lab", LAB)
        event = checks.add(transaction, technician, code, "lab", value, w.NOW_MS).trail[-1]
    line.connection = 0
    assert line.run() == 0, "not connected"
    line.connection = 1
    assert [line.run(), line.run()] == [1, 0]
    assert line.said[0][0] == b.NORTH
    assert codec.decode_record(line.said[0][1], CheckEvent) == event
    line.connection = 2
    assert [line.run(), line.run()] == [1, 0], "the broker is a new one"
    line.clock.sleep(AGAIN_MS / 1000)
    assert [line.run(), line.run()] == [1, 0], "some minutes have passed"
    Ingest(store).accept([b.status("offline", received_ms=w.NOW_MS)])
    assert line.run() == 0, "nobody is there"
    Ingest(store).accept([b.status("online", received_ms=w.NOW_MS + 1)])
    assert [line.run(), line.run()] == [1, 0], "the bridge is back"
    table.say(event)
    line.connection = 3
    assert line.run() == 0
