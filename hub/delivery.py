"""What the broker hands to the hub, on its way to the store: bounded by number and by bytes."""

import threading
from collections import deque
from dataclasses import dataclass

MAX_MESSAGES = 2_000
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as it came.

    Attributes:
        topic: as the broker gave it.
        payload: the bytes.
        received_ms: when it came, ms since 1970 UTC.
        retained: whether the broker had kept it from earlier.
        mid: MQTT packet identifier, for the acknowledgement to the broker.
        connection: number of the connection on which it came; `mid` means nothing on another.
    """

    topic: str
    payload: bytes
    received_ms: int
    retained: bool = False
    mid: int = 0
    connection: int = 0


class Intake:
    """A queue between the MQTT thread and the ingest thread.

    What does not fit is refused: it is then not acknowledged, and the broker brings it again.
    """

    def __init__(self, max_messages: int = MAX_MESSAGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_messages, self._max_bytes = max_messages, max_bytes
        self._waiting: deque[Delivery] = deque()
        self._bytes = 0
        self._changed = threading.Condition()

    def offer(self, delivery: Delivery, wait_s: float) -> bool:
        """Put a message in, waiting for room at most so long; False where there is none."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._fits(delivery), wait_s):
                return False
            self._waiting.append(delivery)
            self._bytes += len(delivery.payload)
            self._changed.notify_all()
            return True

    def take(self, most: int, wait_s: float) -> list[Delivery]:
        """Up to `most` messages, oldest first; after `wait_s` without any, an empty list."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting), wait_s)
            taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._bytes -= sum(len(delivery.payload) for delivery in taken)
            self._changed.notify_all()
            return taken

    def __len__(self) -> int:
        return len(self._waiting)

    def _fits(self, delivery: Delivery) -> bool:
        """One message always fits into an empty queue, however large."""
        if not self._waiting:
            return True
        room = self._bytes + len(delivery.payload) <= self._max_bytes
        return room and len(self._waiting) < self._max_messages
