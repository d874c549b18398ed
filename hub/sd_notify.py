"""Telling systemd that the hub is ready and alive (sd_notify(3)); nothing where it does not ask."""

import contextlib
import os
import socket


def notify(message: str) -> None:
    """Send one message, such as "READY=1" or "WATCHDOG=1"."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(message.encode(), address)
