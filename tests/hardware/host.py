"""A host for Ocean letter-protocol instruments, for tests: raw bytes by the Flame manual."""

import struct
from dataclasses import dataclass

from tests.hardware.carrier import Line

ACK, NAK, STX, ETX = b"\x06", b"\x15", b"\x02", b"\x03"


@dataclass(frozen=True)
class Frame:
    """One spectrum as it came over the line."""

    head: tuple[int, ...]
    pixels: tuple[int, ...]
    last: int
    checksum: int | None


class Host:
    """Talks in binary mode."""

    def __init__(self, line: Line, pixels: int) -> None:
        self.line = line
        self.pixels = pixels

    def tell(self, letter: str, *values: int) -> bytes:
        """A command and its one byte of answer."""
        self.line.write(letter.encode() + b"".join(struct.pack(">H", value) for value in values))
        return self.line.read(1)

    def slot(self, index: int) -> str:
        assert self.tell("x", index) == ACK
        return self.line.read_until(b"\r\n").decode().strip()

    def spectrum(self, *, checksum: bool = False) -> Frame:
        """S, and an uncompressed frame: seven words, pixels, end, checksum."""
        assert self.tell("S") == STX
        head = struct.unpack(">7H", self.line.read(14))
        size = 4 if head[1] == 1 else 2
        raw = self.line.read(size * self.pixels)
        pixels = struct.unpack(f">{self.pixels}{'I' if size == 4 else 'H'}", raw)
        (last,) = struct.unpack(">H", self.line.read(2))
        (total,) = struct.unpack(">H", self.line.read(2)) if checksum else (None,)
        return Frame(head, pixels, last, total)

    def compressed(self) -> tuple[tuple[int, ...], int]:
        """S, and a compressed frame with checksum: pixels, and the sum as the manual counts it."""
        assert self.tell("S") == STX
        self.line.read(14)
        pixels: list[int] = []
        total = 0
        while len(pixels) < self.pixels:
            byte = self.line.read(1)[0]
            if byte == 0x80:
                high, low = self.line.read(2)
                pixels.append(high * 256 + low)
                total += pixels[-1] + 0x80
            else:
                pixels.append(pixels[-1] + (byte if byte < 0x80 else byte - 256))
                total += byte
        tail = struct.unpack(">2H", self.line.read(4))
        assert tail == (0xFFFD, total % 65536)
        return tuple(pixels), total % 65536
