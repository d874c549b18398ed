"""Serving an application at an address, until it is stopped."""

import socket

import waitress  # type: ignore[import-untyped] # the package carries no types
from flask import Flask

from dashboard.errors import SettingsError


def serve(app: Flask, host: str, port: int, threads: int, section: str) -> None:
    """Serve until stopped.

    Args:
        app: what answers.
        host: address to listen at.
        port: port there.
        threads: how many answers are made at once.
        section: of the settings, where host and port come from.

    Raises:
        SettingsError: nothing can be served there; says what to change.
    """
    try:
        waitress.serve(app, host=host, port=port, threads=threads, ident=None, _quiet=True)
    except OSError as error:
        raise SettingsError(
            f"{section}.host {host!r}, {section}.port {port}: can't be served there: {error}. "
            "Choose another port, or stop what uses it."
        ) from error


def address(host: str, port: int) -> str:
    """Where a browser finds what is served; this machine's name where it listens everywhere."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared with, not bound to
        host = socket.gethostname()
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
