"""What people and programs ask of stock: slots at any time, lots, recalls."""

from dataclasses import asdict
from typing import Any

from hub.stock import figure, replay
from hub.stock.recall import LotPlace, next_expiry, recall
from hub.store import Transaction, slot_events
from hub.store.views import fleet, slots
from hub.store.views.fleet import DeviceView


def slots_of(
    transaction: Transaction, device: DeviceView, at_ms: int | None = None
) -> list[dict[str, Any]]:
    """Each slot of a machine as JSON can hold it, now or at a time before (ms since 1970 UTC)."""
    told = slot_events.all_events(transaction, device.id)
    heard_ms = device.audit_ms if at_ms is None else min(at_ms, device.audit_ms or 0)
    products = {one.selection: one.product for one in slots.slots(transaction, device)}
    found = []
    for selection in sorted(told, key=slots.natural):
        ledger = replay(told[selection], at_ms)
        said = asdict(figure(ledger, heard_ms))
        found.append(
            {
                "selection": selection,
                "product": ledger.product or products.get(selection, ""),
                **said,
                "next_expiry": next_expiry(ledger),
                "presses_sold_out": ledger.presses,
                "lots": [asdict(one) for one in ledger.lots.states()],
            }
        )
    return found


def lots(transaction: Transaction, before: str = "") -> list[tuple[str, LotPlace]]:
    """Every lot that may lie somewhere (and expires before a date), the earliest first."""
    every = _everywhere(transaction)
    names = {state.lot for _, _, ledger in every for state in ledger.lots.states()}
    found = [(name, place) for name in sorted(names) for place in recall(name, every)]
    found = [(name, place) for name, place in found if place.most]
    if before:
        found = [(name, place) for name, place in found if place.expires and place.expires < before]
    return sorted(found, key=lambda one: (not one[1].expires, one[1].expires, one[0]))


def recall_lot(transaction: Transaction, lot: str) -> list[LotPlace]:
    """Every slot in which a lot ever was; see `hub.stock.recall`."""
    return recall(lot, _everywhere(transaction))


def _everywhere(transaction: Transaction) -> list[tuple[str, str, Any]]:
    return [
        (f"{device.site}/{device.device}", selection, replay(events))
        for device in fleet.devices(transaction, "vending")
        for selection, events in slot_events.all_events(transaction, device.id).items()
    ]
