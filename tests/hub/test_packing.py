"""Packed is enough for the worst that may be true, oldest first, and nothing that must not go."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.packing import (
    Lot,
    LotCount,
    MachineStand,
    PackingSettings,
    PickList,
    SlotStand,
    pick_lists,
    totals,
)

TODAY = date(2027, 3, 1)
NEXT = TODAY + timedelta(days=7)
KIT = "Naloxone nasal 4 mg"


def lot(number: str, months: int | None, count: int, *, recalled: bool = False) -> LotCount:
    expires = None if months is None else TODAY + timedelta(days=30 * months)
    return LotCount(Lot(number, expires, recalled), count)


def slot(
    low: int | None = 3, high: int | None = 3, par: int = 12, *holds: LotCount, sure: bool = True
) -> SlotStand:
    return SlotStand(
        selection="A1", product=KIT, par=par, low=low, high=high, sure=sure, holds=holds
    )


def pick(one: SlotStand, *room: LotCount) -> PickList:
    (found,) = pick_lists([MachineStand("lobby", (one,), NEXT)], {KIT: room})
    return found


def test_a_slot_is_filled_to_par_from_the_oldest_lot() -> None:
    (line,) = pick(slot(), lot("new", 20, 50), lot("old", 6, 4), lot("undated", None, 9)).lines
    assert (line.pack, line.short, line.count_first) == (9, 0, False)
    assert [(each.lot.number, each.count) for each in line.lots] == [("old", 4), ("new", 5)]


def test_an_uncertain_slot_is_packed_for_the_least_and_counted_first() -> None:
    (line,) = pick(slot(low=1, high=6), lot("a", 20, 50)).lines
    assert (line.pack, line.count_first) == (11, True)
    (unknown,) = pick(slot(low=None, high=None), lot("a", 20, 50)).lines
    assert (unknown.pack, unknown.count_first) == (12, True)
    assert "Nothing is known" in unknown.why
    (unsure,) = pick(slot(low=12, high=12, sure=False), lot("a", 20, 50)).lines
    assert (unsure.pack, unsure.count_first) == (0, True)
    assert pick(slot(low=12, high=12), lot("a", 20, 50)).lines == ()


def test_recalled_and_nearly_expired_lots_stay_at_home() -> None:
    (line,) = pick(slot(), lot("bad", 20, 50, recalled=True), lot("late", 1, 50)).lines
    assert (line.pack, line.short) == (0, 9)


def test_what_must_not_stay_is_taken_out_and_replaced() -> None:
    holds = lot("bad", 20, 2, recalled=True), lot("late", 1, 9), lot("fine", 20, 9)
    found = pick(slot(8, 8, 12, *holds), lot("a", 20, 50))
    assert [(each.lot, each.reason, each.at_most) for each in found.take_out] == [
        ("bad", "recalled", 2),
        ("late", "expires", 8),
    ]
    assert found.lines[0].pack == 12
    assert "taken out" in found.lines[0].why


def test_an_empty_slot_holds_nothing_to_take_out() -> None:
    assert pick(slot(0, 0, 12, lot("bad", 20, 2, recalled=True))).take_out == ()


LOTS = st.lists(
    st.builds(
        lambda number, months, count, recalled: lot(f"L{number}", months, count, recalled=recalled),
        st.integers(0, 99),
        st.one_of(st.none(), st.integers(-2, 30)),
        st.integers(0, 15),
        st.booleans(),
    ),
    max_size=6,
)
SLOTS = st.builds(
    lambda low, more, par: slot(low, low + more, par),
    st.integers(0, 12),
    st.integers(0, 5),
    st.integers(0, 20),
)


@given(st.lists(SLOTS, min_size=1, max_size=6), LOTS)
def test_no_more_leaves_the_room_than_is_in_it(
    slots: list[SlotStand], room: list[LotCount]
) -> None:
    machines = [MachineStand(f"m{number}", (one,), NEXT) for number, one in enumerate(slots)]
    found = pick_lists(machines, {KIT: room})
    lines = [line for each in found for line in each.lines]
    margin = NEXT + timedelta(days=PackingSettings().margin_days)
    taken = [each for line in lines for each in line.lots]
    assert sum(each.count for each in taken) <= sum(each.count for each in room)
    assert not any(each.lot.recalled for each in taken)
    assert all(each.lot.expires_on is None or each.lot.expires_on >= margin for each in taken)
    dates = [each.lot.expires_on or date.max for each in taken]
    assert dates == sorted(dates)
    wanted = sum(max(0, one.par - (one.low or 0)) for one in slots)
    assert sum(line.pack + line.short for line in lines) == wanted
    assert totals(found).get(KIT, 0) == sum(line.pack for line in lines)
