"""Another control board counts from elsewhere: the store keeps who counted."""

import pytest
from sqlalchemy import select

from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.messages import VendingAudit
from hub.ingest import Ingest
from hub.stock import Anchor, SlotPlan, stock_figure
from hub.store import Store, planogram, stock_facts, tables
from hub.store.views import fleet, slots
from tests.hub import builders as b


def _audit(board: str, dispensed: int) -> VendingAudit:
    made = b.audit(b.selection("A1", dispensed))
    return VendingAudit(**{name: getattr(made, name) for name in made.__slots__} | {"board": board})


def _heard(store: Store, *audits: tuple[str, int]) -> None:
    said = [
        b.delivery(b.envelope(_audit(board, dispensed), number, at_ms=b.T0 + number * 60_000))
        for number, (board, dispensed) in enumerate(audits, start=1)
    ]
    Ingest(store).accept(said)


@pytest.mark.parametrize(
    ("boards", "kept"),
    [
        (["B1", "B1", "B1"], ["B1"]),
        (["B1", "B2", "B2"], ["B1", "B2"]),
        (["B1", "", "B1"], ["B1"]),
        (["B1", "", "B2"], ["B1", "B2"]),
        (["", "B1", "B1"], ["", "B1"]),
    ],
)
def test_a_row_is_written_when_the_board_changes(
    store_url: str, boards: list[str], kept: list[str]
) -> None:
    store = Store.open(store_url, HandClock())
    _heard(store, *((board, 10) for board in boards))
    with store.read() as transaction:
        query = select(tables.counter.c.board).order_by(tables.counter.c.observed_ms)
        assert list(transaction.scalars(query)) == kept
    store.close()


def test_a_change_of_board_makes_the_figure_uncertain_until_the_next_count(store_url: str) -> None:
    store = Store.open(store_url, HandClock(b.T0))
    _heard(store, ("B1", 10), ("B2", 11))
    early, late = b.T0 + 90_000, b.T0 + 600_000
    with store.begin() as transaction:
        (device,) = fleet.devices(transaction)
        assert planogram.add_count(
            transaction, planogram.Count(device.id, "A1", 8, late, "Robin", "counted")
        )
        (after,) = slots.slots(transaction, device)
        readings = stock_facts.readings(transaction, device.id, 0)["A1"]
    assert (after.figure.level, after.figure.confidence) == (8, "counted")
    judged = stock_figure(SlotPlan(), Anchor(8, 10, early), readings)
    assert (judged.level, judged.confidence) == (None, "uncertain")
    assert "another control board" in judged.notes[0]
    points = slots.levels([Anchor(8, 10, early)], readings, 0)
    assert [point.level for point in points] == [None, 8, None]
    store.close()
