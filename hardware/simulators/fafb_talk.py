"""A board's side of the FA FB dialogue: it polls, tells, waits for ACK, and tells again. Pure.

board                      upper computer
POLL                 ->
                     <-    ACK, or a command
ACK                  ->    (to a command)
data with a number   ->
                     <-    ACK; without one the same again after 100 ms, five times at most
"""

from collections import deque
from collections.abc import Callable

from hardware.simulators.fafb_wire import ACK, POLL, Packet, PacketEar, packet

POLL_EVERY_S = 0.2
ANSWER_S = 0.1
GAP_S = 0.05
"""Half a packet is forgotten after so long; the manual does not say."""

RESENDS = 5
WAITING_MAX = 500

Orders = Callable[[int, bytes], None]


class FafbTalk:
    """The dialogue.

    Args:
        obey: takes each command of the upper computer, once.
        poll_every_s: the pause between two questions.
        answer_s: how long an answer is waited for.

    Attributes:
        corrupt_checksums: while True every check that is sent is wrong.
        duplicate: while True every packet of data is sent twice.
        unanswered: how many questions in a row got no answer.
        lost: packets of data that were given up.
        next_s: when `wake` is due.
    """

    def __init__(
        self, obey: Orders, poll_every_s: float = POLL_EVERY_S, answer_s: float = ANSWER_S
    ) -> None:
        self.corrupt_checksums = self.duplicate = False
        self.unanswered = self.lost = 0
        self.next_s = 0.0
        self._obey = obey
        self._poll_every_s = poll_every_s
        self._answer_s = answer_s
        self._ear = PacketEar()
        self._heard_s = 0.0
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._under_way: bytes | None = None
        self._sent = 0
        self._asked_s: float | None = None
        self._number = 1
        self._taken: tuple[int, int, bytes] | None = None

    def tell(self, command: int, text: bytes = b"") -> None:
        """Queue a packet of data."""
        if len(self._waiting) < WAITING_MAX:
            self._waiting.append((command, text))

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take what the upper computer says."""
        if now_s - self._heard_s > GAP_S:
            self._ear.reset()
        self._heard_s = now_s
        return b"".join(self._take(each, now_s) for each in self._ear.feed(data))

    def wake(self, now_s: float) -> bytes:
        """Ask, tell, or tell again."""
        if now_s < self.next_s:
            return b""
        if self._under_way is not None:
            return self._again(now_s)
        if self._waiting:
            return self._tell_next(now_s)
        return self._ask(now_s)

    def line_lost(self) -> None:
        """Forget half packets; what is to be told is kept."""
        self._ear.reset()

    def _take(self, heard: Packet, now_s: float) -> bytes:
        self.unanswered = 0
        if self._asked_s is not None:
            self.next_s = min(self.next_s, self._asked_s + self._poll_every_s)
            self._asked_s = None
        elif heard.command == ACK and self._under_way is not None:
            self._done()
            self.next_s = now_s + self._poll_every_s
            return self._tell_next(now_s) if self._waiting else b""
        if heard.command == ACK:
            return b""
        key = (heard.command, heard.number, heard.text)
        if key != self._taken:
            self._taken = key
            self._obey(heard.command, heard.text)
        return packet(ACK, corrupt=self.corrupt_checksums)

    def _tell_next(self, now_s: float) -> bytes:
        command, text = self._waiting.popleft()
        self._under_way = packet(command, self._number, text)
        self._sent = 0
        return self._send(now_s)

    def _again(self, now_s: float) -> bytes:
        if self._sent <= RESENDS:
            return self._send(now_s)
        self.lost += 1
        self._done()
        return self._ask(now_s)

    def _ask(self, now_s: float) -> bytes:
        """POLL; what comes next waits until it was answered, or for long enough."""
        self.unanswered += 1
        self._asked_s = now_s
        self.next_s = now_s + max(self._poll_every_s, self._answer_s)
        return packet(POLL, corrupt=self.corrupt_checksums)

    def _send(self, now_s: float) -> bytes:
        self._sent += 1
        self._asked_s = None
        self.next_s = now_s + self._answer_s
        data = self._under_way or b""
        if self.corrupt_checksums:
            data = data[:-1] + bytes([data[-1] ^ 0x55])
        return data * 2 if self.duplicate else data

    def _done(self) -> None:
        self._under_way = None
        self._number = self._number % 255 + 1
