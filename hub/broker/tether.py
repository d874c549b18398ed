"""Starts a program that ends when its parent does, even if the parent is killed with -9.

Run as a file: `python -IS tether.py PROGRAM ARGUMENT...`. Asks Linux for SIGTERM at the parent's
death (prctl(2), PR_SET_PDEATHSIG, kept over exec) and becomes the program. Done here rather than
between fork and exec of the hub, where no Python should run while threads are about.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent and become the program."""
    parent = int(sys.argv[1])
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # the parent died before the tie was made
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the hub's own child, no shell wanted


if __name__ == "__main__":
    main()
