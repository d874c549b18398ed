"""Lots: what vends first, what may be left of each, and where a recalled one is."""

from hypothesis import given
from hypothesis import strategies as st

from hub.stock import Entry, Event, Ledger, LotCount, PlanChange, Reading, SlotPlan, replay
from hub.stock.recall import next_expiry, recall


def lot(name: str, count: int, expires: str = "") -> LotCount:
    return LotCount(lot=name, expires=expires, count=count)


def add(at: int, *lots: LotCount, count: int | None = None) -> Entry:
    total = sum(one.count for one in lots) if count is None else count
    return Entry(at_ms=at, kind="add", count=total, lots=lots)


def left(ledger: Ledger) -> dict[str, tuple[int, int]]:
    return {one.lot: (one.expected, one.most) for one in ledger.lots.states()}


START: list[Event] = [Reading(observed_ms=0, dispensed=0), Entry(at_ms=1, kind="count", count=0)]


def sold(at: int, dispensed: int) -> Reading:
    return Reading(observed_ms=at, dispensed=dispensed)


def test_what_was_loaded_first_vends_first() -> None:
    story = [*START, add(2, lot("A", 3)), add(3, lot("B", 3)), sold(4, 4)]
    assert left(replay(story)) == {"A": (0, 2), "B": (2, 2)}


def test_a_stack_vends_what_was_loaded_last() -> None:
    stack = PlanChange(at_ms=0, plan=SlotPlan(), vend_order="lifo")
    story = [stack, *START, add(2, lot("A", 3)), add(3, lot("B", 3)), sold(4, 4)]
    assert left(replay(story)) == {"A": (2, 2), "B": (0, 2)}


def test_a_removal_takes_the_lot_that_is_named_or_what_expires_first() -> None:
    loaded = [*START, add(2, lot("A", 3, "2028-01-31"), lot("B", 3, "2026-12-31"))]
    named = Entry(at_ms=3, kind="remove", count=2, lots=(lot("B", 2),), reason="recalled")
    assert left(replay([*loaded, named])) == {"A": (3, 3), "B": (1, 1)}
    expired = Entry(at_ms=3, kind="remove", count=3, reason="expired")
    assert left(replay([*loaded, expired]))["B"] == (0, 3)
    assert next_expiry(replay(loaded)) == "2026-12-31"


def test_a_count_with_lots_says_what_lies_there_and_no_more() -> None:
    story = [
        *START,
        add(2, lot("A", 3)),
        Entry(at_ms=3, kind="count", count=5, lots=(lot("C", 4),)),
    ]
    assert left(replay(story)) == {"A": (0, 0), "C": (4, 4)}


def test_a_count_without_lots_takes_what_is_missing_from_the_front() -> None:
    story = [
        *START,
        add(2, lot("A", 3)),
        add(3, lot("B", 3)),
        Entry(at_ms=4, kind="count", count=2),
    ]
    assert left(replay(story)) == {"A": (0, 2), "B": (2, 2)}


def test_an_empty_slot_holds_no_lot_any_more() -> None:
    story = [*START, add(2, lot("A", 3)), sold(4, 3)]
    assert left(replay(story)) == {"A": (0, 0)}


def test_fill_loads_the_lot_behind_what_was_left() -> None:
    plan = PlanChange(at_ms=0, plan=SlotPlan(par=8))
    fill = Entry(at_ms=5, kind="fill", lots=(lot("B", 6),))
    story = [plan, *START, add(2, lot("A", 3)), sold(4, 1), fill, sold(6, 4)]
    assert left(replay(story)) == {"A": (0, 2), "B": (5, 5)}


def test_a_recall_says_where_a_lot_is_and_where_it_went() -> None:
    here = replay([*START, add(2, lot("A7", 4, "2027-05-31")), sold(4, 1), sold(9, 3)])
    gone = replay([*START, add(2, lot("a7", 2)), sold(5, 2)])
    other = replay([*START, add(2, lot("B", 2))])
    found = recall("A7", [("n/x", "1", gone), ("n/y", "1", here), ("n/z", "1", other)])
    assert [(one.place, one.expected, one.most, one.gone) for one in found] == [
        ("n/y", 1, 1, 3),
        ("n/x", 0, 0, 2),
    ]
    assert (found[0].first_gone_ms, found[0].last_gone_ms) == (4, 9)
    assert found[0].expires == "2027-05-31"


ACTS = ["add", "sell", "remove"]


@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["add", "sell", "remove"]), st.sampled_from("ABC"), st.integers(1, 4)
        ),
        max_size=25,
    ),
    order=st.randoms(use_true_random=False),
)
def test_a_recalled_lot_is_never_missed_whatever_vends_first(
    acts: list[tuple[str, str, int]], order: object
) -> None:
    """People load as they please: here any item may vend, and still `most` is enough."""
    items: list[str] = []
    story, total = list(START), 0
    for at, (act, name, count) in enumerate(acts, start=10):
        if act == "add":
            items += [name] * count
            story.append(add(at, lot(name, count)))
            continue
        taken = min(count, len(items))
        for _ in range(taken):
            items.pop(order.randrange(len(items)))  # type: ignore[attr-defined]  # a Random
        if act == "sell":
            total += taken
            story.append(sold(at, total))
        elif taken:
            story.append(Entry(at_ms=at, kind="remove", count=taken, reason="damaged"))
    states = {one.lot: one for one in replay(story).lots.states()}
    assert all(items.count(name) <= states[name].most for name in set(items))
    assert sum(one.expected for one in states.values()) == len(items)
