"""One DDCMP session that reads an audit: bytes and time in, bytes out; no clock, no port.

Source: EVA-DTS 6.1.1 chapter 3.

    us                                   machine
    START                           ->
                                    <-   STACK
    1: who are you                  ->
                                    <-   ACK 1, 1: accepted
    ACK 1, 2: read data, list 2     ->
                                    <-   ACK 2, 2: accepted
    ACK 2                           ->
                                    <-   3: block 99 00 ...
    ACK 3 ...                       ->   ... until a block is marked as the last
    ACK n, 3: finis                 ->
                                    <-   ACK 3

List 2 is the audit without any reset; list 1, which may clear interval data, is never read. The
line's rate is kept (mbd 00): nobody changes it amid a session here.
"""

from dataclasses import dataclass
from enum import Enum

from firmware_bridge.framing.ddcmp import (
    HEADER_BYTES,
    NUMBERS,
    RATES,
    Control,
    DamagedData,
    Data,
    DdcmpDecoder,
    Frame,
    Kind,
    Why,
    ack,
    encode_control,
    encode_data,
    nak,
)
from firmware_bridge.framing.dex_link import Failed, Trouble

AUDIT_LIST = 2
START_TRIES = 10
DATA_TRIES = 5
MAX_DAMAGED = 5
MAX_OUTGOING_BYTES = 256
_WHO, _READ, _FINIS = b"\x77\xe0", b"\x77\xe2", b"\x77\xff"
_QUESTION, _BLOCK = b"\x77", b"\x99"
# Day, month, year, hour, minute, second: nobody has told us the time, and machines take any date.
_DATE = bytes.fromhex("010170 000000")


@dataclass(frozen=True, slots=True)
class Timers:
    """How long is waited for what, in seconds.

    Attributes:
        rate_baud: of the line; long frames take long.
        turnaround_s: before any answer (40 ms at least).
        stack_s: for the answer to START.
        ack_s: for the acknowledgement of what we sent.
        link_s: for anything at all.
        read_s: the same while the machine gathers its audit.
        byte_s: between two bytes of a frame.
        slack_s: what adapters and operating systems add to each of these.
        total_limit_s: until the whole is given up in any case.
    """

    rate_baud: int = 2400
    turnaround_s: float = 0.05
    stack_s: float = 0.25
    ack_s: float = 0.17
    link_s: float = 5.0
    read_s: float = 15.0
    byte_s: float = 0.065
    slack_s: float = 0.15
    total_limit_s: float = 1200.0

    def line_s(self, count: int) -> float:
        """How long so many bytes take on the line."""
        return count * 10 / self.rate_baud


@dataclass(frozen=True, slots=True)
class Who:
    """How we introduce ourselves.

    Attributes:
        security_code: two bytes.
        pass_code: two bytes.
        access: 0B for maintenance, 0C for a route person.
    """

    security_code: bytes = b"\0\0"
    pass_code: bytes = b"\0\0"
    access: int = 0x0C

    def encode(self) -> bytes:
        """The question "who are you"."""
        codes = self.security_code + self.pass_code
        return _WHO + b"\0" + codes + _DATE + b"\0\0" + bytes([self.access])


