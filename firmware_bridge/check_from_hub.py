"""Facts of checks that come from the hub: a laboratory's answer, a reason, a withdrawal.

Each is kept beside those of the table, and sent back, which tells the hub that it lies on this
disk. What can't be kept here is sent back all the same: the hub has it, and asking again for ever
would change nothing. A check that this table no longer has is not begun anew by one fact, because
a record without its strips would say too little.
"""

import re
from dataclasses import dataclass, field

import structlog

from firmware_bridge.check_book import CheckBook
from firmware_bridge.contract import codec
from firmware_bridge.contract.check.code import read_code
from firmware_bridge.contract.check_events import CheckEvent
from firmware_bridge.contract.errors import ContractError
from firmware_bridge.errors import SpoolError

MOST_ECHOED = 10_000
_EVENT = re.compile("[0-9a-f]{32}")
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class HubFacts:
    """Takes payloads of the checks topic; bad ones are logged and left."""

    book: CheckBook
    _echoed: set[str] = field(default_factory=set)

    def take(self, payload: bytes) -> None:
        """Keep a fact and send it back."""
        try:
            event = codec.decode_record(payload, CheckEvent)
            sound = read_code(event.check) == event.check and event.what
            if not sound or not _EVENT.fullmatch(event.event):
                _log.warning("a fact from the hub is not sound", check=event.check[:20])
                return
            self._take(event)
        except ContractError as error:
            _log.warning("a fact from the hub is not understood", error=str(error)[:200])
        except SpoolError as error:
            _log.error("a fact from the hub can't be kept", error=str(error)[:200])

    def _take(self, event: CheckEvent) -> None:
        """What is known is sent back once more in a run: the hub may have lost it."""
        if event.event in self._echoed:
            return
        if not self.book.take_known(event):
            self.book.send_back(event)
        if len(self._echoed) >= MOST_ECHOED:
            self._echoed.clear()
        self._echoed.add(event.event)
