"""Single stories of a slot, each with what the engine must say of it."""

import pytest

from hub.stock import (
    Away,
    Entry,
    Event,
    Level,
    PlanChange,
    Reading,
    SlotPlan,
    StockFigure,
    VendSeen,
    Word,
    figure_at,
    replay,
    steps,
)
from hub.stock.unmet import unmet

HOUR = 3_600_000


def read(at: int, dispensed: int | None, **more: object) -> Reading:
    return Reading(observed_ms=at, dispensed=dispensed, **more)  # type: ignore[arg-type]  # tests name any field


def count(at: int, items: int, **more: object) -> Entry:
    return Entry(at_ms=at, kind="count", count=items, **more)  # type: ignore[arg-type]  # as above


def said(*events: Event) -> StockFigure:
    return figure_at(events)


def happened(*events: Event) -> str:
    return " | ".join(what for step in steps(events) for what in step.happened)


@pytest.mark.parametrize(("before", "after"), [(9_998, 1), (2**32 - 2, 1)])
def test_a_counter_that_may_have_wrapped_is_told_but_not_believed(before: int, after: int) -> None:
    story: list[Event] = [read(1, before), count(2, 12), read(3, after)]
    made = said(*story)
    assert (made.level, made.confidence, made.high) == (None, "uncertain", 12)
    assert "If it began anew from 0, 3 left and 9 are there." in made.notes[0]
    assert "possible wrap" in happened(*story)


def test_a_wrap_is_confirmed_by_a_level_and_then_followed() -> None:
    story: list[Event] = [read(1, 9_998), count(2, 12), read(3, 1), read(4, 2)]
    assert said(*story).level is None
    sensor = said(*story, Level(at_ms=5, level=8))
    assert (sensor.level, sensor.confidence) == (8, "computed")
    machine = said(*story, read(5, 3, machine_level=7))
    assert (machine.level, machine.confidence) == (7, "computed")
    assert "confirmed by the level" in happened(*story, read(5, 3, machine_level=7))
    other = said(*story, read(5, 3, machine_level=9))
    assert (other.level, other.confidence) == (None, "uncertain")


def test_a_wrap_is_confirmed_by_a_count() -> None:
    story: list[Event] = [read(1, 9_998), count(2, 12), read(3, 1), count(4, 9)]
    assert "confirmed by the count" in happened(*story)
    assert said(*story).confidence == "counted"


def test_a_counter_that_falls_far_has_not_wrapped() -> None:
    made = said(read(1, 5_000), count(2, 12), read(3, 1))
    assert "began anew" not in made.notes[0]


def test_a_sensor_wins_where_it_differs_and_its_drift_is_shown() -> None:
    story: list[Event] = [read(1, 100), count(2, 12), Level(at_ms=3, level=9)]
    made = said(*story)
    assert (made.level, made.confidence, made.low, made.high) == (9, "sensor", 8, 10)
    assert "sees 9, 12 were reckoned: drift" in made.notes[0]
    late = said(*story, read(4, 103, unchanged_ms=2))
    assert (late.level, late.confidence, late.notes) == (9, "computed", ())
    real = said(*story, read(4, 100, unchanged_ms=2), read(5, 101, unchanged_ms=4))
    assert (real.level, real.confidence) == (8, "sensor")


def test_a_sensor_within_its_tolerance_changes_nothing() -> None:
    made = said(read(1, 100), count(2, 12), read(3, 102), Level(at_ms=4, level=9))
    assert (made.level, made.confidence, made.notes) == (10, "computed", ())


def test_what_has_not_settled_is_not_looked_at() -> None:
    unsettled = Level(at_ms=4, level=3, settled=False)
    assert said(read(1, 1), count(2, 12), unsettled).level == 12
    assert said(unsettled).confidence == "unknown"


def test_sold_out_that_ends_without_a_restock_must_be_counted() -> None:
    story: list[Event] = [read(1, 10), count(2, 2), read(3, 12, sold_out=True)]
    assert said(*story).level == 0
    made = said(*story, read(4, 12, sold_out=False))
    assert (made.level, made.confidence) == (None, "uncertain")
    entered: list[Event] = [
        *story,
        Entry(at_ms=4, kind="add", count=5),
        read(5, 12, sold_out=False),
    ]
    assert (said(*entered).level, said(*entered).confidence) == (5, "computed")


def test_a_machine_that_keeps_its_own_level_speaks_while_our_counters_are_lost() -> None:
    story: list[Event] = [
        read(1, 4, source="fafb", board="L1"),
        count(2, 12),
        read(3, 1, source="fafb", board="L2", machine_level=8),
    ]
    made = said(*story)
    assert (made.level, made.confidence) == (8, "machine")
    assert "another control board" in made.notes[0]


