"""AT commands and their answers, as the ams AS7265x (and AS726x) speak them over UART.

A command is a line; its answer is some text and then OK or ERROR, ended by CR, LF or both. Numbers
are decimal, in commas. A device that repeats the command before it answers is understood too.

Source: ams AS7265x data sheet v1-04 (2018), AT command interface.
"""

from firmware_bridge.framing.exchange import Answer, MismatchError, NoiseError, RefusedError

LONGEST_BYTES = 512
_GOOD, _BAD = "OK", "ERROR"


def command(text: str) -> bytes:
    """A command as it goes out."""
    return text.encode("ascii") + b"\n"


class AtAnswer(Answer):
    """The text before OK, once that has come.

    Args:
        asked: the command, which may come back first.
    """

    def __init__(self, asked: str) -> None:
        super().__init__()
        self._asked = asked
        self._held = bytearray()

    def feed(self, data: bytes) -> str | None:
        """Take bytes that arrived; the answer once its last line is whole."""
        self.received += len(data)
        self._held += data
        if len(self._held) > LONGEST_BYTES:
            raise NoiseError(f"no end in {len(self._held)} bytes of answer to {self._asked}")
        return self._judged() if self._held.endswith((b"\r", b"\n")) else None

    def quiet(self) -> str | None:
        """The end of the last line may be missing."""
        return self._judged()

    def _judged(self) -> str | None:
        text = self._held.decode("latin-1").strip().removeprefix(self._asked).strip()
        if text.endswith(_BAD):
            raise RefusedError(f"the device answered ERROR to {self._asked}")
        if not text.endswith(_GOOD):
            return None
        if not (text.isascii() and all(each.isprintable() or each in "\r\n" for each in text)):
            raise NoiseError(f"an answer with unprintable characters came: {text[:32]!r}")
        return text.removesuffix(_GOOD).strip()


def values(text: str, count: int) -> tuple[float, ...]:
    """The numbers of an answer.

    Raises:
        NoiseError: something else stands among them.
        MismatchError: it is another count of numbers.
    """
    fields = [field.strip() for field in text.split(",")]
    if fields and not fields[-1]:
        fields.pop()
    for field in fields:
        if not field.replace(".", "", 1).isdigit() or len(field) > 20:
            raise NoiseError(f"{field[:16]!r} came where a number was due")
    if len(fields) != count:
        raise MismatchError(f"{len(fields)} numbers came, {count} were due")
    return tuple(map(float, fields))
