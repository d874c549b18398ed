"""Frames of DDCMP as vending machines use it: bytes into frames and back, pure and bounded.

Source: EVA-DTS 6.1.1 chapter 3. Every frame begins with a header of six bytes and its CRC; a data
frame goes on with its data and their own CRC (CRC-16/ARC, low byte first).

    05 06 40 00 mbd 01 crc      START: mbd is the rate asked for, 00 to keep it
    05 07 40 sbd mbd 01 crc     STACK: the rate at the start, the rate agreed on
    05 01 40 rr 00 01 crc       ACK: all up to frame rr has arrived
    05 02 4e rr 00 01 crc       NAK: as ACK, and what follows rr must be sent again; e is why
    81 nn mm rr xx 01 crc       data: nn + 256 * (mm & 3F) bytes; mm bit 7 marks the last block;
                                rr acknowledges as ACK does, xx is the number of this frame
"""

from dataclasses import dataclass
from enum import IntEnum

from firmware_bridge.errors import BridgeError
from firmware_bridge.framing.crc import crc16_arc

CONTROL, DATA = 0x05, 0x81
STATION = 1
FLAGS = 0x40
LAST_BLOCK = 0x80
NUMBERS = 256

HEADER_BYTES = 8
MAX_DATA_BYTES = 0x3FFF
MAX_FRAME_BYTES = HEADER_BYTES + MAX_DATA_BYTES + 2

RATES = (0, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200)
"""Bits per second by their code in START and STACK; 0 keeps what there is."""

_PORTION = 512


class DdcmpFrameError(BridgeError, ValueError):
    """Something cannot be put into a frame."""


class Kind(IntEnum):
    """What a control frame is."""

    ACK = 0x01
    NAK = 0x02
    REP = 0x03
    START = 0x06
    STACK = 0x07


class Why(IntEnum):
    """The reason in a NAK."""

    HEADER_CRC = 0x01
    DATA_CRC = 0x02


@dataclass(frozen=True, slots=True)
class Control:
    """A frame without data.

    Attributes:
        kind: see `Kind`; other numbers are passed through.
        flags: 40, and the reason in a NAK.
        first: rr of ACK and NAK, sbd of STACK.
        second: mbd of START and STACK.
    """

    kind: int
    flags: int = FLAGS
    first: int = 0
    second: int = 0


@dataclass(frozen=True, slots=True)
class Data:
    """A frame with data whose CRCs agreed.

    Attributes:
        number: xx, its own.
        acknowledges: rr, the last frame of ours that has arrived.
        last: nothing follows it in this transfer.
        data: what it carries.
    """

    number: int
    acknowledges: int
    last: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class DamagedData:
    """The header of a data frame came whole, its data did not."""

    number: int


Frame = Control | Data | DamagedData


class DdcmpDecoder:
    """Takes bytes in any portions, gives frames; holds at most one frame.

    Attributes:
        noise_bytes: how many bytes belonged to nothing, since the decoder was made.
    """

    def __init__(self) -> None:
        self.noise_bytes = 0
        self._buffer = bytearray()

    @property
    def in_frame(self) -> bool:
        """Whether something has begun that may be a frame."""
        return bool(self._buffer)

    @property
    def in_data(self) -> bool:
        """Whether a data frame has begun, by a header whose CRC agreed."""
        return len(self._buffer) >= HEADER_BYTES

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
        """Give up a half frame after silence; gives what stood behind its beginning."""
        frames: list[Frame] = []
        if self.in_data:
            frames.append(DamagedData(self._buffer[4]))
        while self._buffer:
            self._drop(1)
            self._scan(frames)
        return frames

    def _scan(self, frames: list[Frame]) -> None:
        while self._is_at_header():
            header = bytes(self._buffer[: HEADER_BYTES - 2])
            if header[0] == CONTROL:
                frames.append(Control(header[1], header[2], header[3], header[4]))
                del self._buffer[:HEADER_BYTES]
                continue
            end = HEADER_BYTES + header[1] + 256 * (header[2] & 0x3F)
            if len(self._buffer) < end + 2:
                return
            frames.append(_data(header, bytes(self._buffer[HEADER_BYTES : end + 2])))
            del self._buffer[: end + 2]

    def _is_at_header(self) -> bool:
        """Drop what stands before the next header; True once it is there and its CRC agrees."""
        while self._buffer:
            if self._buffer[0] not in (CONTROL, DATA):
                self._drop(1)
            elif len(self._buffer) < HEADER_BYTES:
                return False
            elif crc16_arc(bytes(self._buffer[:HEADER_BYTES])):
                self._drop(1)
            else:
                return True
        return False

    def _drop(self, count: int) -> None:
        self.noise_bytes += count
        del self._buffer[:count]


def encode_control(control: Control) -> bytes:
    """A control frame as it goes on the line."""
    header = bytes([CONTROL, control.kind, control.flags, control.first, control.second, STATION])
    return _with_crc(header)


def encode_data(data: Data) -> bytes:
    """A data frame as it goes on the line.

    Raises:
        DdcmpFrameError: more than 16383 bytes.
    """
    size = len(data.data)
    if size > MAX_DATA_BYTES:
        raise DdcmpFrameError(f"a DDCMP frame holds {MAX_DATA_BYTES} bytes at most, not {size}")
    marks = FLAGS | (LAST_BLOCK if data.last else 0) | size >> 8
    header = bytes([DATA, size & 0xFF, marks, data.acknowledges, data.number, STATION])
    return _with_crc(header) + _with_crc(data.data)


def ack(number: int) -> bytes:
    """All up to this frame has arrived."""
    return encode_control(Control(Kind.ACK, first=number))


def nak(number: int, why: Why) -> bytes:
    """All up to this frame has arrived; what came behind it is to be sent again."""
    return encode_control(Control(Kind.NAK, FLAGS | why, first=number))


def _data(header: bytes, data_and_crc: bytes) -> Data | DamagedData:
    if crc16_arc(data_and_crc):
        return DamagedData(header[4])
    last = bool(header[2] & LAST_BLOCK)
    return Data(header[4], header[3], last, data_and_crc[:-2])


def _with_crc(data: bytes) -> bytes:
    return data + crc16_arc(data).to_bytes(2, "little")
