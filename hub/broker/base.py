"""What every broker is to the hub."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

HUB_USERNAME = "harborlight-hub"
"""The hub's own user name and client id at a broker of its own; only one hub uses a broker."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the hub finds the broker, and how it is let in.

    Attributes:
        host: name or address.
        port: TCP port.
        username: "" for none.
        password: "" for none.
        tls: whether it speaks TLS.
        ca_file: certificates to trust; None: the system's own.
        check_hostname: whether the certificate must name `host`.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    ca_file: Path | None = None
    check_hostname: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """One bridge that may sign in, by its hashes.

    Attributes:
        username: SITE/BRIDGE.
        site: where.
        bridge: who.
        mosquitto_hash: `$7$...`, see hashes.py.
        bcrypt_hash: `$2b$...` for nats-server; "" where none could be made.
    """

    username: str
    site: str
    bridge: str
    mosquitto_hash: str = field(repr=False)
    bcrypt_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listener:
    """Where a broker of our own listens; with a certificate it speaks TLS."""

    host: str
    port: int
    cert_file: Path | None = None
    key_file: Path | None = None


class Broker(Protocol):
    """A broker, whoever runs it."""

    def start(self) -> BrokerAddress:
        """Have it run, and say where it is.

        Raises:
            BrokerError: it can't be had; the message says what to do.
        """

    def stop(self) -> None:
        """Stop what `start` started."""

    def alive(self) -> bool:
        """Whether it can be reached, as far as can be told without signing in."""

    def reload(self, accounts: Sequence[Account]) -> None:
        """Let exactly these bridges in; one that is external looks after itself."""
