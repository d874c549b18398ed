"""A vending machine's side of a DEX session, as first-handshake slave (EVA-DTS 6.1.1 chapter 7).

    carrier                      machine
    ENQ                     ->
                            <-   DLE 0
    DLE SOH id op rev ..    ->
                            <-   DLE 1
    EOT                     ->                 first handshake; then the roles swap
                            <-   ENQ           after 100 ms or more
    DLE 0                   ->
                            <-   DLE SOH 00 id rev ..
    DLE 1                   ->
                            <-   EOT           second handshake
                            <-   ENQ           after 100 ms or more (reading; for op S it is ours)
    DLE 0, DLE 1, ...       ->
                            <-   blocks ending ETB, the last ETX, then EOT

An ENQ of the carrier begins anew at any time, which real machines allow only after a silence.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum, auto

from hardware.simulators.dex_quirks import FILL_EVERY_BYTES, NOISE, SLOW_START_S
from hardware.simulators.dex_wire import (
    DATA_MAX_BYTES,
    SOH,
    STX,
    Block,
    Ear,
    Signal,
    block,
)

PAUSE_S = 0.1
REPLY_S = 1.0
BETWEEN_BYTES_S = 0.1
INACTIVE_S = 2.0
AFTER_WACK_S = 0.3
TRIES_MAX = 5
HANDSHAKE_BYTES = 17
WRITTEN_MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Manners:
    """How this machine introduces itself.

    Attributes:
        comm_id: 10 characters.
        revision: 6 characters, such as R01L01.
        reply_crlf: append CR LF to the second handshake.
        pause_s: how long it waits before each ENQ of its own.
    """

    comm_id: str = "HLS0000001"
    revision: str = "R01L01"
    reply_crlf: bool = False
    pause_s: float = PAUSE_S


class Phase(Enum):
    """Where in a session the machine stands."""

    IDLE = auto()
    HEARING_ID = auto()
    HEARD_ID = auto()
    OFFERING_REPLY = auto()
    SENT_REPLY = auto()
    OFFERING_DATA = auto()
    SENDING_DATA = auto()
    AWAITING_CONFIGURATION = auto()
    TAKING_CONFIGURATION = auto()
    CALLING = auto()
    SENT_CALL = auto()
    AWAITING_REPLY = auto()
    HEARD_REPLY = auto()


OFFERS = (
    Phase.OFFERING_REPLY,
    Phase.SENT_REPLY,
    Phase.OFFERING_DATA,
    Phase.SENDING_DATA,
    Phase.CALLING,
    Phase.SENT_CALL,
)
"""In these the machine asks with ENQ when nothing comes."""

SENT = (Phase.SENT_REPLY, Phase.SENT_CALL, Phase.SENDING_DATA)
"""In these a block was sent and can be sent again."""


class DexSlave:
    """The dialogue. Pure: bytes and time in, bytes out.

    Args:
        manners: what it says of itself.
        audit: gives the audit to serve, CR LF line ends, free of DLE and SYN.
        on_read: called when a whole audit was taken.
        on_written: called with the configuration that a carrier wrote (op S).
        quirks: what it does besides, see `dex_quirks`; looked at whenever it matters.
    """

    def __init__(
        self,
        manners: Manners,
        audit: Callable[[], bytes],
        on_read: Callable[[], None],
        on_written: Callable[[bytes], None],
        quirks: AbstractSet[str] = frozenset(),
    ) -> None:
        self.quirks = quirks
        self._manners = manners
        self._audit = audit
        self._on_read = on_read
        self._on_written = on_written
        self._ear = Ear()
        self.corrupt_checksums = False
        self.phase = Phase.IDLE
        self.wake_at_s: float | None = None
        self.sessions = 0
        self._quiet()

    def reset(self) -> None:
        """Forget the session: the line or the mains went."""
        self._ear.reset()
        self._quiet()

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that arrived; what to answer at once."""
        answer = b"".join(self._hear(heard, now_s) for heard in self._ear.feed(data))
        if self._ear.in_block:
            self.wake_at_s = now_s + BETWEEN_BYTES_S
        return answer

    def wake(self, now_s: float) -> bytes:
        """A pause is over, or an answer did not come in time."""
        if self._ear.in_block:
            self._ear.reset()
            self.wake_at_s = now_s + INACTIVE_S
            return Signal.NAK.encode()
        if self.phase not in OFFERS or self._tries >= TRIES_MAX:
            self._quiet()
            return b""
        self._tries += 1
        self.wake_at_s = now_s + REPLY_S
        return self._enquire()

    def _enquire(self) -> bytes:
        noise = NOISE if "noise-before-call" in self.quirks else b""
        return noise + Signal.ENQ.encode()

    def drained(self, now_s: float) -> None:
        """A block has gone out by now: the wait for its acknowledgement begins."""
        if self.phase in SENT and self.wake_at_s is not None:
            self.wake_at_s = max(self.wake_at_s, now_s + REPLY_S)

    def _quiet(self) -> None:
        self.phase = Phase.IDLE
        self.wake_at_s = None
        self._operation = "R"
        self._result = "00"
        self._tries = 0
        self._pending: list[bytes] = []
        self._last_sent = b""
        self._ack = Signal.ACK0
        self._written = bytearray()
        self._owed: Signal | None = None
        self._asked_for_patience = False
        self._spoilt = False
        self._sent_blocks = 0
        self._serve, self._served = self._audit, self._on_read

    def _hear(self, heard: Signal | Block, now_s: float) -> bytes:
        self.wake_at_s = now_s + INACTIVE_S
        if isinstance(heard, Block):
            return self._patiently(self._block(heard))
        if heard is Signal.ENQ:
            return self._enq(now_s)
        if heard is Signal.EOT:
            return self._eot(now_s)
        if heard is Signal.WACK:
            self.wake_at_s = now_s + AFTER_WACK_S
            return b""
        if heard is Signal.NAK:
            return self._again(now_s)
        return self._acknowledged(heard, now_s)

    def _patiently(self, answer: bytes) -> bytes:
        """Ask for patience first where that is its way; ENQ then has the answer that is owed."""
        taken = answer == Signal.ACK1.encode() and self.phase is Phase.HEARD_ID
        if not (taken and "wack" in self.quirks):
            return answer
        self._owed = Signal.ACK1
        return Signal.WACK.encode()

    def _enq(self, now_s: float) -> bytes:  # noqa: ARG002 - who calls itself needs the time
        if self._owed is not None:
            owed, self._owed = self._owed, None
            return owed.encode()
        if "wack" in self.quirks and self.phase is Phase.IDLE and not self._asked_for_patience:
            self._asked_for_patience = True
            return Signal.WACK.encode()
        configuring = (Phase.AWAITING_CONFIGURATION, Phase.TAKING_CONFIGURATION)
        if self.phase in configuring:
            if self.phase is Phase.AWAITING_CONFIGURATION:
                self._ack = Signal.ACK0
            self.phase = Phase.TAKING_CONFIGURATION
            return self._ack.encode()
        awake_until_s = self.wake_at_s
        self._quiet()
        self.wake_at_s = awake_until_s
        self._asked_for_patience = True
        self.phase = Phase.HEARING_ID
        return Signal.ACK0.encode()

    def _block(self, heard: Block) -> bytes:
        fits = heard.start == (SOH if self.phase is Phase.HEARING_ID else STX)
        if self.phase not in (Phase.HEARING_ID, Phase.TAKING_CONFIGURATION):
            return b""
        if not (fits and heard.intact):
            return Signal.NAK.encode()
        if self.phase is Phase.HEARING_ID:
            return self._introduced(heard.data)
        if len(self._written) + len(heard.data) <= WRITTEN_MAX_BYTES:
            self._written += heard.data
        self._ack = Signal.ACK1 if self._ack is Signal.ACK0 else Signal.ACK0
        return self._ack.encode()

    def _introduced(self, data: bytes) -> bytes:
        """The carrier's id (10), operation (1), revision and level (6)."""
        words = data.decode("ascii", "replace")
        if len(words) < HANDSHAKE_BYTES:
            return Signal.NAK.encode()
        self._operation = words[10]
        if words[11] != "R" or words[14] != "L":
            self._result = "02"
        elif self._operation not in "RS":
            self._result = "04" if self._operation == "M" else "05"
        self.phase = Phase.HEARD_ID
        return Signal.ACK1.encode()

    def _eot(self, now_s: float) -> bytes:
        if self.phase is Phase.HEARD_ID:
            self._offer(Phase.OFFERING_REPLY, now_s)
            return b""
        if self.phase is Phase.TAKING_CONFIGURATION and self._written:
            self._on_written(bytes(self._written))
        self._quiet()
        return b""

    def _offer(self, phase: Phase, now_s: float) -> None:
        """Send ENQ after the pause that the standard wants."""
        self.phase = phase
        self._tries = 0
        slow = phase is Phase.OFFERING_DATA and "slow-start" in self.quirks
        self.wake_at_s = now_s + (SLOW_START_S if slow else self._manners.pause_s)

    def _again(self, now_s: float) -> bytes:
        """The carrier could not read what was sent, or is not ready."""
        if self.phase in (Phase.OFFERING_REPLY, Phase.OFFERING_DATA, Phase.CALLING):
            self.wake_at_s = now_s + REPLY_S
            return b""
        self._tries += 1
        if self.phase not in SENT or self._tries > TRIES_MAX:
            self._quiet()
            return b""
        self.wake_at_s = now_s + REPLY_S
        return self._send(self._last_sent)

    def _acknowledged(self, ack: Signal, now_s: float) -> bytes:
        self.wake_at_s = now_s + REPLY_S
        if self.phase is Phase.OFFERING_REPLY and ack is Signal.ACK0:
            self.phase, self._tries = Phase.SENT_REPLY, 0
            return self._send(self._reply())
        if self.phase is Phase.SENT_REPLY:
            return self._send(self._last_sent) if ack is Signal.ACK0 else self._replied(now_s)
        if self.phase is Phase.OFFERING_DATA and ack is Signal.ACK0:
            self.phase, self._tries = Phase.SENDING_DATA, 0
            self._pending = _cut(self._serve())
            self._ack = Signal.ACK1
            return self._next_block()
        if self.phase is Phase.SENDING_DATA:
            return self._next_block_after(ack)
        return b""

    def _reply(self) -> bytes:
        """The second handshake: the response code comes first, as real machines send it."""
        first, second = self._result, self._manners.comm_id
        if "id-first" in self.quirks:
            first, second = second, first
        crlf = self._manners.reply_crlf or "reply-crlf" in self.quirks
        text = first + second + self._manners.revision + ("\r\n" if crlf else "")
        return text.encode("ascii")

    def _replied(self, now_s: float) -> bytes:
        self.sessions += 1
        if self._result != "00":
            self._quiet()
        elif self._operation == "S":
            self.phase = Phase.AWAITING_CONFIGURATION
            self.wake_at_s = now_s + 30 * INACTIVE_S
        else:
            self._offer(Phase.OFFERING_DATA, now_s)
        return Signal.EOT.encode()

    def _next_block_after(self, ack: Signal) -> bytes:
        if ack is not self._ack:
            return self._send(self._last_sent)
        self._ack = Signal.ACK0 if self._ack is Signal.ACK1 else Signal.ACK1
        self._tries = 0
        if self._pending:
            return self._next_block()
        served = self._served
        self._quiet()
        served()
        return Signal.EOT.encode()

    def _next_block(self) -> bytes:
        self._sent_blocks += 1
        return self._send(self._pending.pop(0))

    def _send(self, data: bytes) -> bytes:
        """One block with this data; kept, so that it can be sent again."""
        self._last_sent = data
        handshake = self.phase in (Phase.SENT_REPLY, Phase.SENT_CALL)
        last = handshake or not self._pending
        start = SOH if handshake else STX
        fill = FILL_EVERY_BYTES if "syn-fill" in self.quirks else 0
        corrupt = self.corrupt_checksums or (not handshake and self._is_spoilt())
        return block(start, data, last=last, corrupt=corrupt, fill_every=fill)

    def _is_spoilt(self) -> bool:
        """Whether this is the block that is wrong once: the second, or the only one."""
        wanted = self._sent_blocks == 2 or not self._pending
        if "bad-block" not in self.quirks or self._spoilt or not wanted:
            return False
        self._spoilt = True
        return True


def _cut(audit: bytes) -> list[bytes]:
    """The audit in pieces that fit into blocks; at least one."""
    starts = range(0, max(len(audit), 1), DATA_MAX_BYTES)
    return [audit[start : start + DATA_MAX_BYTES] for start in starts]
