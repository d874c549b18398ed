"""The text protocol of a 9-bit MDB adapter (Qibixx MDB-USB and Pi HAT): bytes to lines to values.

    we say                         it says
    V                              v,4.0.2.0,...                      its version
    C,0  C,1                       c,0  c,1  c,STATUS,OFFLINE ...     cashless device off, on
    C,SETCONF,name=value           c,SET,OK                           while it is off
    C,START,99.99                  c,STATUS,IDLE,99.99                a session is open
                                   c,STATUS,VEND,1.00,5               the machine asks: price, item
    C,VEND,1.00                    c,VEND,SUCCESS                     approved; it left the machine
    C,STOP                         c,STATUS,ENABLED                   denied, or the session ended
                                   c,ERR,VEND 3                       approved, but the vend failed
    X,1                            x,ACK                              all blocks are told now
                                   x,00,0002671896,13,0000190101      a block of the machine
                                   x,80,0006529978,ACK                the answer of a device

Upper case goes to the adapter, lower case comes from it; lines end with LF or CR LF. The protocol
has no checksum: a line that does not fit exactly is no line. Source: the maker's pages "Cashless
Slave", "Configuration" and "Sniff".
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LINE_MAX_BYTES = 160
"""The longest line is a block of 36 bytes in hexadecimal, 92 characters."""

UNKNOWN = 0xFFFF
"""Item number, price or funds of a machine that does not know (MDB/ICP 4.2 section 7)."""

_AMOUNT = re.compile(r"[0-9]{1,8}(?:\.[0-9]{1,4})?")
_ITEM = re.compile(r"[0-9]{1,5}")
_ERROR = re.compile(r"(?P<command>[A-Z]+) (?P<code>-?[0-9]{1,3})")
_BLOCK = re.compile(r"(?:[0-9a-fA-F]{2})*")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.]{0,20}")
_WORDS = {"ACK": b"\x00", "RET": b"\xaa", "NAK": b"\xff"}


class State(StrEnum):
    """What the adapter says of its cashless device (MDB/ICP 4.2 section 7.2)."""

    OFFLINE = "OFFLINE"
    ONLINE = "ONLINE"
    INACTIVE = "INACTIVE"
    DISABLED = "DISABLED"
    ENABLED = "ENABLED"
    IDLE = "IDLE"
    VEND = "VEND"


@dataclass(frozen=True, slots=True)
class Version:
    """The adapter's software version, without its processor's number."""

    text: str


@dataclass(frozen=True, slots=True)
class Switched:
    """The cashless device is on or off now."""

    on: bool


@dataclass(frozen=True, slots=True)
class SettingTaken:
    """A `C,SETCONF` was taken."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where the cashless device stands.

    Attributes:
        state: the state.
        amount: what the machine asks for (VEND) or what a session offers (IDLE); None where it is
            not said, or can't be read.
        item: item number asked for; None where the machine does not know it.
    """

    state: State
    amount: Decimal | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Vended:
    """What was approved has left the machine."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error line.

    Attributes:
        part: the letter of the part of the adapter that speaks: "c", "d", "x" or "f".
        command: the command concerned, such as "VEND"; "" where none is named.
        code: positive, from the machine: 1 it cancelled, 3 the vend failed; negative, from the
            adapter: the command does not fit its state; None where there is none.
        text: all of it, printable.
    """

    part: str
    command: str
    code: int | None
    text: str


@dataclass(frozen=True, slots=True)
class SniffSet:
    """Telling of blocks was switched on or off."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """One block on the bus, without its checksum.

    Attributes:
        from_master: the machine's controller sent it; else a device.
        errors: error bits of the block; 0 for a sound one.
        tick: when it began, in units of 0.1 ms, of the adapter's own clock.
        data: the bytes; a lone ACK, RET or NAK is that byte.
        lone: it is a lone ACK, RET or NAK.
    """

    from_master: bool
    errors: int
    tick: int
    data: bytes
    lone: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """A sound line that needs no answer: an echo, an acknowledgement, another part."""


Said = Version | Switched | SettingTaken | Status | Vended | Refusal | SniffSet | Sniffed | Other
"""One line of the adapter."""


class LineSplitter:
    """Cuts what arrives into lines; keeps no more than one line of at most `LINE_MAX_BYTES`.

    Attributes:
        overlong: how many lines were dropped because they did not end.
    """

    def __init__(self) -> None:
        self._part = bytearray()
        self._dropping = False
        self.overlong = 0

    def reset(self) -> None:
        """Forget a half line."""
        self._part.clear()
        self._dropping = False

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are whole now, without their ends; empty ones are left out."""
        *ended, rest = data.replace(b"\r", b"\n").split(b"\n")
        lines = []
        for piece in ended:
            self._keep(piece)
            if not self._dropping and self._part:
                lines.append(bytes(self._part))
            self.reset()
        self._keep(rest)
        return lines

    def _keep(self, piece: bytes) -> None:
        if self._dropping:
            return
        if len(self._part) + len(piece) > LINE_MAX_BYTES:
            self._part.clear()
            self._dropping = True
            self.overlong += 1
            return
        self._part += piece


