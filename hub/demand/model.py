"""Demand of a whole fleet, learned at one moment: what each slot sells, and how surely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from hub.demand import rates, shapes, spread
from hub.demand.days import SlotDay, cut, slot_days
from hub.demand.rates import Rate, Seen, Spread
from hub.demand.spans import pieces
from hub.demand.values import DAY_MS, Basis, DemandSettings, SlotHistory
from hub.demand.week import Calendar, Week


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of one slot's demand.

    Attributes:
        rate: items a day.
        basis: what the rate goes by.
        why: the same in a sentence.
        days: its days, for what was missed.
        week: of its site.
    """

    rate: Rate
    basis: Basis
    why: str
    days: Sequence[SlotDay]
    week: Week


@dataclass(frozen=True, slots=True)
class Demand:
    """A fleet's demand, as learned at one moment.

    Attributes:
        slots: by id.
        spread: how much sales vary.
        calendar: days from the oldest looked at to the horizon.
        settings: how it was learned.
        now_ms: the moment.
    """

    slots: Mapping[str, Learned]
    spread: Spread
    calendar: Calendar
    settings: DemandSettings
    now_ms: int


NO_SETTINGS = DemandSettings()


def learn(
    histories: Sequence[SlotHistory],
    now_ms: int,
    zone: tzinfo = UTC,
    settings: DemandSettings = NO_SETTINGS,
) -> Demand:
    """Learn the demand of a fleet from the counters of its slots.

    Args:
        histories: of every slot, also of those that no forecast is wanted of.
        now_ms: the moment; nothing later may be in the histories.
        zone: whose weekdays and hours.
        settings: see there.
    """
    from_ms = now_ms - settings.look_back_days * DAY_MS
    calendar = Calendar(from_ms, now_ms + (settings.horizon_days + 2) * DAY_MS, zone)
    parts = {each.slot: cut(pieces(each, from_ms), calendar) for each in histories}
    _, sites = shapes.weeks([(each.site, parts[each.slot]) for each in histories], calendar)
    days = {
        each.slot: slot_days(parts[each.slot], calendar, sites[each.site]) for each in histories
    }
    kinds = {each.slot: (each.site, each.product) for each in histories}
    today = calendar.day_of(now_ms)
    varies = Spread()
    seen = _look(days, today, settings, varies)
    for _ in range(2):
        believed = rates.beliefs(kinds, seen, varies)
        varies = spread.learn_spread(days, believed, varies, settings.half_life_days)
        seen = _look(days, today, settings, varies)
    believed = rates.beliefs(kinds, seen, varies)
    peers = sum(_open_days(rows) >= settings.least_days for rows in days.values())
    slots = {
        slot: _learned(
            days[slot],
            seen[slot].rate(believed[slot], varies),
            sites[kinds[slot][0]],
            peers,
            settings,
        )
        for slot in days
    }
    return Demand(slots, varies, calendar, settings, now_ms)


def _look(
    days: Mapping[str, Sequence[SlotDay]], today: int, settings: DemandSettings, varies: Spread
) -> dict[str, Seen]:
    half_life_days = settings.half_life_days
    return {
        slot: rates.look(rows, today, half_life_days, varies.lump) for slot, rows in days.items()
    }


def _learned(
    days: Sequence[SlotDay], rate: Rate, week: Week, peers: int, settings: DemandSettings
) -> Learned:
    open_days, sold = _open_days(days), sum(row.sold for row in days)
    basis, why = _basis(open_days, sold, rate, peers, settings)
    return Learned(rate, basis, why, days, week)


def _basis(
    open_days: float, sold: float, rate: Rate, peers: int, settings: DemandSettings
) -> tuple[Basis, str]:
    said = f"{sold:.0f} items in {open_days:.0f} days in which it could sell"
    little = open_days < settings.least_days or sold < settings.least_sold
    if little and peers - (not little) < settings.least_peers:
        return "none", f"Not enough known: {said}, and too few other slots to go by."
    if rate.doubt**0.5 > settings.most_doubt:
        return "none", f"Not enough known: {said}; slots like it differ too much."
    if little or rate.own < 0.5:
        return "shared", f"From slots like it at this site and in the fleet, as it sold {said}."
    return "own", f"From its own sales: {said}."


def _open_days(days: Sequence[SlotDay]) -> float:
    return sum(row.could_sell for row in days)
