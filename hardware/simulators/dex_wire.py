"""DEX/UCS blocks as a machine makes and reads them (EVA-DTS 6.1.1 chapter 7)."""

from dataclasses import dataclass
from enum import IntEnum

SOH, STX, ETX, EOT, ENQ, DLE, NAK, SYN, ETB = 0x01, 0x02, 0x03, 0x04, 0x05, 0x10, 0x15, 0x16, 0x17
BLOCK_MAX_BYTES = 245
"""From after DLE STX through DLE ETB or DLE ETX."""
DATA_MAX_BYTES = BLOCK_MAX_BYTES - 2


class Signal(IntEnum):
    """A control sequence of one or two bytes; the value is its last byte."""

    ENQ = ENQ
    EOT = EOT
    NAK = NAK
    ACK0 = 0x30
    ACK1 = 0x31
    WACK = 0x3B

    def encode(self) -> bytes:
        """As sent: ENQ, EOT and NAK are one byte, the others follow DLE."""
        return bytes([self]) if self in (ENQ, EOT, NAK) else bytes([DLE, self])


@dataclass(frozen=True, slots=True)
class Block:
    """A block that arrived.

    Attributes:
        start: SOH for a handshake, STX for data.
        data: what stood in it.
        last: it ended with ETX, not ETB.
        intact: its checksum fits, and it was not too long.
    """

    start: int
    data: bytes
    last: bool
    intact: bool


def crc16(data: bytes) -> int:
    """CRC-16/ARC: reflected polynomial A001, start 0, no final change (check BB3D)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _bit in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
    return crc


def block(
    start: int, data: bytes, *, last: bool, corrupt: bool = False, fill_every: int = 0
) -> bytes:
    """A block as sent: DLE start, data, DLE end, CRC low byte first over data and end.

    Args:
        start: SOH or STX.
        data: at most `DATA_MAX_BYTES`, without DLE and SYN.
        last: ends with ETX, else with ETB.
        corrupt: send a wrong CRC.
        fill_every: put DLE SYN behind so many bytes of data; 0 for none.
    """
    end = ETX if last else ETB
    crc = crc16(data + bytes([end])) ^ (0xFFFF if corrupt else 0)
    filled = data if not fill_every else _filled(data, fill_every)
    return bytes([DLE, start]) + filled + bytes([DLE, end]) + crc.to_bytes(2, "little")


def _filled(data: bytes, every: int) -> bytes:
    starts = range(0, len(data), every)
    return bytes([DLE, SYN]).join(data[start : start + every] for start in starts)


class Ear:
    """Finds signals and blocks in what arrives; anything else is passed over."""

    def __init__(self) -> None:
        self._start = 0
        self._data = bytearray()
        self._end = 0
        self._crc = bytearray()
        self._escaped = False

    @property
    def in_block(self) -> bool:
        """Whether a block has begun and not ended."""
        return self._start != 0

    def reset(self) -> None:
        """Forget a half block."""
        self._start = self._end = 0
        self._escaped = False
        self._data.clear()
        self._crc.clear()

    def feed(self, data: bytes) -> list[Signal | Block]:
        """What the bytes complete."""
        heard: list[Signal | Block] = []
        for byte in data:
            found = self._in_block(byte) if self._start else self._between(byte)
            if found is not None:
                heard.append(found)
        return heard

    def _between(self, byte: int) -> Signal | None:
        if self._escaped:
            self._escaped = byte == DLE
            if byte in (SOH, STX):
                self._start = byte
            return Signal(byte) if byte in (Signal.ACK0, Signal.ACK1, Signal.WACK) else None
        self._escaped = byte == DLE
        return Signal(byte) if byte in (ENQ, EOT, NAK) else None

    def _in_block(self, byte: int) -> Block | None:
        if self._end:
            return self._checksum(byte)
        if self._escaped:
            self._escaped = False
            if byte in (ETX, ETB):
                self._end = byte
            return None
        self._escaped = byte == DLE
        if byte not in (DLE, SYN) and len(self._data) <= BLOCK_MAX_BYTES:
            self._data.append(byte)
        return None

    def _checksum(self, byte: int) -> Block | None:
        self._crc.append(byte)
        if len(self._crc) < 2:
            return None
        data = bytes(self._data)
        expected = crc16(data + bytes([self._end])).to_bytes(2, "little")
        intact = bytes(self._crc) == expected and len(data) <= DATA_MAX_BYTES
        found = Block(self._start, data, self._end == ETX, intact)
        self.reset()
        return found
