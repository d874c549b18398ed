"""The words in which hours and quotas are given on a command line. Pure."""

import re
from collections.abc import Iterator, Sequence

from firmware_bridge.contract.access import DAY_MIN, OpenHours
from hub.errors import AccessError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERIODS_S = {"hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400}
_SPAN = re.compile(r"([a-z,-]+) +(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


def hours_of(texts: Sequence[str]) -> tuple[OpenHours, ...]:
    """Opening hours such as "mon-fri 08:00-20:00"; "always" alone is no hours at all.

    An end that is not after the beginning is in the next day.

    Raises:
        AccessError: one is not understood; the message shows how it is written.
    """
    if [text.strip().lower() for text in texts] == ["always"]:
        return ()
    return tuple(span for text in texts for span in _spans(text.strip().lower()))


def quota_of(text: str) -> tuple[int | None, int]:
    """Items and seconds of a quota such as "3/week"; "none" is no quota.

    Raises:
        AccessError: it is not understood.
    """
    if text == "none":
        return None, PERIODS_S["week"]
    items, _, period = text.partition("/")
    if not items.isdecimal() or period not in PERIODS_S:
        raise AccessError(
            f"quota {text[:40]!r}: ITEMS/PERIOD is wanted, such as 3/week; the periods are "
            f"{', '.join(PERIODS_S)}"
        )
    return int(items), PERIODS_S[period]


def _spans(text: str) -> Iterator[OpenHours]:
    found = _SPAN.fullmatch(text)
    days = list(_days(found[1])) if found else []
    if found is None or not days:
        raise _misunderstood(text)
    hour, minute, to_hour, to_minute = map(int, found.groups()[1:])
    from_min, to_min = hour * 60 + minute, to_hour * 60 + to_minute
    if from_min >= DAY_MIN or to_min > DAY_MIN or minute > 59 or to_minute > 59:
        raise _misunderstood(text)
    to_min += DAY_MIN if to_min <= from_min else 0
    for day in days:
        yield OpenHours(weekday=day, from_min=from_min, to_min=to_min)


def _days(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            return
        begin, end = DAYS.index(first), DAYS.index(last or first)
        yield from (day % 7 + 1 for day in range(begin, end + 1 + (7 if end < begin else 0)))


def _misunderstood(text: str) -> AccessError:
    return AccessError(
        f'hours {text[:60]!r}: DAYS HH:MM-HH:MM is wanted, such as "mon-fri 08:00-20:00" or '
        '"sat,sun 17:00-09:00"; or "always"'
    )
