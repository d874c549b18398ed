"""A serial line made of a pseudo-terminal, under a name that stays."""

import contextlib
import os
import pty
import termios
import tty
from pathlib import Path

from hardware.errors import SimulatorError

SPEEDS = (600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)


class PtyLine:
    """The device's end of a pseudo-terminal; the other end stands under `link`.

    Unlike a real line it enforces no baud rate (but knows which one was set) and has no modem
    lines.

    Attributes:
        link: the path that programs open, a symbolic link; None leaves the other end unnamed.
    """

    def __init__(self, link: Path | None = None) -> None:
        self.link = link
        self._ends: tuple[int, int] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is plugged in."""
        return self._ends is not None

    @property
    def port(self) -> str:
        """The path that programs open: the link, else the terminal itself.

        Raises:
            SimulatorError: it is unplugged and has no link.
        """
        if self.link is not None:
            return str(self.link)
        return os.ttyname(self._end(1))

    def fileno(self) -> int:
        """The descriptor to wait on.

        Raises:
            SimulatorError: it is unplugged.
        """
        return self._end(0)

    def open(self) -> None:
        """Plug it in, and set the link.

        Raises:
            SimulatorError: no terminal could be had, or something else stands where the link goes.
        """
        try:
            ours, theirs = pty.openpty()
        except OSError as error:
            raise SimulatorError(f"no pseudo-terminal to be had: {error}") from error
        # Theirs stays open here too: otherwise reading fails whenever no program holds it.
        self._ends = (ours, theirs)
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        if self.link is not None:
            _point(self.link, os.ttyname(theirs))

    def close(self) -> None:
        """Unplug it: programs that hold it get an error, and the link is gone."""
        if self._ends is None:
            return
        if self.link is not None and self.link.is_symlink():
            self.link.unlink()
        ours, theirs = self._ends
        self._ends = None
        os.close(theirs)
        os.close(ours)

    def read(self) -> bytes:
        """What has arrived, at most 4096 bytes; nothing when nothing has."""
        with contextlib.suppress(OSError):
            return os.read(self._end(0), 4096)
        return b""

    def write(self, data: bytes) -> int:
        """Send; how many bytes the line took (none while its buffer is full)."""
        with contextlib.suppress(OSError):
            return os.write(self._end(0), data)
        return 0

    def host_baud(self) -> int | None:
        """The speed that the program on the other end has set; None for an unusual one."""
        code = termios.tcgetattr(self._end(0))[5]
        known = {getattr(termios, f"B{speed}"): speed for speed in SPEEDS}
        return known.get(code)

    def _end(self, which: int) -> int:
        if self._ends is None:
            raise SimulatorError("the simulated line is unplugged")
        return self._ends[which]


def _point(link: Path, target: str) -> None:
    """Let `link` point at `target`, in one step, so that there is never a half link."""
    if link.exists() and not link.is_symlink():
        raise SimulatorError(f"{link}: something that is no link stands there; give another --link")
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    try:
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(link)
    except OSError as error:
        raise SimulatorError(f"{link}: can't be made a link to {target}: {error}") from error
