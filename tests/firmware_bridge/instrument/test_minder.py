"""What a station tells of its instrument becomes what must be known of it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from analysis import Spectrum
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.drivers.readings import Fault, FaultReading, Purpose
from firmware_bridge.instrument.book import InstrumentBook, Nature
from firmware_bridge.instrument.figures import Light
from firmware_bridge.instrument.minder import Minder
from firmware_bridge.instrument.state import Log, Rules
from firmware_bridge.instrument.wishes import Wish, driver_word, wish_of
from firmware_bridge.spool import Moment, Spool
from tests.firmware_bridge.instrument.test_state import NOW

AXIS = np.arange(700.0, 1800.0, 1.0)
FILM_CM1 = (1028.3, 1154.5, 1583.0, 1601.2)
MOMENT = Moment(NOW, 0, sane=True)


def film(off_cm1: float = 0.0, height: float = 0.5) -> Spectrum:
    bands = sum(1 / (1 + ((AXIS - line - off_cm1) / 3.0) ** 2) for line in FILM_CM1)
    noise = 2e-4 * np.random.default_rng(1).normal(size=AXIS.size)
    return Spectrum(AXIS, height * bands + noise, "ir-absorbance")


def light(noise: float = 2e-4) -> Light:
    rng = np.random.default_rng(2)
    one, two = (30_000 * (1 + noise * rng.normal(size=AXIS.size)) for _ in range(2))
    beams = (tuple(one.tolist()), tuple(two.tolist()))
    return Light(beams=beams, full_scale=65_535, largest=20_000, wants_beams=True)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[InstrumentBook]:
    spool = Spool(tmp_path / "spool.sqlite3", BridgeAddress("site", "pi"), "boot-1")
    natures = {"a": Nature(Log(needs_background=True), Rules())}
    yield InstrumentBook(spool, natures, lambda: MOMENT)
    spool.close()


def test_a_good_instrument_passes_with_its_figures(book: InstrumentBook) -> None:
    outcome = Minder("a", book).fulfil(Wish("polystyrene"), film(0.3), light(), MOMENT)
    assert outcome.done
    assert outcome.lines[0] == "performance check with polystyrene: passed"
    (made,) = book.log("a").checks
    assert made.peak_offset_cm1 == pytest.approx(0.3, abs=0.15)
    assert made.energy == pytest.approx(30_000 / 65_535, rel=0.01)
    assert made.noise == pytest.approx(2e-4 * 2**0.5, rel=0.2)
    assert made.line is not None
    assert made.line < 1e-3


@pytest.mark.parametrize(
    ("off_cm1", "noise", "word"),
    [(1.6, 2e-4, "worst band off"), (0.1, 0.01, "noise")],
)
def test_what_is_off_fails_by_its_name(
    book: InstrumentBook, off_cm1: float, noise: float, word: str
) -> None:
    outcome = Minder("a", book).fulfil(Wish("polystyrene"), film(off_cm1), light(noise), MOMENT)
    assert outcome.lines[0].endswith("FAILED")
    (failed,) = [line for line in outcome.lines if "fixed-limit" in line]
    assert failed.startswith(word)


def test_a_standard_that_is_not_there_fails(book: InstrumentBook) -> None:
    empty = Spectrum(AXIS, 1e-3 * np.random.default_rng(3).normal(size=AXIS.size))
    outcome = Minder("a", book).fulfil(Wish("polystyrene"), empty, light(), MOMENT)
    assert outcome.lines[0].endswith("FAILED")


def test_what_can_not_be_measured_is_no_check(book: InstrumentBook) -> None:
    minder = Minder("a", book)
    for wish, beams in ((Wish("polystyrene"), Light(wants_beams=True)), (Wish("silicon"), light())):
        outcome = minder.fulfil(wish, film(), beams, MOMENT)
        assert not outcome.done
    fault = FaultReading(Fault.REFUSED, "no background", "take one")
    assert minder.fulfil(Wish(None), fault, light(), MOMENT).lines == ("no background", "take one")
    assert book.log("a").checks == ()


def test_a_strong_sample_stands_in_the_way_of_the_next_until_a_blank_is_clean(
    book: InstrumentBook,
) -> None:
    minder = Minder("a", book)
    minder.sampled((), film(height=0.4), light(), MOMENT)
    assert book.log("a").last_strong_ms is None
    strong = film(height=1.2)
    minder.sampled((), strong, light(), MOMENT)
    assert book.log("a").last_strong_ms == NOW
    dirty = Spectrum(AXIS, 0.05 * strong.values + 0.01)
    assert "clean again" in str(minder.fulfil(Wish(None), dirty, light(), MOMENT).lines)
    assert book.log("a").blank_share == pytest.approx(0.05, abs=0.001)
    clean = Spectrum(AXIS, 2e-4 * np.random.default_rng(4).normal(size=AXIS.size))
    assert len(minder.fulfil(Wish(None), clean, light(), MOMENT).lines) == 1
    assert book.log("a").blank_share == pytest.approx(0, abs=0.002)


def test_an_instrument_that_was_away_was_switched_on_when_it_is_heard_again(
    book: InstrumentBook,
) -> None:
    minder = Minder("a", book)
    minder.heard(MOMENT, "S1")
    minder.heard(Moment(NOW + 5, 5, sane=True), "S1")
    assert book.log("a").on_since_ms == NOW
    minder.trouble(FaultReading(Fault.BAD_CHECKSUM, "", ""))
    assert book.log("a").on_since_ms == NOW
    minder.trouble(FaultReading(Fault.NO_REPLY, "", ""))
    minder.heard(Moment(NOW + 9, 9, sane=True), "S1")
    assert book.log("a").on_since_ms == NOW + 9
    minder.took(Purpose.BACKGROUND, MOMENT)
    minder.took(Purpose.DARK, MOMENT)
    assert (book.log("a").background_ms, book.log("a").dark_ms) == (NOW, NOW)


def test_a_driver_is_asked_for_what_it_knows() -> None:
    assert driver_word("standard silicon") == driver_word("blank") == "sample"
    assert (driver_word("dark"), wish_of("dark")) == ("dark", None)
