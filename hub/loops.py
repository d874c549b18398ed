"""Doing something again and again in a thread, until told to stop, whatever goes wrong."""

import threading
from collections.abc import Callable

import structlog

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
_log = structlog.get_logger("hub.loops")


class Loop:
    """Calls a function every so many seconds, and sooner when nudged.

    A failure is logged and tried again after a pause that doubles up to a minute; the others in
    this process go on.

    Args:
        name: of the thread, for logs and health.
        work: what to do.
        every_s: at the latest so long after the last time.
        at_least_s: never sooner than this after the last time.
    """

    def __init__(
        self, name: str, work: Callable[[], object], every_s: float, at_least_s: float = 0.2
    ) -> None:
        self.name, self.trouble = name, ""
        self._work, self._every_s, self._at_least_s = work, every_s, at_least_s
        self._stop, self._wanted = threading.Event(), threading.Event()
        self._pause_s = FIRST_PAUSE_S
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def nudge(self) -> None:
        """Do it soon."""
        self._wanted.set()

    def stop(self) -> None:
        """Do it no more; returns at once, `join` waits."""
        self._stop.set()
        self._wanted.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for what is being done; False where it takes longer."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wanted.clear()
            if self._once():
                self._stop.wait(self._at_least_s)
                self._wanted.wait(self._every_s)
            else:
                self._stop.wait(self._pause_s)
                self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def _once(self) -> bool:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - whatever it is: see below
            # One worker's trouble must not end the hub, and is told in health.
            self.trouble = f"{type(error).__name__}: {str(error)[:300]}"
            _log.exception("a worker failed", worker=self.name, again_in_s=self._pause_s)
            return False
        self.trouble, self._pause_s = "", FIRST_PAUSE_S
        return True
