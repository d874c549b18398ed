"""What the hub is told of an instrument, when, and that nothing of it is said twice or lost."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract import codec
from firmware_bridge.contract.instrument import InstrumentTold, PerformanceTold
from firmware_bridge.contract.messages import Body
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import SpoolError
from firmware_bridge.instrument.book import InstrumentBook, Nature
from firmware_bridge.instrument.desk import InstrumentDesk
from firmware_bridge.instrument.memory import checks_to_text
from firmware_bridge.instrument.performance import FEWEST, FixedLimits, PerformanceCheck, chart
from firmware_bridge.instrument.state import HOUR_MS, QUANTITIES, Log, Rules, state
from firmware_bridge.instrument.telling import (
    EVERY_S,
    Occasion,
    instrument_told,
    performance_told,
)
from firmware_bridge.instrument.words import has_passed
from firmware_bridge.spool import Moment, Spool
from tests.firmware_bridge.instrument.test_state import GOOD, NOW, RULES, check

LIMITS = FixedLimits()
FIGURES = st.none() | st.floats(-3, 3, allow_nan=False)
CHECKS = st.lists(
    st.builds(
        PerformanceCheck,
        at_ms=st.integers(NOW, NOW + 10 * HOUR_MS),
        standard=st.sampled_from(["polystyrene", "silicon"]),
        peak_offset_cm1=FIGURES,
        energy=FIGURES,
        noise=FIGURES,
        line=FIGURES,
    ),
    min_size=1,
    max_size=FEWEST + 4,
)


@given(CHECKS)
def test_a_check_is_told_as_the_bridge_itself_judges_it(checks: list[PerformanceCheck]) -> None:
    told = performance_told(checks, "S1", LIMITS)
    assert (told.at_ms, told.passed) == (checks[-1].at_ms, has_passed(checks, LIMITS))
    for figure, quantity in zip(told.figures, QUANTITIES, strict=True):
        made = chart(checks, quantity, LIMITS)
        assert (figure.quantity, figure.value) == (quantity, checks[-1].value(quantity))
        assert (figure.usual, figure.usual_low, figure.usual_high) == (
            made.middle,
            made.low,
            made.high,
        )
        assert figure.signals == made.signals


@given(CHECKS)
def test_what_is_told_as_failed_is_what_stands_in_the_way_and_who_may_set_it_aside(
    checks: list[PerformanceCheck],
) -> None:
    stands = instrument_told(replace(GOOD, checks=checks), "S1", RULES)
    blocks = [
        block
        for block in state(replace(GOOD, checks=checks), RULES, NOW).blocks
        if block.name in {f"performance-{quantity}" for quantity in QUANTITIES}
    ]
    assert stands.failed == tuple(block.name for block in blocks)
    told = performance_told(checks, "S1", LIMITS)
    named = {f"performance-{f.quantity}": f.override for f in told.figures if f.signals}
    assert named == {block.name: block.override for block in blocks}


@given(CHECKS)
def test_the_limits_that_are_told_are_those_that_are_judged_by(
    checks: list[PerformanceCheck],
) -> None:
    for figure in performance_told(checks, "", LIMITS).figures:
        if figure.value is None:
            continue
        below = figure.least is not None and figure.value < figure.least
        above = figure.most is not None and figure.value > figure.most
        assert (below or above) == ("fixed-limit" in figure.signals)


def test_ages_are_told_only_where_the_bridge_can_know_them() -> None:
    infrared = instrument_told(replace(GOOD, dark_ms=NOW), "", RULES)
    assert (infrared.background_ms, infrared.dark_ms) == (NOW - 60_000, None)
    files = instrument_told(replace(GOOD, needs_background=False), "", RULES)
    assert (files.background_ms, files.background_max_s) == (None, None)


def test_a_check_of_the_future_is_no_fresh_one() -> None:
    """A clock that ran ahead, and was set back, must not keep a check fresh for years."""
    ahead = replace(GOOD, checks=(check(NOW + 24 * HOUR_MS),))
    (block,) = state(ahead, RULES, NOW).blocks
    assert (block.name, "future" in block.text) == ("performance-check-overdue", True)
    assert state(replace(GOOD, checks=(check(NOW + 1000),)), RULES, NOW).blocks == ()


def test_instruments_are_told_at_the_start_every_hour_and_when_the_clock_is_set() -> None:
    occasion = Occasion()
    steps = [
        (0.0, False, True),  # a Raspberry Pi starts without a clock
        (30.0, False, False),
        (60.0, True, True),  # it was set: what was told before would look dated ahead
        (90.0, True, False),
        (60.0 + EVERY_S, True, True),
        (90.0 + EVERY_S, False, True),
    ]
    for now_s, sane, told in steps:
        assert occasion.is_now(now_s, sane=sane) == told, now_s


@dataclass
class Bridge:
    """A book over a spool, and what waits in it for the hub."""

    path: Path
    spool: Spool
    book: InstrumentBook
    at_ms: list[int] = field(default_factory=lambda: [NOW])
    row: int = 0

    def said(self) -> list[Body]:
        """What was put into the spool since this was asked last."""
        self.spool.flush()
        held = self.spool.held_after(self.row, 10_000)
        self.row = held[-1].row if held else self.row
        return [codec.decode(each.payload).body for each in held]


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    path, at_ms = tmp_path / "spool.sqlite3", [NOW]
    spool = Spool(path, BridgeAddress("site", "pi"), "0" * 32)
    natures = {"a": Nature(Log(needs_background=True), Rules())}
    book = InstrumentBook(spool, natures, lambda: Moment(at_ms[0], at_ms[0], sane=True))
    yield Bridge(path, spool, book, at_ms)
    spool.close()


def kinds(said: Sequence[Body]) -> list[str]:
    return [body.KIND for body in said]


def test_a_check_is_told_at_once_with_how_the_instrument_stands(bridge: Bridge) -> None:
    bridge.book.is_called("a", "S1")
    assert kinds(bridge.said()) == ["instrument"]
    bridge.book.add_check("a", check(NOW, noise=0.5))
    held = bridge.spool.held_after(bridge.row, 10)
    assert len(held) == 2, "on the disk without another flush"
    made, stands = bridge.said()
    assert isinstance(made, PerformanceTold)
    assert isinstance(stands, InstrumentTold)
    assert (made.serial, made.passed, stands.failed) == ("S1", False, ("performance-noise",))
    assert (stands.checked_ms, stands.moved_ms) == (NOW, None)


def test_a_move_is_told_at_once_and_what_does_not_change_is_not_told(bridge: Bridge) -> None:
    InstrumentDesk(bridge.book).answer({"act": "moved", "device": "a"})
    (stands,) = bridge.said()
    assert isinstance(stands, InstrumentTold)
    assert stands.moved_ms == NOW
    for _ in range(3):
        bridge.book.note("a", on_since_ms=None)
        bridge.book.note("a", moved_ms=NOW)
    assert bridge.said() == []


def test_what_an_older_version_kept_to_itself_is_told_once(bridge: Bridge) -> None:
    old = [check(NOW - hours * HOUR_MS) for hours in (3, 2, 1)]
    bridge.spool.keep("instrument.a.checks.", checks_to_text(old))
    bridge.book.tell()
    assert kinds(bridge.said()) == ["performance"] * 3 + ["instrument"]
    bridge.book.add_check("a", check(NOW))
    assert kinds(bridge.said()) == ["performance", "instrument"]
    bridge.book.tell()
    assert kinds(bridge.said()) == ["instrument"]


def test_an_instrument_that_comes_back_is_told_with_its_own_last_check(bridge: Bridge) -> None:
    bridge.book.is_called("a", "S1")
    bridge.book.add_check("a", check(NOW))
    bridge.book.is_called("a", "S2")
    *_, other = bridge.said()
    bridge.book.is_called("a", "S1")
    (again,) = bridge.said()
    assert isinstance(other, InstrumentTold)
    assert isinstance(again, InstrumentTold)
    assert (other.serial, other.checked_ms) == ("S2", None)
    assert (again.serial, again.checked_ms) == ("S1", NOW)


def test_a_disk_that_refuses_loses_neither_the_check_nor_the_word_of_it(bridge: Bridge) -> None:
    with sqlite3.connect(bridge.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SpoolError):
            bridge.book.add_check("a", check(NOW))
        other.execute("ROLLBACK")
    assert len(bridge.book.log("a").checks) == 1
    assert kinds(bridge.said()) == ["performance", "instrument"]
    bridge.book.tell()
    assert kinds(bridge.said()) == ["instrument"]
