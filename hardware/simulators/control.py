"""How a running simulator is told what to do: JSON lines over a Unix socket.

Each line is one request, an object with "do"; each gets one line of reply, an object with "ok" and,
where it was refused, "error".
"""

import contextlib
import json
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from hardware.errors import ControlError, HardwareError, SimulatorError
from hardware.simulators.device import Reply, Request

LINE_MAX_BYTES = 65_536
CLIENTS_MAX = 16
SOCKET_PATH_MAX_BYTES = 107
"""Linux, unix(7): sun_path has 108 bytes with its final zero."""

Handler = Callable[[Request], Reply]


def ask(path: Path | str, request: Mapping[str, object], timeout_s: float = 10.0) -> Reply:
    """Send one request to a running simulator and return its reply.

    Raises:
        ControlError: it could not be reached, did not answer in time, or refused.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(timeout_s)
            line.connect(str(path))
            line.sendall(json.dumps(request).encode() + b"\n")
            with line.makefile("rb") as replies:
                answer = json.loads(replies.readline())
    except (OSError, ValueError) as error:
        raise ControlError(f"{path}: no answer from a simulator there: {error}") from error
    if not isinstance(answer, dict) or not answer.get("ok"):
        reason = answer.get("error") if isinstance(answer, dict) else answer
        raise ControlError(f"{path}: refused: {reason}")
    return answer


class ControlServer:
    """The simulator's end of the control socket. It never blocks for long and never fails."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self.path = path
        self._handler = handler
        self._clients: dict[socket.socket, bytearray] = {}
        self._listener = _listen(path)

    def files(self) -> list[socket.socket]:
        """All sockets to wait on."""
        return [self._listener, *self._clients]

    def ready(self, file: socket.socket) -> None:
        """Something arrived on one of `files`."""
        if file is self._listener:
            self._accept()
            return
        try:
            data = file.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        waiting = self._clients[file]
        waiting += data
        if not data or not self._answer_lines(file, waiting):
            del self._clients[file]
            file.close()

    def close(self) -> None:
        """Hang up on all, and remove the socket."""
        for file in self.files():
            file.close()
        self._clients.clear()
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            client, _address = self._listener.accept()
            if len(self._clients) >= CLIENTS_MAX:
                client.close()
                return
            client.settimeout(0.5)
            self._clients[client] = bytearray()

    def _answer_lines(self, client: socket.socket, waiting: bytearray) -> bool:
        """Answer every whole line; False when the client is to be let go."""
        while (end := waiting.find(b"\n")) >= 0:
            line = bytes(waiting[:end])
            del waiting[: end + 1]
            try:
                client.sendall(json.dumps(self._reply(line)).encode() + b"\n")
            except OSError:
                return False
        return len(waiting) <= LINE_MAX_BYTES

    def _reply(self, line: bytes) -> Reply:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError) as error:
            return {"ok": False, "error": f"no JSON: {error}"}
        if not isinstance(request, dict):
            return {"ok": False, "error": 'a request is an object, such as {"do": "state"}'}
        try:
            return {"ok": True, **self._handler(request)}
        except HardwareError as error:
            return {"ok": False, "error": str(error)}


def _listen(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > SOCKET_PATH_MAX_BYTES:
        raise SimulatorError(f"{path}: too long for a socket ({SOCKET_PATH_MAX_BYTES} bytes)")
    if path.exists():
        _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        listener.listen(CLIENTS_MAX)
    except OSError as error:
        listener.close()
        raise SimulatorError(f"{path}: no control socket can be made there: {error}") from error
    listener.setblocking(False)
    return listener


def _remove_stale(path: Path) -> None:
    """Remove the socket of a simulator that was killed; refuse while one still answers there."""
    if not path.is_socket():
        raise SimulatorError(f"{path}: something that is no socket stands there")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        trial.settimeout(0.5)
        try:
            trial.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise SimulatorError(f"{path}: another simulator is controlled there; stop it first")
