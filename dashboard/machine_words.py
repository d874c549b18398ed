"""What pages say of slots, events and alerts of machines. Pure."""

from dataclasses import dataclass

from hub.store.views.slots import SlotView

CONFIDENCE = {
    "counted": "counted, nothing taken since",
    "computed": "counted, computed since",
    "machine": "the machine's own figure",
    "uncertain": "uncertain: count again",
    "unknown": "not counted yet",
}
"""Where a level comes from (`hub.stock.Confidence`), for a person."""

SEVERITY = {"critical": "Urgent", "warning": "Soon", "info": "To know"}
"""How bad an alert is, in a word."""

ALERT_STATE = {
    "pending": "Being watched",
    "firing": "Waits for somebody",
    "acknowledged": "Somebody has it",
    "resolved": "Over",
}
"""How an alert stands."""

EVENT = {
    "sold-out": "Sold out",
    "low-level": "Low",
    "vend-failed": "A vend failed",
    "jam": "Jam",
    "door-open": "Door open",
    "door-closed": "Door closed",
    "temperature-sensor": "Temperature sensor",
    "cooling-fault": "Cooling fault",
    "power-outage": "Power outage",
    "other": "Other",
}
"""Event names of the contract, for a person."""


@dataclass(frozen=True, slots=True)
class SlotWord:
    """How a slot stands, in a word; `mark` is its shape and frame."""

    mark: str
    word: str


def slot_word(slot: SlotView) -> SlotWord:
    """The one word over a slot."""
    if slot.sold_out and (slot.figure.level or 0) == 0:
        return SlotWord("empty", "Sold out")
    if slot.is_empty:
        return SlotWord("empty", "Empty")
    if slot.figure.confidence in {"unknown", "uncertain"}:
        return SlotWord("unsure", "Count it")
    if slot.is_low:
        return SlotWord("low", "Low")
    return SlotWord("plain", "Stocked")


def event_name(name: str) -> str:
    """An event for a person; a name that is not known is shown as it is."""
    return EVENT.get(name, name.replace("-", " ").capitalize())


def needs(slot: SlotView) -> int | None:
    """How many to bring to fill a slot to par; None where that can't be worked out."""
    full = slot.figure.par or slot.figure.capacity
    if full is None or slot.figure.level is None:
        return None
    return max(0, full - slot.figure.level)
