"""The words of our own board, and careful looks into what it sends (docs/drivers/board.md)."""

from collections.abc import Mapping
from typing import Literal

MAX_SLOTS = 48
MAX_NAME = 6
MAX_TEXT = 80
MAX_ROWS = 16
MOST_COUNT = 0xFFFF_FFFF

EVENTS: Mapping[str, str] = {
    "door": "door-open",
    "tamper": "tamper",
    "tilt": "tilt",
    "mains-lost": "mains-lost",
    "battery-low": "battery-low",
    "drop-sensor": "drop-sensor",
    "jam": "jam",
    "probe": "temperature-sensor",
    "sensor": "sensor-fault",
    "store": "control-board",
}
"""The board's events in the words of `firmware_bridge.events.EVENT_NAMES`."""

Outcome = Literal["success", "failed", "assumed"]
OUTCOMES: Mapping[str, tuple[Outcome, str]] = {
    "dropped": ("success", ""),
    "assumed": ("assumed", ""),
    "no-drop": ("failed", "vend-failed"),
    "jam": ("failed", "jam"),
}
"""How a vend ended: the outcome, and why it failed."""

REFUSALS: Mapping[str, tuple[str, str]] = {
    "busy": ("another vend is under way", "Ask again in a few seconds."),
    "jam": ("the slot is jammed", "Free it; opening the door makes the board try it again."),
    "store": ("it can't keep its counters", "Change the board: its memory can't be written."),
    "unknown-slot": ("it has no such slot", "Look at SLOTS in the board's config.py."),
    "no-sensor": ("the slot has no load cell that answers", "Look at LOAD_CELLS and its cable."),
    "out-of-range": ("the number is out of range", "See docs/drivers/board.md."),
    "nothing-pending": ("nobody waits any more", "The person must press again."),
    "unknown-command": ("its firmware does not know that", "Flash the firmware of this version."),
}
"""Why the board did not do something, and what to do about it."""


class MalformedError(ValueError):
    """A message whose check fits but whose fields do not; never leaves the driver."""


def text(message: Mapping[str, object], key: str, most: int = MAX_TEXT) -> str:
    """The text under `key`, not empty.

    Raises:
        MalformedError: it is missing, none, or longer than `most`.
    """
    value = message.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise MalformedError(f'"{key}" must be a text of 1 to {most} characters')
    return value


def whole(message: Mapping[str, object], key: str, most: int = MOST_COUNT) -> int:
    """The whole number under `key`, 0 to `most`.

    Raises:
        MalformedError: it is missing, or none.
    """
    return count(message.get(key), key, most)


def count(value: object, what: str, most: int = MOST_COUNT) -> int:
    """The value as a whole number, 0 to `most`.

    Raises:
        MalformedError: it is none.
    """
    if type(value) is not int or not 0 <= value <= most:
        raise MalformedError(f'"{what}" must be a whole number from 0 to {most}')
    return value


def number(value: object, what: str) -> float:
    """The value as a number.

    Raises:
        MalformedError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MOST_COUNT:
        raise MalformedError(f'"{what}" must hold numbers')
    return float(value)


def rows(message: Mapping[str, object], key: str, width: int) -> list[tuple[str, list[object]]]:
    """A list of rows, each a name and `width` values behind it; none where the key is missing.

    Raises:
        MalformedError: it is no such list.
    """
    value = message.get(key, [])
    if not isinstance(value, list) or len(value) > MAX_ROWS:
        raise MalformedError(f'"{key}" must be a list of at most {MAX_ROWS} rows')
    return [_row(each, key, width) for each in value]


def _row(row: object, key: str, width: int) -> tuple[str, list[object]]:
    if not isinstance(row, list) or len(row) != width + 1 or not isinstance(row[0], str):
        raise MalformedError(f'a row of "{key}" must be a name and {width} values')
    if not 0 < len(row[0]) <= MAX_TEXT:
        raise MalformedError(f'a name in "{key}" must have 1 to {MAX_TEXT} characters')
    return row[0], row[1:]
