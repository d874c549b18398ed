"""A laboratory's answers as CSV: read whole, every line that can't be used named. Pure.

One line is one substance of one split:
code,split,laboratory,method,substance,found,percent,low,high,limit
"""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass

from firmware_bridge.contract.check.code import CodeError, read_code
from firmware_bridge.contract.check_events import Lab, LabFinding
from hub.check_words import lab_checked
from hub.errors import AccessError

NEEDED = ("code", "split", "laboratory", "substance", "found")
COLUMNS = ("code", "split", "laboratory", "method", "substance", "found")
FIGURES = ("percent", "low", "high", "limit")
MOST_BYTES = 4_000_000
MOST_LINES = 20_000
_FOUND = {"yes": True, "1": True, "true": True, "no": False, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line that can't be used; line 1 is the head."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A laboratory's whole answer on one split, and where it begins in the file."""

    code: str
    lab: Lab
    line: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read; with any refusal, nothing of it may be kept."""

    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    code: str
    split: str
    laboratory: str
    method: str
    finding: LabFinding


def read(content: bytes) -> Sheet:
    """Read a file of answers; never raises, whatever is in it."""
    rows: list[_Row] = []
    refusals: list[Refusal] = []
    try:
        for line, found in _rows(content):
            if isinstance(found, str):
                refusals.append(Refusal(line, found))
            else:
                rows.append(found)
    except AccessError as error:
        refusals.append(Refusal(1, str(error)))
    except csv.Error as error:
        refusals.append(Refusal(1, f"this is no CSV: {error}"))
    put_together = list(_answers(rows))
    refusals += [each for each in put_together if isinstance(each, Refusal)]
    answers = [each for each in put_together if isinstance(each, Answer)]
    return Sheet(tuple(answers), tuple(sorted(refusals, key=lambda each: each.line)))


def _rows(content: bytes) -> Iterator[tuple[int, _Row | str]]:
    reader = _reader(content)
    for count, row in enumerate(reader):
        line = reader.line_num
        if count >= MOST_LINES:
            yield line, f"only {MOST_LINES} lines are taken at once"
            return
        if None in row or None in row.values():
            yield line, f"{len(reader.fieldnames or ())} fields are wanted, as in the head"
            continue
        try:
            yield line, _row(line, {name: value.strip() for name, value in row.items()})
        except (AccessError, CodeError) as error:
            yield line, str(error)


def _reader(content: bytes) -> "csv.DictReader[str]":
    if len(content) > MOST_BYTES:
        raise AccessError(f"the file is larger than {MOST_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AccessError("the file is not UTF-8; save it as CSV UTF-8") from None
    head = text.split("\n", 1)[0]
    sign = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in NEEDED if name not in names]
    strange = [name for name in names if name not in (*COLUMNS, *FIGURES)]
    if missing or strange or len(set(names)) != len(names):
        raise AccessError(
            f"the head is not right (missing: {', '.join(missing) or 'none'}; not known: "
            f"{', '.join(strange)[:80] or 'none'}); wanted is {','.join((*COLUMNS, *FIGURES))}"
        )
    reader.fieldnames = names
    return reader


def _row(line: int, row: dict[str, str]) -> _Row:
    empty = [name for name in NEEDED if not row[name]]
    if empty:
        raise AccessError(f"{', '.join(empty)}: nothing stands there")
    if row["found"].lower() not in _FOUND:
        raise AccessError(f"found: yes or no is wanted, not {row['found'][:20]!r}")
    percent, low, high, limit = (figure(name, row.get(name, "")) for name in FIGURES)
    finding = LabFinding(
        substance=row["substance"],
        group="",
        found=_FOUND[row["found"].lower()],
        amount_percent=percent,
        low_percent=low,
        high_percent=high,
        limit_percent=limit,
    )
    made = _Row(
        line,
        read_code(row["code"]),
        row["split"],
        row["laboratory"],
        row.get("method", ""),
        finding,
    )
    lab_checked(_lab(made, (finding,)))
    return made


def figure(name: str, text: str) -> float | None:
    """A number as somebody wrote it; None where nothing is written.

    Raises:
        AccessError: it is none.
    """
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise AccessError(f"{name}: a number such as 4.2 is wanted, not {text[:20]!r}")
    return value


def _answers(rows: list[_Row]) -> Iterator[Answer | Refusal]:
    splits: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        splits.setdefault((row.code, row.split), []).append(row)
    for (code, split), of_split in splits.items():
        first = of_split[0]
        for row in of_split:
            if (row.laboratory, row.method) != (first.laboratory, first.method):
                reason = f"split {split[:40]} is of another laboratory or method in line"
                yield Refusal(row.line, f"{reason} {first.line}")
        try:
            lab = lab_checked(_lab(first, tuple(row.finding for row in of_split)))
        except AccessError as error:
            yield Refusal(first.line, str(error))
        else:
            yield Answer(code, lab, first.line)


def _lab(row: _Row, findings: tuple[LabFinding, ...]) -> Lab:
    return Lab(
        split=row.split,
        state="complete",
        name=row.laboratory,
        method=row.method,
        findings=findings,
    )
