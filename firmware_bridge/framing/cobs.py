"""Consistent overhead byte stuffing: bytes without a zero, so that a zero can end a frame.

Cheshire and Baker, "Consistent Overhead Byte Stuffing" (IEEE/ACM Transactions on Networking 7,
1999). At most one byte in 254 is added.
"""

LONGEST_BLOCK = 254


def encode(data: bytes) -> bytes:
    """The same bytes with no zero among them, without any delimiter."""
    coded = bytearray()
    pieces = data.split(b"\0")
    for piece in pieces[:-1]:
        coded += _stuffed(piece)
    last = _stuffed(pieces[-1])
    # A full block says that no zero follows: where the data ends with one, nothing is added.
    return bytes(coded + (last.removesuffix(b"\x01") if _is_full(pieces[-1]) else last))


def decode(coded: bytes) -> bytes | None:
    """What was encoded; None for bytes that no encoder gives."""
    plain, place = bytearray(), 0
    while place < len(coded):
        code = coded[place]
        end = place + code
        block = coded[place + 1 : end]
        if code == 0 or end > len(coded) or 0 in block:
            return None
        plain += block
        if code <= LONGEST_BLOCK and end < len(coded):
            plain.append(0)
        place = end
    return bytes(plain)


def _stuffed(piece: bytes) -> bytes:
    """One run without zeros, in blocks; a full block is followed by another, be it empty."""
    coded = bytearray()
    while len(piece) >= LONGEST_BLOCK:
        coded += bytes([LONGEST_BLOCK + 1]) + piece[:LONGEST_BLOCK]
        piece = piece[LONGEST_BLOCK:]
    return bytes(coded + bytes([len(piece) + 1]) + piece)


def _is_full(piece: bytes) -> bool:
    return len(piece) > 0 and len(piece) % LONGEST_BLOCK == 0
