"""Days of a check: all of a time that may leave the system. Pure."""

from datetime import UTC, datetime

from firmware_bridge.contract.check.record import Record


def day_of(at_ms: int) -> str:
    """The day of a time, in UTC: "2026-11-27"."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


def strips_day(record: Record) -> str:
    """The day for which the dates of strips count: when the newest was entered, not when we look.

    A strip that was good when it was dipped does not fail afterwards.
    """
    dipped = [event.at_ms for event in record.trail if event.strip is not None]
    return day_of(max(dipped, default=record.trail[0].at_ms))
