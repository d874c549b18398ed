"""The bytes that a simulated VMC and simulated card readers send (MDB/ICP 4.2 section 7).

Without checksum, as an adapter tells them. Items and prices have two bytes, high byte first.
"""

ACK = b""
"""A lone acknowledgement."""

UNKNOWN = 0xFFFF
FREE, TEST, NEGATIVE = 0x8000, 0x4000, 0x2000
JUST_RESET = bytes([0x00])
DENIED = bytes([0x06])
END_SESSION = bytes([0x07])


def _word(value: int) -> bytes:
    return value.to_bytes(2, "big")


def reset(address: int) -> bytes:
    """RESET."""
    return bytes([address])


def poll(address: int) -> bytes:
    """POLL."""
    return bytes([address + 2])


def setup(address: int) -> bytes:
    """SETUP, configuration: a level 3 machine without a display."""
    return bytes([address + 1, 0, 3, 0, 0, 0])


def config(currency: str, scale: int, decimals: int, answer_s: int, options: int) -> bytes:
    """A reader's answer to it."""
    return bytes([1, 3, *bytes.fromhex(currency), scale, decimals, min(answer_s, 255), options])


def request_id(address: int, serial: str, model: str) -> bytes:
    """EXPANSION REQUEST ID: who the machine is."""
    words = b"HLS" + serial.encode().ljust(12)[:12] + model.encode().ljust(12)[:12]
    return bytes([address + 7, 0]) + words + b"\x01\x00"


def enable(address: int, *, on: bool) -> bytes:
    """READER ENABLE or DISABLE."""
    return bytes([address + 4, 1 if on else 0])


def begin_session(funds: int, media: bytes = b"\xff" * 4, kind: int = 0) -> bytes:
    """A reader's BEGIN SESSION, level 3: funds, a card's number, its type, its data."""
    return b"\x03" + _word(funds) + media + bytes([kind]) + b"\0\0"


def vend_request(address: int, price: int, item: int) -> bytes:
    """VEND REQUEST."""
    return bytes([address + 3, 0]) + _word(price) + _word(item)


def approved(price: int) -> bytes:
    """A reader's VEND APPROVED."""
    return b"\x05" + _word(price)


def vend_cancel(address: int) -> bytes:
    """VEND CANCEL."""
    return bytes([address + 3, 1])


def vend_success(address: int, item: int) -> bytes:
    """VEND SUCCESS."""
    return bytes([address + 3, 2]) + _word(item)


def vend_failure(address: int) -> bytes:
    """VEND FAILURE."""
    return bytes([address + 3, 3])


def session_complete(address: int) -> bytes:
    """SESSION COMPLETE."""
    return bytes([address + 3, 4])


def cash_sale(address: int, price: int, item: int) -> bytes:
    """CASH SALE; the item's top bits say what kind it was."""
    return bytes([address + 3, 5]) + _word(price) + _word(item)
