"""Reports of use: counts by machine and month, nobody to be picked out of them."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.access_report import MEASURES, WEEKDAYS, By, Machine, Row, as_csv, as_text, report
from hub.store.access_counts import HourCount

HOUR_MS = 3_600_000
MONDAY_MS = 1_793_577_600_000 + 4 * HOUR_MS + 3_600_000  # 2026-11-02 05:00 UTC, 00:00 in Toronto
TORONTO = ZoneInfo("America/Toronto")
BYS: tuple[By, ...] = ("month", "weekday", "hour", "reason")


def machine(name: str, sessions: Sequence[tuple[int, int]], refused: int = 0) -> Machine:
    """With so many sessions (second number) in an hour of the month (first number)."""
    hours = tuple(
        HourCount(1, MONDAY_MS + hour * HOUR_MS, count, count, {"quota": refused})
        for hour, count in sessions
    )
    return Machine(name, TORONTO, hours)


def counts(rows: list[Row], measure: str) -> dict[tuple[str, str], int | None]:
    return {(row.machine, row.part): row.count for row in rows if row.measure == measure}


def test_a_month_is_told_by_machine_with_a_total() -> None:
    rows = report([machine("a", [(0, 30)]), machine("b", [(5, 12), (9, 8)])], "month", 5)
    sessions = counts(rows, "sessions")
    assert sessions == {("a", "month"): 30, ("b", "month"): 20, ("all machines", "month"): 50}
    assert {row.measure for row in rows} == set(MEASURES)


def test_a_machine_that_was_hardly_used_is_hidden_with_another() -> None:
    machines = [machine("a", [(0, 3)]), machine("b", [(0, 9)]), machine("c", [(0, 40)])]
    assert list(counts(report(machines, "month", 5), "sessions").values()) == [None, None, 40, 52]


def test_hours_and_weekdays_are_those_of_the_place() -> None:
    rows = report([machine("a", [(0, 6), (25, 7)])], "weekday", 5)
    shown = counts(rows, "sessions")
    assert (shown["a", "Monday"], shown["a", "Tuesday"], shown["a", "all"]) == (6, 7, 13)
    assert [part for _, part in shown] == [*WEEKDAYS, "all"]
    rows = report([machine("a", [(0, 6), (25, 7)])], "hour", 5)
    assert counts(rows, "sessions")["a", "01:00"] == 7


def test_reasons_are_told_for_refusals_only() -> None:
    rows = report([machine("a", [(0, 6)], refused=9)], "reason", 5)
    assert [(row.measure, row.part, row.count) for row in rows] == [
        ("refused", "quota", 9),
        ("refused", "all", 9),
    ]


def test_a_machine_whose_month_is_hidden_is_not_broken_down() -> None:
    machines = [machine("a", [(0, 3)]), machine("b", [(0, 9)]), machine("c", [(0, 40)])]
    for by in ("weekday", "hour"):
        shown = counts(report(machines, by, 5), "sessions")
        assert {part for name, part in shown if name == "b"} == {"all"}
        assert shown["b", "all"] is None


@settings(deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 700), st.integers(0, 9)), max_size=6), max_size=4),
    st.integers(2, 6),
)
def test_no_report_shows_a_small_count_or_gives_one_away(
    uses: list[list[tuple[int, int]]], least: int
) -> None:
    """Not even all reports together: what the month hides, no other report adds up to."""
    machines = [machine(f"m{number}", each) for number, each in enumerate(uses)]
    reports = {by: report(machines, by, least) for by in BYS}
    rows = [row for each in reports.values() for row in each]
    assert all(row.count is None or row.count == 0 or row.count >= least for row in rows)
    hidden = {(row.machine, row.measure) for row in reports["month"] if row.count is None}
    broken_down = {
        (row.machine, row.measure)
        for by in ("weekday", "hour", "reason")
        for row in reports[by]
        if row.count is not None
    }
    assert not hidden & broken_down


def test_hidden_counts_are_empty_in_csv_and_a_word_in_text() -> None:
    rows = report([machine("a", [(0, 3)])], "month", 5)
    assert "a,sessions,month,\n" in as_csv(rows)
    assert "hidden" in as_text(rows)
    assert as_text([]) == ""


@pytest.mark.parametrize("by", BYS)
def test_a_site_without_use_is_told_as_zeros(by: By) -> None:
    rows = report([machine("a", [])], by, 5)
    assert all(row.count == 0 for row in rows)