@dataclass(frozen=True, slots=True)
class Received:
    """The transfer is complete."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """The machine said no: to "who are you" (`what` is "who") or to reading ("read")."""

    what: str


SessionEnd = Received | Refused | Failed


class _Stage(Enum):
    START = "our call (START)"
    WHO = "who are you"
    READ = "our request for the audit"
    BLOCKS = "the audit"
    FINIS = "our end (FINIS)"


class DdcmpSession:
    """One attempt; begin it with `call`, then feed and wake it until `end`.

    Args:
        who: how we introduce ourselves.
        timers: how long is waited.
        limit_bytes: for the whole audit.
        segment_bytes: how much of the audit is asked for: 0 or 65535, both mean all of it.

    Attributes:
        end: how it ended, None while it runs.
        other_rate_baud: the rate to which the machine wants to change; 0 for none.
    """

    def __init__(self, who: Who, timers: Timers, limit_bytes: int, segment_bytes: int = 0) -> None:
        self.end: SessionEnd | None = None
        self.other_rate_baud = 0
        self._who, self._timers, self._limit_bytes = who, timers, limit_bytes
        self._segment = segment_bytes.to_bytes(2, "big")
        self._decoder = DdcmpDecoder()
        self._stage = _Stage.START
        self._refused: Refused | None = None
        self._audit = bytearray()
        self._message = b""
        self._unanswered = False
        self._tries = 0
        self._damaged = 0
        self._number = self._heard_number = 0
        self._outgoing = b""
        self._outgoing_at_s = 0.0
        self._answer_s = self._link_s = self._byte_s = self._total_s = 0.0

    @property
    def noise_bytes(self) -> int:
        """How many bytes came that belong to no frame."""
        return self._decoder.noise_bytes

    @property
    def wake_at_s(self) -> float:
        """When `wake` must be called if nothing comes before."""
        times = [self._total_s]
        if self._outgoing:
            times.append(self._outgoing_at_s)
        else:
            times.append(min(self._link_s, self._answer_s) if self._unanswered else self._link_s)
        times += [self._byte_s] if self._decoder.in_frame else []
        return min(times)

    def call(self, now_s: float) -> bytes:
        """Begin: gives the bytes to send."""
        self._total_s = now_s + self._timers.total_limit_s
        self._unanswered = True
        return self._send_start(now_s)

    def feed(self, data: bytes, now_s: float) -> bytes:
        """Take bytes that came, give bytes to send."""
        self._take_all(self._decoder.feed(data), now_s)
        if self._decoder.in_frame:
            self._byte_s = now_s + self._timers.byte_s + self._timers.slack_s
        if self._decoder.in_data:
            # The machine is amid a long frame: it can't answer now, and it is there.
            self._answer_s = max(self._answer_s, self._byte_s)
            self._link_s = max(self._link_s, now_s + self._timers.link_s)
        return self._due(now_s)

    def wake(self, now_s: float) -> bytes:
        """Time has passed: give bytes to send."""
        if self._decoder.in_frame and now_s >= self._byte_s:
            self._take_all(self._decoder.flush(), now_s)
        if self.end is None and not self._outgoing:
            if self._unanswered and now_s >= self._answer_s and not self._decoder.in_data:
                return self._again(now_s)
            if now_s >= self._link_s:
                self._fall_silent()
        return self._due(now_s)

    def _fall_silent(self) -> None:
        if self._damaged:
            self._fail(Trouble.DAMAGE, f"{self._stage.value} came damaged, and then no more")
        else:
            self._fail(Trouble.SILENCE, f"nothing more came of {self._stage.value}")

    def _due(self, now_s: float) -> bytes:
        """What waited for the turnaround."""
        if self.end is None and now_s >= self._total_s:
            self._fail(Trouble.NONSENSE, "no end for too long; the read was given up")
        if self.end is not None or not self._outgoing or now_s < self._outgoing_at_s:
            return b""
        send, self._outgoing = self._outgoing, b""
        self._await_answer(len(send), now_s)
        return send

    def _await_answer(self, sent: int, now_s: float) -> None:
        timers = self._timers
        wait_s = timers.stack_s if self._stage is _Stage.START else timers.ack_s
        on_line_s = timers.line_s(sent + HEADER_BYTES)
        self._answer_s = now_s + on_line_s + wait_s + timers.slack_s
        long_s = timers.read_s if self._stage is _Stage.READ else timers.link_s
        self._link_s = now_s + on_line_s + long_s

    def _send_start(self, now_s: float) -> bytes:
        self._tries += 1
        send = encode_control(Control(Kind.START))
        self._await_answer(len(send), now_s)
        return send

    def _again(self, now_s: float) -> bytes:
        """No answer came in time: say it once more, so often and no oftener."""
        most = START_TRIES if self._stage is _Stage.START else DATA_TRIES
        if self._tries >= most:
            self._unanswered = False
            if self._stage is _Stage.FINIS:
                self._finish()
            else:
                self._fail(
                    Trouble.SILENCE, f"no answer to {self._stage.value} after {self._tries} tries"
                )
            return b""
        if self._stage is _Stage.START:
            return self._send_start(now_s)
        self._tries += 1
        send = self._encoded()
        self._await_answer(len(send), now_s)
        return send

    def _encoded(self) -> bytes:
        """The message under way, with what has arrived until now."""
        return encode_data(Data(self._number, self._heard_number, last=False, data=self._message))

    def _take_all(self, frames: list[Frame], now_s: float) -> None:
        for frame in frames:
            if self.end is None:
                self._take(frame, now_s)

    def _take(self, frame: Frame, now_s: float) -> None:
        if isinstance(frame, Control):
            self._take_control(frame, now_s)
        elif self._stage is _Stage.START:
            return  # of a session before
        elif isinstance(frame, DamagedData):
            self._take_damaged(frame, now_s)
        else:
            self._take_data(frame, now_s)

    def _take_control(self, frame: Control, now_s: float) -> None:
        if self._stage is _Stage.START:
            if frame.kind == Kind.STACK:
                self._stacked(frame, now_s)
        elif frame.kind == Kind.ACK or (frame.kind == Kind.NAK and frame.first == self._number):
            self._take_acknowledgement(frame.first)
        elif frame.kind == Kind.NAK and self._unanswered:
            self._answer_s = min(self._answer_s, now_s + self._timers.turnaround_s)
        elif frame.kind == Kind.REP:
            self._say(ack(self._heard_number), now_s)
        elif frame.kind == Kind.START and self._stage in (_Stage.READ, _Stage.BLOCKS):
            self._fail(Trouble.BROKEN_OFF, f"the machine began anew amid {self._stage.value}")

    def _stacked(self, frame: Control, now_s: float) -> None:
        rate_baud = RATES[frame.second] if frame.second < len(RATES) else 0
        if rate_baud not in (0, self._timers.rate_baud):
            self.other_rate_baud = rate_baud
        self._ask(_Stage.WHO, self._who.encode(), now_s)

    def _take_acknowledgement(self, number: int) -> None:
        if not self._unanswered or number != self._number:
            return
        self._unanswered = False
        if self._stage is _Stage.FINIS:
            self._finish()

    def _take_damaged(self, frame: DamagedData, now_s: float) -> None:
        if frame.number == self._heard_number or self._stage is _Stage.FINIS:
            return  # it is known, and will be acknowledged when it comes again
        self._damaged += 1
        if self._damaged > MAX_DAMAGED:
            self._fail(Trouble.DAMAGE, f"a frame of {self._stage.value} came damaged every time")
        else:
            self._say(nak(self._heard_number, Why.DATA_CRC), now_s)

    def _take_data(self, frame: Data, now_s: float) -> None:
        if frame.data[:1] == _QUESTION:
            return  # an optical head hears what we said ourselves
        self._take_acknowledgement(frame.acknowledges)
        if self.end is not None:
            return
        if frame.number == (self._heard_number + 1) % NUMBERS:
            self._heard_number, self._damaged = frame.number, 0
            self._say(ack(frame.number), now_s)
            self._take_message(frame, now_s)
        elif frame.number == self._heard_number:
            self._say(ack(frame.number), now_s)

    def _take_message(self, frame: Data, now_s: float) -> None:
        if self._stage is _Stage.WHO and frame.data[:2] == b"\x88\xe0":
            if _is_accepted(frame.data):
                request = _READ + bytes([0, AUDIT_LIST, 1, 0, 0]) + self._segment
                self._ask(_Stage.READ, request, now_s)
            else:
                self._refuse("who", now_s)
        elif self._stage is _Stage.READ and frame.data[:2] == b"\x88\xe2":
            self._unanswered = False
            if _is_accepted(frame.data):
                self._stage = _Stage.BLOCKS
            else:
                self._refuse("read", now_s)
        elif self._stage is _Stage.BLOCKS and frame.data[:1] == _BLOCK:
            self._take_block(frame, now_s)

    def _take_block(self, frame: Data, now_s: float) -> None:
        self._audit += frame.data[2:]
        if len(self._audit) > self._limit_bytes:
            self._fail(Trouble.OVERSIZED, f"the audit is longer than {self._limit_bytes} bytes")
        elif frame.last:
            self._ask(_Stage.FINIS, _FINIS, now_s)

    def _refuse(self, what: str, now_s: float) -> None:
        self._refused = Refused(what)
        self._ask(_Stage.FINIS, _FINIS, now_s)

    def _ask(self, stage: _Stage, message: bytes, now_s: float) -> None:
        self._stage, self._message = stage, message
        self._number = (self._number + 1) % NUMBERS
        self._unanswered, self._tries = True, 1
        self._say(self._encoded(), now_s)

    def _say(self, data: bytes, now_s: float) -> None:
        if not self._outgoing:
            self._outgoing_at_s = now_s + self._timers.turnaround_s
        if len(self._outgoing) < MAX_OUTGOING_BYTES:
            self._outgoing += data

    def _finish(self) -> None:
        self.end = self._refused or Received(bytes(self._audit))

    def _fail(self, trouble: Trouble, detail: str) -> None:
        self.end = Failed(trouble, detail)


def _is_accepted(reply: bytes) -> bool:
    """Whether the third byte says yes; short replies of some machines have it in the fourth."""
    return reply[2:3] == b"\x01" or (len(reply) == 4 and reply[2:] == b"\x00\x01")
