"""A broker that the hub starts, watches, starts again, and stops."""

import contextlib
import os
import pwd
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import structlog

from firmware_bridge.contract.clock import Clock
from hub.broker import tether
from hub.broker.base import HUB_USERNAME, Account, BrokerAddress, Listener
from hub.broker.external import reachable
from hub.broker.flavour import Flavour, Wanted
from hub.errors import BrokerError

READY_WITHIN_S = 10.0
"""A broker that does not listen by then is not coming."""

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 15.0
STEADY_AFTER_S = 30.0
"""A broker that ran so long is started again at once if it dies."""

_POLL_S = 0.05
_LOCAL = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to find it
_log = structlog.get_logger("hub.broker")


class SupervisedBroker:
    """Runs one real broker as a child process.

    Args:
        flavour: which one.
        program: its path.
        folder: for its files and data; made with mode 0700.
        listener: where it listens.
        accounts: the bridges that may sign in.
        clock: for the pauses between starts.
    """

    def __init__(
        self,
        flavour: Flavour,
        program: Path,
        folder: Path,
        listener: Listener,
        accounts: Sequence[Account],
        clock: Clock,
    ) -> None:
        self._flavour, self._program, self._folder = flavour, program, folder.resolve()
        self._listener, self._accounts, self._clock = listener, tuple(accounts), clock
        self._hub_password = secrets.token_urlsafe(24)
        self._stop, self._settled = threading.Event(), threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._last_words: deque[str] = deque(maxlen=5)
        self._trouble = ""
        self._thread: threading.Thread | None = None

    def start(self) -> BrokerAddress:
        """Start it, and wait until it listens.

        Raises:
            BrokerError: the port is taken, the program ended, or it does not listen in time.
        """
        self._require_free_port()
        self._write()
        # The child is tied to the thread that starts it, so that thread must live as long as it.
        self._thread = threading.Thread(target=self._supervise, name="broker", daemon=True)
        self._thread.start()
        if not self._settled.wait(READY_WITHIN_S + 5) or self._trouble:
            self.stop()
            raise BrokerError(self._trouble or f"{self._flavour.name} did not start")
        return self.address

    @property
    def address(self) -> BrokerAddress:
        """Where the hub finds it."""
        listener = self._listener
        return BrokerAddress(
            host=self._host,
            port=listener.port,
            username=HUB_USERNAME,
            password=self._hub_password,
            tls=listener.cert_file is not None,
            ca_file=listener.cert_file,
            check_hostname=False,
        )

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def alive(self) -> bool:
        """Whether the child runs and takes connections."""
        return self.pid is not None and reachable(self._host, self._listener.port)

    def reload(self, accounts: Sequence[Account]) -> None:
        """Let exactly these bridges in from now on; the others' connections stay."""
        self._accounts = tuple(accounts)
        self._write()
        if (pid := self.pid) is not None:
            os.kill(pid, signal.SIGHUP)

    def stop(self) -> None:
        """Stop the child; killed where it does not end within a second."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=3.0)

    @property
    def _host(self) -> str:
        return _LOCAL.get(self._listener.host, self._listener.host)

    def _supervise(self) -> None:
        """Keep a child running until `stop`."""
        pause_s = FIRST_PAUSE_S
        while not self._stop.is_set():
            began_s = self._clock.monotonic_s()
            self._run_once()
            if self._trouble and not self._settled.is_set():
                self._settled.set()
                return
            if self._stop.is_set():
                return
            if self._clock.monotonic_s() - began_s > STEADY_AFTER_S:
                pause_s = FIRST_PAUSE_S
            _log.error("broker ended", said=list(self._last_words), again_in_s=pause_s)
            self._stop.wait(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _run_once(self) -> None:
        """One child, from its start to its end."""
        try:
            child = self._spawn()
        except OSError as error:
            self._trouble = f"{self._program} can't be started: {error}"
            return
        self._child = child
        reader = threading.Thread(target=self._listen_to, args=(child.stderr,), daemon=True)
        reader.start()
        try:
            if self._await_ready(child):
                self._trouble = ""
                self._settled.set()
                _log.info("broker runs", kind=self._flavour.name, port=self._listener.port)
                self._watch(child)
        finally:
            _end(child)
            reader.join(timeout=1.0)

    def _spawn(self) -> subprocess.Popen[str]:
        command = self._flavour.command(self._program, self._folder)
        tied = [sys.executable, "-IS", str(tether.__file__), str(os.getpid()), *command]
        return subprocess.Popen(  # noqa: S603 - the program that the installer chose
            tied,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is for the hub, which then stops the broker last
        )

    def _await_ready(self, child: subprocess.Popen[str]) -> bool:
        deadline_s = self._clock.monotonic_s() + READY_WITHIN_S
        while child.poll() is None and not self._stop.is_set():
            if reachable(self._host, self._listener.port):
                return True
            if self._clock.monotonic_s() > deadline_s:
                break
            self._stop.wait(_POLL_S)
        said = "; ".join(self._last_words) or "nothing"
        self._trouble = (
            f"{self._flavour.name} ({self._program}) does not listen on {self._host} port "
            f"{self._listener.port}; its last words: {said}"
        )
        return False

    def _watch(self, child: subprocess.Popen[str]) -> None:
        while child.poll() is None and not self._stop.is_set():
            self._stop.wait(_POLL_S)

    def _listen_to(self, stream: IO[str] | None) -> None:
        if stream is None:
            return
        with stream:
            for line in stream:
                self._last_words.append(line.strip()[:300])
                # A log that can't be written must not let the pipe fill up: the broker would stand.
                with contextlib.suppress(OSError, ValueError):
                    _log.debug("broker says", line=line.strip()[:300])

    def _require_free_port(self) -> None:
        family = socket.AF_INET6 if ":" in self._listener.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._listener.host, self._listener.port))
            except OSError as error:
                raise BrokerError(
                    f"{self._listener.host} port {self._listener.port} can't be listened on "
                    f"({error.strerror}): is another hub or broker running? End it, or set "
                    "broker.listen_port, or broker.url to use that broker"
                ) from error

    def _write(self) -> None:
        """Write the broker's files; nobody else may read them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        run_as = pwd.getpwuid(os.geteuid()).pw_name if os.geteuid() == 0 else ""
        wanted = Wanted(self._folder, self._listener, self._hub_password, self._accounts, run_as)
        for name, text in self._flavour.files(wanted).items():
            write_private(self._folder / name, text)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step by one that only its owner may read."""
    draft = path.with_name(f"{path.name}.new")
    draft.touch(mode=0o600)
    draft.chmod(0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _end(child: subprocess.Popen[str]) -> None:
    """End a child, with force where it is slow."""
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(timeout=1.0)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