def parse(line: bytes) -> Said | None:
    """What a line says; None where it is none of the adapter's."""
    try:
        text = line.decode("ascii").strip(" \t\0")
    except UnicodeDecodeError:
        return None
    if not text.isprintable() or not re.fullmatch(r"[A-Za-z](?:,.*)?", text):
        return None
    part, *fields = text.split(",")
    readers = {"c": _cashless, "v": _version, "x": _sniffed}
    if part in readers and fields:
        return readers[part](fields)
    return _error(part, fields) or Other()


def _cashless(fields: list[str]) -> Said | None:
    match fields:
        case ["0" | "1" as switch]:
            return Switched(switch == "1")
        case ["SET", "OK"]:
            return SettingTaken()
        case ["VEND", "SUCCESS"]:
            return Vended()
        case ["STATUS", word, *rest] if word in State.__members__:
            return _status(State(word), rest)
    return _error("c", fields) or Other()


def _status(state: State, rest: list[str]) -> Status | None:
    """A request that can't be read is still one: it has to be denied."""
    if state is State.VEND:
        amount, item = rest if len(rest) == 2 else ("", "")
        number = int(item) if _ITEM.fullmatch(item) else UNKNOWN
        return Status(state, _amount(amount), number if number < UNKNOWN else None)
    if state is State.IDLE:
        return Status(state, _amount(rest[0] if rest else ""))
    return None if rest else Status(state)


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def _version(fields: list[str]) -> Version | None:
    return Version(fields[0]) if _VERSION.fullmatch(fields[0]) else None


def _error(part: str, fields: list[str]) -> Refusal | None:
    if len(fields) < 2 or fields[0] != "ERR" or not part.islower():
        return None
    text = ",".join(fields[1:]).strip().strip('"').strip()
    found = _ERROR.fullmatch(text)
    if found is None:
        return Refusal(part, "", None, text)
    return Refusal(part, found["command"], int(found["code"]), text)


def _sniffed(fields: list[str]) -> Said | None:
    match fields:
        case ["ACK"]:
            return SniffSet()
        case ["NACK"]:
            return Refusal("x", "", None, "NACK")
        case [flags, tick, *words] if re.fullmatch(r"[0-9a-fA-F]{2}", flags) and _is_tick(tick):
            return _block(int(flags, 16), int(tick), words)
    return _error("x", fields)


def _is_tick(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,12}", text) is not None


def _block(flags: int, tick: int, words: list[str]) -> Sniffed | None:
    from_master, errors = not flags & 0x80, flags & 0x7F
    text = "".join(words)
    if text in _WORDS:
        return Sniffed(from_master, errors, tick, _WORDS[text], lone=True)
    if not text or len(words) > 2 or not _BLOCK.fullmatch(text):
        return None
    return Sniffed(from_master, errors, tick, bytes.fromhex(text))
