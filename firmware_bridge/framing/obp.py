"""The frames of the Ocean Binary Protocol (STS, QE Pro, Spark, Flame-X): written and found.

Everything is little endian. A frame is 44 bytes of header, a payload, 16 bytes of checksum and 4
of footer; the smallest has 64 bytes.

    0   2  start C1 C0                    22   1  checksum type: 0 none, 1 MD5
    2   2  protocol version               23   1  how many of the immediate bytes count, 0 to 16
    4   2  flags                          24  16  immediate data
    6   2  error number                   40   4  bytes that remain: payload + 20
    8   4  message type                   44   n  payload, where immediate data is not used
    12  4  regarding: the host's tag    44+n  16  MD5 of all before, or zeros
    16  6  reserved                     60+n   4  footer C5 C4 C3 C2

`FrameFinder` looks for C1 C0, requires a known version and a possible length, reads the rest, and
requires a sound header, footer and checksum; else it drops one byte and looks again. So whatever is
lost or added, the next whole frame is found.

Sources: STS Data Sheet 030-00000-003-05-201604 (protocol 0x1100); SeaBreeze 3.0 (MIT licence).
"""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag

START = b"\xc1\xc0"
FOOTER = b"\xc5\xc4\xc3\xc2"
VERSION = 0x1100
SECOND_VERSION = 0x2000
VERSIONS = frozenset({0x1000, 0x1100, SECOND_VERSION})
IMMEDIATE_MAX = 16
CHECKSUM_NONE, CHECKSUM_MD5 = 0, 1
PAYLOAD_MAX = 1_048_576
_HEADER = struct.Struct("<2sHHHLL6sBB16sL")
_TAIL_BYTES = 20
SMALLEST_BYTES = _HEADER.size + _TAIL_BYTES


class Flag(IntFlag):
    """The flags of a frame."""

    RESPONSE = 0x01
    ACK = 0x02
    ACK_REQUESTED = 0x04
    NACK = 0x08
    EXCEPTION = 0x10
    DEPRECATED = 0x20


NO_FLAGS = Flag(0)
DEFERRED = 255
ERRORS: Mapping[int, str] = {
    0: "no error",
    1: "it does not know this version of the protocol",
    2: "it does not know this type of message",
    3: "the checksum was wrong",
    4: "the message was too large",
    5: "the payload has another length than this type wants",
    6: "the payload is not valid",
    7: "it is not ready for this",
    8: "it does not know this type of checksum",
    9: "it was reset",
    10: "commands came from too many buses",
    11: "it is out of memory",
    12: "it has no such value",
    13: "an internal error",
    14: "the message did not end properly",
    15: "the scan was interrupted",
    100: "the firmware could not be decrypted",
    101: "the firmware's layout is not valid",
    102: "a data packet had the wrong size",
    103: "the firmware does not fit the hardware",
    104: "the firmware does not fit the flash memory",
    DEFERRED: "it will answer later",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message, either way.

    Attributes:
        kind: the message type, 32 bits.
        data: its data; up to 16 bytes travel as immediate data, more as payload.
        flags: see `Flag`.
        error: the error number; means something with NACK or EXCEPTION.
        regarding: the host's tag, which the device sends back.
        md5: it carries an MD5 checksum.
        version: of the protocol.
    """

    kind: int
    data: bytes = b""
    flags: Flag = NO_FLAGS
    error: int = 0
    regarding: int = 0
    md5: bool = False
    version: int = VERSION


def encode(message: Message) -> bytes:
    """Write one frame.

    Raises:
        ValueError: the data is longer than `PAYLOAD_MAX`.
    """
    immediate = message.data if len(message.data) <= IMMEDIATE_MAX else b""
    payload = b"" if immediate else message.data
    if len(payload) > PAYLOAD_MAX:
        raise ValueError(f"a payload of {len(payload)} bytes; at most {PAYLOAD_MAX} are sent")
    header = _HEADER.pack(
        START,
        message.version,
        message.flags,
        message.error,
        message.kind,
        message.regarding,
        b"",
        CHECKSUM_MD5 if message.md5 else CHECKSUM_NONE,
        len(immediate),
        immediate,
        len(payload) + _TAIL_BYTES,
    )
    body = header + payload
    return body + (_digest(body) if message.md5 else bytes(16)) + FOOTER


class FrameFinder:
    """Finds whole frames in bytes that arrive in pieces of any size.

    Args:
        longest_payload: a longer one is not waited for; it bounds what is kept.

    Attributes:
        dropped: how many bytes were passed over that belong to no sound frame.
        bad_checksums: how many whole frames had a wrong MD5.
    """

    def __init__(self, longest_payload: int = PAYLOAD_MAX) -> None:
        self._longest = longest_payload
        self._held = bytearray()
        self.dropped = 0
        self.bad_checksums = 0

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes; the messages that are whole now, oldest first."""
        self._held += data
        found: list[Message] = []
        while self._to_start():
            length = self._length()
            if length is None:
                self._drop(1)
            elif length == 0 or len(self._held) < length:
                break
            else:
                found += self._taken(length)
        return found

    def _to_start(self) -> bool:
        """Drop what stands before the next possible start; whether there is one."""
        at = self._held.find(START)
        if at < 0:
            at = len(self._held) - (1 if self._held.endswith(START[:1]) else 0)
        self._drop(at)
        return len(self._held) >= len(START)

    def _length(self) -> int | None:
        """The length of the frame that begins here: 0 if not yet known, None if this is none."""
        held = self._held
        if len(held) >= 4 and int.from_bytes(held[2:4], "little") not in VERSIONS:
            return None
        if len(held) < _HEADER.size:
            return 0
        header = _HEADER.unpack_from(held)
        checksum, immediate, remaining = header[7], header[8], header[10]
        payload = remaining - _TAIL_BYTES
        sound = checksum in {CHECKSUM_NONE, CHECKSUM_MD5} and immediate <= IMMEDIATE_MAX
        if not sound or not 0 <= payload <= self._longest or (immediate and payload):
            return None
        return _HEADER.size + int(remaining)

    def _taken(self, length: int) -> list[Message]:
        """The frame that is all there; nothing, and one byte less, if it is not sound."""
        frame = bytes(self._held[:length])
        header = _HEADER.unpack_from(frame)
        body, md5 = frame[:-_TAIL_BYTES], frame[-_TAIL_BYTES:-4]
        has_md5 = header[7] == CHECKSUM_MD5
        ends = frame.endswith(FOOTER)
        if ends and has_md5 and md5 != _digest(body):
            self.bad_checksums += 1
            ends = False
        if not ends:
            self._drop(1)
            return []
        del self._held[:length]
        data = header[9][: header[8]] if header[8] else body[_HEADER.size :]
        flags = Flag(header[2] & 0x3F)
        return [Message(header[4], data, flags, header[3], header[5], has_md5, header[1])]

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self.dropped += count


def _digest(body: bytes) -> bytes:
    """MD5 as the protocol wants it: against noise on a line, not against people."""
    return hashlib.md5(body, usedforsecurity=False).digest()
