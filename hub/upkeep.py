"""What the hub does beside: lets newly enrolled bridges in, thins old figures."""

import structlog

from firmware_bridge.contract.clock import Clock
from hub import enrolment
from hub.broker.base import Broker
from hub.store import Store, retention

DAY_MS = 24 * retention.HOUR_MS
_log = structlog.get_logger("hub.upkeep")


class Doorkeeper:
    """Tells the broker when the enrolled bridges change (`enrol` is another process)."""

    def __init__(self, store: Store, broker: Broker) -> None:
        self._store, self._broker = store, broker
        with store.read() as transaction:
            self._mark = enrolment.mark(transaction)

    def run_once(self) -> bool:
        """Look, and reload the broker where something changed."""
        with self._store.read() as transaction:
            mark = enrolment.mark(transaction)
            if mark == self._mark:
                return False
            accounts = enrolment.accounts(transaction)
        self._broker.reload(accounts)
        self._mark = mark
        _log.info("the broker knows the enrolled bridges", bridges=len(accounts))
        return True


class Thinner:
    """Thins figures older than so many days, a day of figures in one transaction."""

    def __init__(self, store: Store, keep_days: int, clock: Clock) -> None:
        self._store, self._keep_days, self._clock = store, keep_days, clock
        self._done_until_ms = 0

    def run_once(self) -> int:
        """Thin all that has become old since the last time; the number of rows that went."""
        limit_ms = self._clock.now_ms() - self._keep_days * DAY_MS
        limit_ms -= limit_ms % DAY_MS
        with self._store.read() as transaction:
            oldest_ms = retention.oldest_ms(transaction)
        if oldest_ms is None:
            return 0
        gone, day_ms = 0, max(oldest_ms - oldest_ms % DAY_MS, self._done_until_ms)
        while day_ms < limit_ms:
            with self._store.begin() as transaction:
                thinned = retention.thin(transaction, day_ms, day_ms + DAY_MS)
            gone += thinned.rows
            day_ms += DAY_MS
        self._done_until_ms = max(limit_ms, 0)
        return gone
