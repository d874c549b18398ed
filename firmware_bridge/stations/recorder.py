"""The way from a device to the spool."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from firmware_bridge.contract.clock import Clock
from firmware_bridge.errors import SpoolError
from firmware_bridge.spool import Draft, Moment, Spool

_log = structlog.get_logger("bridge.station")


@dataclass(frozen=True, slots=True)
class Recorder:
    """The way from a device to the spool.

    Attributes:
        spool: where messages go.
        clock: when they were learned.
        moment: what the clocks say now, and whether they can be believed.
        added: called after every append.
        kept: is shown every message before it is sent, to keep what the table needs.
    """

    spool: Spool
    clock: Clock
    moment: Callable[[], Moment]
    added: Callable[[], None]
    kept: Callable[[Sequence[Draft]], None] = lambda _drafts: None

    def record(self, drafts: list[Draft], memory: dict[str, str], moment: Moment) -> None:
        """Append; a disk that refuses is logged, and what it refused is tried again later."""
        try:
            self.kept(drafts)
            self.spool.append(drafts, moment, memory)
        except SpoolError as error:
            _log.error("spool", error=str(error))
        self.added()

    def flush(self) -> None:
        """Commit what waits; a disk that refuses is logged."""
        try:
            self.spool.flush()
        except SpoolError as error:
            _log.error("spool", error=str(error))
