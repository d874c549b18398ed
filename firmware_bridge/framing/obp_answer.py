"""The answer to one request in the Ocean Binary Protocol, or why there is none.

An answer in version 2 of the protocol is refused by name: its messages are not published.
"""

from firmware_bridge.framing.exchange import Answer, ChecksumError, MismatchError, RefusedError
from firmware_bridge.framing.obp import (
    DEFERRED,
    ERRORS,
    SECOND_VERSION,
    Flag,
    FrameFinder,
    Message,
)

SECOND_VERSION_REFUSED = (
    "the device answers in version 2 of the protocol (0x2000; ST, SR, HR), whose messages are not "
    "published: it can't be read over its serial port"
)
_REFUSALS = Flag.NACK | Flag.EXCEPTION
_ANSWERS = _REFUSALS | Flag.RESPONSE | Flag.ACK


class MessageAnswer(Answer):
    """The answer to one request: the message of its type and tag.

    Args:
        kind: the type that was asked for.
        tag: the tag that was sent.
        longest: the longest payload that it can have.
    """

    def __init__(self, kind: int, tag: int, longest: int) -> None:
        super().__init__()
        self._kind, self._tag = kind, tag
        self._finder = FrameFinder(longest)

    def feed(self, data: bytes) -> Message | None:
        """Take bytes; messages with another tag, and echoes of our own, are passed over."""
        self.received += len(data)
        for message in self._finder.feed(data):
            if not (message.flags & _ANSWERS and self._is_mine(message)):
                continue
            if message.version == SECOND_VERSION:
                raise MismatchError(SECOND_VERSION_REFUSED)
            if not message.flags & _REFUSALS:
                return message
            if message.error != DEFERRED:
                raise refusal(message)
        return None

    def quiet(self) -> None:
        """A frame with a wrong checksum came, and nothing after it: no need to wait longer."""
        if self._finder.bad_checksums:
            raise ChecksumError(f"the MD5 of the answer to 0x{self._kind:08X} does not fit")

    def _is_mine(self, message: Message) -> bool:
        return message.kind == self._kind and message.regarding == self._tag


def refusal(message: Message) -> RefusedError | ChecksumError:
    """The error that a NACK or an exception stands for."""
    why = ERRORS.get(message.error, f"error {message.error}")
    said = f"the device refused 0x{message.kind:08X}: {why}"
    return ChecksumError(said) if message.error == 3 else RefusedError(said)
