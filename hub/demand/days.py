"""A slot's days: what was sold on each, and how much of an average day it could sell."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.demand.spans import Piece
from hub.demand.week import Calendar, Week

Part = tuple[Piece, int, float, float]
"""A piece within one day: the piece, the day, and which part of the day from 0 to 1."""


@dataclass(slots=True)
class SlotDay:
    """One local day of one slot.

    Attributes:
        day: its number in the calendar.
        sold: items; a part of one where a long stretch without reading was spread over days.
        could_sell: share of an average day's demand that fell into time in which it could sell,
            times the weekday's factor.
        sold_out: the same for time in which it was empty.
        sold_out_ms: that time.
        presses: how often it was asked for in vain.
        ran_empty: how often it became empty.
        sharp: False where sales can't be told apart from those of other days.
    """

    day: int
    sold: float = 0.0
    could_sell: float = 0.0
    sold_out: float = 0.0
    sold_out_ms: int = 0
    presses: float = 0.0
    ran_empty: float = 0.0
    sharp: bool = True

    def wanted(self, lump: float) -> float:
        """What was sold, and what the one who took the last item will have wanted beyond it.

        Items leave in lumps, and a level is on average passed by half a lump less half an item
        (renewal theory); `lump` as in `Spread`.
        """
        return self.sold + self.ran_empty * (lump - 1) / 2


def slot_days(parts: Iterable[Part], calendar: Calendar, week: Week) -> list[SlotDay]:
    """The days on which anything is known, oldest first."""
    found: dict[int, SlotDay] = {}
    for piece, day, first, last in parts:
        row = found.get(day)
        if row is None:
            row = found[day] = SlotDay(day)
        _add(row, piece, calendar, week, first, last)
    return [found[day] for day in sorted(found)]


def cut(pieces: Iterable[Piece], calendar: Calendar) -> list[Part]:
    """Pieces cut at midnights; what lies before the calendar is left out."""
    found: list[Part] = []
    for piece in pieces:
        start = max(piece.from_ms, calendar.starts_ms[0])
        if piece.to_ms > start:
            for day in range(calendar.day_of(start), calendar.day_of(piece.to_ms - 1) + 1):
                first = calendar.part_of_day(start, day)
                found.append((piece, day, first, calendar.part_of_day(piece.to_ms, day)))
    return found


def _add(
    row: SlotDay, piece: Piece, calendar: Calendar, week: Week, first: float, last: float
) -> None:
    factor = week.days[calendar.weekdays[row.day]]
    worth = (1.0 if last - first >= 1 else week.share(last) - week.share(first)) * factor
    inside_ms = (last - first) * (calendar.starts_ms[row.day + 1] - calendar.starts_ms[row.day])
    part = inside_ms / (piece.to_ms - piece.from_ms)
    row.presses += piece.presses * part
    if piece.state == "open":
        row.sold += piece.sold * part
        row.could_sell += worth * piece.share
        row.ran_empty += piece.ran_empty * part
        row.sharp &= piece.sharp
    elif piece.state == "sold-out":
        row.sold_out += worth
        row.sold_out_ms += round(inside_ms)
