"""Asking a running bridge: one JSON object a line over a Unix socket in its state folder.

Only who may write to that folder can ask (mode 0600). Nothing here is reachable from the network.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from firmware_bridge.errors import BusyError, ControlError, NobodyError

Answer = Callable[[dict[str, object]], dict[str, object]]
MAX_LINE = 64 * 1024
"""No question is longer."""

MAX_REPLY = 4 * 1024 * 1024
"""No answer is; a spectrum with its curves takes about 100 kB."""

MOST_ASKERS = 8
"""So many may wait for an answer at once."""

_log = structlog.get_logger("bridge.control")


class ControlServer:
    """Answers questions, each connection in a thread of its own, as an answer may take minutes.

    Args:
        path: where the socket lies; an old one there is replaced.
        answer: gives the reply; a `ControlError` from it is told to the asker.
    """

    def __init__(self, path: Path, answer: Answer) -> None:
        self._path, self._answer = path, answer
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(path))
        path.chmod(0o600)
        self._socket.listen(4)
        self._room = threading.Semaphore(MOST_ASKERS)
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=2)
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            if not self._room.acquire(blocking=False):
                connection.close()
                continue
            args = (connection,)
            threading.Thread(target=self._serve_one, args=args, name="asked", daemon=True).start()

    def _serve_one(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                self._converse(connection)
            except (OSError, ValueError) as error:
                _log.debug("asker gone", error=str(error))
            finally:
                self._room.release()

    def _converse(self, connection: socket.socket) -> None:
        with connection.makefile("rwb") as stream:
            question = json.loads(stream.readline(MAX_LINE))
            try:
                reply = self._answer(question if isinstance(question, dict) else {})
            except ControlError as error:
                reply = {"error": str(error), "busy": isinstance(error, BusyError)}
            stream.write(json.dumps(reply).encode() + b"\n")


def ask(path: Path, question: dict[str, object], timeout_s: float = 10) -> dict[str, object]:
    """What a running bridge answers.

    Raises:
        NobodyError: no bridge answers there, or it ended before it could.
        BusyError: something else was asked before and is not done.
        ControlError: it refused.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_s)
            connection.connect(str(path))
            with connection.makefile("rwb") as stream:
                stream.write(json.dumps(question).encode() + b"\n")
                stream.flush()
                line = stream.readline(MAX_REPLY)
            reply = json.loads(line) if line else {"gone": True}
    except (OSError, ValueError) as error:
        raise NobodyError(
            f"no bridge answers at {path}: {error}; is `harborlight bridge run` up?"
        ) from error
    return _understood(reply)


def _understood(reply: object) -> dict[str, object]:
    if not isinstance(reply, dict):
        raise ControlError(f"the bridge said what is not understood: {reply!r}")
    if "gone" in reply:
        raise NobodyError("the bridge ended, or is asked too much, before it answered; ask again")
    if "error" in reply:
        kind = BusyError if reply.get("busy") else ControlError
        raise kind(str(reply["error"]))
    return reply
