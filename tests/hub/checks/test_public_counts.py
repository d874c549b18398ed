"""Public counts: nothing small can be seen, or worked out from what is seen."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract.check.reconcile import GROUPS, Outcome
from hub.public_counts import ALL, PARTS, CountRow, counts, months_shown, part_of

OUTCOMES: tuple[Outcome, ...] = ("confirmed", "unclear", "not-seen-by-strip", "not-tested")
LEAST = 5


@dataclass
class _Standing:
    group: str
    outcome: Outcome


@dataclass
class _Facts:
    standings: list[_Standing]


@dataclass
class Sample:
    """As much of a sample as is counted."""

    site: str
    day: str
    outcomes: tuple[Outcome, ...]
    may_leave: bool = True

    @property
    def facts(self) -> _Facts:
        return _Facts([_Standing(g, o) for g, o in zip(GROUPS, self.outcomes, strict=True)])


def _each(outcome: Outcome) -> tuple[Outcome, ...]:
    return tuple(outcome for _ in GROUPS)


def rows(samples: list[Sample], today: str = "2027-01-01", delay: int = 28) -> list[CountRow]:
    given_: Any = samples
    return counts(given_, {"a": "A", "b": "B", "c": "C"}, today, delay, LEAST)


clusters = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.tuples(*(st.sampled_from(OUTCOMES) for _ in GROUPS)),
        st.integers(1, 30),
        st.booleans(),
    ),
    max_size=8,
)


@given(clusters)
def test_nothing_small_is_shown_or_left_over(
    found: list[tuple[str, Any, int, bool]],
) -> None:
    samples = [
        Sample(site, "2026-10-05", outcomes, may)
        for site, outcomes, number, may in found
        for _ in range(number)
    ]
    told = rows(samples)
    truth = sum(sample.may_leave for sample in samples)
    by_area = {row.area: row.samples for row in told}
    total = by_area.pop(ALL, None)
    hidden = [name for name, number in by_area.items() if number is None]
    if total is not None:
        assert total == truth
        rest = total - sum(number for number in by_area.values() if number is not None)
        assert not hidden or (len(hidden) > 1 or rest >= 2 * LEAST)
    for row in told:
        shown = [cell for cell in row.cells if cell is not None]
        assert all(cell == 0 or cell >= LEAST for cell in shown)
        if row.samples is None or row.area == ALL:
            assert shown == []
            continue
        left = row.samples - sum(shown)
        gone = row.cells.count(None)
        assert (left == 0) if gone == 0 else (gone >= 2 and left >= 2 * LEAST)


def test_a_month_is_shown_some_time_after_its_end() -> None:
    days = ["2026-10-31", "2026-11-01", "2026-12-31"]
    assert months_shown(days, "2026-11-28", 28) == []
    assert months_shown(days, "2026-11-29", 28) == ["2026-10"]
    assert months_shown(days, "2027-01-01", 0) == ["2026-10", "2026-11", "2026-12"]


def test_what_nobody_released_is_not_counted() -> None:
    samples = [Sample("a", "2026-10-05", _each("confirmed"), may_leave=n < 20) for n in range(40)]
    told = rows(samples)
    assert {row.samples for row in told} == {20}
    assert told[0].cells == (20, 0, 0, 0)


def test_a_site_without_an_area_is_among_the_others() -> None:
    told = rows([Sample("secret-street", "2026-10-05", _each("not-tested"))] * 30)
    assert {row.area for row in told} == {"other", ALL}


@pytest.mark.parametrize(
    ("outcome", "part"),
    [
        ("lab-differs", "found"),
        ("found-against-strip", "found"),
        ("unclear-strip-negative", "unclear"),
        ("lab-not-found", "not_detected"),
        ("not-tested", "not_tested"),
    ],
)
def test_each_outcome_has_its_part(outcome: Outcome, part: str) -> None:
    assert part_of(outcome) == part
    assert part in PARTS
