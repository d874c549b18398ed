"""CRC-16/ARC, the check of DEX blocks, of DDCMP frames and of the G85 segment, and CRC-16/MODBUS.

Polynomial x16 + x15 + x2 + 1 reflected (A001), initial value 0, no final exclusive-or
(EVA-DTS 6.1.1 chapters 2, 3 and 7). MODBUS has the same polynomial with another initial value.
"""

_REFLECTED_POLYNOMIAL = 0xA001


def _table_entry(index: int) -> int:
    value = index
    for _ in range(8):
        value = (value >> 1) ^ _REFLECTED_POLYNOMIAL if value & 1 else value >> 1
    return value


_TABLE = tuple(_table_entry(index) for index in range(256))


def crc16_arc(data: bytes, value: int = 0) -> int:
    """The CRC-16/ARC of `data`, 0..65535.

    Args:
        data: the bytes to cover.
        value: the CRC of what came before, to go on from.
    """
    for byte in data:
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value


def crc16_modbus(data: bytes) -> int:
    """The CRC-16/MODBUS of `data`, 0..65535; of b"123456789" it is 4B37 (docs/drivers/board.md)."""
    return crc16_arc(data, 0xFFFF)
