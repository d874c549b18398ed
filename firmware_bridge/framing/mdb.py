"""MDB/ICP on the wire: blocks of bytes with a ninth bit, the mode bit (MDB/ICP 4.2 section 2).

    VMC      address+command *   data ...   CHK          the first byte has the mode bit
    device   data ...   CHK *                            the last byte has it
    either   ACK 00 *, NAK FF *, and RET AA * of the VMC alone, without CHK

CHK is the sum of all bytes before it, the address included, modulo 256. A block has at most 36
bytes. A 9-bit byte is an `int` here: 0 to 255, and 256 more with the mode bit.
"""

from collections.abc import Iterable
from dataclasses import dataclass

ACK = 0x00
RET = 0xAA
NAK = 0xFF
MODE = 0x100

BLOCK_MAX_BYTES = 36

NON_RESPONSE_S = 5.0
"""A device that says nothing for so long is gone (MDB/ICP 4.2 section 7, cashless devices)."""


@dataclass(frozen=True, slots=True)
class Block:
    """One sound block without its checksum; a lone ACK, RET or NAK is one byte and `lone`."""

    data: bytes
    lone: bool = False


@dataclass(frozen=True, slots=True)
class Damaged:
    """A block that is none.

    Attributes:
        why: "checksum", "too long" or "cut".
    """

    why: str


def checksum(data: bytes) -> int:
    """CHK over a block's bytes."""
    return sum(data) & 0xFF


def from_master(data: bytes) -> list[int]:
    """A block of the VMC as 9-bit bytes: mode bit on the address, CHK behind."""
    return [data[0] | MODE, *data[1:], checksum(data)]


def from_device(data: bytes) -> list[int]:
    """A device's answer as 9-bit bytes: its CHK carries the mode bit; without data it is an ACK."""
    return [*data, checksum(data) | MODE] if data else [ACK | MODE]


class BlockReader:
    """Takes the 9-bit bytes of one side of the bus and gives its blocks; bounded.

    Args:
        master: of the VMC, whose blocks begin with the mode bit; else of devices, whose blocks
            end with it.
    """

    def __init__(self, *, master: bool) -> None:
        self._master = master
        self._part = bytearray()
        self._spoilt = False

    def feed(self, words: Iterable[int]) -> list[Block | Damaged]:
        """The blocks that are whole now.

        The end of a VMC's block is only known by what follows it: the next address, or `pause`.
        """
        found: list[Block | Damaged] = []
        for word in words:
            if self._master and word & MODE:
                found += self.pause()
            self._keep(word & 0xFF)
            if not self._master and word & MODE:
                found += self.pause()
        return found

    def pause(self) -> list[Block | Damaged]:
        """Nothing came for longer than 1 ms, the most between two bytes of a block."""
        data, spoilt = bytes(self._part), self._spoilt
        self._part.clear()
        self._spoilt = False
        if spoilt:
            return [Damaged("too long")]
        return [_checked(data, master=self._master)] if data else []

    def _keep(self, byte: int) -> None:
        if len(self._part) >= BLOCK_MAX_BYTES:
            self._spoilt = True
            return
        self._part.append(byte)


def _checked(data: bytes, *, master: bool) -> Block | Damaged:
    lone = {ACK, NAK, RET} if master else {ACK, NAK}
    if len(data) == 1:
        return Block(data, lone=True) if data[0] in lone else Damaged("cut")
    if checksum(data[:-1]) != data[-1]:
        return Damaged("checksum")
    return Block(data[:-1])
