"""Frames of DEX/UCS: bytes into tokens and back, pure and bounded.

Source: EVA-DTS 6.1.1 chapter 7 (DEX/UCS data link), which is a dialect of BISYNC.

    ENQ | EOT | NAK                                       one byte
    DLE '0' | DLE '1' | DLE ';'                           ACK0, ACK1, WACK
    DLE SOH|STX data DLE ETB|ETX crc-low crc-high         one block

DLE SYN may stand anywhere in a block to hold the line. The CRC-16/ARC covers what follows the
opening pair up to and with ETB or ETX, every DLE and SYN left out.
"""

import re
from dataclasses import dataclass
from enum import Enum, IntEnum, auto

from firmware_bridge.errors import BridgeError
from firmware_bridge.framing.crc import crc16_arc

SOH, STX, ETX, EOT, ENQ, DLE, NAK, SYN, ETB = 0x01, 0x02, 0x03, 0x04, 0x05, 0x10, 0x15, 0x16, 0x17
ACK = (b"\x100", b"\x101")
WACK = b"\x10;"

MAX_DATA_BYTES = 243  # 245 from behind DLE STX through DLE ETB, EVA-DTS 6.1.1 chapter 7
TOLERATED_DATA_BYTES = 512

_SINGLES = frozenset({ENQ, EOT, NAK})
# What is looked at byte by byte; everything between is taken at once.
_SPECIAL_OUTSIDE = re.compile(rb"[\x04\x05\x10\x15]")
_SPECIAL_INSIDE = re.compile(rb"[\x10\x16]")
_REVISION = re.compile(r"R[0-9]{2}L[0-9]{2}")
_REPLY_CODE_FIRST = re.compile(r"([0-9]{2})(.{10})(R[0-9]{2}L[0-9]{2})")
_REPLY_ID_FIRST = re.compile(r"([A-Z]{3}.{7}|[0-9]{10})([0-9]{2})(R[0-9]{2}L[0-9]{2})")
_REPLY_CODES = frozenset({"00", "01", "02", "03", "04", "05", "90"})


class DexFrameError(BridgeError, ValueError):
    """Something cannot be put into a DEX block, or a handshake block is not one."""


class Start(IntEnum):
    """What opens a block: a handshake (SOH) or data (STX)."""

    HANDSHAKE = SOH
    DATA = STX


class Control(Enum):
    """Tokens that carry nothing."""

    ENQ = auto()
    EOT = auto()
    NAK = auto()
    ACK0 = auto()
    ACK1 = auto()
    WACK = auto()


class Damage(Enum):
    """Why a block cannot be used.

    RESTARTED: its sender began another one before its end. TRUNCATED: silence before its end;
    only who has a clock can tell.
    """

    WRONG_CRC = auto()
    RESTARTED = auto()
    TRUNCATED = auto()
    OVERSIZED = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """One block whose CRC agreed; `last` when it ended with ETX."""

    start: Start
    data: bytes
    last: bool


@dataclass(frozen=True, slots=True)
class DamagedBlock:
    """A block came and cannot be used."""

    damage: Damage


Token = Control | Block | DamagedBlock

_CONTROLS = {ENQ: Control.ENQ, EOT: Control.EOT, NAK: Control.NAK}
_PAIRS = {ACK[0][1]: Control.ACK0, ACK[1][1]: Control.ACK1, WACK[1]: Control.WACK}


