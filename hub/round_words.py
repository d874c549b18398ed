"""Pick lists and rounds as plain text that a person can print and take along. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from hub.packing import LotCount, PickList
from hub.rounds import Packed
from hub.route import Route


def packed_lines(packed: Packed) -> Iterator[str]:
    """What to load for all machines, then what to do at each."""
    yield "Take along, for all machines:"
    for product, count in packed.totals.items():
        if count:
            yield f"  [ ] {count:>4}  {product or '(product not named)'}"
    if not any(packed.totals.values()):
        yield "  nothing"
    for short in _shorts(packed.lists):
        yield f"  short: {short}"
    for each in packed.lists:
        yield ""
        yield from _machine_lines(each)
    if packed.unplanned:
        yield ""
        yield f"Nobody has said how many these should hold: {', '.join(packed.unplanned)}"
        yield "  (harborlight hub planogram set SITE/DEVICE SLOT --par NUMBER)"


def _shorts(lists: Sequence[PickList]) -> list[str]:
    missing: dict[str, int] = {}
    for line in (line for each in lists for line in each.lines if line.short):
        missing[line.product] = missing.get(line.product, 0) + line.short
    return [f"{count} {product} the stock room does not have" for product, count in missing.items()]


def _machine_lines(picks: PickList) -> Iterator[str]:
    yield picks.machine
    for out in picks.take_out:
        yield f"  [ ] {out.selection:<6} TAKE OUT up to {out.at_most} of lot {out.lot}: {out.why}"
    for line in picks.lines:
        yield f"  [ ] {line.selection:<6} {line.pack:>4}  {line.product}{_from_lots(line.lots)}"
        short = f" {line.short} short." if line.short else ""
        yield f"{'':19}{line.why}{short}"
    if not picks.lines and not picks.take_out:
        yield "  nothing to do"


def _from_lots(lots: Sequence[LotCount]) -> str:
    named = [f"{each.count} of lot {each.lot.number}" for each in lots if each.lot.number]
    return f"  ({', '.join(named)})" if named else ""


def route_lines(start: str, route: Route, unforeseen: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The stops in order, and what is left out.

    Args:
        start: where the round begins and ends.
        route: the round.
        unforeseen: by machine, the slots of which too little is known to say what is missed.
    """
    yield f"From {start} and back: {len(route.stops)} stops, {route.hours:.1f} h"
    for number, stop in enumerate(route.stops, 1):
        yield f"  [ ] {number}. {stop.machine}, after {stop.arrive_h:.1f} h"
        yield f"{'':9}{stop.why}"
    if route.left_out:
        yield "Left out:"
    for machine, why in route.left_out:
        yield f"      {machine}: {why}"
    told = [f"{machine} {', '.join(names)}" for machine, names in unforeseen.items() if names]
    if told:
        yield "Too little is known of these to say what would be missed; have a look when near:"
    yield from (f"      {each}" for each in told)
