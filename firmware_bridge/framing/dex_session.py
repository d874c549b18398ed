"""One read of a DEX/UCS machine from the first ENQ to the last EOT; time is handed in.

Source: EVA-DTS 6.1.1 chapter 7. We are the data carrier and master of the first handshake:

    request (we send) -> reply (we take) -> data (we take)

A machine may bid for mastership instead; it then says what it wants and we reply:

    bid (we take) -> bid reply (we send) -> data (we take)
"""

from dataclasses import dataclass
from enum import Enum, auto

from firmware_bridge.framing.dex import (
    ENQ,
    Block,
    Control,
    Damage,
    DamagedBlock,
    DexDecoder,
    DexFrameError,
    Reply,
    Request,
    Start,
    Token,
    parse_reply,
    parse_request,
)
from firmware_bridge.framing.dex_link import (
    Done,
    Failed,
    Move,
    Outcome,
    Receiver,
    Sender,
    Timers,
    Trouble,
)

MAX_HANDSHAKE_BYTES = 512
CODE_OK = "00"
CODE_UNDEFINED = "05"


@dataclass(frozen=True, slots=True)
class Received:
    """The transfer is complete.

    Attributes:
        data: what the machine sent.
        doubtful: what else it may have sent, see `Done`.
    """

    data: bytes
    doubtful: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The machine answered with a response code other than 00."""

    code: str


SessionEnd = Received | Refused | Failed


class _Stage(Enum):
    REQUEST = auto()
    REPLY = auto()
    BID = auto()
    BID_REPLY = auto()
    DATA = auto()


class DexSession:
    """One attempt; begin it with `call` or `answer_bid`, then feed and wake it until `end`.

    Args:
        request: what we ask for; its commID is also in our replies.
        timers: how long is waited.
        limit_bytes: for the whole audit.

    Attributes:
        end: how it ended, None while it runs.
    """

    def __init__(self, request: Request, timers: Timers, limit_bytes: int) -> None:
        self.end: SessionEnd | None = None
        self._request = request
        self._timers = timers
        self._limit_bytes = limit_bytes
        self._decoder = DexDecoder()
        self._stage = _Stage.REQUEST
        # The pause gives the transmitter time to come up before its first byte.
        pause_s = timers.turnaround_s
        self._link: Sender | Receiver = Sender(request.encode(), "our request", timers, pause_s)
        self._code = CODE_OK
        self._move: Move | None = None
        self._move_at_s = 0.0
        self._deadline_s = 0.0
        self._byte_deadline_s = 0.0
        self._sent_at_s = 0.0
        self._stall_at_s = 0.0
        self._total_at_s = 0.0

    @property
    def noise_bytes(self) -> int:
        """How many bytes came that belong to no frame."""
        return self._decoder.noise_bytes

    @property
    def wake_at_s(self) -> float:
        """When `wake` must be called if nothing comes before."""
        if self._move is not None:
            return min(self._move_at_s, self._stall_at_s, self._total_at_s)
        at_s = min(self._deadline_s, self._stall_at_s, self._total_at_s)
        return min(at_s, self._byte_deadline_s) if self._decoder.in_block else at_s

    @property
    def complete(self) -> Received | None:
        """The transfer, where nothing but the machine's goodbye is missing; else None.

        When the line breaks now it must not be lost: the machine has our last acknowledgement,
        and may have cleared its finished events.
        """
        if isinstance(self.end, Received):
            return self.end
        if self._stage is not _Stage.DATA or not isinstance(self._link, Receiver):
            return None
        done = self._link.complete
        return Received(done.data, done.doubtful) if done else None

    def call(self, now_s: float) -> bytes:
        """Begin as master: gives the bytes to send."""
        self._begin(now_s)
        self._make(self._link.start(), now_s)
        return self._send_what_is_due(now_s)

    def answer_bid(self, now_s: float) -> bytes:
        """Begin as slave: the machine has just sent ENQ."""
        self._begin(now_s)
        self._become_slave(now_s)
        return self._send_what_is_due(now_s)

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that came, give bytes to send."""
        self._check_limits(now_s)
        if self.end is None:
            for token in self._decoder.feed(data):
                self._take(token, now_s)
            if self._decoder.in_block:
                self._byte_deadline_s = now_s + self._timers.inter_byte_s
                self._deadline_s = max(self._deadline_s, now_s + self._timers.inactivity_s)
        return self._send_what_is_due(now_s)

    def wake(self, now_s: float) -> bytes:
        """Time has passed: give bytes to send."""
        self._check_limits(now_s)
        if self.end is not None or self._move is not None:
            return self._send_what_is_due(now_s)
        if self._decoder.in_block:
            if now_s >= self._byte_deadline_s:
                self._decoder.reset()
                self._take(DamagedBlock(Damage.TRUNCATED), now_s)
        elif now_s >= self._deadline_s:
            self._decoder.reset()
            self._make(self._link.timeout(), now_s)
        return self._send_what_is_due(now_s)

    def _begin(self, now_s: float) -> None:
        self._sent_at_s = now_s
        self._stall_at_s = now_s + self._timers.first_block_limit_s
        self._total_at_s = now_s + self._timers.total_limit_s

    def _check_limits(self, now_s: float) -> None:
        """Whatever comes, even without end: a session is over at some time."""
        if self.end is None and now_s >= min(self._stall_at_s, self._total_at_s):
            self.end = Failed(Trouble.NONSENSE, "no progress for too long; the read was given up")

    def _take(self, token: Token, now_s: float) -> None:
        if self.end is not None:
            return
        # The EOT of the reply was lost and the machine opens the data session: go on with it.
        if self._stage is _Stage.REPLY and token is Control.ENQ and self._blocks:
            self._after_reply(self._taken, now_s)
        if self._stage is _Stage.BID and isinstance(token, Block) and token.start is Start.DATA:
            self._take_late_data(token, now_s)
        if self.end is not None:
            return
        before = self._blocks
        move = self._link.take(token, now_s - self._sent_at_s)
        if self._blocks > before:
            self._stall_at_s = now_s + self._timers.stall_limit_s
        if move is not None:
            self._make(move, now_s)

    def _take_late_data(self, block: Block, now_s: float) -> None:
        """Its data session opened so late that we took it for a call; only a whole one is taken."""
        if b"DXS*" in block.data:
            self._listen(_Stage.DATA, Start.DATA, "the audit", now_s)
        else:
            self.end = Failed(Trouble.BROKEN_OFF, "the machine is amid an audit begun before")

    @property
    def _blocks(self) -> int:
        return self._link.blocks if isinstance(self._link, Receiver) else 0

    @property
    def _taken(self) -> bytes:
        return self._link.data if isinstance(self._link, Receiver) else b""

    def _make(self, move: Move, now_s: float) -> None:
        if move.send:
            self._move, self._move_at_s = move, now_s + move.after_s
            return
        self._move = None
        self._deadline_s = now_s + move.timeout_s
        if move.outcome is not None:
            self._conclude(move.outcome, now_s)

    def _send_what_is_due(self, now_s: float) -> bytes:
        move = self._move
        if move is None or self.end is not None or now_s < self._move_at_s:
            return b""
        self._move = None
        self._sent_at_s = now_s
        self._deadline_s = now_s + move.timeout_s
        if move.outcome is not None:
            self._conclude(move.outcome, now_s)
        return move.send

    def _conclude(self, outcome: Outcome, now_s: float) -> None:
        if isinstance(outcome, Failed):
            self.end = outcome
        elif isinstance(outcome, Done):
            self._go_on(outcome, now_s)
        else:
            self._become_slave(now_s)

    def _go_on(self, done: Done, now_s: float) -> None:
        if self._stage is _Stage.REQUEST:
            self._listen(_Stage.REPLY, Start.HANDSHAKE, "its reply", now_s)
        elif self._stage is _Stage.REPLY:
            self._after_reply(done.data, now_s)
        elif self._stage is _Stage.BID:
            self._after_bid(done.data, now_s)
        elif self._stage is _Stage.BID_REPLY:
            self._after_bid_reply(now_s)
        else:
            self.end = Received(done.data, done.doubtful)

    def _after_reply(self, data: bytes, now_s: float) -> None:
        try:
            reply = parse_reply(data)
        except DexFrameError as error:
            self.end = Failed(Trouble.NONSENSE, str(error))
            return
        if reply.code == CODE_OK:
            self._listen(_Stage.DATA, Start.DATA, "the audit", now_s)
        else:
            self.end = Refused(reply.code)

    def _become_slave(self, now_s: float) -> None:
        self._listen(_Stage.BID, Start.HANDSHAKE, "its call", now_s)
        self._take(Control.ENQ, now_s)

    def _after_bid(self, data: bytes, now_s: float) -> None:
        """The machine sends ("S"): take it. It wants anything else: we have nothing for it."""
        try:
            request = parse_request(data)
        except DexFrameError as error:
            self.end = Failed(Trouble.NONSENSE, str(error))
            return
        self._code = CODE_OK if request.operation == "S" else CODE_UNDEFINED
        reply = Reply(self._code, self._request.comm_id, self._request.revision)
        self._stage = _Stage.BID_REPLY
        pause_s = self._timers.session_pause_s
        self._link = Sender(reply.encode(), "our reply", self._timers, pause_s)
        self._make(self._link.start(), now_s)

    def _after_bid_reply(self, now_s: float) -> None:
        if self._code == CODE_OK:
            self._listen(_Stage.DATA, Start.DATA, "what it pushes", now_s)
        else:
            self.end = Failed(Trouble.NONSENSE, "the machine called, but not to send an audit")

    def _listen(self, stage: _Stage, start: Start, what: str, now_s: float) -> None:
        limit = self._limit_bytes if stage is _Stage.DATA else MAX_HANDSHAKE_BYTES
        self._stage = stage
        self._link = Receiver(start, what, self._timers, limit)
        self._make(self._link.start(), now_s)


def is_bid(data: bytes) -> bool:
    """Whether bytes that came while nothing was going on are a call: they end with ENQ."""
    return data.endswith(bytes([ENQ]))
