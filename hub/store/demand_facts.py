"""What demand is learned from: counters of every slot of the fleet, in a query for each table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select

from hub.demand import CounterPoint, SlotHistory
from hub.demand.marks import Mark, marked
from hub.demand.values import DAY_MS
from hub.stock import BRIDGE_KEPT, Event, steps
from hub.stock.drift import JAMS
from hub.store import slot_events, stock_facts
from hub.store.engine import Transaction
from hub.store.tables import bridge, counter, device, machine_event, progress, slot

Slot = tuple[int, str]
"""Row number of the machine, and selection."""

SURE = frozenset({"counted", "computed", "sensor"})
"""A level of 0 is believed where it comes from these."""


@dataclass(slots=True)
class _Machine:
    bridge_id: int
    site: str
    heard_ms: int
    kept_by_bridge: bool = False


@dataclass(slots=True)
class _Fleet:
    machines: dict[int, _Machine]
    products: dict[Slot, str]
    points: dict[Slot, list[CounterPoint]] = field(default_factory=dict)
    silent: set[int] = field(default_factory=set)
    marks: dict[Slot, list[Mark]] = field(default_factory=lambda: defaultdict(list))


def slot_name(device_id: int, selection: str) -> str:
    """A slot's id in `hub.demand`."""
    return f"{device_id}/{selection}"


def histories(transaction: Transaction, now_ms: int, look_back_days: int) -> list[SlotHistory]:
    """The counters of every slot, from the newest before the time looked back to until now.

    Args:
        transaction: what to read in.
        now_ms: nothing later is read, ms since 1970 UTC.
        look_back_days: from so many days.
    """
    since_ms = now_ms - look_back_days * DAY_MS
    fleet = _Fleet(_machines(transaction, now_ms), _products(transaction))
    _counters(transaction, fleet, since_ms, now_ms)
    _jams(transaction, fleet, since_ms, now_ms)
    _aways(transaction, fleet, since_ms)
    for device_id in sorted(fleet.silent):
        _empties(transaction, fleet, device_id, since_ms, now_ms)
    return [_history(fleet, one) for one in fleet.points]


def _history(fleet: _Fleet, one: Slot) -> SlotHistory:
    points = marked(fleet.points[one], fleet.marks.get(one, ()))
    machine = fleet.machines[one[0]]
    return SlotHistory(
        slot=slot_name(*one),
        site=machine.site,
        product=fleet.products.get(one, ""),
        points=points,
        until_ms=max(machine.heard_ms, points[-1].at_ms),
    )


def _machines(transaction: Transaction, now_ms: int) -> dict[int, _Machine]:
    c = device.c
    query = select(c.id, c.bridge_id, bridge.c.site, c.audit_ms).join_from(device, bridge)
    rows = transaction.execute(query.where(c.kind == "vending"))
    return {
        row.id: _Machine(row.bridge_id, row.site, min(row.audit_ms or 0, now_ms)) for row in rows
    }


def _products(transaction: Transaction) -> dict[Slot, str]:
    rows = transaction.execute(select(slot.c.device_id, slot.c.selection, slot.c.product))
    return {(row.device_id, row.selection): row.product for row in rows}


_COLUMNS = (
    counter.c.device_id,
    counter.c.selection,
    counter.c.observed_ms,
    counter.c.dispensed,
    counter.c.sold_out,
    counter.c.presses_sold_out,
    counter.c.board,
    counter.c.unchanged_ms,
    counter.c.since_reset,
    counter.c.resets,
    counter.c.source,
)
_ORDER = (counter.c.device_id, counter.c.selection, counter.c.observed_ms, counter.c.id)


