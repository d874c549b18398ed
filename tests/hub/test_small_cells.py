"""Suppressed counts: what is hidden stays unknown, even to who knows how it is hidden."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.small_cells import Suppressed, suppress

cells = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 400)), max_size=24)


@settings(deadline=None)
@given(cells, st.integers(2, 10))
def test_no_small_cell_is_shown_and_what_is_shown_is_true(counts: list[int], least: int) -> None:
    shown = suppress(counts, least)
    assert len(shown.cells) == len(counts)
    for count, cell in zip(counts, shown.cells, strict=True):
        assert cell in {None, count}
        assert cell is None or cell == 0 or cell >= least
    assert shown.total in {None, sum(counts)}
    assert shown.total is None or shown.total == 0 or shown.total >= least


@settings(deadline=None)
@given(cells, st.integers(2, 10))
def test_the_total_minus_the_rest_is_no_small_count(counts: list[int], least: int) -> None:
    shown = suppress(counts, least)
    hidden = [count for count, cell in zip(counts, shown.cells, strict=True) if cell is None]
    if hidden and shown.total is not None:
        assert len(hidden) >= 2
        rest = shown.total - sum(cell for cell in shown.cells if cell is not None)
        assert rest >= 2 * least


@settings(deadline=None)
@given(cells, st.integers(2, 10), st.randoms())
def test_what_is_hidden_does_not_depend_on_where_it_stands(
    counts: list[int], least: int, random: object
) -> None:
    """Any hidden count could as well be any other of them: the picture would be the same."""
    shown = suppress(counts, least)
    places = [place for place, cell in enumerate(shown.cells) if cell is None]
    mixed = list(counts)
    moved = [counts[place] for place in places]
    random.shuffle(moved)  # type: ignore[attr-defined]  # a random.Random
    for place, count in zip(places, moved, strict=True):
        mixed[place] = count
    assert suppress(mixed, least) == shown


@pytest.mark.parametrize(("size", "most", "least"), [(2, 14, 3), (3, 9, 3), (4, 6, 2), (3, 11, 4)])
def test_no_hidden_count_can_be_worked_out_by_trying_all_tables(
    size: int, most: int, least: int
) -> None:
    """Somebody who knows the rule tries every table that would look the same."""
    by_look: dict[Suppressed, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(most + 1), repeat=size):
        by_look[suppress(counts, least)].append(counts)
    for shown, tables in by_look.items():
        for place, cell in enumerate(shown.cells):
            possible = {table[place] for table in tables}
            assert cell is not None or len(possible) >= 2, (shown, tables)


def test_what_is_large_is_shown_whole() -> None:
    assert suppress([7, 0, 12], 5) == Suppressed((7, 0, 12), 19)
    assert suppress([], 5) == Suppressed((), 0)
    assert suppress([7, 3, 12], 5) == Suppressed((None, None, 12), 22)
    assert suppress([3, 2], 5) == Suppressed((None, None), None)