def test_a_bridge_that_counts_and_was_away_leaves_a_doubt() -> None:
    story: list[Event] = [read(1, 4, source="mdb", board="L1"), count(2, 12)]
    away = Away(at_ms=9, from_ms=5)
    made = said(*story, away, read(10, 5, source="mdb", board="L1"))
    assert (made.level, made.confidence, made.low, made.high) == (11, "uncertain", 0, 11)
    dex: list[Event] = [read(1, 4, source="dex"), count(2, 12), away, read(10, 5, source="dex")]
    assert said(*dex).confidence == "computed"
    (drift,) = replay([*story, away, count(20, 9)]).drifts
    assert (drift.difference, drift.reasons[0][:32]) == (-3, "sold while the bridge was away, ")


def test_a_failed_vend_takes_nothing_and_explains_a_surplus() -> None:
    story: list[Event] = [read(1, 10, failed=0), count(2, 12), VendSeen(at_ms=3, outcome="failed")]
    story += [Word(at_ms=4, name="jam"), read(5, 12, failed=1)]
    assert said(*story).level == 10
    (drift,) = replay([*story, count(6, 11)]).drifts
    assert drift.difference == 1
    assert drift.reasons[0].startswith("2 failed vends: the item stayed")
    assert "1 jam: an item may hang in the slot" in drift.reasons


def test_another_product_in_the_slot_must_be_counted_unless_that_was_done_at_the_service() -> None:
    first = PlanChange(at_ms=0, plan=SlotPlan(20), product="gauze")
    later = PlanChange(at_ms=9, plan=SlotPlan(20), product="strips")
    story: list[Event] = [first, read(1, 5), count(2, 12)]
    assert said(*story, later).confidence == "uncertain"
    served = PlanChange(at_ms=9, plan=SlotPlan(20), product="strips", service_ms=2)
    assert said(*story, served).level == 12
    renamed = PlanChange(at_ms=9, plan=SlotPlan(30), product="")
    assert (said(*story, renamed).level, said(*story, renamed).capacity) == (12, 30)


def test_fill_goes_by_the_par_of_its_time() -> None:
    plans: list[Event] = [
        PlanChange(at_ms=at, plan=SlotPlan(20, par)) for at, par in ((0, 10), (5, 15))
    ]
    story: list[Event] = [*plans, read(1, 5), Entry(at_ms=3, kind="fill")]
    assert said(*story).level == 10
    assert said(*story, Entry(at_ms=6, kind="fill")).level == 15
    assert said(Entry(at_ms=3, kind="fill")).confidence == "unknown"


def test_the_last_of_many_corrections_stands_wherever_they_stand() -> None:
    chain: list[Event] = [
        count(2, 1, entry_id="a", recorded_ms=1),
        count(2, 2, entry_id="b", corrects="a", recorded_ms=2),
        count(2, 3, entry_id="c", corrects="b", recorded_ms=3),
        count(2, 4, entry_id="d", corrects="a", recorded_ms=4),
    ]
    for order in (chain, chain[::-1], chain[2:] + chain[:2]):
        assert said(*order).level == 4
    assert said(*chain[1:3]).level == 3
    taken_back = Entry(at_ms=2, kind="void", entry_id="e", corrects="d", recorded_ms=5)
    assert said(*chain, taken_back).confidence == "unknown"
    ring: list[Event] = [
        count(2, 1, entry_id="a", corrects="b"),
        count(2, 7, entry_id="b", corrects="a"),
    ]
    assert said(*ring).level in {1, 7}


def test_any_past_time_can_be_asked_for() -> None:
    story: list[Event] = [read(1, 10), count(2, 12), read(5, 12), read(9, 15)]
    assert [figure_at(story, at).level for at in (1, 2, 5, 8, 9)] == [None, 12, 10, 10, 7]


def test_what_people_came_for_in_vain_is_counted() -> None:
    story: list[Event] = [
        read(0, 10, presses_sold_out=40),
        count(1, 2),
        read(2 * HOUR, 12, presses_sold_out=40, sold_out=True),
        read(4 * HOUR, 12, presses_sold_out=47, sold_out=True),
        count(5 * HOUR, 8),
        read(6 * HOUR, 13, presses_sold_out=3, board=""),
    ]
    made = unmet(story, HOUR, 7 * HOUR)
    assert (made.empty_ms, made.unknown_ms, made.presses) == (3 * HOUR, 0, 7)
    assert unmet([], 0, HOUR).unknown_ms == HOUR


def test_more_taken_out_than_can_be_there_is_drift() -> None:
    story: list[Event] = [
        read(1, 5),
        count(2, 3),
        Entry(at_ms=3, kind="remove", count=5, reason="expired"),
    ]
    made = said(*story)
    assert (made.level, made.confidence, made.high) == (0, "uncertain", None)
    assert "(2 more): drift" in made.notes[0]


def test_a_machine_without_counters_needs_a_count_until_it_has_some_again() -> None:
    story: list[Event] = [read(1, 5), count(2, 9), read(3, None)]
    assert said(*story).confidence == "uncertain"
    again = said(*story, read(4, 7))
    assert (again.level, again.confidence, again.low) == (7, "computed", 7)
