"""Where a lot may be now, and where it went: what a recall by the maker asks for. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.stock.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPlace:
    """One lot in one slot.

    Attributes:
        place: whose slot: whatever the caller names it by.
        selection: the slot.
        expires: the date on the lot, "2027-05-31"; "" if not known.
        expected: how many are left if items vend in the order assumed.
        most: how many can be left at most, whatever the order. More than 0: look there.
        loaded: how many were put in.
        gone: how many left the slot by vending, if in the order assumed.
        first_gone_ms: when the first of them left.
        last_gone_ms: when the last of them left.
        loaded_ms: when it was first put in.
    """

    place: str
    selection: str
    expires: str
    expected: int
    most: int
    loaded: int
    gone: int
    first_gone_ms: int | None
    last_gone_ms: int | None
    loaded_ms: int


def recall(lot: str, slots: Iterable[tuple[str, str, Ledger]]) -> list[LotPlace]:
    """Every slot in which a lot ever was; where most of it may be stands first.

    Args:
        lot: the maker's number, as it was entered.
        slots: place, selection and what is known of each slot.
    """
    found = [
        LotPlace(
            place=place,
            selection=selection,
            expires=state.expires,
            expected=state.expected,
            most=state.most,
            loaded=state.loaded,
            gone=state.taken,
            first_gone_ms=state.first_taken_ms,
            last_gone_ms=state.last_taken_ms,
            loaded_ms=state.loaded_ms,
        )
        for place, selection, ledger in slots
        for state in ledger.lots.states()
        if state.lot.casefold() == lot.casefold()
    ]
    return sorted(found, key=lambda one: (-one.most, one.place, one.selection))


def next_expiry(ledger: Ledger) -> str:
    """The earliest date on anything that may lie in a slot; "" if none is known."""
    dates = [state.expires for state in ledger.lots.states() if state.most and state.expires]
    return min(dates, default="")
