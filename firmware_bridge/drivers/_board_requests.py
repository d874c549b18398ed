"""What our own controller board can be asked for, in words."""

from collections.abc import Mapping

from firmware_bridge.drivers import _board_words as words
from firmware_bridge.drivers.errors import UnknownRequestError

MOST_ITEMS = 20
_WORDS = "sync (or read), dispense SELECTION, tare SELECTION, begin N, approve, deny, cancel"
Asked = tuple[str, Mapping[str, object]]


def asked_for(what: str, *, press: int, begin_s: int) -> Asked:
    """The kind of the message, and its fields.

    Args:
        what: the request.
        press: number of the press that waits for an answer.
        begin_s: how long a person has to choose after "begin".

    Raises:
        UnknownRequestError: it is none; the message names what there is.
    """
    word, _, rest = what.partition(" ")
    if not rest:
        return _plain(word, press)
    if word in ("dispense", "tare"):
        if not rest.isprintable() or len(rest) > words.MAX_NAME:
            raise UnknownRequestError(
                f"{what[:80]!r}: a selection has 1 to {words.MAX_NAME} characters, such as A1"
            )
        return word, {"sel": rest}
    if word == "begin":
        if not rest.isascii() or not rest.isdigit() or not 0 < int(rest[:4]) <= MOST_ITEMS:
            raise UnknownRequestError(
                f"{what[:80]!r}: begin takes a number of items from 1 to {MOST_ITEMS}"
            )
        return "allow", {"items": int(rest[:4]), "s": begin_s}
    raise _unknown(what)


def _plain(word: str, press: int) -> Asked:
    if word in ("sync", "read"):
        return "get", {}
    if word in ("approve", "deny"):
        return "answer", {"p": press, "ok": int(word == "approve")}
    if word == "cancel":
        return "cancel", {}
    raise _unknown(word)


def _unknown(what: str) -> UnknownRequestError:
    return UnknownRequestError(f"the board driver cannot do {what[:80]!r}; it can do: {_WORDS}")
