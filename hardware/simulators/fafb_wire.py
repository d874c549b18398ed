"""FA FB frames as a vending machine's board makes and reads them (maker's manual, version 3)."""

from dataclasses import dataclass

STX = b"\xfa\xfb"
POLL, ACK = 0x41, 0x42
LONGEST_FRAME = 260


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet that arrived whole.

    Attributes:
        command: its command byte.
        number: its communication number; 0 where it has none.
        text: what stands behind the number.
    """

    command: int
    number: int
    text: bytes


def packet(command: int, number: int = 0, text: bytes = b"", *, corrupt: bool = False) -> bytes:
    """A packet as sent; POLL and ACK carry nothing.

    Args:
        command: command byte.
        number: communication number, 1 to 255.
        text: what stands behind the number.
        corrupt: send a wrong check.
    """
    body = b"" if command in (POLL, ACK) else bytes([number]) + text
    start = STX + bytes([command, len(body)]) + body
    check = 0
    for byte in start:
        check ^= byte
    return start + bytes([check ^ (0x55 if corrupt else 0)])


class PacketEar:
    """Finds packets in what arrives; anything else is passed over."""

    def __init__(self) -> None:
        self._heard = b""

    def reset(self) -> None:
        """Forget a half packet."""
        self._heard = b""

    def feed(self, data: bytes) -> list[Packet]:
        """What the bytes complete."""
        self._heard += data
        found: list[Packet] = []
        while (start := self._heard.find(STX)) >= 0:
            rest = self._heard[start:]
            size = 5 + rest[3] if len(rest) > 3 else LONGEST_FRAME
            if len(rest) < size:
                self._heard = rest
                return found
            check = 0
            for byte in rest[:size]:
                check ^= byte
            if check:
                self._heard = rest[2:]
                continue
            self._heard = rest[size:]
            found.append(Packet(rest[2], rest[4] if rest[3] else 0, rest[5 : size - 1]))
        self._heard = self._heard[-1:]
        return found
