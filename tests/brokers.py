"""Real brokers for tests, on loopback, without a lock: mosquitto and nats-server."""

import contextlib
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import require, server_program

KINDS = ("mosquitto", "nats")


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Broker:
    """One real broker that can be killed and started again on the same port and folder."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.port, self._folder = kind, free_port(), folder
        self._config = folder / f"{kind}.conf"
        self._config.write_text(getattr(self, f"_{kind}_config")())
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = getattr(self, f"_{self.kind}_command")()
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait_until_it_answers()

    def kill(self, how: int = signal.SIGKILL) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(timeout=10)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
            self._process.kill()
            self._process.wait()

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + 15
        while time.monotonic() < end:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), 1),
            ):
                return
            time.sleep(0.02)
        raise TimeoutError(f"{self.kind} does not answer on port {self.port}")

    def _mosquitto_config(self) -> str:
        return (
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
            "max_queued_messages 100000\n"
        )

    def _mosquitto_command(self) -> list[str]:
        return [server_program("mosquitto"), "-c", str(self._config)]

    def _nats_config(self) -> str:
        return (
            f"server_name: test\nlisten: 127.0.0.1:{free_port()}\n"
            f'jetstream {{ store_dir: "{self._folder / "nats"}" }}\n'
            f"mqtt {{ listen: 127.0.0.1:{self.port} }}\n"
        )

    def _nats_command(self) -> list[str]:
        scripts = sysconfig.get_path("scripts")
        found = shutil.which("nats-server", path=scripts) or shutil.which("nats-server")
        require(found is not None, "no nats-server program on this machine")
        return [str(found), "-c", str(self._config)]


@contextmanager
def broker(kind: str, folder: Path) -> Iterator[Broker]:
    """A running broker; it is gone afterwards, whatever happened."""
    made = Broker(kind, folder)
    made.start()
    try:
        yield made
    finally:
        made.stop()
