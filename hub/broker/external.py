"""A broker that somebody else runs."""

import socket
from collections.abc import Sequence
from contextlib import closing
from urllib.parse import unquote, urlsplit

from hub.broker.base import Account, BrokerAddress
from hub.config import BrokerSettings, read_secret

_PORTS = {"mqtt": 1883, "mqtts": 8883}


class ExternalBroker:
    """The broker at `broker.url`; accounts and access rules there are its owner's task."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._settings = settings

    def start(self) -> BrokerAddress:
        """Where it is. It need not be up yet: the subscriber keeps trying.

        Raises:
            ConfigError: the password file can't be used.
        """
        return address_of(self._settings)

    def stop(self) -> None:
        """Nothing: it is not ours."""

    def alive(self) -> bool:
        """Whether it takes a TCP connection."""
        parts = urlsplit(self._settings.url)
        return reachable(str(parts.hostname), parts.port or _PORTS[parts.scheme])

    def reload(self, accounts: Sequence[Account]) -> None:
        """Nothing: its owner adds the accounts that `enrol` prints."""


def address_of(settings: BrokerSettings) -> BrokerAddress:
    """Where `broker.url` points, with the password from its file.

    Raises:
        ConfigError: the password file can't be used.
    """
    parts = urlsplit(settings.url)
    password = read_secret(settings.password_file) if settings.password_file else ""
    return BrokerAddress(
        host=str(parts.hostname),
        port=parts.port or _PORTS[parts.scheme],
        username=unquote(parts.username or ""),
        password=password,
        tls=parts.scheme == "mqtts",
        ca_file=settings.ca_file,
    )


def reachable(host: str, port: int, timeout_s: float = 1.0) -> bool:
    """Whether something takes TCP connections there."""
    try:
        with closing(socket.create_connection((host, port), timeout=timeout_s)):
            return True
    except OSError:
        return False
