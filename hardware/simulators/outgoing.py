"""What waits to be sent: each piece from its own time on, at a limited rate, bounded."""

from collections import deque

LIMIT_BYTES = 262_144
"""What a reader leaves lying beyond this is lost, as on a real line."""


class Outgoing:
    """Bytes on their way to the line."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[float, bytes]] = deque()
        self._size = 0
        self._free_at_s = 0.0

    def __len__(self) -> int:
        return self._size

    def push(self, data: bytes, due_s: float) -> None:
        """Send this from `due_s` on; dropped where the queue is full."""
        if data and self._size + len(data) <= LIMIT_BYTES:
            self._pieces.append((due_s, data))
            self._size += len(data)

    def clear(self) -> None:
        """Forget all."""
        self._pieces.clear()
        self._size = 0

    def take(self, now_s: float, bytes_per_s: float | None) -> bytes:
        """What may go out now: a few bytes at a limited rate, else one whole piece."""
        if not self._pieces or now_s < self._next_s(bytes_per_s):
            return b""
        due_s, data = self._pieces.popleft()
        if bytes_per_s is not None:
            some = max(1, int(bytes_per_s / 100))
            if rest := data[some:]:
                self._pieces.appendleft((due_s, rest))
            data = data[:some]
            self._free_at_s = now_s + len(data) / bytes_per_s
        self._size -= len(data)
        return data

    def put_back(self, data: bytes, due_s: float) -> None:
        """The line did not take these: they go first, from `due_s` on."""
        self._pieces.appendleft((due_s, data))
        self._size += len(data)

    def next_s(self, bytes_per_s: float | None) -> float | None:
        """When something can go out; None when nothing waits."""
        return self._next_s(bytes_per_s) if self._pieces else None

    def _next_s(self, bytes_per_s: float | None) -> float:
        due_s = self._pieces[0][0]
        return due_s if bytes_per_s is None else max(due_s, self._free_at_s)
