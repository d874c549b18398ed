"""When each lot lay in a slot, as far as entries tell: its heat and cold follow from that. Pure.

A lot lies there for as long as any of it can, whatever the order in which the slot vends.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.stock.events import Entry, Event
from hub.stock.ledger import Ledger
from hub.stock.order import at_ms, in_order


@dataclass(frozen=True, slots=True)
class LotStay:
    """From when to when some of a lot may have lain in a slot, ms since 1970 UTC.

    Attributes:
        lot: the maker's number.
        from_ms: when it was put in.
        to_ms: when none of it can have been left; None while some may be.
    """

    lot: str
    from_ms: int
    to_ms: int | None


def lot_stays(events: Iterable[Event]) -> list[LotStay]:
    """Every stay of every lot that an entry named, the earliest first."""
    ordered = in_order(events)
    if not any(type(each) is Entry and each.lots for each in ordered):
        return []
    ledger = Ledger()
    since: dict[str, int] = {}
    found = []
    for event in ordered:
        ledger.take(event)
        there = set(_there(ledger))
        for lot in there - since.keys():
            since[lot] = at_ms(event)
        gone = since.keys() - there
        found += [LotStay(lot, since.pop(lot), at_ms(event)) for lot in gone]
    found += [LotStay(lot, from_ms, None) for lot, from_ms in since.items()]
    return sorted(found, key=lambda stay: (stay.from_ms, stay.lot))


def _there(ledger: Ledger) -> Iterator[str]:
    return (state.lot for state in ledger.lots.states() if state.most > 0)
