"""What an Ocean letter-protocol instrument sends (Flame manual 225-00000-000-11-201604, page 111).

Everything is a WORD, 16 bits, most significant byte first.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

ACK, NAK, STX, ETX = b"\x06", b"\x15", b"\x02", b"\x03"
FIRST_WORD, LAST_WORD = 0xFFFF, 0xFFFD
ESCAPE = 0x80
WORD_MAX = 0xFFFF


@dataclass(frozen=True, slots=True)
class Scan:
    """One spectrum, ready to be sent.

    Attributes:
        pixels: counts, added over the scans.
        integration_ms: per scan.
        scans: how many were added.
        counter: how many spectra were taken since power-up.
    """

    pixels: Sequence[int]
    integration_ms: int
    scans: int
    counter: int


def words(values: Iterable[int]) -> bytes:
    """Each value as a WORD; larger ones saturate."""
    kept = [min(max(value, 0), WORD_MAX) for value in values]
    return struct.pack(f">{len(kept)}H", *kept)


def double_words(values: Sequence[int]) -> bytes:
    """Each value as two WORDs, the more significant first."""
    return struct.pack(f">{len(values)}I", *values)


def header(scan: Scan, generation: Literal["flame", "sad500"], *, doubled: bool) -> list[int]:
    """The seven words before the pixels; the generations differ in words 1 to 5."""
    if generation == "flame":
        return [FIRST_WORD, int(doubled), scan.scans, scan.integration_ms, 0, 0, 0]
    return [FIRST_WORD, 0, scan.counter & WORD_MAX, 1, scan.integration_ms, 0, 0]


def compress(pixels: Sequence[int]) -> bytes:
    """Differences of one byte where they fit, else 0x80 and the WORD; the first pixel always so."""
    packed = bytearray()
    previous: int | None = None
    for pixel in pixels:
        step = None if previous is None else pixel - previous
        if step is not None and -127 <= step <= 127:
            packed.append(step & 0xFF)
        else:
            packed += bytes([ESCAPE]) + words([pixel])
        previous = pixel
    return bytes(packed)


def checksum(payload: bytes) -> int:
    """Sum of the WORDs of uncompressed pixels, modulo 65536; a double word counts as two."""
    total: int = sum(struct.unpack(f">{len(payload) // 2}H", payload))
    return total & WORD_MAX


def compressed_checksum(packed: bytes) -> int:
    """Each difference byte counts as 0x00bb, each escaped pixel as itself + 0x80, modulo 65536."""
    total, place = 0, 0
    while place < len(packed):
        if packed[place] == ESCAPE:
            total += int.from_bytes(packed[place + 1 : place + 3], "big") + ESCAPE
            place += 3
        else:
            total += packed[place]
            place += 1
    return total & WORD_MAX
