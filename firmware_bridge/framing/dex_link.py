"""The two halves of a DEX/UCS dialogue: sending one block, and taking blocks; no clock, no port.

Source: EVA-DTS 6.1.1 chapter 7. A half is asked what to do at its start, for each token and on
silence; it answers with a `Move`. Whoever holds the clock sends and waits as the move says.

    sender:    ENQ  -> ACK0 -> block -> ACK1 -> EOT
    receiver:  ENQ  <- ACK0 <- block <- ACK1 <- block <- ACK0 ... <- EOT
"""

from dataclasses import dataclass
from enum import Enum, auto

from firmware_bridge.framing.dex import (
    ACK,
    ENQ,
    EOT,
    NAK,
    Block,
    Control,
    Damage,
    DamagedBlock,
    Start,
    Token,
)

MAX_TRIES = 3
MAX_DAMAGED = 8

# A sender that missed our ACK waits for Timer A (1 s) before it sends the block again; one that
# has it must go on within 950 ms.
_REPEAT_AFTER_S = 0.9
_BYTES_PER_S = 960.0
# A block so long that follows itself at once is rather sent twice than the same by chance.
_REPEAT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Timers:
    """How long is waited for what, in seconds.

    Attributes:
        turnaround_s: before any answer (10 ms at least).
        reply_s: Timer A, for an answer to what we sent; 1 s and what a USB adapter adds.
        inter_byte_s: Timer B, between bytes of a block; 100 ms and what a USB adapter adds.
        inactivity_s: Timer D, for the next block of a session.
        session_pause_s: between two sessions (100 ms at least).
        session_wait_s: for the machine to open its session; slow units need seconds.
        wack_wait_s: after WACK, before asking again (100 to 500 ms).
        first_block_limit_s: without any block from the machine, until the whole is given up; a
            line that is flooded with rubbish must be told of soon.
        stall_limit_s: without one new block, until the whole is given up.
        total_limit_s: until the whole is given up in any case.
    """

    turnaround_s: float = 0.02
    reply_s: float = 1.1
    inter_byte_s: float = 0.25
    inactivity_s: float = 2.2
    session_pause_s: float = 0.12
    session_wait_s: float = 4.0
    wack_wait_s: float = 0.3
    first_block_limit_s: float = 20.0
    stall_limit_s: float = 60.0
    total_limit_s: float = 600.0


class Trouble(Enum):
    """Why a dialogue came to nothing."""

    SILENCE = auto()
    DAMAGE = auto()
    OVERSIZED = auto()
    BROKEN_OFF = auto()
    NONSENSE = auto()


