"""How often somebody may try a password or an invitation."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

PER_ADDRESS = "20 per minute"
PER_NAME = "10 per minute; 60 per hour"

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
"""Kept in memory: one dashboard process serves one hub, and a restart may forget it."""


def the_name() -> str:
    """The name that somebody tries to sign in with."""
    return f"name:{request.form.get('name', '').strip().casefold()[:200]}"


def install(app: Flask) -> None:
    """Count tries in an application."""
    limiter.init_app(app)