def _counters(transaction: Transaction, fleet: _Fleet, since_ms: int, now_ms: int) -> None:
    c = counter.c
    before = (
        select(c.device_id, c.selection, func.max(c.observed_ms).label("observed_ms"))
        .where(c.observed_ms < since_ms)
        .group_by(c.device_id, c.selection)
        .subquery()
    )
    same = (c.device_id == before.c.device_id) & (c.selection == before.c.selection)
    newest = same & (c.observed_ms == before.c.observed_ms)
    wanted: Select[Any] = select(*_COLUMNS).order_by(*_ORDER)
    oldest = wanted.join(before, newest)
    inside = wanted.where(c.observed_ms.between(since_ms, now_ms))
    for query in (oldest, inside):
        for one, rows in groupby(transaction.execute(query), key=_slot):
            if one[0] in fleet.machines:
                fleet.points.setdefault(one, []).extend(_points(fleet, one[0], rows))


def _slot(row: Any) -> Slot:  # noqa: ANN401 - a row
    return row[0], row[1]


def _points(fleet: _Fleet, device_id: int, rows: Iterable[Any]) -> Iterator[CounterPoint]:
    for _, _, at_ms, lasting, sold_out, presses, board, since_ms, interval, resets, source in rows:
        # Counters that are reset count from elsewhere after each reset.
        resettable = lasting is None and resets is not None
        if sold_out is None:
            fleet.silent.add(device_id)
        fleet.machines[device_id].kept_by_bridge = source in BRIDGE_KEPT
        yield CounterPoint(
            at_ms=at_ms,
            dispensed=interval if resettable else lasting,
            state="sold-out" if sold_out else "open",
            presses=presses,
            board=f"{board}#{resets}" if resettable else board,
            since_ms=since_ms,
        )


def _jams(transaction: Transaction, fleet: _Fleet, since_ms: int, now_ms: int) -> None:
    """What blocks a slot, or every slot of a machine that does not say which."""
    c = machine_event.c
    query = select(c.device_id, c.selection, c.observed_ms, c.active).where(
        c.name.in_(sorted(JAMS)), c.active.is_not(None), c.observed_ms.between(since_ms, now_ms)
    )
    for device_id, selection, at_ms, active in transaction.execute(query.order_by(c.id)):
        for one in fleet.points:
            if one == (device_id, selection) or (one[0] == device_id and selection is None):
                fleet.marks[one].append(Mark(at_ms, "jam", active))


def _aways(transaction: Transaction, fleet: _Fleet, since_ms: int) -> None:
    """What leaves while a bridge that counts is away is counted nowhere."""
    last_ms = func.coalesce(progress.c.last_ms, progress.c.first_ms)
    query = select(progress.c.bridge_id, progress.c.first_ms, last_ms).order_by(progress.c.first_ms)
    ended: dict[int, int] = {}
    gaps: dict[int, list[Mark]] = defaultdict(list)
    for bridge_id, from_ms, to_ms in transaction.execute(query):
        before_ms = ended.get(bridge_id, from_ms)
        if from_ms - before_ms > slot_events.AWAY_MS and from_ms > since_ms:
            gaps[bridge_id] += [Mark(before_ms, "away", True), Mark(from_ms, "away", False)]
        ended[bridge_id] = max(before_ms, to_ms)
    for one in fleet.points:
        machine = fleet.machines[one[0]]
        if machine.kept_by_bridge:
            fleet.marks[one] += gaps[machine.bridge_id]


def _empties(
    transaction: Transaction, fleet: _Fleet, device_id: int, since_ms: int, now_ms: int
) -> None:
    """Machines that do not say "sold out": when their slots were empty as far as was reckoned."""
    starts = [at_ms for at_ms, _ in slot_events.newest_counts(transaction, device_id).values()]
    rows = stock_facts.counter_rows(transaction, device_id, min([since_ms, *starts]))
    told = slot_events.events(transaction, device_id, min([since_ms, *starts]), rows)
    for selection, events in told.items():
        fleet.marks[device_id, selection] += _empty_marks(events, now_ms)


def _empty_marks(events: Iterable[Event], now_ms: int) -> Iterator[Mark]:
    stands = False
    for step in steps(events):
        empty = step.figure.level == 0 and step.figure.confidence in SURE
        if empty != stands and step.at_ms <= now_ms:
            yield Mark(step.at_ms, "empty", empty)
            stands = empty
