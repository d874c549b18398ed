"""Writes SPC, SPA and OPUS files for tests; made from the descriptions, not from our readers."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Spc:
    """A Galactic SPC file; `rows` are whole numbers, or floats where the exponent is -128."""

    rows: Sequence[Sequence[float]]
    first: float = 400.0
    last: float = 800.0
    x: Sequence[float] = ()
    exponent: int = 0
    flags: int = 0
    x_code: int = 1
    y_code: int = 2
    experiment: int = 0
    version: int = 0x4B
    log: str = ""
    changes: dict[int, bytes] = field(default_factory=dict)

    @property
    def order(self) -> str:
        return ">" if self.version == 0x4C else "<"

    def numbers(self, row: Sequence[float]) -> bytes:
        if self.exponent == -128:
            return struct.pack(f"{self.order}{len(row)}f", *row)
        whole = [int(value) for value in row]
        if self.flags & 1:
            return struct.pack(f"{self.order}{len(row)}h", *whole)
        packed = struct.pack(f"{self.order}{len(row)}i", *whole)
        if self.version == 0x4D:  # the two halves of each number are swapped
            parts = [packed[at : at + 4] for at in range(0, len(packed), 4)]
            packed = b"".join(part[2:] + part[:2] for part in parts)
        return packed

    def sub_header(self, number: int, points: int = 0) -> bytes:
        return struct.pack(
            f"{self.order}BbHfffii12x", 0, self.exponent, number, number, 0, 0, points, 0
        )[:32]

    def head(self, points: int, log_at: int) -> bytearray:
        if self.version == 0x4D:
            head = bytearray(256)
            struct.pack_into(
                "<BBhfffBB",
                head,
                0,
                self.flags,
                self.version,
                self.exponent,
                len(self.rows[0]),
                self.first,
                self.last,
                self.x_code,
                self.y_code,
            )
            head[224:256] = self.sub_header(0)
            return head
        head = bytearray(512)
        struct.pack_into(
            f"{self.order}BBBbiddiBB",
            head,
            0,
            self.flags,
            self.version,
            self.experiment,
            self.exponent,
            points,
            self.first,
            self.last,
            len(self.rows),
            self.x_code,
            self.y_code,
        )
        head[88:94] = b"a test"
        struct.pack_into(f"{self.order}i", head, 248, log_at)
        return head

    def made(self) -> bytes:
        if self.flags & 0x40:
            return self._with_directory()
        body = struct.pack(f"{self.order}{len(self.x)}f", *self.x)
        for number, row in enumerate(self.rows):
            is_in_head = self.version == 0x4D and number == 0
            body += (b"" if is_in_head else self.sub_header(number)) + self.numbers(row)
        size = 256 if self.version == 0x4D else 512
        log_at = size + len(body) if self.log else 0
        return self._changed(bytes(self.head(len(self.rows[0]), log_at)) + body + self._log())

    def _log(self) -> bytes:
        if not self.log:
            return b""
        text = self.log.encode() + b"\0"
        return struct.pack(f"{self.order}5i44x", 64 + len(text), 4096, 64, 0, 0) + text

    def _with_directory(self) -> bytes:
        body, entries = b"", b""
        for number, row in enumerate(self.rows):
            part = self.sub_header(number, len(row))
            part += struct.pack(f"{self.order}{len(row)}f", *self.x[: len(row)])
            part += self.numbers(row)
            entries += struct.pack(f"{self.order}iif", 512 + len(body), len(part), number)
            body += part
        return self._changed(bytes(self.head(512 + len(body), 0)) + body + entries)

    def _changed(self, raw: bytes) -> bytes:
        changed = bytearray(raw)
        for at, part in self.changes.items():
            changed[at : at + len(part)] = part
        return bytes(changed)


def spa(values: Sequence[float], x_code: int = 1, y_code: int = 17, points: int = -1) -> bytes:
    """Write an OMNIC file."""
    count = len(values) if points < 0 else points
    head = bytearray(304 + 16 * 5)
    head[:18] = b"Spectral Data File"
    head[30:36] = b"a test"
    parts: list[tuple[int, bytes]] = []
    about = bytearray(140)
    struct.pack_into("<IIIIff", about, 0, 3, count, x_code, y_code, 4000.0, 400.0)
    struct.pack_into("<I", about, 36, 32)
    parts.append((2, bytes(about)))
    parts.append((27, b"Collect Sample\r\n\t Bench Serial Number:AB-12\r\n\0"))
    parts.append((3, struct.pack(f"<{len(values)}f", *values)))
    struct.pack_into("<H", head, 294, len(parts))
    body = b""
    for number, (kind, part) in enumerate(parts):
        struct.pack_into("<BxII", head, 304 + 16 * number, kind, 0, 0)
        head[304 + 16 * number + 2 : 304 + 16 * number + 10] = struct.pack(
            "<II", len(head) + len(body), len(part)
        )
        body += part
    return bytes(head) + body


def parameters(**given: float | str) -> bytes:
    """Write a block of OPUS parameters."""
    out = b""
    for name, value in given.items():
        if isinstance(value, str):
            text = value.encode("latin-1") + b"\0"
            text += b"\0" * (len(text) % 2)
            out += name.encode() + b"\0" + struct.pack("<HH", 2, len(text) // 2) + text
        elif isinstance(value, int):
            out += name.encode() + b"\0" + struct.pack("<HHi", 0, 2, value)
        else:
            out += name.encode() + b"\0" + struct.pack("<HHd", 1, 4, value)
    out += b"END\0" + struct.pack("<HH", 0, 0)
    return out + b"\0" * (-len(out) % 4)


def opus(blocks: Sequence[tuple[int, bytes]]) -> bytes:
    """Write an OPUS file of blocks, each with its type."""
    count = len(blocks)
    head = b"\n\n\xfe\xfe" + struct.pack("<diii", 920622.0, 24, 40, count)
    at = 24 + 12 * 40
    entries, body = b"", b""
    for code, part in blocks:
        entries += struct.pack("<Iii", code, len(part) // 4, at + len(body))
        body += part
    return head + entries.ljust(12 * 40, b"\0") + body


def opus_row(
    values: Sequence[float], code: int = 0x100F, **changes: float | str
) -> list[tuple[int, bytes]]:
    """Write a row of numbers and the parameters beside it."""
    packed = struct.pack(f"<{len(values)}f", *values) + b"\0" * (4 * (len(values) % 2))
    singles = struct.unpack(f"<{len(values)}f", packed[: 4 * len(values)])
    said: dict[str, float | str] = {
        "DPF": 1,
        "NPT": len(values),
        "FXV": 4000.0,
        "LXV": 400.0,
        "CSF": 1.0,
        "MXY": max(singles),
        "MNY": min(singles),
        "DXU": "WN",
    }
    said |= changes
    return [(code, packed), (code | 0x10, parameters(**said))]
