"""The compression of pixels in the Ocean letter protocol (`G` 1).

It concerns the pixels alone, not header and end: 0x80 hi lo is an absolute WORD, as the first pixel
always is; any other byte is a signed difference to the pixel before. The checksum of a compressed
spectrum is the sum of every difference byte as 0x00bb and of every absolute value plus 0x0080,
modulo 65536 (SAD500 Technical Notes 1 and 3).
"""

from firmware_bridge.framing.exchange import NoiseError

_ESCAPE = 0x80


class DifferenceDecoder:
    """Undoes the compression of `G` 1.

    Args:
        count: how many pixels there are; it never decodes more.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self.pixels: list[int] = []
        self.checksum = 0

    @property
    def whole(self) -> bool:
        """Whether all pixels have come."""
        return len(self.pixels) == self._count

    def feed(self, data: bytes | bytearray, start: int = 0) -> int:
        """Decode from `start`; returns where it stopped (call again when there is more).

        Raises:
            NoiseError: the first pixel is not absolute, or a difference leaves 0 to 65535.
        """
        at = start
        while not self.whole and at < len(data):
            absolute = data[at] == _ESCAPE
            if absolute and at + 3 > len(data):
                break
            if absolute:
                self._take_absolute((data[at + 1] << 8) | data[at + 2])
            else:
                self._take_difference(data[at])
            at += 3 if absolute else 1
        return at

    def _take_absolute(self, value: int) -> None:
        self.pixels.append(value)
        self.checksum = (self.checksum + value + _ESCAPE) & 0xFFFF

    def _take_difference(self, byte: int) -> None:
        if not self.pixels:
            raise NoiseError(f"a compressed spectrum began with 0x{byte:02X} instead of 0x80")
        value = self.pixels[-1] + (byte - 256 if byte > _ESCAPE else byte)
        if not 0 <= value <= 0xFFFF:
            raise NoiseError(f"a compressed pixel came to {value}, outside 0 to 65535")
        self.pixels.append(value)
        self.checksum = (self.checksum + byte) & 0xFFFF
