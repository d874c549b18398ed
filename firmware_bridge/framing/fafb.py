"""Frames of the "VMC - upper computer" protocol, version 3: bytes into frames and back.

Source: the maker's manual (XY and TCN boards), sections 2 and 3, from a copy of it.

    FA FB command length [number text] check

`length` counts number and text and is believed as it stands on the wire; the check is the
exclusive-or of all bytes before it. The board asks every 200 ms (POLL), the upper computer answers
within 100 ms with ACK or a command; either side sends a frame again, with the same number, when it
was not acknowledged.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import reduce
from operator import xor

from firmware_bridge.errors import BridgeError

SYNC = b"\xfa\xfb"
MAX_TEXT_BYTES = 254
MAX_FRAME_BYTES = len(SYNC) + 2 + 255 + 1
NUMBERS = 255
"""Frames are numbered 1 to 255, then from 1 again."""

_PORTION = 256


class FafbFrameError(BridgeError, ValueError):
    """Something cannot be put into a frame."""


class Command(IntEnum):
    """The commands that are understood here; others are passed through as numbers."""

    CHECK = 0x01
    CHECKED = 0x02
    BUY = 0x03
    DISPENSE = 0x04
    SELECT = 0x05
    DRIVE = 0x06
    SLOT = 0x11
    SET_PRICE = 0x12
    SET_INVENTORY = 0x13
    SET_CAPACITY = 0x14
    SET_PRODUCT = 0x15
    FILLED = 0x17
    MONEY_TAKEN = 0x21
    CREDIT = 0x23
    MONEY_GIVEN = 0x27
    SYNC = 0x31
    POLL = 0x41
    ACK = 0x42
    ASK_STATUS = 0x51
    STATUS = 0x52
    ASK_STATE = 0x53
    STATE = 0x54
    DEDUCT = 0x64


FROM_HOST = frozenset({0x01, 0x03, 0x06, 0x16, 0x25, 0x27, 0x28, 0x51, 0x53, 0x61, 0x64, 0x70})
"""What only an upper computer says: on its own line it can only be an echo."""

_BARE = frozenset({Command.POLL, Command.ACK})


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame whose check agreed.

    Attributes:
        command: what it is, see `Command`.
        number: 1 to 255; 0 for POLL and ACK, which have none.
        text: the rest. Never shown: text about money may hold a card's number.
    """

    command: int
    number: int = 0
    text: bytes = field(default=b"", repr=False)


class FafbDecoder:
    """Takes bytes in any portions, gives frames; holds at most one frame.

    Attributes:
        noise_bytes: how many bytes belonged to no frame, since the decoder was made.
        bad_frames: how many frames had a wrong check.
    """

    def __init__(self) -> None:
        self.noise_bytes = 0
        self.bad_frames = 0
        self._buffer = bytearray()

    @property
    def in_frame(self) -> bool:
        """Whether a frame has begun and not ended."""
        return bool(self._buffer)

    @property
    def buffered_bytes(self) -> int:
        """How much is held; less than `MAX_FRAME_BYTES`."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes, give the frames that they complete."""
        frames: list[Frame] = []
        for start in range(0, len(data), _PORTION):
            self._buffer += data[start : start + _PORTION]
            self._scan(frames)
        return frames

    def flush(self) -> list[Frame]:
        """Give up a half frame after silence; gives the frames that its length had swallowed."""
        frames: list[Frame] = []
        while self._buffer:
            self._drop(1)
            self._scan(frames)
        return frames

    def _scan(self, frames: list[Frame]) -> None:
        while self._is_at_frame():
            length = self._buffer[3]
            end = 4 + length
            if self._buffer[2] in _BARE and length:
                self._drop(len(SYNC))
            elif len(self._buffer) <= end:
                return
            elif _check(self._buffer[:end]) != self._buffer[end]:
                self.bad_frames += 1
                self._drop(len(SYNC))
            else:
                frames.append(_frame(bytes(self._buffer[:end])))
                del self._buffer[: end + 1]

    def _is_at_frame(self) -> bool:
        """Drop what stands before the next frame; True once its length is there."""
        start = self._buffer.find(SYNC)
        if start < 0:
            start = len(self._buffer) - self._buffer.endswith(SYNC[:1])
        self._drop(start)
        return len(self._buffer) >= 4

    def _drop(self, count: int) -> None:
        self.noise_bytes += count
        del self._buffer[:count]


def encode(command: int, number: int = 0, text: bytes = b"") -> bytes:
    """One frame as it goes on the line; POLL and ACK have neither number nor text.

    Raises:
        FafbFrameError: the text is too long, or the number is none.
    """
    if command in _BARE:
        head = SYNC + bytes([command, 0])
        return head + bytes([_check(head)])
    if not 1 <= number <= NUMBERS:
        raise FafbFrameError(f"frames are numbered 1 to {NUMBERS}, not {number}")
    if len(text) > MAX_TEXT_BYTES:
        raise FafbFrameError(f"a frame holds {MAX_TEXT_BYTES} bytes of text, not {len(text)}")
    head = SYNC + bytes([command, 1 + len(text), number]) + text
    return head + bytes([_check(head)])


def next_number(number: int) -> int:
    """The number after this one."""
    return number % NUMBERS + 1


def _frame(head: bytes) -> Frame:
    return Frame(head[2], head[4] if len(head) > 4 else 0, head[5:])


def _check(data: bytes | bytearray) -> int:
    return reduce(xor, data, 0)


POLL = encode(Command.POLL)
ACK = encode(Command.ACK)
