"""What the event codes of vending machines mean, in the words of the contract (EVA-DTS 6.1.1)."""

from firmware_bridge.contract.messages import MachineEvent
from firmware_bridge.evadts.audit import Event
from firmware_bridge.text import told

_BY_CODE = {
    "ELA": "vend-failed",
    "ELB": "sold-out",
    "ELE": "low-level",
    "OBC": "low-level",
    "EJB": "jam",
    "EJC": "jam",
    "EJL": "drop-sensor",
    "EJM": "elevator",
    "EJJ": "cooling-fault",
    "EOA": "temperature-sensor",
    "EGS": "door-open",
    "EGT": "door-closed",
    "OBB": "door-left-open",
    "EGC": "lock",
}
_BY_FAMILY = {"EC": "control-board", "EI": "communication", "EK": "cashless", "EO": "cooling-fault"}

EVENT_NAMES = tuple(sorted({*_BY_CODE.values(), *_BY_FAMILY.values(), "power-outage", "other"}))
"""Every name that `MachineEvent.name` can have."""


def event_name(base: str) -> str:
    """The contract's word for an event code without its suffix."""
    return _BY_CODE.get(base) or _BY_FAMILY.get(base[:2], "other")


def machine_event(event: Event, selections: frozenset[str]) -> MachineEvent:
    """The message for one event line of an audit.

    Args:
        event: the line.
        selections: the machine's selections, to tell a selection from an index in the suffix.
    """
    words = " ".join(part for part in (event.name, event.text, event.date, event.time) if part)
    return MachineEvent(
        code=told(event.code, 80),
        name=event_name(event.base),
        selection=told(event.suffix, 40) if event.suffix in selections else None,
        active=event.active,
        count=event.count,
        text=told(words, 400),
    )


def fingerprint(event: Event) -> str:
    """What makes a line news: the same line in the next audit is the same event."""
    parts = (event.segment, event.code, event.active, event.count, event.date, event.time)
    return "|".join("" if part is None else str(part) for part in parts)
