"""Whether a machine is open by the clock of its place. Pure."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from firmware_bridge.contract.access import DAY_MIN, DeviceAccess


def is_open(policy: DeviceAccess, wall_ms: int) -> bool:
    """Whether the machine may be used at this time, ms since 1970 UTC.

    A zone that this machine does not know can't close anything: people stand before it.
    """
    zone = zone_of(policy.timezone)
    if not policy.hours or zone is None:
        return True
    here = datetime.fromtimestamp(wall_ms / 1000, zone)
    minute = here.hour * 60 + here.minute
    today, yesterday = here.isoweekday(), (here - timedelta(days=1)).isoweekday()
    return any(
        (span.weekday == today and span.from_min <= minute < span.to_min)
        or (span.weekday == yesterday and span.from_min <= minute + DAY_MIN < span.to_min)
        for span in policy.hours
    )


@cache
def zone_of(name: str) -> ZoneInfo | None:
    """The zone of this IANA name; None where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError
        return None
