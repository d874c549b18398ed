"""How an instrument stood when a spectrum was taken: kept, and judged by the checks around it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import ControlError
from firmware_bridge.instrument.book import REPEAT_MS, InstrumentBook, Nature
from firmware_bridge.instrument.desk import InstrumentDesk
from firmware_bridge.instrument.memory import checks_from_text, checks_to_text, entry_from_text
from firmware_bridge.instrument.state import HOUR_MS, Log, Rules
from firmware_bridge.spool import Moment, Spool
from tests.firmware_bridge.instrument.test_state import NOW, check

EMPTY = Log(needs_background=True)
MINUTE_MS = 60_000


@dataclass
class Day:
    """A book, and a clock that is set."""

    book: InstrumentBook
    at_ms: list[int] = field(default_factory=lambda: [NOW])

    def measure(self, spectrum: str) -> None:
        """A good spectrum, now: switched on an hour ago, a fresh background."""
        now = self.at_ms[0]
        self.book.note("a", on_since_ms=now - HOUR_MS, background_ms=now - MINUTE_MS)
        self.book.took("a", spectrum)

    def blocks(self, spectrum: str) -> list[str]:
        return [each.name for each in self.book.state_of(spectrum).blocks]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    spool = Spool(tmp_path / "spool.sqlite3", BridgeAddress("site", "pi"), "boot-1")
    at_ms = [NOW]
    natures = {"a": Nature(EMPTY, Rules())}
    book = InstrumentBook(spool, natures, lambda: Moment(at_ms[0], at_ms[0], sane=True))
    yield Day(book, at_ms)
    spool.close()


def test_a_background_does_not_grow_old_after_the_spectrum(day: Day) -> None:
    day.book.add_check("a", check(NOW - HOUR_MS))
    day.measure("one")
    day.at_ms[0] += 300 * HOUR_MS
    assert day.blocks("one") == []
    assert {"performance-check-overdue", "background-old"} <= {
        each.name for each in day.book.state_now("a").blocks
    }


def test_a_spectrum_that_this_bridge_did_not_take_is_unknown(day: Day) -> None:
    assert day.blocks("elsewhere") == ["instrument-unknown"]


def test_the_first_check_after_a_spectrum_counts_for_it(day: Day) -> None:
    day.measure("one")
    assert day.blocks("one") == ["performance-check-missing"]
    day.book.add_check("a", check(NOW + MINUTE_MS, noise=0.5))
    assert day.blocks("one") == ["performance-noise"]


def test_a_failed_check_may_be_repeated_but_a_repair_mends_nothing_of_before(day: Day) -> None:
    day.measure("one")
    day.book.add_check("a", check(NOW + MINUTE_MS, noise=0.5))
    day.book.add_check("a", check(NOW + 2 * MINUTE_MS + REPEAT_MS))
    assert day.blocks("one") == ["performance-noise"]
    day.at_ms[0] = NOW + 2 * HOUR_MS + 3 * MINUTE_MS
    day.measure("two")
    assert day.blocks("two") == []


def test_a_repetition_that_passes_counts(day: Day) -> None:
    day.measure("one")
    day.book.add_check("a", check(NOW + MINUTE_MS, noise=0.5))
    day.book.add_check("a", check(NOW + 5 * MINUTE_MS))
    day.book.add_check("a", check(NOW + 9 * MINUTE_MS, noise=0.5))
    assert day.blocks("one") == []


def test_a_move_wants_a_check_for_what_is_measured_after_it(day: Day) -> None:
    day.book.add_check("a", check(NOW - HOUR_MS))
    day.measure("one")
    day.at_ms[0] += MINUTE_MS
    shown = InstrumentDesk(day.book).answer({"act": "moved", "device": "a"})
    assert "performance-check-overdue" in str(shown["blocks"])
    day.measure("two")
    assert (day.blocks("one"), day.blocks("two")) == ([], ["performance-check-overdue"])


def test_another_instrument_has_a_history_of_its_own(day: Day) -> None:
    day.book.is_called("a", "S1")
    day.book.add_check("a", check(NOW - HOUR_MS))
    day.book.is_called("a", "S2")
    assert day.book.log("a") == EMPTY
    day.book.is_called("a", "S1")
    assert len(day.book.log("a").checks) == 1


def test_what_is_damaged_counts_as_not_known() -> None:
    for text in (None, "", "[", "[]", "7", '{"on_since_ms": "x", "blank_share": true}'):
        assert entry_from_text(text, EMPTY).log == EMPTY
    kept = checks_to_text([check()])
    assert checks_from_text(kept) == (check(),)
    assert checks_from_text('[{"at_ms": "x"}, 3]') == checks_from_text("{") == ()


def test_only_instruments_can_be_asked_about(day: Day) -> None:
    desk = InstrumentDesk(day.book)
    with pytest.raises(ControlError, match="no instrument 'b' here; known are a"):
        desk.answer({"act": "show", "device": "b"})
    with pytest.raises(ControlError, match="show, moved"):
        desk.answer({"act": "dance", "device": "a"})
