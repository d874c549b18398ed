"""A data carrier for tests: raw bytes by EVA-DTS 6.1.1 chapter 7, sharing no code with anything."""

import os
import select
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Self


def crc_arc(data: bytes) -> bytes:
    """CRC-16/ARC by long division over bits, low byte first."""
    register = 0
    for byte in data:
        for place in range(8):
            bit = (byte >> place & 1) ^ (register & 1)
            register >>= 1
            if bit:
                register ^= 0xA001
    return bytes([register & 0xFF, register >> 8])


class Line:
    """The other end of a pseudo-terminal, read with patience."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self.fd)

    def write(self, data: bytes) -> None:
        os.write(self.fd, data)

    def read(self, count: int, timeout_s: float = 2.0) -> bytes:
        """Exactly so many bytes; fewer when they did not come in time."""
        got = bytearray()
        end = time.monotonic() + timeout_s
        while len(got) < count and (left := end - time.monotonic()) > 0:
            if select.select([self.fd], [], [], left)[0]:
                got += os.read(self.fd, count - len(got))
        return bytes(got)

    def read_until(self, end: bytes, timeout_s: float = 3.0) -> bytes:
        got = bytearray()
        while not got.endswith(end) and (byte := self.read(1, timeout_s)):
            got += byte
        return bytes(got)


class Carrier:
    """Reads audits as master of the first handshake."""

    def __init__(self, line: Line, *, identity: bytes = b"TST0000001") -> None:
        self.line = line
        self.identity = identity
        self.naks = 0
        self.before_nak: Callable[[], object] = lambda: None
        self.reply = b""

    def block(self) -> tuple[bytes, bool, bool]:
        """One block: its data, whether it was the last, whether its CRC fits."""
        head = self.line.read(2)
        assert head in (b"\x10\x01", b"\x10\x02"), head
        data = bytearray()
        while True:
            byte = self.line.read(1)
            assert byte, f"the block broke off after {bytes(data)!r}"
            if byte == b"\x10":
                break
            data += byte
        end = self.line.read(1)
        assert len(data) + 2 <= 245
        return bytes(data), end == b"\x03", self.line.read(2) == crc_arc(bytes(data) + end)

    def taken_block(self, ack: bytes) -> tuple[bytes, bool]:
        """One block; NAK until its CRC fits."""
        while True:
            data, last, intact = self.block()
            if intact:
                self.line.write(ack)
                return data, last
            self.naks += 1
            self.before_nak()
            self.line.write(b"\x15")

    def handshakes(self, operation: bytes = b"R", revision: bytes = b"R01L01") -> None:
        self.line.write(b"\x05")  # ENQ
        assert self.line.read(2) == b"\x10\x30"  # DLE 0
        text = self.identity + operation + revision
        self.line.write(b"\x10\x01" + text + b"\x10\x03" + crc_arc(text + b"\x03"))
        assert self.line.read(2) == b"\x10\x31"  # DLE 1
        self.line.write(b"\x04")  # EOT
        assert self.line.read(1) == b"\x05"
        self.line.write(b"\x10\x30")
        self.reply, _last = self.taken_block(b"\x10\x31")
        assert self.line.read(1) == b"\x04"

    def audit(self) -> bytes:
        """A whole session; the audit as sent."""
        self.handshakes()
        assert self.line.read(1) == b"\x05"
        self.line.write(b"\x10\x30")
        pieces, last, turn = [], False, 1
        while not last:
            data, last = self.taken_block(b"\x10\x31" if turn else b"\x10\x30")
            pieces.append(data)
            turn = 1 - turn
        assert self.line.read(1) == b"\x04"
        return b"".join(pieces)


def segments(audit: bytes) -> list[list[str]]:
    """The audit's segments, each cut at its asterisks."""
    return [line.split("*") for line in audit.decode("ascii").split("\r\n") if line]


def by_selection(audit: bytes, name: str, element: int) -> dict[str, int]:
    """One number of one segment for each selection."""
    found, selection = {}, ""
    for parts in segments(audit):
        if parts[0] == "PA1":
            selection = parts[1]
        elif parts[0] == name:
            found[selection] = int(parts[element])
    return found
