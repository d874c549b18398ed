"""How rules write times, spans and places.

Times are UTC and absolute: a text that says "two minutes ago" is wrong a minute later.
"""

from datetime import UTC, datetime

from hub.rules.facts import DeviceFact


def at_time(at_ms: int | None) -> str:
    """A moment, such as "2026-11-23 14:05 UTC"; "never" for None."""
    if at_ms is None:
        return "never"
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def span(seconds: float) -> str:
    """A length of time in its greatest whole unit, such as "3 minutes"."""
    for unit, size_s in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size_s:
            return f"{seconds / size_s:.0f} {unit}s"
    return f"{seconds:.0f} seconds"


def place(device: DeviceFact) -> str:
    """Which device, and where: "Lobby machine at north-clinic"."""
    return f"{device.name} at {device.site}"


def whose(device: DeviceFact) -> str:
    """A note for figures of a device that can't be heard now; "" while it can."""
    if device.bridge.state == "offline" or device.state == "unreachable":
        return " The machine can't be heard at present, so this figure may be old."
    return ""
