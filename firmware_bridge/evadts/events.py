"""The event segments of an audit: EA1 (it happened) and EA2 (how often, does it stand).

Codes: EVA-DTS 6.1.1 chapter 5 (event list). A code may carry the selection or an index behind an
underscore (ELB_501); makers add codes and words of their own, which are kept without a name.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from firmware_bridge.evadts.audit import Event
from firmware_bridge.evadts.deviations import DeviationLog
from firmware_bridge.evadts.fields import Fields
from firmware_bridge.evadts.segments import Segment

MAX_EVENTS = 2000

EVENT_NAMES = {
    "ELA": "vend failed",
    "ELB": "selection sold out",
    "ELE": "selection low",
    "OBC": "low or empty before the next visit",
    "OBB": "door left open",
    "EGS": "door opened",
    "EGT": "door closed",
    "EGC": "lock",
    "EJB": "dispense motor fault",
    "EJC": "helix fault",
    "EJH": "health timer",
    "EJJ": "cooling fault",
    "EJL": "drop sensor fault",
    "EJM": "elevator fault",
    "EOA": "temperature sensor fault",
    "LOWCHANGE": "low on change",
}
"""Plain words by base code."""

FAMILY_NAMES = {
    "EC": "control board",
    "EI": "communication",
    "EK": "cashless device",
    "EO": "refrigeration",
}
"""Plain words by the first two letters, for codes that `EVENT_NAMES` does not have."""

_FLAGS = {b"0": False, b"1": True}
_BASE = re.compile(r"([^_ ]*)[_ ]?(.*)", re.DOTALL)


def event_name(base: str) -> str:
    """What a base code means in plain words, "" if it is not known."""
    if base in EVENT_NAMES:
        return EVENT_NAMES[base]
    return FAMILY_NAMES.get(base[:2], "") if len(base) in {2, 3} else ""


def events(segments: Iterable[Segment], fields: Fields, log: DeviationLog) -> tuple[Event, ...]:
    """Every EA1 and EA2, in order, at most `MAX_EVENTS`."""
    found: list[Event] = []
    for segment in segments:
        if segment.name not in {"EA1", "EA2"}:
            continue
        if len(found) >= MAX_EVENTS:
            log.note("too-many-events", f"only the first {MAX_EVENTS} are used", segment.line)
            break
        event = _event(segment, fields, log)
        if event is not None:
            found.append(event)
    return tuple(found)


def _event(segment: Segment, fields: Fields, log: DeviationLog) -> Event | None:
    code = fields.text(segment, 1)
    if not code:
        log.note("event-without-code", f"{segment.name}01 is empty", segment.line)
        return None
    parts = _BASE.fullmatch(code)
    base, suffix = (parts.group(1), parts.group(2)) if parts else (code, "")
    make = _happened if segment.name == "EA1" else _standing
    return make(segment, fields, Event(segment.name, code, base, suffix, event_name(base)))


def _happened(segment: Segment, fields: Fields, event: Event) -> Event:
    """EA1: code, date, time, minutes, milliseconds, the maker's text."""
    return replace(
        event,
        date=fields.text(segment, 2),
        time=fields.text(segment, 3),
        duration_min=fields.integer(segment, 4),
        text=fields.text(segment, 6),
        line=segment.line,
    )


def _standing(segment: Segment, fields: Fields, event: Event) -> Event:
    """EA2: code, count since reset, count, the maker's text, active, minutes."""
    return replace(
        event,
        count_since_reset=fields.integer(segment, 2),
        count=fields.integer(segment, 3),
        text=fields.text(segment, 4),
        active=_FLAGS.get(segment.raw(5).strip()),
        duration_min=fields.integer(segment, 6),
        line=segment.line,
    )
