"""The board's side of its protocol, written from docs/drivers/board.md apart from the driver."""

import json
from binascii import hexlify, unhexlify
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

POLYNOMIAL = 0xA001
RESEND_S = (1.0, 2.0, 4.0, 8.0)
WAITING_MAX = 32
COMMAND_MAX = 400
Fields = dict[str, object]


def check(payload: bytes) -> int:
    """CRC-16/MODBUS, bit by bit."""
    register = 0xFFFF
    for byte in payload:
        register ^= byte
        for _bit in range(8):
            register = register >> 1 ^ (POLYNOMIAL if register & 1 else 0)
    return register


def line(message: Fields, *, spoilt: bool = False) -> bytes:
    """A message as a line; `spoilt` makes its check wrong."""
    payload = json.dumps(message).encode()
    return b"\n" + payload + b"*%04X\n" % (check(payload) ^ spoilt)


def frame(message: Fields, *, spoilt: bool = False) -> bytes:
    """A message as a COBS frame; `spoilt` makes its check wrong."""
    payload = json.dumps(message).encode()
    crc = check(payload) ^ spoilt
    out = bytearray()
    for run in (payload + bytes([crc & 255, crc >> 8])).split(b"\0"):
        for place in range(0, len(run) - 253, 254):
            out += b"\xff" + run[place : place + 254]
        rest = run[len(run) // 254 * 254 :]
        out += bytes([len(rest) + 1]) + rest
    return b"\0" + bytes(out) + b"\0"


def messages(data: bytearray) -> Iterator[Fields]:
    """Take every whole message out of what has arrived; what can't become one is thrown away."""
    while (ends := [place for place in (data.find(b"\n"), data.find(b"\0")) if place >= 0]) != []:
        end = min(ends)
        piece, ended_by = bytes(data[:end]), data[end]
        if ended_by == 0:
            del data[: end + 1]
            found = _framed(piece)
        elif b"\0" in data and not piece.lstrip().startswith(b"{"):
            piece = bytes(data[: data.find(b"\0")])
            del data[: len(piece) + 1]
            found = _framed(piece)
        else:
            del data[: end + 1]
            found = _lined(piece.strip())
        if found is not None:
            yield found
    if len(data) > COMMAND_MAX:
        data.clear()


def _lined(piece: bytes) -> Fields | None:
    payload, star, crc = piece.rpartition(b"*")
    try:
        sound = bool(star) and int.from_bytes(unhexlify(crc), "big") == check(payload)
    except ValueError:
        return None
    return _read(payload) if sound else None


def _framed(piece: bytes) -> Fields | None:
    plain = bytearray()
    place = 0
    while place < len(piece):
        code = piece[place]
        plain += piece[place + 1 : place + code]
        place += code
        if code < 255 and place < len(piece):
            plain.append(0)
    crc = check(bytes(plain[:-2]))
    return _read(bytes(plain[:-2])) if plain[-2:] == bytes([crc & 255, crc >> 8]) else None


def _read(payload: bytes) -> Fields | None:
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def token(number: int) -> str:
    """Eight hexadecimal digits, as boots and rows of counting are named."""
    return hexlify(number.to_bytes(4, "big")).decode()


@dataclass(slots=True)
class Post:
    """What goes out: one message at a time, until it is acknowledged.

    Attributes:
        stamp: the fields that every message carries besides its number.
        encode: how it is written; `line` or `frame`.
    """

    stamp: Callable[[], Fields]
    encode: Callable[..., bytes]
    number: int = 0
    _waiting: list[tuple[Fields, float]] = field(default_factory=list)
    _flying: tuple[Fields, float] | None = None
    _tries: int = 0
    _due_s: float = 0.0

    def put(self, message: Fields, ends_s: float = float("inf")) -> None:
        """Queue it; it is of no use any more after `ends_s`."""
        self._waiting.append((message, ends_s))
        del self._waiting[:-WAITING_MAX]

    def heard(self, number: object) -> None:
        """The bridge has this one."""
        if self._flying is not None and self._flying[0]["n"] == number:
            self._flying = None

    def due_s(self) -> float | None:
        """When something is to be sent; None while nothing waits."""
        if self._flying is not None:
            return self._due_s
        return 0.0 if self._waiting else None

    def take(self, now_s: float, *, spoilt: bool) -> bytes:
        """What is to be sent now."""
        if self._flying is not None and now_s >= self._flying[1]:
            self._flying = None
        if self._flying is None:
            self._waiting = [each for each in self._waiting if now_s < each[1]]
            if not self._waiting:
                return b""
            message, ends_s = self._waiting.pop(0)
            self.number += 1
            self._flying = ({**message, "n": self.number, **self.stamp()}, ends_s)
            self._tries, self._due_s = 0, now_s
        if now_s < self._due_s:
            return b""
        self._due_s = now_s + RESEND_S[min(self._tries, len(RESEND_S) - 1)]
        self._tries += 1
        return self.encode(self._flying[0], spoilt=spoilt)
