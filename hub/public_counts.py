"""Counts of checks that anybody may see: by month, area and group, small cells suppressed. Pure.

The same samples stand in five rows of an area (one for each group), each a partition of them into
found, unclear, not detected and not tested. An area is shown in a month only where it has so many
samples that each of its partitions can be shown with its total (a largest cell that is not small);
so what one row hides, no other row gives away. Over all areas only the samples are counted, never
the parts: they would tell what an area hides.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from firmware_bridge.contract.check.reconcile import GROUPS, PRESENT, Outcome
from hub.check_rows import harmless
from hub.check_samples import Sample
from hub.small_cells import suppress

OTHER, ALL = "other", "all areas"
PARTS = ("found", "unclear", "not_detected", "not_tested")
COLUMNS = ("month", "area", "group", "samples", *PARTS)


@dataclass(frozen=True, slots=True)
class CountRow:
    """One line; None is hidden. `cells` are as `PARTS`."""

    month: str
    area: str
    group: str
    samples: int | None
    cells: tuple[int | None, ...]


def months_shown(days: Iterable[str], today: str, delay_days: int) -> list[str]:
    """The months that ended long enough ago, of those that these days are in."""
    last = date.fromisoformat(today) - timedelta(days=delay_days)
    return sorted({day[:7] for day in days if _after(day[:7]) <= last})


def counts(
    samples: Sequence[Sample], areas: dict[str, str], today: str, delay_days: int, least: int
) -> list[CountRow]:
    """The rows of every month that may be shown.

    Args:
        samples: of any time; those that no person released are left out.
        areas: county or health area by site.
        today: "2026-11-27".
        delay_days: a month is shown this long after its end.
        least: the smallest count that may be seen.
    """
    chosen = [sample for sample in samples if sample.may_leave]
    rows: list[CountRow] = []
    for month in months_shown((sample.day for sample in chosen), today, delay_days):
        by_area: dict[str, list[Sample]] = {}
        for sample in chosen:
            if sample.day.startswith(month):
                by_area.setdefault(areas.get(sample.site, OTHER), []).append(sample)
        rows += _month(month, by_area, least)
    return rows


def as_csv(rows: Sequence[CountRow]) -> str:
    """As CSV; a hidden count is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = ["" if cell is None else cell for cell in (row.samples, *row.cells)]
        writer.writerow((row.month, harmless(row.area), row.group, *cells))
    return out.getvalue()


def part_of(outcome: Outcome) -> str:
    """Which of `PARTS` an outcome belongs to."""
    if outcome in PRESENT:
        return "found"
    if outcome.startswith("unclear"):
        return "unclear"
    return "not_tested" if outcome == "not-tested" else "not_detected"


def _month(month: str, by_area: dict[str, list[Sample]], least: int) -> Iterable[CountRow]:
    names = sorted(by_area)
    shown = suppress([len(by_area[name]) for name in names], least * len(PARTS))
    hidden = (None,) * len(PARTS)
    for name, count in zip(names, shown.cells, strict=True):
        for group in GROUPS:
            cells = hidden if count is None else _cells(by_area[name], group, least)
            yield CountRow(month, name, group, count, cells)
    yield CountRow(month, ALL, "", shown.total, hidden)


def _cells(samples: Sequence[Sample], group: str, least: int) -> tuple[int | None, ...]:
    found = Counter(
        part_of(one.outcome)
        for sample in samples
        for one in sample.facts.standings
        if one.group == group
    )
    return suppress([found[part] for part in PARTS], least).cells


def _after(month: str) -> date:
    """The first day after a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1)
