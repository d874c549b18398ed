"""What is laid over counters changes how a slot stood, and never what it sold."""

from hypothesis import given
from hypothesis import strategies as st

from hub.demand import CounterPoint, SlotHistory
from hub.demand.marks import Mark, marked
from hub.demand.spans import pieces


def point(at_ms: int, dispensed: int | None, since_ms: int | None = None) -> CounterPoint:
    return CounterPoint(at_ms=at_ms, dispensed=dispensed, since_ms=since_ms)


def states(points: list[CounterPoint], *marks: Mark) -> list[tuple[int, str]]:
    return [(each.at_ms, each.state) for each in marked(points, marks)]


QUIET = [point(0, 10), point(10_000, 10), point(20_000, 10)]


def test_a_jam_blocks_from_its_moment_to_its_end() -> None:
    jam = Mark(5_000, "jam", True), Mark(15_000, "jam", False)
    assert states(QUIET, *jam) == [
        (0, "open"),
        (5_000, "blocked"),
        (10_000, "blocked"),
        (15_000, "open"),
        (20_000, "open"),
    ]
    assert states(QUIET, *reversed(jam)) == states(QUIET, *jam)
    # One that was told with a reading comes after it.
    assert states(QUIET, Mark(10_000, "jam", True))[1:3] == [(10_000, "open"), (10_001, "blocked")]


def test_what_sells_can_sell_whatever_was_said() -> None:
    sold = [*QUIET[:2], point(20_000, 11), point(30_000, 11)]
    assert states(sold, Mark(5_000, "jam", True))[-2:] == [(20_000, "open"), (30_000, "open")]


def test_a_slot_is_empty_at_the_very_reading_that_emptied_it() -> None:
    sold = [point(0, 10), point(10_000, 12), point(20_000, 12)]
    told = states(sold, Mark(10_000, "empty", True))
    assert told == [(0, "open"), (10_000, "sold-out"), (20_000, "sold-out")]
    history = SlotHistory(
        slot="a",
        site="s",
        product="p",
        points=marked(sold, [Mark(10_000, "empty", True)]),
        until_ms=30_000,
    )
    first, *rest = pieces(history, 0)
    assert first.ran_empty
    assert {piece.state for piece in rest} == {"sold-out"}


def test_a_jam_in_an_empty_slot_is_a_jam() -> None:
    both = Mark(1_000, "empty", True), Mark(5_000, "jam", True), Mark(12_000, "jam", False)
    assert states(QUIET, *both) == [
        (0, "open"),
        (1_000, "sold-out"),
        (5_000, "blocked"),
        (10_000, "blocked"),
        (12_000, "sold-out"),
        (20_000, "sold-out"),
    ]


TIMES = st.integers(0, 60)
MARKS = st.lists(
    st.builds(Mark, TIMES, st.sampled_from(["jam", "away", "empty"]), st.booleans()), max_size=12
)


@given(st.lists(st.tuples(TIMES, st.none() | st.integers(0, 9)), max_size=12), MARKS)
def test_no_reading_is_lost_and_nothing_is_sold_that_was_not(
    told: list[tuple[int, int | None]], marks: list[Mark]
) -> None:
    # Readings lie apart by more than the one millisecond by which a mark may move.
    points = [point(at_ms * 10, count) for at_ms, count in sorted(dict(told).items())]
    laid = marked(points, [Mark(each.at_ms * 10, each.what, each.begins) for each in marks])
    times = [each.at_ms for each in laid]
    assert times == sorted(times)
    assert {(each.at_ms, each.dispensed) for each in points} <= {
        (each.at_ms, each.dispensed) for each in laid
    }
    sold = [
        sum(
            piece.sold
            for piece in pieces(
                SlotHistory(slot="a", site="s", product="p", points=of, until_ms=1_000), -1
            )
        )
        for of in (points, laid)
    ]
    assert sold[0] == sold[1]
    assert marked(points, []) == points
