"""The fleet's demand, learned at most every few minutes: it is made from months of counters."""

from dataclasses import dataclass, field
from datetime import tzinfo
from threading import Lock

from hub.demand import Demand
from hub.forecasts import learn_fleet
from hub.store.engine import Transaction

FRESH_MS = 600_000
"""It is learned anew after this time."""


@dataclass(slots=True)
class Demands:
    """Keeps what was learned last."""

    _known: Demand | None = None
    _lock: Lock = field(default_factory=Lock)

    def read(self, transaction: Transaction, now_ms: int, zone: tzinfo) -> Demand:
        """The demand, no older than `FRESH_MS`; who asks meanwhile waits for it."""
        with self._lock:
            known = self._known
            if known is None or not 0 <= now_ms - known.now_ms < FRESH_MS:
                known = self._known = learn_fleet(transaction, now_ms, zone)
            return known
