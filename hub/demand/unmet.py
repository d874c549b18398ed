"""What people wanted while a slot was empty: known hours, known presses, and an estimate. Pure."""

from hub.demand import negbin
from hub.demand.model import Demand
from hub.demand.values import HOUR_MS, UnmetDemand


def unmet_demand(demand: Demand, slot: str, since_ms: int) -> UnmetDemand:
    """What was missed in a slot.

    Args:
        demand: of the fleet.
        slot: which.
        since_ms: look at the local days from the one that holds this moment.
    """
    learned = demand.slots.get(slot)
    first = demand.calendar.day_of(since_ms)
    rows = [row for row in learned.days if row.day >= first] if learned else []
    presses = round(sum(row.presses for row in rows))
    hours = sum(row.sold_out_ms for row in rows) / HOUR_MS
    if learned is None or learned.basis == "none":
        return UnmetDemand(
            sold_out_h=hours, presses=presses or None, estimate=None, low=None, high=None
        )
    rate = learned.rate
    mean = rate.per_day * sum(row.sold_out for row in rows)
    squares = rate.per_day**2 * sum(row.sold_out**2 for row in rows)
    variance = demand.spread.variance(mean, squares, rate.doubt)
    # Whoever took the last one often wanted more than one.
    cut_short = sum(row.wanted(demand.spread.lump) - row.sold for row in rows)
    mean, variance = mean + cut_short, variance + cut_short
    return UnmetDemand(
        sold_out_h=hours,
        presses=presses,
        estimate=mean,
        low=negbin.quantile(0.1, mean, variance),
        high=negbin.quantile(0.9, mean, variance),
    )
