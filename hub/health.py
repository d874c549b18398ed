"""The health endpoint: GET /health, JSON, 200 when all is well and 503 when not.

It says nothing that needs guarding (no names, no places, no counts of stock), and listens on
loopback unless the installer asks otherwise.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hub.errors import HubError


@dataclass(frozen=True, slots=True)
class Health:
    """How the hub stands.

    Attributes:
        ok: whether it does its work.
        broker_connected: whether messages can come.
        last_message_age_s: since the last one; None before the first.
        store_writable: whether they can be kept.
        waiting: messages between broker and store.
        stored: messages kept since the start.
        repeated: messages that were kept already.
        refused: messages that became dead letters since the start.
        dead_letters: rows of the dead letter table.
        oldest_unsent_s: age of the oldest message to a person that is not sent; None for none.
        troubles: what does not work, in words.
    """

    ok: bool
    broker_connected: bool
    last_message_age_s: float | None
    store_writable: bool
    waiting: int
    stored: int
    repeated: int
    refused: int
    dead_letters: int
    oldest_unsent_s: float | None
    troubles: tuple[str, ...]


class HealthServer:
    """Serves what `look` says, in threads of its own."""

    def __init__(self, host: str, port: int, look: Callable[[], Health]) -> None:
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(look))
        except OSError as error:
            raise HubError(
                f"{host} port {port} can't be listened on ({error.strerror}): is another hub "
                "running? End it, or set hub.health_port"
            ) from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="health", daemon=True
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


def _handler(look: Callable[[], Health]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5.0

        def do_GET(self) -> None:
            if self.path != "/health":
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            health = look()
            body = json.dumps(asdict(health)).encode() + b"\n"
            status = HTTPStatus.OK if health.ok else HTTPStatus.SERVICE_UNAVAILABLE
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: a probe every few seconds is no news."""

    return Handler