@dataclass(frozen=True, slots=True)
class Done:
    """This half is over.

    Attributes:
        data: what was taken.
        doubtful: other readings of the same transfer, where a block came twice and it cannot be
            told whether that was one block or two; a checksum inside the data can decide.
    """

    data: bytes = b""
    doubtful: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Contended:
    """The machine bids for mastership and has won (its second ENQ)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """This half came to nothing; `detail` says what was missing, for a person."""

    trouble: Trouble
    detail: str


Outcome = Done | Contended | Failed


@dataclass(frozen=True, slots=True)
class Move:
    """Send `send` after `after_s`, then wait `timeout_s`; `outcome` holds once it is sent."""

    send: bytes = b""
    after_s: float = 0.0
    timeout_s: float = 0.0
    outcome: Outcome | None = None


class Sender:
    """Brings one block across.

    Args:
        block: encoded, as it goes on the line.
        what: what the block is, for messages.
        timers: how long is waited.
        pause_s: before the first ENQ.
    """

    def __init__(self, block: bytes, what: str, timers: Timers, pause_s: float = 0.0) -> None:
        self._block = block
        self._what = what
        self._timers = timers
        self._pause_s = pause_s
        self._block_sent = False
        self._tries = 1
        self._refusals = 0
        self._bids = 0

    def start(self) -> Move:
        """The first ENQ."""
        return self._send(bytes([ENQ]), self._pause_s)

    def take(self, token: Token, quiet_s: float) -> Move | None:  # noqa: ARG002 - one face for both
        """What a token leads to; None when it changes nothing."""
        if token is Control.ENQ:
            self._bids += 1
            return Move(outcome=Contended()) if self._bids >= 2 else None
        if token is Control.WACK:
            return self._send(bytes([ENQ]), self._timers.wack_wait_s)
        if self._block_sent:
            return self._take_answer_to_block(token)
        if token is Control.ACK0:
            self._block_sent, self._tries = True, 1
            return self._send(self._block)
        return self._refused(bytes([ENQ])) if token is Control.NAK else None

    def timeout(self) -> Move:
        """Nothing came: ENQ asks for the answer once more."""
        if self._tries >= MAX_TRIES:
            step = self._what if self._block_sent else "our call (ENQ)"
            detail = f"no answer to {step} after {self._tries} tries"
            return Move(outcome=Failed(Trouble.SILENCE, detail))
        self._tries += 1
        return self._send(bytes([ENQ]))

    def _take_answer_to_block(self, token: Token) -> Move | None:
        if token is Control.ACK1:
            return Move(bytes([EOT]), self._timers.turnaround_s, outcome=Done())
        # ACK0 is the answer before: the block never arrived.
        return self._refused(self._block) if token in (Control.NAK, Control.ACK0) else None

    def _refused(self, again: bytes) -> Move:
        self._refusals += 1
        if self._refusals > MAX_DAMAGED:
            detail = f"the machine answered {self._what} with NAK {self._refusals} times"
            return Move(outcome=Failed(Trouble.DAMAGE, detail))
        return self._send(again)

    def _send(self, data: bytes, after_s: float | None = None) -> Move:
        wait_s = self._timers.turnaround_s if after_s is None else after_s
        return Move(data, wait_s, self._timers.reply_s)


class Receiver:
    """Takes the blocks of one session, each once.

    Args:
        start: which blocks are meant.
        what: what is expected, for messages.
        timers: how long is waited.
        limit_bytes: for all blocks together.
    """

    def __init__(self, start: Start, what: str, timers: Timers, limit_bytes: int) -> None:
        self._start = start
        self._what = what
        self._timers = timers
        self._limit_bytes = limit_bytes
        self._data = bytearray()
        self._data_if_all_new = bytearray()
        self._data_if_all_repeats = bytearray()
        self._previous: bytes | None = None
        self._was_repeat: bool | None = None
        self._called = False
        self._asked_again = False
        self._complete = False
        self._ended_before = False
        self._damaged = 0
        self.blocks = 0

    @property
    def data(self) -> bytes:
        """Everything taken so far."""
        return bytes(self._data)

    @property
    def complete(self) -> Done | None:
        """What was taken, where nothing but the machine's goodbye (EOT) is missing; else None."""
        return self._done() if self._complete or b"DXE*" in self._data[-32:] else None

    def start(self) -> Move:
        """Listen for the machine's ENQ."""
        return Move(timeout_s=self._timers.session_wait_s)

    def take(self, token: Token, quiet_s: float) -> Move | None:
        """What a token leads to, `quiet_s` after we sent last; None when it changes nothing."""
        if isinstance(token, Block):
            return self._take_block(token, quiet_s)
        if isinstance(token, DamagedBlock):
            return self._take_damaged(token.damage)
        if token is Control.EOT:
            return self._ended()
        if token in (Control.ENQ, Control.NAK):
            self._called = self._called or token is Control.ENQ
            self._asked_again = True
            return self._acknowledge() if self._called else None
        return None

    def timeout(self) -> Move:
        """Nothing came; a transfer that is complete needs no EOT."""
        if self._complete:
            return Move(outcome=self._done())
        if self._called:
            detail = f"the machine fell silent in {self._what} after {self.blocks} blocks"
        else:
            detail = f"the machine did not begin {self._what}"
        return Move(outcome=Failed(Trouble.SILENCE, detail))

    def _take_block(self, block: Block, quiet_s: float) -> Move | None:
        self._called = True
        if block.start is not self._start:
            # The handshake once more, because our answer to it was lost.
            early = block.start is Start.HANDSHAKE and not self.blocks
            return self._answer(ACK[1]) if early else self._take_damaged(Damage.WRONG_CRC)
        if len(self._data_if_all_new) + len(block.data) > self._limit_bytes:
            detail = f"{self._what} is longer than {self._limit_bytes} bytes"
            return Move(outcome=Failed(Trouble.OVERSIZED, detail))
        self._keep(block, quiet_s)
        self._asked_again, self._damaged = False, 0
        return self._acknowledge()

    def _keep(self, block: Block, quiet_s: float) -> None:
        equal = block.data == self._previous
        self._ended_before = self._complete
        self._was_repeat = self._is_repeat(block, quiet_s) if equal else None
        self._previous, self._complete = block.data, block.last
        self._data_if_all_new += block.data
        if not equal:
            self._data_if_all_repeats += block.data
        if not self._was_repeat:
            self._data += block.data
            self.blocks += 1

    def _is_repeat(self, block: Block, quiet_s: float) -> bool:
        """Whether a block equal to the one before is that one, because our ACK was lost.

        Blocks have no numbers, ACKs have: who asked with ENQ has had its answer and goes on, and
        who sends it once more at once was given the wrong one.
        """
        if self._ended_before:
            return True
        if self._asked_again:
            return False
        if quiet_s - len(block.data) / _BYTES_PER_S >= _REPEAT_AFTER_S:
            return True
        if self._was_repeat is None:
            return len(block.data) >= _REPEAT_BYTES
        return not self._was_repeat

    def _done(self) -> Done:
        others = (bytes(self._data_if_all_new), bytes(self._data_if_all_repeats))
        return Done(self.data, tuple(other for other in others if other != self.data))

    def _take_damaged(self, damage: Damage) -> Move | None:
        self._damaged += 1
        if self._damaged > MAX_DAMAGED:
            trouble = Trouble.OVERSIZED if damage is Damage.OVERSIZED else Trouble.DAMAGE
            detail = f"{self._damaged} damaged blocks on end in {self._what}"
            return Move(outcome=Failed(trouble, detail))
        # A restarted block is already on its way; an answer now would run into it.
        return None if damage is Damage.RESTARTED else self._answer(bytes([NAK]))

    def _ended(self) -> Move | None:
        if (complete := self.complete) is not None:
            return Move(outcome=complete)
        if not self.blocks:
            return None
        detail = f"the machine broke off {self._what} after {self.blocks} blocks"
        return Move(outcome=Failed(Trouble.BROKEN_OFF, detail))

    def _acknowledge(self) -> Move:
        """ACK0 to the call, then ACK1 and ACK0 in turn; the same again for a repeat."""
        return self._answer(ACK[self.blocks % 2])

    def _answer(self, data: bytes) -> Move:
        return Move(data, self._timers.turnaround_s, self._timers.inactivity_s)
