"""Builds audits that are right, so that a test can put in the one thing that is wrong."""

from firmware_bridge.framing.crc import crc16_arc


def audit(
    *lines: str,
    dxs: str | None = "DXS*HBL0000001*VA*V0/6*1",
    st: str | None = "ST*001*0001",
    g85: str | None = None,
    count: int | None = None,
    tail: bool = True,
    end: str = "\r\n",
) -> bytes:
    """An audit with these lines between ST and G85, checksum and count computed."""
    covered = end.join([*([st] if st else []), *lines, ""]).encode("latin-1")
    check = f"{crc16_arc(covered.replace(end.encode(), bytes([13, 10]))):04X}"
    said = len(lines) + 3 if count is None else count
    closing = [f"G85*{g85 or check}", f"SE*{said}*0001", "DXE*1*1", ""] if tail else []
    opening = f"{dxs}{end}".encode("latin-1") if dxs else b""
    return opening + covered + end.join(closing).encode("latin-1")
