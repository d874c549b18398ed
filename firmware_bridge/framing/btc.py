"""The letter protocol of the B&W Tek boards BTC100 and BTC110, in ASCII mode.

A cousin of the Ocean letters: a command is a letter, digits and LF; the board repeats it with CR LF
and says ACK and CR LF, as a word. After `S` come echo and ACK, then each pixel as a line of digits,
then one NUL.

Source: notes of an owner, T. Trebisky (mmto.org, 2025), who found it out by trying; there is no
manual. The binary form has no end and no count and is not used.
"""

from firmware_bridge.framing.exchange import Answer, MismatchError, NoiseError

PIXEL_DIGITS_MAX = 5
_ACK = b"ACK"
_END = 0


def command(letter: str, argument: int | None = None) -> bytes:
    """A command as it goes out."""
    digits = "" if argument is None else str(argument)
    return f"{letter}{digits}\n".encode("ascii")


class _Echoed(Answer):
    """An answer that begins with the echo of the command and the word ACK.

    Args:
        asked: what was sent; rubbish before its echo is passed over.
    """

    def __init__(self, asked: bytes) -> None:
        super().__init__()
        self._wanted = asked.strip() + b"\r\n" + _ACK + b"\r\n"
        self._held = bytearray()
        self._open = False

    def _take(self, data: bytes) -> bool:
        """Keep what arrived; whether the ACK is there. After it only the rest is held."""
        self.received += len(data)
        self._held += data
        at = -1 if self._open else self._held.find(self._wanted)
        if at >= 0:
            self._open = True
            del self._held[: at + len(self._wanted)]
        if not self._open:
            del self._held[: -len(self._wanted)]
        return self._open


class AckAnswer(_Echoed):
    """Echo and ACK, and nothing more."""

    def feed(self, data: bytes) -> bool | None:
        """Take bytes that arrived; True once the ACK is there."""
        return self._take(data) or None


class ScanAnswer(_Echoed):
    """Echo and ACK of `S`, and the pixels.

    Args:
        asked: what was sent.
        pixels: how many are due.
    """

    def __init__(self, asked: bytes, pixels: int) -> None:
        super().__init__(asked)
        self._pixels = pixels

    def feed(self, data: bytes) -> tuple[int, ...] | None:
        """Take bytes that arrived; the pixels once NUL ends them."""
        if not self._take(data):
            return None
        end = self._held.find(_END)
        if end >= 0:
            return self._parsed(bytes(self._held[:end]))
        if len(self._held) > self._pixels * (PIXEL_DIGITS_MAX + 2) + 64:
            raise NoiseError(f"no end after {len(self._held)} bytes of pixels")
        return None

    def _parsed(self, text: bytes) -> tuple[int, ...]:
        lines = text.split()
        wrong = next((x for x in lines if not x.isdigit() or len(x) > PIXEL_DIGITS_MAX), None)
        if wrong is not None:
            raise NoiseError(f"{wrong[:16]!r} came where a pixel was due")
        if len(lines) != self._pixels:
            raise MismatchError(f"{len(lines)} pixels came, {self._pixels} were due")
        if max(map(int, lines)) > 0xFFFF:
            raise NoiseError("a pixel above 65535 came")
        return tuple(map(int, lines))
