"""What to take along so that every slot is full after the next visit, and what to bring back. Pure.

Packed is for the least that may be left: what was not needed comes back, what was not taken along
can't be filled in. First expired, first out: lots of the stock room go in the order of their dates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

NEVER = date.max


@dataclass(frozen=True, slots=True)
class Lot:
    """Items made together.

    Attributes:
        number: as printed on the package.
        expires_on: the last day on which they may be used; None where the package has no date.
        recalled: whether the maker has called them back.
    """

    number: str
    expires_on: date | None = None
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class LotCount:
    """So many items of a lot; in a slot, at most so many."""

    lot: Lot
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotStand:
    """How a slot stands.

    Attributes:
        selection: which.
        product: what it holds.
        par: what it should hold after a visit.
        low: at least so many are left; None where nothing is known.
        high: at most so many.
        sure: False where the figure needs a new count.
        holds: the lots that may lie in it.
        taken_by_then: so many of these people may take until the visit.
    """

    selection: str
    product: str
    par: int
    low: int | None
    high: int | None
    sure: bool = True
    holds: tuple[LotCount, ...] = ()
    taken_by_then: int = 0


@dataclass(frozen=True, slots=True)
class MachineStand:
    """A machine to visit.

    Attributes:
        machine: its name.
        slots: how they stand.
        next_service: the day of the visit after this one.
    """

    machine: str
    slots: tuple[SlotStand, ...]
    next_service: date


@dataclass(frozen=True, slots=True)
class PackingSettings:
    """How to pack.

    Attributes:
        margin_days: what expires within so many days after the next service is not left in a
            machine, so that what was taken can be kept at home for a while.
    """

    margin_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PickLine:
    """What to pack for one slot.

    Attributes:
        selection: which.
        product: what.
        pack: how many.
        lots: of these, how many from which lot, oldest date first.
        short: how many more the stock room would have to have.
        count_first: whether to count what lies there before filling.
        why: the sum, in words.
    """

    selection: str
    product: str
    pack: int
    lots: tuple[LotCount, ...]
    short: int
    count_first: bool
    why: str


@dataclass(frozen=True, slots=True)
class TakeOut:
    """What to look for in a slot and bring back; staff decide what becomes of it."""

    selection: str
    product: str
    lot: str
    at_most: int
    reason: Literal["recalled", "expires"]
    why: str


@dataclass(frozen=True, slots=True)
class PickList:
    """Everything for one machine."""

    machine: str
    lines: tuple[PickLine, ...]
    take_out: tuple[TakeOut, ...]


def pick_lists(
    machines: Sequence[MachineStand],
    room: Mapping[str, Sequence[LotCount]],
    settings: PackingSettings | None = None,
) -> list[PickList]:
    """A pick list for each machine.

    Args:
        machines: in the order of the visits; what is short is short for the last ones.
        room: the lots in the stock room, by product.
        settings: see there.
    """
    chosen = settings or PackingSettings()
    left = {product: _oldest_first(lots) for product, lots in room.items()}
    return [_pick_list(machine, left, chosen) for machine in machines]


def totals(lists: Iterable[PickList]) -> dict[str, int]:
    """How many of each product to load for all of them."""
    found: dict[str, int] = {}
    for line in (line for each in lists for line in each.lines):
        found[line.product] = found.get(line.product, 0) + line.pack
    return dict(sorted(found.items()))


def _oldest_first(lots: Iterable[LotCount]) -> list[LotCount]:
    usable = [each for each in lots if not each.lot.recalled and each.count > 0]
    return sorted(usable, key=lambda each: (each.lot.expires_on or NEVER, each.lot.number))


def _pick_list(
    machine: MachineStand, left: dict[str, list[LotCount]], settings: PackingSettings
) -> PickList:
    keep_until = machine.next_service + timedelta(days=settings.margin_days)
    out = {slot.selection: _take_out(slot, keep_until) for slot in machine.slots}
    lines = [_line(slot, out[slot.selection], left, keep_until) for slot in machine.slots]
    taken = [each for slot in machine.slots for each in out[slot.selection]]
    return PickList(machine.machine, tuple(line for line in lines if line), tuple(taken))


def _take_out(slot: SlotStand, keep_until: date) -> list[TakeOut]:
    found = []
    for held in slot.holds:
        lot, most = held.lot, held.count if slot.high is None else min(held.count, slot.high)
        if most <= 0:
            continue
        of = (slot.selection, slot.product, lot.number, most)
        if lot.recalled:
            found.append(TakeOut(*of, "recalled", f"Lot {lot.number} was called back."))
        elif lot.expires_on is not None and lot.expires_on < keep_until:
            why = f"Lot {lot.number} expires on {lot.expires_on}, too soon after the next service."
            found.append(TakeOut(*of, "expires", why))
    return found


def _line(
    slot: SlotStand, out: Sequence[TakeOut], left: dict[str, list[LotCount]], keep_until: date
) -> PickLine | None:
    stays = max(0, (slot.low or 0) - slot.taken_by_then - sum(each.at_most for each in out))
    wanted = max(0, slot.par - stays)
    count_first = not slot.sure or slot.low is None or slot.low != slot.high
    if not wanted and not count_first:
        return None
    lots = _draw(left.get(slot.product, []), wanted, keep_until)
    packed = sum(each.count for each in lots)
    return PickLine(
        selection=slot.selection,
        product=slot.product,
        pack=packed,
        lots=tuple(lots),
        short=wanted - packed,
        count_first=count_first,
        why=_why(slot, bool(out), stays, count_first=count_first),
    )


def _draw(lots: list[LotCount], wanted: int, keep_until: date) -> list[LotCount]:
    """Take items from the lots, oldest first; what is too old for this machine stays."""
    found = []
    for index, each in enumerate(lots):
        if wanted and (each.lot.expires_on or NEVER) >= keep_until:
            taken = min(wanted, each.count)
            wanted -= taken
            found.append(LotCount(each.lot, taken))
            lots[index] = LotCount(each.lot, each.count - taken)
    lots[:] = [each for each in lots if each.count]
    return found


def _why(slot: SlotStand, takes_out: bool, stays: int, *, count_first: bool) -> str:  # noqa: FBT001 - a fact, not a switch
    if slot.low is None:
        said = f"Nothing is known of it: packed for an empty slot, {slot.par} wanted."
    elif takes_out:
        said = f"{slot.par} wanted, at least {stays} stay after what is taken out."
    else:
        said = f"{slot.par} wanted, at least {slot.low} left."
    if slot.low and slot.taken_by_then:
        said += f" Up to {min(slot.low, slot.taken_by_then)} of these may be taken until the visit."
    return f"{said} Count first." if count_first else said
