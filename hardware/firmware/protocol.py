"""The wire: CRC, COBS, lines, and what waits to be acknowledged. Stands in docs/drivers/board.md.

Runs on MicroPython and on CPython; touches no hardware.
"""

import json

MAX_PAYLOAD = 1000  # bytes of JSON in one message
MAX_COMMAND = 400  # bytes of one message to the board, framed
OUTBOX_SIZE = 32
RESEND_FIRST_MS = 1000
RESEND_MOST_MS = 8000

_NIBBLES = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
)


def crc16(data):
    """CRC-16/MODBUS: polynomial 8005 reflected, begins with FFFF; "123456789" gives 4B37."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 4) ^ _NIBBLES[(crc ^ byte) & 15]
        crc = (crc >> 4) ^ _NIBBLES[(crc ^ (byte >> 4)) & 15]
    return crc


def cobs_encode(data):
    """The bytes without a zero among them (Cheshire and Baker 1999)."""
    out = bytearray(1)
    code = 0
    for byte in data:
        if len(out) - code == 255:
            out[code] = 255
            code = len(out)
            out.append(0)
        if byte:
            out.append(byte)
        else:
            out[code] = len(out) - code
            code = len(out)
            out.append(0)
    out[code] = len(out) - code
    return bytes(out)


def cobs_decode(data):
    """What was encoded; None where it can't have been."""
    out = bytearray()
    place = 0
    while place < len(data):
        code = data[place]
        end = place + code
        if code == 0 or end > len(data):
            return None
        out += data[place + 1 : end]
        if code < 255 and end < len(data):
            out.append(0)
        place = end
    return bytes(out)


def frame(message, binary):
    """A message as it goes over the line. It begins with its delimiter too: rubbish ends there."""
    payload = json.dumps(message, separators=(",", ":")).encode()
    if len(payload) > MAX_PAYLOAD:
        raise ValueError("message too long")
    crc = crc16(payload)
    if binary:
        return b"\0" + cobs_encode(payload + bytes((crc & 255, crc >> 8))) + b"\0"
    return b"\n" + payload + b"*%04X\n" % crc


class Reader:
    """Messages out of bytes, in either framing; what is damaged is dropped."""

    def __init__(self):
        self._buffer = bytearray()

    def feed(self, data):
        """The whole messages: pairs of the message and whether its CRC was there."""
        found = []
        for byte in data:
            if byte == 0:
                self._take(_from_cobs(self._buffer), found)
                self._buffer = bytearray()
                continue
            if byte == 10:
                line = bytes(self._buffer[self._buffer.rfind(b"\n") + 1 :])
                if self._take(_from_line(line), found):
                    self._buffer = bytearray()
                    continue
            self._buffer.append(byte)
            if len(self._buffer) > MAX_COMMAND:
                self._buffer = bytearray()
        return found

    def _take(self, pair, found):
        if pair is None:
            return False
        found.append(pair)
        return True


def _from_cobs(data):
    plain = cobs_decode(data)
    if plain is None or len(plain) < 3:
        return None
    if crc16(plain[:-2]) != plain[-2] | plain[-1] << 8:
        return None
    return _parsed(plain[:-2], True)


def _from_line(line):
    line = line.strip()
    if line[-5:-4] != b"*":
        return _parsed(line, False)
    try:
        fits = crc16(line[:-5]) == int(line[-4:], 16)
    except ValueError:
        return None
    return _parsed(line[:-5], True) if fits else None


def _parsed(payload, checked):
    if payload[:1] != b"{":
        return None
    try:
        message = json.loads(payload)
    except (ValueError, RuntimeError):
        return None
    return (message, checked) if isinstance(message, dict) else None


class Outbox:
    """Messages until the bridge has acknowledged them: one under way at a time, bounded.

    `stamp(message)` is asked for the fields that every message carries when it is first sent.
    """

    def __init__(self, stamp, binary):
        self._stamp = stamp
        self._binary = binary
        self._waiting = []  # [message, key, ends_ms]
        self._flying = None  # [number, frame, ends_ms]
        self._number = 0
        self._due = 0
        self._pause = RESEND_FIRST_MS
        self.lost = 0

    def put(self, message, key=None, ends_ms=None):
        """Queue a message. One with a key takes the place of the one that waits with that key."""
        if key is not None:
            for entry in self._waiting:
                if entry[1] == key:
                    entry[0], entry[2] = message, ends_ms
                    return
        if len(self._waiting) >= OUTBOX_SIZE:
            self._make_room()
        self._waiting.append([message, key, ends_ms])

    def drop(self, kind):
        """Forget what waits of this kind."""
        self._waiting = [each for each in self._waiting if each[0].get("t") != kind]

    def acknowledged(self, number):
        """The bridge has it."""
        if self._flying is not None and self._flying[0] == number:
            self._flying = None

    def to_send(self, now):
        """The bytes to send now; None for nothing."""
        if self._flying is not None and _is_over(self._flying[2], now):
            self._flying = None
        if self._flying is not None:
            if now < self._due:
                return None
            self._pause = min(2 * self._pause, RESEND_MOST_MS)
        elif not self._take_next(now):
            return None
        self._due = now + self._pause
        return self._flying[1]

    def _take_next(self, now):
        while self._waiting:
            message, _key, ends = self._waiting.pop(0)
            if _is_over(ends, now):
                continue
            self._number += 1
            message = dict(message)
            message.update(self._stamp(self._number))
            self._flying = [self._number, frame(message, self._binary), ends]
            self._pause = RESEND_FIRST_MS
            return True
        return False

    def _make_room(self):
        """What can be told anew goes first, then the oldest; counters lose nothing by it."""
        for place, entry in enumerate(self._waiting):
            if entry[1] is not None:
                self._waiting.pop(place)
                return
        self._waiting.pop(0)
        self.lost += 1


def _is_over(ends_ms, now):
    return ends_ms is not None and now >= ends_ms
