"""What is known of each instrument, on the bridge's own disk, and how it stood at each spectrum.

What stands in the way of a card is how the instrument stood when the spectrum was taken, not how it
stands on the day of release. One thing can be mended afterwards: the first performance check after
the spectrum counts for it too, for better and for worse. It may be repeated for two hours (the
standard lay badly, a sample was still there); what passes after a repair says nothing of before.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from firmware_bridge.contract.check.release import Block, InstrumentState
from firmware_bridge.instrument.memory import (
    Entry,
    checks_from_text,
    checks_to_text,
    entry_from_text,
    entry_to_text,
)
from firmware_bridge.instrument.performance import PerformanceCheck
from firmware_bridge.instrument.state import HOUR_MS, Log, Rules, state
from firmware_bridge.instrument.telling import instrument_told, performance_told
from firmware_bridge.instrument.words import has_passed
from firmware_bridge.spool import Draft, Moment, Spool

MOST_SPECTRA = 3_000
"""So many spectra are kept with how their instrument stood, the newest."""

REPEAT_MS = 2 * HOUR_MS
"""So long a failed performance check may be repeated."""

_INDEX = "instrument.spectra"
_UNKNOWN = Block(
    "instrument-unknown",
    "It is not known how the instrument stood when this spectrum was taken. Measure again.",
    "coordinator",
)


@dataclass(frozen=True, slots=True)
class Nature:
    """What kind of instrument one is.

    Attributes:
        empty: the log of one of which nothing is known.
        rules: what holds for it.
    """

    empty: Log
    rules: Rules


@dataclass(frozen=True, slots=True)
class InstrumentBook:
    """The instruments of one bridge; every method may be called from any thread.

    What the hub must know is put into the spool in the commit in which it is kept.

    Attributes:
        spool: in whose memory it is kept.
        natures: what each is, by device name.
        moment: what the clocks say now.
    """

    spool: Spool
    natures: Mapping[str, Nature]
    moment: Callable[[], Moment]
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def entry(self, device: str) -> Entry:
        """What is known of it now, without its checks.

        Raises:
            SpoolError: the disk refused.
        """
        return entry_from_text(self.spool.recall(_log_name(device)), self.natures[device].empty)

    def log(self, device: str) -> Log:
        """What is known of it now.

        Raises:
            SpoolError: the disk refused.
        """
        found = self.entry(device)
        return replace(found.log, checks=self._checks(device, found.serial))

    def note(self, device: str, **changes: float | None) -> None:
        """Something happened to it: fields of `Log`.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock:
            found = self.entry(device)
            log = replace(found.log, **changes)  # type: ignore[arg-type]  # fields of Log
            if log != found.log:
                self._keep_entry(device, replace(found, log=log), event="moved_ms" in changes)

    def is_called(self, device: str, serial: str) -> None:
        """It said who it is; another instrument than before has a history of its own.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock:
            found = self.entry(device)
            if not serial or serial == found.serial:
                return
            log = found.log if not found.serial else self.natures[device].empty
            self._keep_entry(device, Entry(log, serial, device))

    def add_check(self, device: str, made: PerformanceCheck) -> None:
        """A performance check was done.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock:
            entry = self.entry(device)
            checks = (*self._checks(device, entry.serial), made)
            drafts, told = self._untold(device, entry.serial, checks)
            drafts.append(self._standing(device, entry, checks, event=True))
            kept = {_checks_name(device, entry.serial): checks_to_text(checks)}
            self.spool.append(drafts, self.moment(), kept | told)

    def tell(self) -> None:
        """Say how each instrument stands, and each check of it that was not told yet.

        For the start and once an hour: limits may have been set anew, a hub may have begun anew,
        and an older version of this program kept its checks to itself.

        Raises:
            SpoolError: the disk refused.
        """
        with self._lock:
            for device in self.natures:
                entry = self.entry(device)
                checks = self._checks(device, entry.serial)
                drafts, told = self._untold(device, entry.serial, checks)
                drafts.append(self._standing(device, entry, checks))
                self.spool.append(drafts, self.moment(), told)

    def keep_strong(self, device: str, values: tuple[float, ...]) -> None:
        """The curve of the last strong sample, to look for it in a blank.

        Raises:
            SpoolError: the disk refused.
        """
        text = json.dumps([float(f"{value:.5g}") for value in values])
        self.spool.append([], self.moment(), {f"instrument.{device}.strong": text})

    def strong(self, device: str) -> tuple[float, ...]:
        """That curve; empty where there is none.

        Raises:
            SpoolError: the disk refused.
        """
        text = self.spool.recall(f"instrument.{device}.strong")
        return tuple(float(value) for value in json.loads(text or "[]"))

    def took(self, device: str, spectrum: str) -> None:
        """It took this spectrum: keep how it stood.

        Raises:
            SpoolError: the disk refused.
        """
        moment = self.moment()
        with self._lock:
            now = replace(self.entry(device), device=device, at_ms=moment.wall_ms)
            names = [*json.loads(self.spool.recall(_INDEX) or "[]"), spectrum]
            self.spool.forget(_spectrum_name(old) for old in names[:-MOST_SPECTRA])
            kept = {_INDEX: json.dumps(names[-MOST_SPECTRA:])}
            self.spool.append([], moment, kept | {_spectrum_name(spectrum): entry_to_text(now)})

    def state_of(self, spectrum: str) -> InstrumentState:
        """What stood in the way when a spectrum was taken, as known now.

        Raises:
            SpoolError: the disk refused.
        """
        text = self.spool.recall(_spectrum_name(spectrum))
        device = entry_from_text(text, Log(needs_background=False)).device
        if device not in self.natures:
            return InstrumentState(blocks=(_UNKNOWN,))
        nature = self.natures[device]
        then = entry_from_text(text, nature.empty)
        checks = self._checks(device, then.serial)
        before = [each for each in checks if each.at_ms <= then.at_ms]
        after = [each for each in checks if each.at_ms > then.at_ms]
        log = replace(then.log, checks=_judging(before, after, nature.rules))
        return state(log, nature.rules, then.at_ms)

    def state_now(self, device: str) -> InstrumentState:
        """What would stand in the way of a spectrum that is taken now.

        Raises:
            SpoolError: the disk refused.
        """
        return state(self.log(device), self.natures[device].rules, self.moment().wall_ms)

    def _checks(self, device: str, serial: str) -> tuple[PerformanceCheck, ...]:
        return checks_from_text(self.spool.recall(_checks_name(device, serial)))

    def _keep_entry(self, device: str, entry: Entry, *, event: bool = False) -> None:
        told = self._standing(device, entry, self._checks(device, entry.serial), event=event)
        self.spool.append([told], self.moment(), {_log_name(device): entry_to_text(entry)})

    def _standing(
        self, device: str, entry: Entry, checks: Sequence[PerformanceCheck], *, event: bool = False
    ) -> Draft:
        log = replace(entry.log, checks=checks)
        told = instrument_told(log, entry.serial, self.natures[device].rules)
        return Draft(device, told, event)

    def _untold(
        self, device: str, serial: str, checks: Sequence[PerformanceCheck]
    ) -> tuple[list[Draft], dict[str, str]]:
        """The checks after the last one that was told, and what to remember of it."""
        if not checks:
            return [], {}
        name = f"instrument.{device}.told.{serial}"
        last = self.spool.recall(name)
        after = [at for at, each in enumerate(checks, 1) if str(each.at_ms) == last]
        limits = self.natures[device].rules.limits
        drafts = [
            Draft(device, performance_told(checks[:end], serial, limits), event=True)
            for end in range(max(after, default=0) + 1, len(checks) + 1)
        ]
        return drafts, {name: str(checks[-1].at_ms)}


def _judging(
    before: Sequence[PerformanceCheck], after: Sequence[PerformanceCheck], rules: Rules
) -> Sequence[PerformanceCheck]:
    """The checks that speak of a spectrum: all before it, the first after it, its repetitions."""
    near = [each for each in after if each.at_ms <= after[0].at_ms + REPEAT_MS]
    for count in range(1, len(near) + 1):
        if has_passed([*before, *near[:count]], rules.limits):
            return (*before, *near[:count])
    return (*before, *near)


def _log_name(device: str) -> str:
    return f"instrument.{device}.log"


def _checks_name(device: str, serial: str) -> str:
    return f"instrument.{device}.checks.{serial}"


def _spectrum_name(spectrum: str) -> str:
    return f"instrument-of.{spectrum}"
