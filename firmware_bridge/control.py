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

from firmware_bridge.errors import ControlError

Answer = Callable[[dict[str, object]], dict[str, object]]
MAX_LINE = 64 * 1024
_log = structlog.get_logger("bridge.control")


class ControlServer:
    """Answers questions, one connection at a time, in a thread of its own.

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
            with connection:
                connection.settimeout(5)
                try:
                    self._converse(connection)
                except (OSError, ValueError) as error:
                    _log.debug("asker gone", error=str(error))

    def _converse(self, connection: socket.socket) -> None:
        with connection.makefile("rwb") as stream:
            question = json.loads(stream.readline(MAX_LINE))
            try:
                reply = self._answer(question if isinstance(question, dict) else {})
            except ControlError as error:
                reply = {"error": str(error)}
            stream.write(json.dumps(reply).encode() + b"\n")


def ask(path: Path, question: dict[str, object], timeout_s: float = 10) -> dict[str, object]:
    """What a running bridge answers.

    Raises:
        ControlError: no bridge answers there, or it refused.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_s)
            connection.connect(str(path))
            with connection.makefile("rwb") as stream:
                stream.write(json.dumps(question).encode() + b"\n")
                stream.flush()
                reply = json.loads(stream.readline(MAX_LINE) or b"{}")
    except (OSError, ValueError) as error:
        raise ControlError(
            f"no bridge answers at {path}: {error}; is `harborlight bridge run` up?"
        ) from error
    if not isinstance(reply, dict) or "error" in reply:
        raise ControlError(str(reply.get("error") if isinstance(reply, dict) else reply))
    return reply
