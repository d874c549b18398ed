"""Counters become stretches of time: sold, empty, or not known; nothing is counted twice."""

from hypothesis import given
from hypothesis import strategies as st

from hub.demand.spans import MAX_LEAP, Piece, pieces
from hub.demand.values import HOUR_MS, CounterPoint, SlotHistory, State


def cut(*points: CounterPoint, until_ms: int = 0) -> list[Piece]:
    return pieces(
        SlotHistory(slot="s", site="n", product="p", points=points, until_ms=until_ms), -(10**15)
    )


def at(hour: float, dispensed: int | None, state: State = "open", **more: object) -> CounterPoint:
    presses, board, since = more.get("presses"), more.get("board", ""), more.get("since")
    assert presses is None or isinstance(presses, int)
    return CounterPoint(
        at_ms=round(hour * HOUR_MS),
        dispensed=dispensed,
        state=state,
        presses=presses,
        board=str(board),
        since_ms=round(since * HOUR_MS) if isinstance(since, int | float) else None,
    )


STATES: list[State] = ["open", "sold-out", "blocked"]
HISTORIES = st.lists(
    st.tuples(
        st.integers(1, 5000),
        st.integers(0, 30),
        st.sampled_from(STATES),
        st.one_of(st.none(), st.integers(0, 6000)),
    ),
    max_size=20,
)


@given(HISTORIES)
def test_every_item_and_every_minute_is_in_one_piece(
    rows: list[tuple[int, int, State, int | None]],
) -> None:
    now_ms, dispensed, points = 0, 5, [CounterPoint(at_ms=0, dispensed=5)]
    for step, sold, state, back in rows:
        now_ms, dispensed = now_ms + step, dispensed + sold
        since_ms = None if back is None else now_ms - back
        points.append(
            CounterPoint(at_ms=now_ms, dispensed=dispensed, state=state, since_ms=since_ms)
        )
    found = cut(*points, until_ms=now_ms + 7)
    assert sum(piece.sold for piece in found) == dispensed - 5
    assert sum(piece.to_ms - piece.from_ms for piece in found) == now_ms + 7
    ends = [(piece.from_ms, piece.to_ms) for piece in found]
    assert [end for _, end in ends[:-1]] == [start for start, _ in ends[1:]]


def test_time_without_change_before_a_sale_is_time_without_a_sale() -> None:
    quiet, sale = cut(at(0, 10), at(8, 11, since=7.5))
    assert (quiet.sold, quiet.to_ms) == (0, 7.5 * HOUR_MS)
    assert (sale.sold, sale.to_ms - sale.from_ms) == (1, HOUR_MS / 2)
    assert sale.sharp


def test_a_long_silence_hides_when_its_items_left() -> None:
    (piece,) = cut(at(0, 10), at(30, 20))
    assert piece.sold == 10
    assert not piece.sharp


def test_time_sold_out_is_kept_apart_and_the_way_there_counts_half() -> None:
    last, empty, filled = cut(
        at(0, 10, presses=0),
        at(1, 12, "sold-out", presses=0),
        at(9, 12, "sold-out", presses=4),
        at(10, 13, presses=4),
    )
    assert (last.state, last.share, last.ran_empty) == ("open", 0.5, True)
    assert (empty.state, empty.presses, empty.sold) == ("sold-out", 4, 0)
    assert (filled.state, filled.share, filled.ran_empty) == ("open", 0.5, False)


def test_what_can_not_be_counted_is_not_known() -> None:
    for after in (
        at(1, 3),
        at(1, 10 + MAX_LEAP + 1),
        at(1, None),
        at(1, 12, board="another"),
    ):
        (piece,) = cut(at(0, 10, board="one"), after)
        assert (piece.state, piece.sold) == ("blocked", 0)
