"""Sends facts of checks that were entered at the hub to the bridge where each check began.

A fact is sent when it is new, when the bridge or the broker is connected anew, and every few
minutes, until the bridge has sent it back as its own message; only then is it known to lie on the
table's disk. A bridge that gets one twice keeps it once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from firmware_bridge.contract import codec
from firmware_bridge.contract.clock import Clock
from firmware_bridge.contract.topics import BridgeAddress
from hub.store import Store, check_facts
from hub.store.check_facts import Waiting

AGAIN_MS = 300_000
MOST_AT_ONCE = 200
"""More at once could fill the queue to the broker; the rest follows two seconds later."""

_log = structlog.get_logger("hub.checks")


@dataclass(frozen=True, slots=True)
class _Sent:
    at_ms: int
    connection: int
    status_ms: int | None


class CheckPublisher:
    """Publishes what waits.

    Args:
        store: where the facts are.
        publish: sends a payload to a bridge.
        connection: changes whenever the broker is a new one to us; 0 before any.
        clock: the time.
    """

    def __init__(
        self,
        store: Store,
        publish: Callable[[BridgeAddress, bytes], None],
        connection: Callable[[], int],
        clock: Clock,
    ) -> None:
        self._store, self._publish = store, publish
        self._connection, self._clock = connection, clock
        self._sent: dict[str, _Sent] = {}

    def run_once(self) -> int:
        """Send what is due; how many facts."""
        connection = self._connection()
        if not connection:
            return 0
        with self._store.read() as transaction:
            waiting = check_facts.waiting(transaction)
        now_ms, names = self._clock.now_ms(), {each.fact.event for each in waiting}
        self._sent = {name: sent for name, sent in self._sent.items() if name in names}
        due = [each for each in waiting if self._is_due(each, connection, now_ms)]
        for each in due[:MOST_AT_ONCE]:
            address = BridgeAddress(each.site, each.bridge)
            self._publish(address, codec.encode_record(each.fact))
            self._sent[each.fact.event] = _Sent(now_ms, connection, each.status_ms)
        if due:
            _log.info("facts of checks are sent", facts=len(due[:MOST_AT_ONCE]))
        return len(due[:MOST_AT_ONCE])

    def _is_due(self, each: Waiting, connection: int, now_ms: int) -> bool:
        if each.is_away:
            return False
        last = self._sent.get(each.fact.event)
        if last is None or (last.connection, last.status_ms) != (connection, each.status_ms):
            return True
        return not 0 <= now_ms - last.at_ms < AGAIN_MS
