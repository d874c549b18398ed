"""What spectra are compared with: the library's matcher, and each instrument's calibrations."""

import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from firmware_bridge import amounts
from firmware_bridge.checks import MatcherSource, NamedMatcher
from firmware_bridge.config import BridgeConfig
from hardware.profile import Profile

if TYPE_CHECKING:
    from analysis import Matcher

_log = structlog.get_logger("bridge")


class MatcherShelf:
    """The matcher, loaded once; numpy comes in with it and not before.

    Args:
        config: of the bridge.
        profiles: of each device, by its name.

    Raises:
        LibraryError: a device takes spectra, and the library can't be used.
    """

    def __init__(self, config: BridgeConfig, profiles: Mapping[str, Profile]) -> None:
        self._file: Path | None = config.library.file
        self._lock = threading.Lock()
        self._matcher: Matcher | None = None
        instruments = {name for name, found in profiles.items() if found.spectrum}
        self._amounts = {
            each.name: amounts.load(each.amounts)
            for each in config.device
            if each.amounts and each.name in instruments
        }
        for each in config.device:
            if each.amounts and each.name not in instruments:
                _log.warning("amounts: it takes no spectra, they are of no use", device=each.name)
        for name, held in self._amounts.items():
            _tell(name, held)
        if instruments:
            self._load()

    def of(self, device: str) -> MatcherSource:
        """Gives the matcher with the calibrations of one device."""
        return partial(self._take, device)

    def _take(self, device: str) -> NamedMatcher:
        named = self._file.stem if self._file else "demonstration"
        return NamedMatcher(self._load(), named, self._amounts.get(device, ()))

    def _load(self) -> "Matcher":
        from analysis import Library, Matcher  # noqa: PLC0415 - numpy only where it is needed

        with self._lock:
            if self._matcher is None:
                library = Library.open(self._file) if self._file else Library.demonstration()
                self._matcher = Matcher(library)
            return self._matcher


def _tell(device: str, held: tuple[amounts.Held, ...]) -> None:
    for one in held:
        if one.trouble:
            _log.warning(
                "amounts: a calibration gives none",
                device=device,
                file=str(one.file),
                trouble=one.trouble,
                advice=one.advice,
            )
        else:
            _log.info("amounts", device=device, calibration=one.line)
