"""What travels on a line that speaks the Ocean Binary Protocol, seen from the instrument.

Written from the table of the STS Data Sheet 030-00000-003-05-201604: a header of 44 bytes, a
payload, a checksum of 16 and a footer of 4, least significant byte first.
"""

import hashlib
from dataclasses import dataclass

HEADER, TAIL, SHORTEST = 44, 20, 64
FIRST, LAST = bytes([0xC1, 0xC0]), bytes([0xC5, 0xC4, 0xC3, 0xC2])
ANSWERS, ACKS, WANTS_ACK, NACKS = 1, 2, 4, 8
LONGEST = 4096 + SHORTEST


@dataclass(frozen=True, slots=True)
class Order:
    """One message from the host.

    Attributes:
        kind: message type.
        data: immediate data or payload.
        wants_ack: the host asked for an ACK.
        tag: comes back in the answer.
        trouble: 0, or the error number with which it is to be refused.
    """

    kind: int
    data: bytes
    wants_ack: bool
    tag: bytes
    trouble: int = 0


def number(raw: bytes | bytearray) -> int:
    """Little endian."""
    return int.from_bytes(raw, "little")


def take(held: bytearray) -> Order | None:
    """Take the first message off what has arrived; None while there is none."""
    while True:
        place = held.find(FIRST)
        del held[: len(held) if place < 0 else place]
        if len(held) < HEADER:
            return None
        size = HEADER + number(held[40:44])
        if not SHORTEST <= size <= LONGEST:
            del held[:1]
            continue
        if len(held) < size:
            return None
        if held[size - 4 : size] != LAST:
            del held[:1]
            continue
        frame = bytes(held[:size])
        del held[:size]
        return _order(frame)


def _order(frame: bytes) -> Order:
    immediate = frame[23]
    data = frame[24 : 24 + immediate] if immediate else frame[HEADER:-TAIL]
    return Order(
        kind=number(frame[8:12]),
        data=data,
        wants_ack=bool(frame[4] & WANTS_ACK),
        tag=frame[12:16],
        trouble=_trouble(frame),
    )


def _trouble(frame: bytes) -> int:
    if frame[2:4] not in {b"\x00\x11", b"\x00\x10"}:
        return 1
    if frame[22] == 1:
        right = hashlib.md5(frame[:-TAIL], usedforsecurity=False).digest()
        return 0 if right == frame[-TAIL:-4] else 3
    return 0 if frame[22] == 0 else 8


def answer(order: Order, flags: int, data: bytes, *, error: int, md5: bool, wrong: bool) -> bytes:
    """A message to the host.

    Args:
        order: what it answers.
        flags: `ANSWERS`, `ACKS`, `NACKS`.
        data: up to 16 bytes go into the header.
        error: the error number.
        md5: with a checksum.
        wrong: the checksum is spoilt on purpose.
    """
    small = len(data) <= 16
    frame = bytearray(HEADER)
    frame[0:2] = FIRST
    frame[2:4] = b"\x00\x11"
    frame[4:6] = flags.to_bytes(2, "little")
    frame[6:8] = error.to_bytes(2, "little")
    frame[8:12] = order.kind.to_bytes(4, "little")
    frame[12:16] = order.tag
    frame[22] = int(md5)
    if small:
        frame[23] = len(data)
        frame[24 : 24 + len(data)] = data
    payload = b"" if small else data
    frame[40:44] = (len(payload) + TAIL).to_bytes(4, "little")
    frame += payload
    digest = hashlib.md5(frame, usedforsecurity=False).digest() if md5 else bytes(16)
    return bytes(frame) + (bytes(16) if wrong and md5 else digest) + LAST
