"""What a host says to an instrument and waits for: exchanges, and the errors that end them.

A dialect is written as talks. Each talk is a generator: it yields an `Exchange` (bytes to send, and
what to wait for), is sent the value of the answer, or is thrown the `ReplyError` that the answer
ended in, and returns what was learned. Whoever runs it keeps the time; a talk never does.

    BridgeError
    └── ReplyError              an answer that cannot be taken (also ValueError)
        ├── RefusedError        the device said no
        ├── NoiseError          bytes that have no place where they stand
        ├── ChecksumError       a checksum does not fit its bytes
        ├── MismatchError       a whole answer, but not the one that was asked for
        └── NoReplyError        nothing, or only half, in the time it takes
"""

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from firmware_bridge.errors import BridgeError

T = TypeVar("T")


class ReplyError(BridgeError, ValueError):
    """An answer of the device that cannot be taken."""


class RefusedError(ReplyError):
    """The device said no: NAK, NACK, ETX or ERROR."""


class NoiseError(ReplyError):
    """Bytes that have no place where they stand."""


class ChecksumError(ReplyError):
    """A checksum does not fit its bytes."""


class MismatchError(ReplyError):
    """The answer is whole, but it is not the one that was asked for."""


class NoReplyError(ReplyError):
    """Nothing, or only a part, came in the time that the answer takes."""


class Answer(ABC):
    """Reads one answer: feed bytes until a value comes out.

    Attributes:
        received: how many bytes it was fed.
    """

    def __init__(self) -> None:
        self.received = 0

    @abstractmethod
    def feed(self, data: bytes) -> object | None:
        """Take bytes that arrived; None means that more are needed.

        Raises:
            ReplyError: one of its kinds; this answer is over.
        """

    def quiet(self) -> object | None:
        """The line has fallen silent: an answer that may end so is over; None for all others.

        Raises:
            ReplyError: as for `feed`.
        """
        return None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One thing to say and what to wait for.

    Attributes:
        what: the command in words, for messages.
        send: the bytes.
        limit_s: how long it may take, in seconds.
        reply: the reader of the answer; None waits for a silent line and drops what comes.
        baud: the speed at which the port is to be set before anything is sent; None leaves it.
    """

    what: str
    send: bytes
    limit_s: float
    reply: Answer | None
    baud: int | None = None

    def too_late(self) -> ReplyError:
        """What to say when the limit is over."""
        limit = f"{self.limit_s:.1f} s"
        if self.reply is None:
            return NoiseError(f"the line did not fall silent within {limit}")
        if self.reply.received:
            got = self.reply.received
            return NoiseError(f"only {got} bytes of the reply to {self.what} came in {limit}")
        return NoReplyError(f"no reply to {self.what} within {limit}")


Talk: TypeAlias = Generator[Exchange, object, T]
