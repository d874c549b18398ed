"""Telling systemd that a bridge or hub is ready and alive (sd_notify(3)); silent where none asks.

A socket of systemd that is gone for a moment never ends who speaks to it.
"""

import contextlib
import os
import socket


def notify(message: str) -> None:
    """Send one message: "READY=1", "WATCHDOG=1" or "STOPPING=1"."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(message.encode(), address)
