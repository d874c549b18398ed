"""What is known of an instrument, as text in the spool's memory and back. Pure.

A text that another version wrote, or that was damaged, counts as nothing known: the instrument then
wants a performance check, which is the side to err on.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from firmware_bridge.instrument.performance import MOST_KEPT, PerformanceCheck
from firmware_bridge.instrument.state import Log

_TIMES = ("on_since_ms", "moved_ms", "background_ms", "dark_ms", "last_strong_ms", "blank_ms")


@dataclass(frozen=True, slots=True)
class Entry:
    """One instrument at one moment, without its performance checks.

    Attributes:
        log: what is known.
        serial: which instrument it was; "" where it does not say.
        device: its name on this bridge.
        at_ms: the moment, ms since 1970 UTC.
    """

    log: Log
    serial: str = ""
    device: str = ""
    at_ms: int = 0


def entry_to_text(entry: Entry) -> str:
    """As JSON."""
    plain = {name: getattr(entry.log, name) for name in (*_TIMES, "blank_share")}
    told = {"serial": entry.serial, "device": entry.device, "at_ms": entry.at_ms}
    return json.dumps(plain | told)


def entry_from_text(text: str | None, empty: Log) -> Entry:
    """From JSON.

    Args:
        text: as `entry_to_text` gave it; None for nothing.
        empty: an instrument of this kind of which nothing is known.
    """
    plain = _object(text)
    log = replace(
        empty,
        on_since_ms=_whole(plain.get("on_since_ms")),
        moved_ms=_whole(plain.get("moved_ms")),
        background_ms=_whole(plain.get("background_ms")),
        dark_ms=_whole(plain.get("dark_ms")),
        last_strong_ms=_whole(plain.get("last_strong_ms")),
        blank_ms=_whole(plain.get("blank_ms")),
        blank_share=_number(plain.get("blank_share")),
    )
    serial, device = str(plain.get("serial", "")), str(plain.get("device", ""))
    return Entry(log, serial, device, _whole(plain.get("at_ms")) or 0)


def checks_to_text(checks: Sequence[PerformanceCheck]) -> str:
    """The newest of them as JSON."""
    return json.dumps([asdict(each) for each in checks[-MOST_KEPT:]])


def checks_from_text(text: str | None) -> tuple[PerformanceCheck, ...]:
    """From JSON, oldest first; one that is damaged is left out."""
    try:
        rows = json.loads(text or "[]")
    except ValueError:
        return ()
    found = [_check(row) for row in rows] if isinstance(rows, list) else []
    return tuple(each for each in found if each is not None)


def _check(row: object) -> PerformanceCheck | None:
    if not isinstance(row, dict) or _whole(row.get("at_ms")) is None:
        return None
    figures = ("peak_offset_cm1", "energy", "noise", "line")
    return PerformanceCheck(
        at_ms=int(row["at_ms"]),
        standard=str(row.get("standard", "")),
        **{name: _number(row.get(name)) for name in figures},
    )


def _object(text: str | None) -> dict[str, object]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]  # just looked at
