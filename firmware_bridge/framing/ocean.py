"""The Ocean letter protocol: commands out, replies in.

One letter, an optional argument, one reply. In binary mode arguments are big-endian WORDs and
nothing is echoed; in ASCII mode they are decimal digits ended by CR, and the device echoes what it
was told before it answers. The status bytes are the same in both.

Every reader is pure and bounded: it is handed bytes in pieces of any size, keeps no more than the
longest reply of its kind, and ends in a value or in a `ReplyError`.

Sources: Flame-S/T manual 225-00000-000-11-201604, chapter 8; SAD500 Communications and Control.
"""

from abc import abstractmethod
from enum import StrEnum
from typing import Generic, TypeVar

from firmware_bridge.framing.exchange import Answer, NoiseError, RefusedError

STX = 0x02
ETX = 0x03
ACK = 0x06
NAK = 0x15
TEXT_CAP = 32
_ENDS = b"\r\n"

T = TypeVar("T")


class Mode(StrEnum):
    """How arguments and replies are written on the line."""

    BINARY = "binary"
    ASCII = "ascii"

    @property
    def selector(self) -> bytes:
        """The two letters that switch the device to this mode; no CR, no LF."""
        return b"bB" if self is Mode.BINARY else b"aA"


def encode(letter: str, arguments: tuple[int, ...], mode: Mode) -> bytes:
    """Write one command.

    Args:
        letter: the command, one ASCII letter.
        arguments: each 0 to 65535; most commands have one or none.
        mode: the mode that the device is in.

    Raises:
        ValueError: an argument is no WORD.
    """
    command = letter.encode("ascii")
    for argument in arguments:
        if not 0 <= argument <= 0xFFFF:
            raise ValueError(f"the argument of {letter} must be 0 to 65535, not {argument}")
        command += argument.to_bytes(2, "big") if mode is Mode.BINARY else b"%d\r" % argument
    return command


class Reply(Answer, Generic[T]):
    """The reply to one command: feed bytes until a value comes out.

    Args:
        echo: what an ASCII mode device repeats before its status byte; b"" in binary mode.
        good: the status byte that opens a good reply.
        cap: the longest body after the status byte, in bytes; more is never kept.
    """

    def __init__(self, echo: bytes = b"", good: int = ACK, cap: int = 0) -> None:
        super().__init__()
        self._echo = echo.translate(None, _ENDS)
        self._good = good
        self._cap = cap
        self._opened = False
        self._body = bytearray()

    def feed(self, data: bytes) -> T | None:
        """Take bytes that arrived; None means that more are needed.

        Raises:
            ReplyError: one of its kinds; this reply is over.
        """
        self.received += len(data)
        rest = data if self._opened else self._open(data)
        if not self._opened:
            return None
        self._body += rest[: self._cap - len(self._body)]
        return self._take()

    def quiet(self) -> T | None:
        """The line has fallen silent: a reply that may end so is over; None for all others.

        Raises:
            ReplyError: as for `feed`.
        """
        return None

    @abstractmethod
    def _take(self) -> T | None:
        """Make the value out of the body, or None while it is not whole."""

    def _open(self, data: bytes) -> bytes:
        """Pass the echo and the status byte; CR and LF between them mean nothing."""
        for index, byte in enumerate(data):
            if byte in _ENDS:
                continue
            if self._echo:
                self._pass_echo(byte)
                continue
            self._judge_status(byte)
            self._opened = True
            return data[index + 1 :]
        return b""

    def _pass_echo(self, byte: int) -> None:
        if byte != self._echo[0]:
            raise NoiseError(f"0x{byte:02X} came where the echo 0x{self._echo[0]:02X} was due")
        self._echo = self._echo[1:]

    def _judge_status(self, byte: int) -> None:
        if byte == self._good:
            return
        if byte == NAK:
            raise RefusedError("the device answered NAK")
        if byte == ETX and self._good == STX:
            raise RefusedError("the device answered ETX: it has no spectrum to send")
        raise NoiseError(f"0x{byte:02X} came where a status byte was due")


class AckReply(Reply[bool]):
    """ACK and nothing more; the value is True."""

    def _take(self) -> bool | None:
        return True


class WordReply(Reply[int]):
    """ACK and one WORD: the version in binary mode."""

    def __init__(self) -> None:
        super().__init__(cap=2)

    def _take(self) -> int | None:
        return int.from_bytes(self._body, "big") if len(self._body) == 2 else None


class TextReply(Reply[str]):
    """ACK and a line of ASCII text: the information slots, and the version in ASCII mode.

    CR, LF or both end it, and so does a silent line. NUL bytes are padding.
    """

    def __init__(self, echo: bytes = b"") -> None:
        super().__init__(echo, cap=TEXT_CAP + 3)

    def _take(self) -> str | None:
        text = bytes(self._body).lstrip(_ENDS)
        ends = [text.index(end) for end in (b"\r", b"\n") if end in text]
        if ends:
            return _printable(text[: min(ends)])
        if len(text) > TEXT_CAP:
            raise NoiseError(f"a text of more than {TEXT_CAP} characters came")
        return None

    def quiet(self) -> str | None:
        """End the text where the line fell silent; an empty slot gives ""."""
        return _printable(bytes(self._body).strip(_ENDS)) if self._opened else None


def _printable(raw: bytes) -> str:
    text = raw.replace(b"\0", b"").decode("latin-1").strip()
    if len(raw) > TEXT_CAP or not (text.isascii() and text.isprintable()):
        raise NoiseError(f"a text with unprintable characters came: {raw[:TEXT_CAP]!r}")
    return text
