"""The spectra of one table and what was found in them, on its own disk.

Findings are small and are kept for as long as checks are. Curves are large: those of the newest
spectra stay, to be looked at while a sample is on the table; the hub has them all.
"""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from firmware_bridge.contract import codec
from firmware_bridge.contract.check.facts import Sighting
from firmware_bridge.contract.errors import DecodeError
from firmware_bridge.contract.messages import Findings
from firmware_bridge.spool import Draft, Moment, Spool

MOST_FINDINGS = 3_000
MOST_CURVES = 60
RECENT = 40
"""So many spectra are told of, the newest."""

_INDEX = "findings"


@dataclass(frozen=True, slots=True)
class Taken:
    """One spectrum that was taken here.

    Attributes:
        spectrum: its id.
        device: the instrument, as the bridge calls it; "" where an older version kept it.
        at_ms: when, ms since 1970 UTC; 0 where an older version kept it.
    """

    spectrum: str
    device: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SightingBook:
    """Findings, kept in the spool's memory; every method may be called from any thread.

    Attributes:
        spool: where they are kept.
        moment: what the clocks say now.
    """

    spool: Spool
    moment: Callable[[], Moment]
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def keep(self, drafts: Sequence[Draft]) -> None:
        """Keep the findings among these messages.

        Raises:
            SpoolError: the disk refused.
        """
        found = [(each.device, each.body) for each in drafts if isinstance(each.body, Findings)]
        if not found:
            return
        with self._lock:
            moment, index = self.moment(), self._index()
            index += [Taken(body.check, device, moment.wall_ms) for device, body in found]
            kept = index[-MOST_FINDINGS:]
            self.spool.forget(_findings(old.spectrum) for old in index[:-MOST_FINDINGS])
            without = kept[:-MOST_CURVES][-len(found) :]
            self.spool.forget(_curves(old.spectrum) for old in without)
            rows = [[each.spectrum, each.device, each.at_ms] for each in kept]
            memory = {_INDEX: json.dumps(rows)}
            for _, body in found:
                bare = replace(body, axis=(), measured=(), fit=(), residual=())
                memory[_findings(body.check)] = codec.encode_body(bare)
                memory[_curves(body.check)] = codec.encode_body(body)
            self.spool.append([], moment, memory)

    def taken(self) -> tuple[Taken, ...]:
        """The spectra that were taken here last, newest first.

        Raises:
            SpoolError: the disk refused.
        """
        return tuple(self._index()[: -RECENT - 1 : -1])

    def find(self, spectrum: str, *, curves: bool = False) -> Findings | None:
        """The findings on a spectrum; None where they are not known.

        Args:
            spectrum: its id.
            curves: with its curves, as long as these are kept.

        Raises:
            SpoolError: the disk refused.
        """
        names = [_curves(spectrum), _findings(spectrum)] if curves else [_findings(spectrum)]
        for name in names:
            try:
                if text := self.spool.recall(name):
                    return codec.decode_body(Findings, text)
            except DecodeError:
                continue  # written by another version: it counts as not known
        return None

    def of(self, spectra: Sequence[str]) -> tuple[Sighting, ...]:
        """What is known of these spectra; those of which nothing is known are left out.

        Raises:
            SpoolError: the disk refused.
        """
        found = ((spectrum, self.find(spectrum)) for spectrum in spectra)
        return tuple(Sighting(spectrum, body) for spectrum, body in found if body is not None)

    def _index(self) -> list[Taken]:
        try:
            told = json.loads(self.spool.recall(_INDEX) or "[]")
        except ValueError:
            return []
        found = []
        for each in told if isinstance(told, list) else []:
            match each:
                case [str(spectrum), str(device), int(at_ms)]:
                    found.append(Taken(spectrum, device, at_ms))
                case str(spectrum):
                    found.append(Taken(spectrum, "", 0))
        return found


def _findings(spectrum: str) -> str:
    return f"findings.{spectrum}"


def _curves(spectrum: str) -> str:
    return f"curves.{spectrum}"
