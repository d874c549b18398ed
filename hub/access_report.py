"""How much machines were used in a month, as counts that may be shown. Pure."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from hub.small_cells import suppress
from hub.store.access_counts import HourCount

By = Literal["month", "weekday", "hour", "reason"]
MEASURES = ("sessions", "items", "refused")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine with what was counted at it, and the zone it stands in."""

    name: str
    zone: ZoneInfo
    hours: tuple[HourCount, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a report; None is hidden."""

    machine: str
    measure: str
    part: str
    count: int | None


def report(machines: Sequence[Machine], by: By, least: int) -> list[Row]:
    """The lines of a report, small cells suppressed.

    Broken down, a machine is shown only where its month may be shown: otherwise its parts would add
    up to what is hidden.
    """
    rows = []
    for measure in MEASURES:
        counts = [_count(machine.hours, measure) for machine in machines]
        month = suppress(counts, least)
        if by == "month":
            names = [machine.name for machine in machines]
            rows += [
                Row(name, measure, "month", n) for name, n in zip(names, month.cells, strict=True)
            ]
            rows.append(Row("all machines", measure, "month", month.total))
            continue
        for machine, shown in zip(machines, month.cells, strict=True):
            rows += _parts(machine, measure, by, least, may_be_shown=shown is not None)
    return rows


def as_csv(rows: Sequence[Row]) -> str:
    """A report as CSV; a hidden count is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("machine", "measure", "part", "count"))
    for row in rows:
        count = "" if row.count is None else row.count
        writer.writerow((row.machine, row.measure, row.part, count))
    return out.getvalue()


def as_text(rows: Sequence[Row]) -> str:
    """A report for reading."""
    wide = max((len(row.machine) for row in rows), default=0)
    lines = [
        f"{row.machine:<{wide}}  {row.measure:<8}  {row.part:<14}  "
        f"{HIDDEN if row.count is None else row.count:>7}"
        for row in rows
    ]
    return "\n".join(lines)


def _parts(
    machine: Machine, measure: str, by: By, least: int, *, may_be_shown: bool
) -> Iterator[Row]:
    if by == "reason" and measure != "refused":
        return
    cells = _cells(machine, measure, by)
    if not may_be_shown:
        yield Row(machine.name, measure, "all", None)
        return
    shown = suppress(list(cells.values()), least)
    for part, count in zip(cells, shown.cells, strict=True):
        yield Row(machine.name, measure, part, count)
    yield Row(machine.name, measure, "all", shown.total)


def _cells(machine: Machine, measure: str, by: By) -> Mapping[str, int]:
    if by == "reason":
        reasons = sorted({reason for hour in machine.hours for reason in hour.refused})
        return {
            reason: sum(hour.refused.get(reason, 0) for hour in machine.hours) for reason in reasons
        }
    part_of, parts = _parting(by)
    cells = dict.fromkeys(parts, 0)
    for hour in machine.hours:
        here = datetime.fromtimestamp(hour.from_ms / 1000, machine.zone)
        cells[part_of(here)] += _count((hour,), measure)
    return cells


def _parting(by: By) -> tuple[Callable[[datetime], str], Sequence[str]]:
    if by == "weekday":
        return (lambda here: WEEKDAYS[here.weekday()]), WEEKDAYS
    return (lambda here: f"{here.hour:02d}:00"), [f"{hour:02d}:00" for hour in range(24)]


def _count(hours: Sequence[HourCount], measure: str) -> int:
    if measure == "refused":
        return sum(sum(hour.refused.values()) for hour in hours)
    return sum(hour.granted if measure == "sessions" else hour.items for hour in hours)
