"""A round of restocking: what to pack for each machine, and in which order to drive."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, tzinfo
from typing import Any

from hub.demand import Demand
from hub.forecasts import SlotForecast, noon_ms, of_ledgers, taken_by_then
from hub.ledgers import SlotLedger, machine_ledgers
from hub.packing import (
    Lot,
    LotCount,
    MachineStand,
    PickList,
    SlotStand,
    pick_lists,
    totals,
)
from hub.route import Route, RouteSettings, Stop, TravelHours, plan_route
from hub.stock.lots import LotState
from hub.store import Transaction
from hub.store.views import fleet
from hub.store.views.fleet import DeviceView
from hub.tables import Room, usable

PLENTY = 10**6
"""Where no stock room is given, nothing is short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a round is planned for.

    Attributes:
        demand: of the fleet.
        now_ms: the time, ms since 1970 UTC.
        zone: whose days.
        service: the day of the visit after this round.
        visit: the day of this round; None for now.
        room: what the stock room holds; None where nobody has said.
        recalled: numbers of lots that the maker has called back.
    """

    demand: Demand
    now_ms: int
    zone: tzinfo
    service: date
    visit: date | None = None
    room: Room | None = None
    recalled: Collection[str] = ()

    @property
    def visit_ms(self) -> int:
        """When somebody comes."""
        return (
            self.now_ms if self.visit is None else max(self.now_ms, noon_ms(self.visit, self.zone))
        )

    def is_recalled(self, lot: str) -> bool:
        """Whether a lot was called back."""
        named = {*self.recalled, *(self.room.recalled if self.room else ())}
        return lot.casefold() in {each.casefold() for each in named}


@dataclass(frozen=True, slots=True)
class Standing:
    """A machine as a round sees it.

    Attributes:
        machine: "site/device"; with its bridge between where two have the same name.
        stand: its slots for the pick list.
        slots: its forecasts.
        unplanned: selections of which nobody has said how many they should hold.
    """

    machine: str
    stand: MachineStand
    slots: tuple[SlotForecast, ...]
    unplanned: tuple[str, ...]

    @property
    def unforeseen(self) -> list[str]:
        """The slots of which too little is known to say what people would miss."""
        return [one.selection for one in self.slots if one.forecast.missed_before_service is None]


@dataclass(frozen=True, slots=True)
class Packed:
    """What to take along.

    Attributes:
        lists: for each machine, in the order of the visits.
        totals: how many of each product for all of them.
        unplanned: "site/device selection" without par and capacity; nothing is packed for these.
    """

    lists: tuple[PickList, ...]
    totals: Mapping[str, int]
    unplanned: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        told: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return {"machines": told.pop("lists"), **told}


def stands(
    transaction: Transaction, plan: Round, devices: Iterable[DeviceView] | None = None
) -> list[Standing]:
    """How these machines stand; None: every machine."""
    every = fleet.devices(transaction, "vending")
    short = Counter((each.site, each.device) for each in every)
    found = []
    for each in every if devices is None else devices:
        name = f"{each.site}/{each.device}"
        if short[each.site, each.device] > 1:
            name = f"{each.site}/{each.bridge.bridge}/{each.device}"
        found.append(_stand(transaction, plan, each, name))
    return found


def _stand(transaction: Transaction, plan: Round, device: DeviceView, name: str) -> Standing:
    ledgers = machine_ledgers(transaction, device)
    slots = [_slot(plan, device.id, one) for one in ledgers]
    known = [slot for slot in slots if slot is not None]
    return Standing(
        machine=name,
        stand=MachineStand(name, tuple(known), plan.service),
        slots=tuple(of_ledgers(plan.demand, device.id, ledgers, noon_ms(plan.service, plan.zone))),
        unplanned=tuple(
            one.selection for one, slot in zip(ledgers, slots, strict=True) if slot is None
        ),
    )


def _slot(plan: Round, device_id: int, one: SlotLedger) -> SlotStand | None:
    par = one.figure.par if one.figure.par is not None else one.figure.capacity
    if par is None:
        return None
    figure = one.figure
    known = figure.level is not None
    return SlotStand(
        selection=one.selection,
        product=one.product,
        par=par,
        low=figure.low if known else None,
        high=figure.high if known else None,
        sure=figure.confidence in {"counted", "computed", "sensor"},
        taken_by_then=taken_by_then(plan.demand, device_id, one, plan.visit_ms),
        holds=tuple(_held(plan, state) for state in one.ledger.lots.states() if state.most > 0),
    )


def _held(plan: Round, state: LotState) -> LotCount:
    return LotCount(Lot(state.lot, _date(state.expires), plan.is_recalled(state.lot)), state.most)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def pack(plan: Round, machines: Sequence[Standing]) -> Packed:
    """What to take along to these machines, in this order."""
    stands = [one.stand for one in machines]
    products = {slot.product for each in stands for slot in each.slots}
    if plan.room is None:
        room: Mapping[str, Sequence[LotCount]] = {
            product: [LotCount(Lot(""), PLENTY)] for product in products
        }
    else:
        room = usable(plan.room, products, plan.is_recalled)
    lists = tuple(pick_lists(stands, room))
    unplanned = tuple(f"{one.machine} {name}" for one in machines for name in one.unplanned)
    return Packed(lists, totals(lists), unplanned)


def order(
    plan: Round,
    machines: Sequence[Standing],
    start: str,
    travel_h: TravelHours,
    most_hours: float | None = None,
) -> Route:
    """In which order to visit these machines, those that can wait left out.

    Args:
        plan: of the round.
        machines: all that may be visited.
        start: where the round begins and ends.
        travel_h: how long each way takes, between the names of machines and `start`.
        most_hours: the round with the way home takes no longer; None for no limit.
    """
    picks = {each.machine: each for each in pack(plan, machines).lists}
    stops = [_stop(one, picks[one.machine]) for one in machines]
    return plan_route(start, stops, travel_h, RouteSettings(most_hours=most_hours))


def in_route(route: Route, machines: Iterable[Standing]) -> list[Standing]:
    """The machines of a round, in its order."""
    by_name = {one.machine: one for one in machines}
    return [by_name[stop.machine] for stop in route.stops]


def _stop(one: Standing, picks: PickList) -> Stop:
    missed = sum(slot.forecast.missed_before_service or 0.0 for slot in one.slots)
    empty = [slot for slot in one.slots if slot.figure.level == 0]
    lost = sum(slot.forecast.per_day or 0.0 for slot in empty) / 24
    return Stop(machine=one.machine, missed=missed, missed_per_hour=lost, must=_must(picks))


def _must(picks: PickList) -> str:
    """What can't wait: lots that were called back."""
    lots = sorted({each.lot for each in picks.take_out if each.reason == "recalled"})
    return f"Lot {', '.join(lots)} was called back: take it out" if lots else ""


def by_place(places: Collection[str], travel_h: TravelHours, start: str) -> TravelHours:
    """Travel between machines, where a table names them or only their sites.

    Args:
        places: the names that the table knows.
        travel_h: of the table.
        start: one can always go by way of it.
    """

    def place(name: str) -> str:
        return name if name in places else name.partition("/")[0]

    def hours(start_at: str, end_at: str) -> float:
        here, there = place(start_at), place(end_at)
        if here == there:
            return 0.0
        if not {here, there} <= set(places):
            return float("inf")
        return min(travel_h(here, there), travel_h(here, start) + travel_h(start, there))

    return hours
