"""What the event codes of vending machines mean, in the words of the contract (EVA-DTS 6.1.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

MAX_EVENTS = 500
"""So many event lines are looked at; no real audit was seen with more than 60."""

_OF_SENSORS = {"filled", "mains-lost", "battery-low", "tilt", "tamper", "restarted", "sensor-fault"}
"""What DEX has no code for: the "filled" button of a machine, and the sensors of our own board."""

EVENT_NAMES = tuple(
    sorted({*_BY_CODE.values(), *_BY_FAMILY.values(), *_OF_SENSORS, "power-outage", "other"})
)
"""Every name that `MachineEvent.name` can have."""


def event_name(base: str) -> str:
    """The contract's word for an event code without its suffix."""
    return _BY_CODE.get(base) or _BY_FAMILY.get(base[:2], "other")


@dataclass(frozen=True, slots=True)
class Known:
    """What a machine's event lines were when they were last looked at.

    Attributes:
        happened: every EA1 line: code, date, time and duration.
        states: every EA2 line: by code, whether it stood and how often it had happened.
    """

    happened: frozenset[str]
    states: Mapping[str, tuple[bool | None, int | None]]


@dataclass(frozen=True, slots=True)
class News:
    """A line that says something new; `active` as in `MachineEvent`."""

    event: Event
    active: bool | None


def look(events: Sequence[Event], before: Known | None) -> tuple[list[News], Known]:
    """What is new in an audit's event lines, and what is known from now on.

    A line of EA1 is new when it was not there before. A line of EA2 is new when its condition
    begins to stand, ends, or has happened and ended since; what an EA1 line tells as well is told
    once. Of a machine looked at for the first time only what stands now is told: the rest is old.

    Args:
        events: the event lines of one audit.
        before: what was known; None for a machine that was never looked at.
    """
    events = events[:MAX_EVENTS]
    states = {each.code: each for each in events if each.segment == "EA2"}
    now = Known(
        frozenset(_line(each) for each in events if each.segment != "EA2"),
        {code: (each.active, each.count) for code, each in states.items()},
    )
    if before is None:
        return [News(each, each.active) for each in states.values() if each.active], now
    happened = [each for each in events if each.segment != "EA2"]
    news = [News(each, None) for each in happened if _line(each) not in before.happened]
    told = {each.event.base for each in news}
    for code, event in states.items():
        was_active, was_count = before.states.get(code, (None, None))
        if bool(event.active) != bool(was_active):
            news.append(News(event, event.active))
        elif _has_risen(event.count, was_count) and event.base not in told:
            news.append(News(event, None))
    return news, now


def merged(before: Known | None, now: Known) -> Known:
    """What is known after lines that were pushed: they add to what was known."""
    if before is None:
        return now
    return Known(before.happened | now.happened, {**before.states, **now.states})


def machine_event(news: News, selections: frozenset[str]) -> MachineEvent:
    """The message for a new line.

    Args:
        news: the line.
        selections: the machine's selections, to tell a selection from an index in the suffix.
    """
    event = news.event
    words = " ".join(part for part in (event.text, event.date, event.time) if part)
    return MachineEvent(
        code=told(event.code, 80),
        name=event_name(event.base),
        selection=told(event.suffix, 40) if event.suffix in selections else None,
        active=news.active,
        count=event.count,
        text=told(words or event.name, 400),
    )


def _line(event: Event) -> str:
    return f"{event.code}|{event.date}|{event.time}|{event.duration_min}"


def _has_risen(count: int | None, before: int | None) -> bool:
    return count is not None and count > (before or 0)