class DexDecoder:
    """Takes bytes in any portions, gives tokens; holds at most one block.

    Attributes:
        noise_bytes: how many bytes belonged to nothing, since the decoder was made.
    """

    def __init__(self) -> None:
        self.noise_bytes = 0
        self._start: Start | None = None
        self._data = bytearray()
        self._ending: int | None = None
        self._crc = bytearray()
        self._after_dle = False
        self._oversized = False

    @property
    def in_block(self) -> bool:
        """Whether a block has begun and not ended."""
        return self._start is not None

    @property
    def buffered_bytes(self) -> int:
        """How much is held; never more than `TOLERATED_DATA_BYTES` and a CRC."""
        return len(self._data) + len(self._crc)

    def feed(self, data: bytes) -> list[Token]:
        """Take bytes, give the tokens that they complete."""
        tokens: list[Token] = []
        place = 0
        while place < len(data):
            if self._ending is None and not self._after_dle:
                place = self._take_plain(data, place)
            if place < len(data):
                self._take(data[place], tokens)
                place += 1
        return tokens

    def reset(self) -> bool:
        """Forget a half frame after silence; True if a block was lost by that."""
        lost = self.in_block
        self._leave_block()
        self._after_dle = False
        return lost

    def _take(self, byte: int, tokens: list[Token]) -> None:
        if self._ending is not None:
            self._take_crc(byte, tokens)
        elif self._start is not None:
            self._take_in_block(byte, tokens)
        else:
            self._take_outside(byte, tokens)

    def _take_plain(self, data: bytes, place: int) -> int:
        """Take what means nothing by itself; where the first byte stands that may."""
        special = _SPECIAL_OUTSIDE if self._start is None else _SPECIAL_INSIDE
        found = special.search(data, place)
        end = found.start() if found else len(data)
        if self._start is None:
            self.noise_bytes += end - place
            return end
        room = TOLERATED_DATA_BYTES - len(self._data)
        self._oversized = self._oversized or end - place > room
        self._data += data[place : min(end, place + room)]
        return end

    def _take_outside(self, byte: int, tokens: list[Token]) -> None:
        after_dle, self._after_dle = self._after_dle, byte == DLE
        if byte == DLE:
            self.noise_bytes += after_dle
        elif after_dle and byte in (SOH, STX):
            self._start = Start(byte)
        elif after_dle and byte in _PAIRS:
            tokens.append(_PAIRS[byte])
        elif byte in _SINGLES:
            self.noise_bytes += after_dle
            tokens.append(_CONTROLS[byte])
        elif not (after_dle and byte == SYN):
            self.noise_bytes += 1 + after_dle

    def _take_in_block(self, byte: int, tokens: list[Token]) -> None:
        after_dle, self._after_dle = self._after_dle, byte == DLE
        if after_dle and byte in (ETB, ETX):
            self._ending = byte
        elif after_dle and byte in (SOH, STX):
            # The sender began again: what came before is a stump.
            self._leave_block()
            tokens.append(DamagedBlock(Damage.RESTARTED))
            self._start = Start(byte)
        elif byte in (DLE, SYN):
            return
        elif len(self._data) < TOLERATED_DATA_BYTES:
            self._data.append(byte)
        else:
            self._oversized = True

    def _take_crc(self, byte: int, tokens: list[Token]) -> None:
        self._crc.append(byte)
        if len(self._crc) == 2:
            tokens.append(self._completed())
            self._leave_block()

    def _completed(self) -> Token:
        if self._oversized or self._start is None or self._ending is None:
            return DamagedBlock(Damage.OVERSIZED)
        data = bytes(self._data)
        if crc16_arc(data + bytes([self._ending]) + self._crc):
            return DamagedBlock(Damage.WRONG_CRC)
        return Block(self._start, data, last=self._ending == ETX)

    def _leave_block(self) -> None:
        self._start = self._ending = None
        self._data.clear()
        self._crc.clear()
        self._after_dle = self._oversized = False


def encode_block(start: Start, data: bytes, *, last: bool = True) -> bytes:
    """One block as it goes on the line.

    Raises:
        DexFrameError: more than 243 bytes, or bytes that data may not hold (DLE, SYN).
    """
    if len(data) > MAX_DATA_BYTES:
        raise DexFrameError(f"a DEX block holds {MAX_DATA_BYTES} bytes at most, not {len(data)}")
    if DLE in data or SYN in data:
        raise DexFrameError("DLE and SYN cannot stand in the data of a DEX block: write ^HH^")
    ending = ETX if last else ETB
    crc = crc16_arc(data + bytes([ending]))
    return bytes([DLE, start, *data, DLE, ending]) + crc.to_bytes(2, "little")


@dataclass(frozen=True, slots=True)
class Request:
    """The first handshake: who asks for what.

    Attributes:
        comm_id: ten characters, maker's letters first.
        operation: "R" read audit, "S" send, "M" manufacturer's own.
        revision: such as "R01L01".
    """

    comm_id: str
    operation: str
    revision: str

    def encode(self) -> bytes:
        """The block of this request."""
        text = f"{self.comm_id}{self.operation}{self.revision}"
        return encode_block(Start.HANDSHAKE, text.encode("ascii", errors="replace"))


@dataclass(frozen=True, slots=True)
class Reply:
    """The second handshake: whether it can be done ("00"), and by whom."""

    code: str
    comm_id: str
    revision: str

    def encode(self) -> bytes:
        """The block of this reply, response code first."""
        text = f"{self.code}{self.comm_id}{self.revision}"
        return encode_block(Start.HANDSHAKE, text.encode("ascii", errors="replace"))


def parse_request(data: bytes) -> Request:
    """A first handshake from a machine that is master.

    Raises:
        DexFrameError: not ten characters, one letter and a revision.
    """
    text = data.decode("latin-1").rstrip("\r\n ")
    if len(text) < 17 or not _REVISION.fullmatch(text[11:17]):
        raise DexFrameError(f"a first handshake is commID, operation, revision; got {text[:24]!r}")
    return Request(text[:10], text[10], text[11:17])


def parse_reply(data: bytes) -> Reply:
    """A second handshake, response code first or (as the standard prints it once) commID first.

    Some CoinCo units put CR LF behind it; anything behind the 18 characters is dropped.

    Raises:
        DexFrameError: shorter than 18 characters or in neither order.
    """
    text = data.decode("latin-1")
    code_first = _REPLY_CODE_FIRST.match(text)
    id_first = _REPLY_ID_FIRST.match(text)
    if code_first and (code_first.group(1) in _REPLY_CODES or not id_first):
        return Reply(code_first.group(1), code_first.group(2), code_first.group(3))
    if id_first:
        return Reply(id_first.group(2), id_first.group(1), id_first.group(3))
    raise DexFrameError(f"a second handshake is code, commID, revision; got {text[:24]!r}")
