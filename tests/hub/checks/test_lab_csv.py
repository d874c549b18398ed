"""A laboratory's file: taken whole or not at all, and every bad line named."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import lab_csv
from hub.access import Person
from hub.errors import AccessError
from hub.lab_import import import_answers
from hub.store import Store, check_facts
from tests.hub.checks import world as w
from tests.hub.checks.world import Table

HEAD = "code,split,laboratory,method,substance,found,percent,low,high,limit"
GOOD = f"{w.code(1)},s1,Lab,GC-MS,fentanyl,yes,4.2,3.5,5,"

cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    sheet = lab_csv.read(content)
    assert sheet.refusals or not sheet.answers


@given(st.lists(st.lists(cells, min_size=10, max_size=10), max_size=6))
def test_no_cells_break_the_reader_and_no_line_goes_unsaid(rows: list[list[str]]) -> None:
    out = io.StringIO()
    out.write(f"{HEAD}\n")
    csv.writer(out).writerows(rows)
    sheet = lab_csv.read(out.getvalue().encode())
    taken = sum(len(each.lab.findings) for each in sheet.answers)
    assert taken == 0 or sheet.answers
    assert taken + len(sheet.refusals) >= len(rows) or not rows


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("K7M0,s1,Lab,GC-MS,fentanyl,yes,,,,", "characters"),
        (GOOD.replace("yes", "maybe"), "yes or no"),
        (GOOD.replace("4.2", "much"), "a number"),
        (GOOD.replace("4.2", "nan"), "a number"),
        (GOOD.replace("4.2", "420"), "0 to 100"),
        (GOOD.replace(",Lab,", ",,"), "laboratory: nothing"),
        (GOOD + ",more", "fields are wanted"),
        (GOOD.replace("GC-MS", "qNMR").replace("fentanyl", "xylazine"), "another laboratory"),
        (GOOD, "twice"),
    ],
)
def test_a_bad_line_is_named_with_its_number(line: str, said: str) -> None:
    sheet = lab_csv.read(f"{HEAD}\n{GOOD}\n{line}\n".encode())
    assert [each.line for each in sheet.refusals] in ([3], [2])
    assert said in sheet.refusals[0].reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "head"),
        (b"\xff\xfe", "UTF-8"),
        (b"code,split\n", "missing"),
        (f"{HEAD},person\n".encode(), "person"),
    ],
)
def test_a_file_that_is_something_else_is_refused_whole(content: bytes, said: str) -> None:
    (refusal,) = lab_csv.read(content).refusals
    assert refusal.line == 1
    assert said in refusal.reason


def test_spreadsheets_semicolons_and_marks_are_understood() -> None:
    text = f"\ufeff{HEAD}\r\n{GOOD}\r\n".replace(",", ";")
    (answer,) = lab_csv.read(text.encode()).answers
    assert answer.code == w.code(1)
    assert answer.lab.findings[0].amount_percent == 4.2
    assert answer.lab.findings[0].group == "fentanyls"


def _facts(store: Store) -> int:
    with store.read() as transaction:
        return len(check_facts.waiting(transaction))


def test_all_or_nothing_and_the_same_file_again_changes_nothing(
    store: Store, table: Table, technician: Person
) -> None:
    first, second = table.whole(1), table.whole(2)
    good = "\n".join((HEAD, GOOD, GOOD.replace(first, second)))
    bad = "\n".join((good, GOOD.replace(first, w.code(3))))
    for content, keep, added, kept in (
        (bad, True, 0, 0),
        (good, False, 2, 0),
        (good, True, 2, 4),
        (good, True, 0, 4),
    ):
        with store.begin() as transaction:
            done = import_answers(transaction, technician, content.encode(), w.NOW_MS, keep=keep)
        assert (len(done.added), _facts(store)) == (added, kept)
        known = (f"{first} s1", f"{second} s1") if kept and not added else ()
        assert done.repeated == known


def test_names_that_no_table_knows_are_told(store: Store, table: Table, technician: Person) -> None:
    table.whole(1)
    line = GOOD.replace("fentanyl", "fentynal")
    with store.begin() as transaction:
        done = import_answers(
            transaction, technician, f"{HEAD}\n{line}".encode(), w.NOW_MS, keep=False
        )
        assert done.unknown_substances == ("fentynal",)
        with pytest.raises(AccessError):
            import_answers(transaction, Person(1, "Kim", "staff"), b"", w.NOW_MS, keep=False)
