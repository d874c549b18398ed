"""When the slots of a machine will be empty: demand of the fleet, levels of its slots.

`learn_fleet` looks at months of counters of every machine, and takes seconds for a great fleet;
whoever asks often keeps what it gives for some minutes.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from hub.demand import (
    Demand,
    DemandSettings,
    Forecast,
    LevelNow,
    UnmetDemand,
    forecast,
    learn,
    unmet_demand,
)
from hub.demand.forecast import may_have_left
from hub.demand.values import DAY_MS
from hub.demand.words import forecast_words, service_words, unmet_words
from hub.errors import AccessError
from hub.ledgers import SlotLedger, machine_ledgers
from hub.stock import StockFigure
from hub.store import Transaction, demand_facts
from hub.store.demand_facts import slot_name
from hub.store.views.fleet import DeviceView

SETTINGS = DemandSettings()
UNMET_DAYS = 28
"""What was missed is told of so many days."""

STALE_MS = DAY_MS
"""Where nothing is known of sales, an older figure is packed for as if nothing were left."""


@dataclass(frozen=True, slots=True)
class SlotForecast:
    """One slot.

    Attributes:
        selection: which.
        product: what it holds.
        figure: what is left now.
        forecast: when it will be empty; without times where it is not known how many are left.
        unmet: what was missed over the last `UNMET_DAYS`.
    """

    selection: str
    product: str
    figure: StockFigure
    forecast: Forecast
    unmet: UnmetDemand

    def lines(self, now_ms: int) -> list[str]:
        """The same in sentences."""
        said = self.forecast
        if self.figure.level is None:
            rate = f" About {said.per_day:.1f} a day leave it. {said.why}" if said.per_day else ""
            first = f"How many are left is not known: count it.{rate or ' ' + said.why}"
        elif self.figure.level == 0:
            first = f"Nothing is left in it. {said.why}"
        else:
            first = forecast_words(said, now_ms)
        found = [first]
        if said.empty_before_service is not None and self.figure.level:
            found.append(service_words(said))
        if said.missed_before_service is not None:
            found.append(
                f"About {said.missed_before_service:.1f} items would be missed until then."
            )
        if self.unmet.sold_out_h > 0:
            found.append(f"Last {UNMET_DAYS} days: {unmet_words(self.unmet)}")
        return found

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "selection": self.selection,
            "product": self.product,
            "level": self.figure.level,
            "as_of_ms": self.figure.as_of_ms,
            "confidence": self.figure.confidence,
            "forecast": asdict(self.forecast),
            "unmet": asdict(self.unmet) | {"days": UNMET_DAYS},
        }


def learn_fleet(transaction: Transaction, now_ms: int, zone: tzinfo) -> Demand:
    """The demand of every slot of the fleet.

    Args:
        transaction: what to read in.
        now_ms: the time, ms since 1970 UTC.
        zone: whose weekdays and hours.
    """
    told = demand_facts.histories(transaction, now_ms, SETTINGS.look_back_days)
    return learn(told, now_ms, zone, SETTINGS)


def of_machine(
    transaction: Transaction, demand: Demand, device: DeviceView, service_ms: int | None = None
) -> list[SlotForecast]:
    """Each slot of a machine.

    Args:
        transaction: what to read in.
        demand: of the fleet.
        device: the machine.
        service_ms: when somebody comes next; None where nobody knows.
    """
    return of_ledgers(demand, device.id, machine_ledgers(transaction, device), service_ms)


def of_ledgers(
    demand: Demand, device_id: int, ledgers: Sequence[SlotLedger], service_ms: int | None = None
) -> list[SlotForecast]:
    """The same of slots that were read already."""
    return [_slot(demand, slot_name(device_id, one.selection), one, service_ms) for one in ledgers]


def _slot(demand: Demand, name: str, one: SlotLedger, service_ms: int | None) -> SlotForecast:
    said = forecast(demand, name, level_now(demand, one.figure), service_ms)
    if one.figure.level is None:
        said = replace(
            said,
            empty_ms=None,
            earliest_ms=None,
            latest_ms=None,
            empty_before_service=None,
            missed_before_service=None,
        )
    missed = unmet_demand(demand, name, demand.now_ms - UNMET_DAYS * DAY_MS)
    return SlotForecast(one.selection, one.product, one.figure, said, missed)


def level_now(demand: Demand, figure: StockFigure) -> LevelNow:
    """What lies in a slot, as the forecast wants it; 0 where that is not known."""
    level, high = figure.level or 0, figure.high
    if high is None and figure.confidence == "uncertain":
        high = max(level, figure.capacity or figure.par or level)
    oldest_ms = demand.now_ms - SETTINGS.look_back_days * DAY_MS
    as_of_ms = max(oldest_ms, min(figure.as_of_ms or demand.now_ms, demand.now_ms))
    low = figure.low if figure.confidence == "uncertain" else min(figure.low or level, level)
    return LevelNow(level=level, as_of_ms=as_of_ms, low=low, high=high)


def taken_by_then(demand: Demand, device_id: int, one: SlotLedger, at_ms: int) -> int:
    """How many of what is left people take until a moment at most, in nine of ten cases.

    A figure is as old as the machine's last word. Where nothing is known of sales, an old one is
    worth nothing.
    """
    said = one.figure
    if said.level is None or said.as_of_ms is None:
        return 0
    gone = may_have_left(demand, slot_name(device_id, one.selection), said.as_of_ms, at_ms)
    if gone is None:
        gone = said.low if at_ms - said.as_of_ms > STALE_MS else 0
    return min(said.low, gone)


def noon_ms(day: date, zone: tzinfo) -> int:
    """Noon of a day, ms since 1970 UTC: when somebody comes on that day, as far as is known."""
    return round(datetime.combine(day, time(12), zone).timestamp() * 1000)


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name.

    Raises:
        AccessError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError) as error:
        raise AccessError(f"access.timezone: there is no time zone {name[:60]!r}") from error
