"""A network cable that can be pulled out: a TCP forwarder on the loopback interface."""

import contextlib
import selectors
import socket
import threading

CHUNK = 65_536


class Cable:
    """Forwards every connection to one port, while it is plugged in.

    Args:
        port: where it listens.
        target: the port that it leads to.
    """

    def __init__(self, port: int, target: int) -> None:
        self._target = target
        self._plugged = threading.Event()
        self._plugged.set()
        self._lines: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, name="cable", daemon=True).start()

    def pull(self) -> None:
        """Pull it out: every connection ends, none is made."""
        self._plugged.clear()
        with self._lock:
            for line in self._lines:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def plug(self) -> None:
        """Plug it in again."""
        self._plugged.set()

    def close(self) -> None:
        """Take it away."""
        self.pull()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self._plugged.is_set():
                near.close()
                continue
            threading.Thread(target=self._forward, args=(near,), daemon=True).start()

    def _forward(self, near: socket.socket) -> None:
        with (
            near,
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self._target), timeout=5) as far,
        ):
            ends = {near, far}
            with self._lock:
                self._lines |= ends
            try:
                _pump(near, far)
            finally:
                with self._lock:
                    self._lines -= ends


def _pump(near: socket.socket, far: socket.socket) -> None:
    with selectors.DefaultSelector() as either:
        either.register(near, selectors.EVENT_READ, far)
        either.register(far, selectors.EVENT_READ, near)
        while True:
            for key, _ in either.select():
                source = key.fileobj
                data = source.recv(CHUNK) if isinstance(source, socket.socket) else b""
                if not data:
                    return
                key.data.sendall(data)
