"""What pages say of slots, events and alerts of machines. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hub.store.views.machine import EventView
from hub.store.views.slots import SlotView

CONFIDENCE = {
    "counted": "counted, nothing taken since",
    "computed": "counted, computed since",
    "machine": "the machine's own figure",
    "sensor": "seen by a level sensor",
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


Standing = Literal["empty", "low", "unsure", "uncounted", "plain"]
"""How a slot stands; what is wrong with it comes first."""

_WORD: dict[Standing, SlotWord] = {
    "empty": SlotWord("empty", "Empty"),
    "low": SlotWord("low", "Low"),
    "unsure": SlotWord("unsure", "Count again"),
    "uncounted": SlotWord("uncounted", "Count it"),
    "plain": SlotWord("plain", "Stocked"),
}

SHELF: dict[Standing, str] = {
    "empty": "empty",
    "low": "low",
    "unsure": "uncertain",
    "uncounted": "not counted",
}
"""The words of a shelf's line, the most pressing first."""


def standing(slot: SlotView) -> Standing:
    """How a slot stands."""
    if slot.is_empty or (slot.sold_out and slot.figure.level is None):
        return "empty"
    if slot.figure.confidence == "uncertain":
        return "unsure"
    if slot.figure.level is None:
        return "uncounted"
    return "low" if slot.is_low else "plain"


def slot_word(slot: SlotView) -> SlotWord:
    """The one word over a slot."""
    stands = standing(slot)
    if stands == "empty" and slot.sold_out:
        return SlotWord("empty", "Sold out")
    return _WORD[stands]


def days_words(days: float | None) -> str:
    """How long a slot will last at the rate of the last days; "" where that is not known."""
    if not days:
        return ""
    if days < 1:
        return "less than a day left"
    whole = round(days)
    return f"about {whole} {'day' if whole == 1 else 'days'} left"


def event_name(name: str) -> str:
    """An event for a person; a name that is not known is shown as it is."""
    return EVENT.get(name, name.replace("-", " ").capitalize())


def needs(slot: SlotView) -> int | None:
    """How many to bring to fill a slot to par; None where that can't be worked out."""
    full = slot.figure.par or slot.figure.capacity
    if full is None or slot.figure.level is None:
        return None
    return max(0, full - slot.figure.level)


@dataclass(frozen=True, slots=True)
class EventLine:
    """Equal events as one line.

    Attributes:
        event: the newest of them.
        times: how many there were.
        first_ms: when the oldest of them was, ms since 1970 UTC.
        stands: "stands now", "ended" (only of a condition that stood), or "".
    """

    event: EventView
    times: int
    first_ms: int
    stands: str


def event_lines(events: Sequence[EventView]) -> list[EventLine]:
    """Events with equal words together, the newest first. Pure; `events` are newest first."""
    stood = {(event.code, event.name, event.selection) for event in events if event.active}
    groups: dict[tuple[str, str | None, str], list[EventView]] = {}
    for event in events:
        key = (event.name, event.selection, event.text or event.code)
        groups.setdefault(key, []).append(event)
    return [
        EventLine(group[0], len(group), group[-1].observed_ms, _stands(group[0], stood))
        for group in groups.values()
    ]


def _stands(event: EventView, stood: set[tuple[str, str, str | None]]) -> str:
    if event.active:
        return "stands now"
    ended = event.active is False and (event.code, event.name, event.selection) in stood
    return "ended" if ended else ""
