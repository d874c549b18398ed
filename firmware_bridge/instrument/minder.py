"""Minds one instrument: hears what its station hears, and keeps what must be known of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from firmware_bridge.asking import Outcome
from firmware_bridge.contract.messages import Findings
from firmware_bridge.drivers.readings import Fault, FaultReading, Purpose
from firmware_bridge.errors import SpoolError
from firmware_bridge.instrument.book import InstrumentBook
from firmware_bridge.instrument.figures import (
    Light,
    blank_share,
    performance_check,
    strength,
)
from firmware_bridge.instrument.wishes import Standard, Wish
from firmware_bridge.instrument.words import blank_words, check_words
from firmware_bridge.spool import Draft, Moment

if TYPE_CHECKING:
    from analysis import Spectrum

_log = structlog.get_logger("bridge.instrument")


class Minder:
    """What a station tells of one instrument. A disk that refuses is logged, and never raises."""

    def __init__(self, device: str, book: InstrumentBook) -> None:
        self._device, self._book = device, book

    def heard(self, moment: Moment, serial: str = "") -> None:
        """It answers: if it did not before, it was switched on now."""
        with _logged():
            self._book.is_called(self._device, serial)
            if self._book.entry(self._device).log.on_since_ms is None:
                self._book.note(self._device, on_since_ms=moment.wall_ms)

    def trouble(self, reading: FaultReading) -> None:
        """Something is wrong: when it can't be reached it may be off."""
        if reading.fault in {Fault.NO_REPLY, Fault.PORT_LOST}:
            with _logged():
                self._book.note(self._device, on_since_ms=None)

    def took(self, purpose: Purpose, moment: Moment) -> None:
        """A background or a dark was taken."""
        with _logged():
            if purpose is Purpose.BACKGROUND:
                self._book.note(self._device, background_ms=moment.wall_ms)
            elif purpose is Purpose.DARK:
                self._book.note(self._device, dark_ms=moment.wall_ms)

    def sampled(
        self, drafts: Sequence[Draft], spectrum: "Spectrum", light: Light, moment: Moment
    ) -> None:
        """A sample was measured: keep how the instrument stood, then whether it was a strong one.

        In this order: a strong sample stands in the way of the next one, not of itself.
        """
        with _logged():
            for draft in drafts:
                if isinstance(draft.body, Findings):
                    self._book.took(self._device, draft.body.check)
            strong = strength(spectrum, light)
            rules = self._book.natures[self._device].rules
            if strong is not None and strong >= rules.strong_share:
                self._book.keep_strong(self._device, tuple(spectrum.values.tolist()))
                self._book.note(self._device, last_strong_ms=moment.wall_ms)

    def fulfil(
        self, wish: Wish, spectrum: "Spectrum | FaultReading", light: Light, moment: Moment
    ) -> Outcome:
        """A standard or a blank was measured.

        Returns:
            What came of it, in words; not done where it could not be made use of.
        """
        if isinstance(spectrum, FaultReading):
            return Outcome(done=False, lines=(spectrum.detail, spectrum.advice))
        try:
            if wish.standard is None:
                return self._blank(spectrum, moment)
            return self._standard(wish.standard, spectrum, light, moment)
        except SpoolError as error:
            return Outcome(done=False, lines=(str(error),))

    def _standard(
        self, standard: Standard, spectrum: "Spectrum", light: Light, moment: Moment
    ) -> Outcome:
        from analysis import SpectrumError  # noqa: PLC0415 - numpy only with a spectrum

        if light.wants_beams and len(light.beams) < 2:
            return Outcome(done=False, lines=_TWO_BACKGROUNDS)
        try:
            made = performance_check(spectrum, standard, light, moment.wall_ms)
        except SpectrumError as error:
            return Outcome(done=False, lines=(str(error),))
        self._book.add_check(self._device, made)
        log, nature = self._book.log(self._device), self._book.natures[self._device]
        return Outcome(done=True, lines=check_words(log.checks, nature.rules.limits))

    def _blank(self, spectrum: "Spectrum", moment: Moment) -> Outcome:
        share = blank_share(spectrum, self._book.strong(self._device))
        self._book.note(self._device, blank_ms=moment.wall_ms, blank_share=share)
        most = self._book.natures[self._device].rules.carry_over_share
        return Outcome(done=True, lines=blank_words(share, most))


_TWO_BACKGROUNDS = (
    "a performance check wants two backgrounds, one right after the other",
    "clean the place, take the background twice, then put the standard there and measure it",
)


@contextmanager
def _logged() -> Iterator[None]:
    try:
        yield
    except SpoolError as error:
        _log.error("spool", error=str(error))
