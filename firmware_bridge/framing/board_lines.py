"""Messages of our own board on the wire: JSON lines, or COBS frames (docs/drivers/board.md).

Both carry the same JSON with the same CRC-16/MODBUS, and are told apart by what ends them: a line
by LF, a frame by a zero byte, which no line holds. Each message proves itself by its CRC, so there
is no mode that could be wrong: bytes are given up only when a message was whole, when a zero byte
ends them, or when they are too many.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from firmware_bridge.framing import cobs
from firmware_bridge.framing.crc import crc16_modbus

MAX_PAYLOAD = 1000
"""Bytes of JSON in one message."""

MAX_WAITING = 2 * MAX_PAYLOAD
"""Bytes that are kept while no message among them is whole."""

_CHECK_LENGTH = 5


class Framing(StrEnum):
    """How a message came, and how answers go back."""

    LINES = "lines"
    COBS = "cobs"


@dataclass(frozen=True, slots=True)
class Heard:
    """One whole message.

    Attributes:
        message: its fields.
        framing: how it came.
    """

    message: Mapping[str, object]
    framing: Framing


@dataclass(frozen=True, slots=True)
class Damaged:
    """Bytes that are no message.

    Attributes:
        why: in words for a person.
        oversized: there were too many of them.
    """

    why: str
    oversized: bool = False


def encode(message: Mapping[str, object], framing: Framing) -> bytes:
    """A message as it goes over the line, with its delimiter before and behind."""
    payload = json.dumps(message, separators=(",", ":")).encode()
    crc = crc16_modbus(payload)
    if framing is Framing.COBS:
        return b"\0" + cobs.encode(payload + crc.to_bytes(2, "little")) + b"\0"
    return b"\n" + payload + b"*%04X\n" % crc


class BoardReader:
    """Messages out of bytes, bounded, whatever arrives."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._line_from = 0

    def feed(self, data: bytes) -> list[Heard | Damaged]:
        """What has become whole with these bytes, and what has turned out damaged, in order."""
        found: list[Heard | Damaged] = []
        for byte in data:
            if byte == 0:
                self._end_frame(found)
            elif byte == 0x0A:
                self._end_line(found)
            else:
                self._waiting.append(byte)
            if len(self._waiting) > MAX_WAITING:
                found.append(Damaged(f"{MAX_WAITING} bytes came without a whole message", True))
                self._forget()
        return found

    def _end_line(self, found: list[Heard | Damaged]) -> None:
        line = bytes(self._waiting[self._line_from :]).strip()
        message = _from_line(line)
        if message is not None:
            found.append(Heard(message, Framing.LINES))
            self._forget()
            return
        # Kept, as it may be the inside of a frame; told as damaged if it was meant as a line.
        if line.startswith(b"{"):
            found.append(Damaged(_why(line)))
        self._waiting.append(0x0A)
        self._line_from = len(self._waiting)

    def _end_frame(self, found: list[Heard | Damaged]) -> None:
        frame = bytes(self._waiting)
        self._forget()
        message = _from_frame(frame)
        if message is not None:
            found.append(Heard(message, Framing.COBS))
        elif frame.strip(b"\r\n"):
            found.append(Damaged("a frame whose check does not fit"))

    def _forget(self) -> None:
        self._waiting.clear()
        self._line_from = 0


def _from_line(line: bytes) -> Mapping[str, object] | None:
    payload, check = line[:-_CHECK_LENGTH], line[-_CHECK_LENGTH:]
    if not payload.startswith(b"{") or check != b"*%04X" % crc16_modbus(payload):
        return None
    return _parsed(payload)


def _from_frame(frame: bytes) -> Mapping[str, object] | None:
    plain = cobs.decode(frame)
    if plain is None or len(plain) < 4:
        return None
    payload, check = plain[:-2], plain[-2:]
    if crc16_modbus(payload).to_bytes(2, "little") != check:
        return None
    return _parsed(payload)


def _parsed(payload: bytes) -> Mapping[str, object] | None:
    """The object; None where it is none, is too long, nests too deep, or holds no real number.

    Nothing in it is believed yet: the driver looks at each field, and takes no nest for a row.
    """
    if len(payload) > MAX_PAYLOAD:
        return None
    try:
        message = json.loads(payload, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value


def _why(line: bytes) -> str:
    if line[-_CHECK_LENGTH:][:1] != b"*":
        return "a line without its check"
    return "a line whose check does not fit"
