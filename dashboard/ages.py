"""Times as pages show them: a machine-readable moment and words; the browser keeps them fresh.

The words are right when the page is made. `static/app.js` counts ages on every second, and writes
moments in the reader's own time zone, named; without it they stand in UTC.
"""

from datetime import UTC, datetime

from flask import Flask, current_app
from markupsafe import Markup

from firmware_bridge.contract.clock import Clock

_CLOCK = "harborlight-clock"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def age_words(seconds: float) -> str:
    """A length of time in its greatest whole unit, such as "3 min" (app.js does the same)."""
    whole = max(0, int(seconds))
    for unit, size_s in _UNITS:
        if whole >= size_s:
            return f"{whole // size_s} {unit}"
    return f"{whole} s"


def iso(at_ms: int) -> str:
    """A moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(at_ms: int | None, stale_after_s: int | None = None) -> Markup:
    """An age such as "12 s ago" that grows in the browser, marked once over `stale_after_s`."""
    if at_ms is None:
        return Markup("never")
    words = f"{age_words((_now_ms() - at_ms) / 1000)} ago"
    limit = "" if stale_after_s is None else Markup(' data-stale-s="{}"').format(stale_after_s)
    form = Markup('<time class="age" datetime="{}" data-ms="{}"{}>{}</time>')
    return form.format(iso(at_ms), at_ms, limit, words)


def moment(at_ms: int | None) -> Markup:
    """A time such as "23 Nov 2026, 14:05 UTC"; the browser writes it in its own, named zone."""
    if at_ms is None:
        return Markup("never")
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    words = f"{at.day} {_MONTHS[at.month - 1]} {at:%Y, %H:%M} UTC"
    form = Markup('<time class="moment" datetime="{}" data-ms="{}" title="{}">{}</time>')
    return form.format(iso(at_ms), at_ms, words, words)


def _now_ms() -> int:
    clock: Clock = current_app.extensions[_CLOCK]
    return clock.now_ms()


def install(app: Flask, clock: Clock) -> None:
    """Make the filters `ago` and `moment` known to templates.

    Args:
        app: whose templates.
        clock: what ages are counted by.
    """
    app.extensions[_CLOCK] = clock
    app.add_template_filter(ago)
    app.add_template_filter(moment)
