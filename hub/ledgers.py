"""The slots of a machine as they stand, each with its ledger: what visits are planned from."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.stock import DAY_MS, Event, Ledger, StockFigure, figure, replay
from hub.store import Transaction, slot_events, stock_facts
from hub.store.views import slots
from hub.store.views.fleet import DeviceView


@dataclass(frozen=True, slots=True)
class SlotLedger:
    """One slot.

    Attributes:
        selection: which.
        product: what it holds; "" where nobody has said.
        figure: how many are left, and how far that can be believed.
        ledger: what that comes from.
        events: what that comes from.
    """

    selection: str
    product: str
    figure: StockFigure
    ledger: Ledger
    events: Sequence[Event]


def machine_ledgers(transaction: Transaction, device: DeviceView) -> list[SlotLedger]:
    """Every slot of a machine, from its newest counts on, in a few queries."""
    counts = slot_events.newest_counts(transaction, device.id)
    starts = [at_ms for at_ms, _ in counts.values()]
    since_ms = min([*starts, (device.audit_ms or 0) - 7 * DAY_MS])
    rows = stock_facts.counter_rows(transaction, device.id, since_ms)
    told = slot_events.events(transaction, device.id, since_ms, rows)
    plan = [row for row in stock_facts.slots(transaction) if row.slot[0] == device.id]
    products = {row.slot[1]: row.product for row in plan}
    found = []
    for selection in sorted(told, key=slots.natural):
        ledger = replay(told[selection])
        product = products.get(selection, "") or ledger.product
        said = figure(ledger, device.audit_ms)
        found.append(SlotLedger(selection, product, said, ledger, told[selection]))
    return found
