"""The demo's processes: started together, watched, and stopped together, whatever happens."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hardware.errors import HardwareError

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when its parent dies; nobody is left behind."""

STOP_WITHIN_S = 5.0
LAST_LINES = 12


class DemoError(HardwareError, RuntimeError):
    """The demo can't go on; says which part stopped and what it said last."""


class Children:
    """Processes of this program, each with a log of its own.

    Args:
        logs: the folder for the logs.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        """Start `harborlight ARGUMENTS` under a name."""
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                command(*arguments),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl call, no thread yet matters
            )

    def log(self, name: str) -> Path:
        """Where a process writes what it has to say."""
        return self._logs / f"{name}.log"

    def require_all_running(self) -> None:
        """Look at every process.

        Raises:
            DemoError: one has stopped.
        """
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                raise DemoError(f"{name} has stopped (status {code}):\n{self._last_words(name)}")

    def wait_until(self, what: str, ready: Callable[[], bool], within_s: float) -> None:
        """Wait for something, looking after the processes meanwhile.

        Raises:
            DemoError: a process has stopped, or it took too long.
        """
        end_s = time.monotonic() + within_s
        while not ready():
            self.require_all_running()
            if time.monotonic() > end_s:
                raise DemoError(f"{what}: not there after {within_s:.0f} s; see {self._logs}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask every process to stop, then make it."""
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        end_s = time.monotonic() + STOP_WITHIN_S
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, end_s - time.monotonic()))
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def _last_words(self, name: str) -> str:
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])


def command(*arguments: str) -> list[str]:
    """The command line of `harborlight ARGUMENTS` with this very Python."""
    return [sys.executable, "-m", "harborlight", *arguments]


def run(*arguments: str) -> str:
    """Run `harborlight ARGUMENTS` to its end and return what it printed.

    Raises:
        DemoError: it failed.
    """
    done = subprocess.run(command(*arguments), capture_output=True, text=True, check=False)
    if done.returncode:
        raise DemoError(f"harborlight {' '.join(arguments)}: {done.stderr.strip()[-800:]}")
    return done.stdout


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
