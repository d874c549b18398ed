"""A machine's side of a DDCMP session (EVA-DTS 6.1.1 chapter 3): bytes and time in, bytes out.

    reader                       machine
    START                   ->
                            <-   STACK
    who are you             ->
                            <-   ACK, accepted or not
    ACK, read a list        ->
                            <-   ACK, accepted or not
    ACK                     ->
                            <-   block 99 00 ..., and the next after each ACK
    ACK, finis              ->
                            <-   ACK

A START begins anew at any time. What is not acknowledged is sent again, five times in all.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.simulators.ddcmp_wire import (
    ACK,
    NAK,
    STACK,
    START,
    DdcmpEar,
    Message,
    Order,
    message,
    order,
)

BLOCK_BYTES = 146
TRIES_MAX = 5
ACK_S = 0.17
BETWEEN_BYTES_S = 0.2
BYTES_PER_S = 240.0
LISTS = (1, 2, 50)
BAD_DATA = 2


@dataclass(frozen=True, slots=True)
class DdcmpManners:
    """How this machine behaves.

    Attributes:
        codes: security code and pass code that it wants, four bytes; None takes any.
        rate_code: what STACK says of the rate: 0 keeps it, 8 is 115200.
        wants_ffff: it gives nothing to a reader that asks for 0000 bytes.
        deaf_starts: so many STARTs are not answered.
        block_bytes: how much of the audit goes into a block.
    """

    codes: bytes | None = None
    rate_code: int = 0
    wants_ffff: bool = False
    deaf_starts: int = 0
    block_bytes: int = BLOCK_BYTES


class DdcmpSlave:
    """The dialogue.

    Args:
        manners: how it behaves.
        audit: gives what a reader is given.
        on_read: called after each whole transfer with the number of the list.

    Attributes:
        corrupt_checksums: while True every CRC of data that is sent is wrong.
        wake_at_s: when `wake` is due; None for never.
        lists: the lists that were asked for last.
    """

    def __init__(
        self,
        manners: DdcmpManners,
        audit: Callable[[], bytes],
        on_read: Callable[[int], None],
    ) -> None:
        self.corrupt_checksums = False
        self.wake_at_s: float | None = None
        self.lists: list[int] = []
        self._manners = manners
        self._audit, self._on_read = audit, on_read
        self._ear = DdcmpEar()
        self._heard_s = 0.0
        self._starts = 0
        self.reset()

    def reset(self) -> None:
        """Forget the session."""
        self._ear.reset()
        self._sent_number = self._received = 0
        self._waiting: list[tuple[bytes, bool]] = []
        self._under_way: tuple[bytes, bool] | None = None
        self._tries = 0
        self._list = 0
        self._open = False
        self.wake_at_s = None

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes from the reader."""
        if now_s - self._heard_s > BETWEEN_BYTES_S:
            self._ear.reset()
        self._heard_s = now_s
        return b"".join(self._take(each, now_s) for each in self._ear.feed(data))

    def wake(self, now_s: float) -> bytes:
        """No ACK came in time: send it again, or give up."""
        if self.wake_at_s is None or now_s < self.wake_at_s:
            return b""
        return self._again(now_s)

    def _take(self, heard: Order | Message, now_s: float) -> bytes:
        if isinstance(heard, Order):
            return self._take_order(heard, now_s)
        if not self._open:
            return b""
        if not heard.intact:
            return order(NAK, self._received, why=BAD_DATA)
        said = self._acknowledged(heard.received, now_s)
        if heard.number == self._received:
            return said + order(ACK, self._received)
        if heard.number != (self._received + 1) % 256:
            return said
        self._received = heard.number
        return said + order(ACK, self._received) + self._answer(heard.data, now_s)

    def _take_order(self, heard: Order, now_s: float) -> bytes:
        if heard.kind == START:
            return self._started()
        if heard.kind == ACK and self._open:
            return self._acknowledged(heard.first, now_s)
        if heard.kind == NAK and self._open and self._under_way is not None:
            return self._again(now_s)
        return b""

    def _started(self) -> bytes:
        self._starts += 1
        if self._starts <= self._manners.deaf_starts:
            return b""
        self.reset()
        self._open = True
        return order(STACK, 2, self._manners.rate_code)

    def _acknowledged(self, number: int, now_s: float) -> bytes:
        if self._under_way is None or number != self._sent_number:
            return b""
        self._under_way, self.wake_at_s = None, None
        return self._next(now_s)

    def _next(self, now_s: float) -> bytes:
        if not self._waiting or self._under_way is not None:
            return b""
        self._under_way, self._tries = self._waiting.pop(0), 0
        self._sent_number = (self._sent_number + 1) % 256
        return self._again(now_s)

    def _again(self, now_s: float) -> bytes:
        if self._under_way is None or self._tries >= TRIES_MAX:
            self.reset()
            return b""
        self._tries += 1
        data, last = self._under_way
        self.wake_at_s = now_s + ACK_S + len(data) / BYTES_PER_S
        wrong = self.corrupt_checksums
        return message(data, self._sent_number, self._received, last=last, corrupt=wrong)

    def _answer(self, question: bytes, now_s: float) -> bytes:
        if question[:2] == b"\x77\xe0":
            self._say(self._who(question))
        elif question[:2] == b"\x77\xe2":
            self._read(question)
        elif question[:2] == b"\x77\xff":
            self._waiting.clear()
            if self._list:
                self._on_read(self._list)
            self._list = 0
        return self._next(now_s)

    def _who(self, question: bytes) -> bytes:
        known = self._manners.codes in (None, question[3:7])
        serial = b"\x01\x02\x03\x04\x05\x06\x07\x08"
        return b"\x88\xe0" + bytes([known]) + question[3:7] + serial + b"\0\xff\0\0\0\xa0"

    def _read(self, question: bytes) -> None:
        number, whole = question[3], question[7:9] == b"\xff\xff"
        self.lists = [*self.lists[-19:], number]
        given = number in LISTS and (whole or not self._manners.wants_ffff)
        self._say(b"\x88\xe2" + bytes([given, number, 1]) + b"\0\0\xff\xff")
        if given:
            self._list = number
            self._cut(self._audit())

    def _cut(self, audit: bytes) -> None:
        size = self._manners.block_bytes
        starts = range(0, max(len(audit), 1), size)
        for place, start in enumerate(starts):
            head = bytes([0x99, place & 0xFF])
            self._say(head + audit[start : start + size], last=place == len(starts) - 1)

    def _say(self, data: bytes, *, last: bool = False) -> None:
        self._waiting.append((data, last))
