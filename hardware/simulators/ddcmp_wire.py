"""DDCMP frames as a machine makes and reads them (EVA-DTS 6.1.1 chapter 3)."""

from dataclasses import dataclass

from hardware.simulators.dex_wire import crc16

CONTROL, DATA = 0x05, 0x81
ACK, NAK, START, STACK = 0x01, 0x02, 0x06, 0x07
HEAD_BYTES = 8
DATA_MAX_BYTES = 0x3FFF


@dataclass(frozen=True, slots=True)
class Order:
    """A control frame that arrived: its kind and the two bytes it carries."""

    kind: int
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Message:
    """A data frame that arrived.

    Attributes:
        number: its own.
        received: what its sender has received of ours.
        data: what it carries.
        intact: the CRC of the data fits.
    """

    number: int
    received: int
    data: bytes
    intact: bool


def order(
    kind: int, first: int = 0, second: int = 0, *, why: int = 0, corrupt: bool = False
) -> bytes:
    """A control frame as sent; `why` is the reason in a NAK."""
    return _with_crc(bytes([CONTROL, kind, 0x40 | why, first, second, 1]), corrupt=corrupt)


def message(
    data: bytes, number: int, received: int, *, last: bool = False, corrupt: bool = False
) -> bytes:
    """A data frame as sent; its data gets a wrong CRC where `corrupt`."""
    size = len(data)
    marks = 0x40 | size >> 8 | (0x80 if last else 0)
    head = bytes([DATA, size & 0xFF, marks, received, number, 1])
    return _with_crc(head) + _with_crc(data, corrupt=corrupt)


class DdcmpEar:
    """Finds frames in what arrives; anything else is passed over."""

    def __init__(self) -> None:
        self._heard = b""

    def reset(self) -> None:
        """Forget a half frame."""
        self._heard = b""

    def feed(self, data: bytes) -> list[Order | Message]:
        """What the bytes complete."""
        self._heard += data
        found: list[Order | Message] = []
        while self._heard:
            head = self._heard[:HEAD_BYTES]
            if head[0] not in (CONTROL, DATA):
                self._heard = self._heard[1:]
                continue
            if len(head) < HEAD_BYTES:
                break
            if crc16(head):
                self._heard = self._heard[1:]
            elif head[0] == CONTROL:
                found.append(Order(head[1], head[3], head[4]))
                self._heard = self._heard[HEAD_BYTES:]
            else:
                size = HEAD_BYTES + head[1] + 256 * (head[2] & 0x3F) + 2
                if len(self._heard) < size:
                    break
                body, self._heard = self._heard[HEAD_BYTES:size], self._heard[size:]
                found.append(Message(head[4], head[3], body[:-2], intact=not crc16(body)))
        return found


def _with_crc(data: bytes, *, corrupt: bool = False) -> bytes:
    return data + (crc16(data) ^ (0xFFFF if corrupt else 0)).to_bytes(2, "little")
