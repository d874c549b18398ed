"""Facts from the hub at the table: kept once, sent back, and no rubbish taken."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge.check_book import CheckBook
from firmware_bridge.check_from_hub import HubFacts
from firmware_bridge.contract import codec
from firmware_bridge.contract.check.code import with_check
from firmware_bridge.contract.check_events import CheckEvent, Intake, Lab, LabFinding
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import ControlError
from firmware_bridge.spool import Moment, Spool

INTAKE = Intake(expected="", form="", colour="", texture="", packaging="", effects="")
FOUND = LabFinding(
    substance="fentanyl",
    group="fentanyls",
    found=True,
    amount_percent=None,
    low_percent=None,
    high_percent=None,
    limit_percent=None,
)
LAB = Lab(split="s1", state="complete", name="Lab", method="GC-MS", findings=(FOUND,))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[CheckBook]:
    numbers = count(1)
    spool = Spool(tmp_path / "spool.sqlite3", BridgeAddress("north", "one"), "0" * 32)
    yield CheckBook(
        spool,
        lambda: Moment(1_795_000_000_000, 1, sane=True),
        lambda: _code(next(numbers)),
        lambda: f"{next(numbers):032x}",
    )
    spool.close()


def _code(number: int) -> str:
    plain = with_check(f"{number:07d}".translate(str.maketrans("01", "AB")))
    return f"{plain[:4]}-{plain[4:]}"


def fact(check: str, number: int = 999, **what: Any) -> CheckEvent:  # noqa: ANN401 - as in CheckEvent
    told = what or {"lab": LAB}
    return CheckEvent(check=check, event=f"{number:032x}", after=(), at_ms=1, by="Kim", **told)


def sent(book: CheckBook) -> int:
    return book.spool.depth


def test_a_fact_is_kept_once_and_sent_back(book: CheckBook) -> None:
    code = book.begin("ana", intake=INTAKE).code
    before, payload = sent(book), codec.encode_record(fact(code))
    facts = HubFacts(book)
    for _ in range(3):
        facts.take(payload)
    assert book.find(code).labs == (LAB,)
    assert sent(book) == before + 1
    HubFacts(book).take(payload)
    assert sent(book) == before + 2, "after a restart it is said once more, the hub may need it"
    assert len(book.find(code).trail) == 2


def test_one_fact_does_not_begin_a_check_that_is_gone(book: CheckBook) -> None:
    code = _code(500)
    HubFacts(book).take(codec.encode_record(fact(code)))
    with pytest.raises(ControlError):
        book.find(code)
    assert sent(book) == 1, "it is sent back all the same"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.sampled_from(
            [
                codec.encode_record(fact("K7M2-P9QX")),
                codec.encode_record(fact(_code(1), intake=INTAKE, lab=LAB)),
                codec.encode_record(fact(_code(1).lower())),
                codec.encode_record(fact(_code(1))).replace(b'"00000', b'"xxxxx'),
            ]
        ),
    )
)
def test_rubbish_is_left(book: CheckBook, payload: bytes) -> None:
    HubFacts(book).take(payload)
    assert sent(book) == 0
