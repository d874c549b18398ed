"""Two audits held against each other: what fell is noticed, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.evadts.audit import Audit
from firmware_bridge.evadts.history import MAX_NOTED, compare
from firmware_bridge.evadts.parser import parse_audit
from tests.firmware_bridge.evadts.building import audit


def said(paid: int, *more: str, board: str = "B1") -> Audit:
    return parse_audit(audit(f"CB1*{board}*M*1", *more, "PA1*A1", f"PA2*{paid}*0"))


def names(before: Audit, after: Audit) -> list[str]:
    return [deviation.name for deviation in compare(before, after)]


@pytest.mark.parametrize(
    ("was", "is_now", "expected"),
    [
        (5, 5, []),
        (5, 6, []),
        (9999, 10_000, []),
        (9998, 3, ["counter-wrapped"]),
        (9999, 0, ["counter-wrapped"]),
        (65_535, 1, ["counter-wrapped"]),
        (4_294_967_290, 7, ["counter-wrapped"]),
        (9999, 500, ["counter-went-back"]),
        (5000, 0, ["counter-went-back"]),
        (12_000, 3, ["counter-went-back"]),
    ],
)
def test_a_counter_that_fell_is_named(was: int, is_now: int, expected: list[str]) -> None:
    assert names(said(was), said(is_now)) == expected


def test_the_figure_itself_stays_as_the_machine_said_it() -> None:
    (deviation,) = compare(said(9999), said(2))
    assert "9999" in deviation.detail
    assert "is 2" in deviation.detail
    assert said(2).selections[0].paid_vends == 2


def test_another_board_is_named_and_its_counters_are_not_compared() -> None:
    assert names(said(500), said(0, board="B2")) == ["machine-changed"]


def test_a_selection_that_is_gone_is_named() -> None:
    before = parse_audit(audit("PA1*A1", "PA2*1", "PA1*A2", "PA2*1"))
    assert names(before, said(1, board="")) == ["machine-changed"]
    assert names(before, parse_audit(audit("PA1*A1", "PA2*1"))) == ["selection-gone"]


def test_a_clock_that_went_back_is_named() -> None:
    early, late = "ID5*20261123*1200", "ID5*20261123*1300"
    assert names(said(1, late), said(1, early)) == ["clock-went-back"]
    assert names(said(1, early), said(1, late)) == []
    assert names(said(1, early), said(1, "ID5*261123*1100")) == []


def test_what_is_noted_is_bounded() -> None:
    lines = [line for number in range(100) for line in (f"PA1*{number}", "PA2*5")]
    fallen = [line.replace("PA2*5", "PA2*1") for line in lines]
    assert len(compare(parse_audit(audit(*lines)), parse_audit(audit(*fallen)))) == MAX_NOTED


@given(was=st.integers(0, 2**32 - 2), is_now=st.integers(0, 2**32 - 2))
def test_every_fall_is_noticed_and_no_rise_is(was: int, is_now: int) -> None:
    assert bool(compare(said(was), said(is_now))) == (is_now < was)
