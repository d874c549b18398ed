"""Bridges and what they sign in to the broker with."""

import secrets
from dataclasses import dataclass, field

from firmware_bridge.contract import access_codes
from firmware_bridge.contract.errors import TopicError
from firmware_bridge.contract.topics import BridgeAddress, require_name
from hub import audit
from hub.broker.base import Account
from hub.broker.hashes import bcrypt_hash, mosquitto_hash
from hub.errors import AccessError
from hub.store import Transaction, credentials
from hub.store.credentials import CredentialRow


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A bridge's new credential; the password is shown once and kept nowhere."""

    username: str
    password: str = field(repr=False)


def enrol(
    transaction: Transaction, site: str, bridge: str, now_ms: int, by: str = audit.SYSTEM
) -> Enrolled:
    """Make a credential for a bridge; one that it had before no longer works.

    Raises:
        AccessError: site or bridge can't be names.
    """
    try:
        address = BridgeAddress(require_name(site, "site"), require_name(bridge, "bridge"))
    except TopicError as error:
        raise AccessError(str(error)) from error
    username, password = address.username, secrets.token_urlsafe(24)
    row = CredentialRow(username, site, bridge, mosquitto_hash(password), bcrypt_hash(password))
    credentials.put(transaction, row, now_ms)
    audit.record(transaction, now_ms, by, "enrol", username)
    return Enrolled(username, password)


def new_access_key() -> bytes:
    """A key that the codes of one bridge are hashed with."""
    return secrets.token_bytes(access_codes.KEY_BYTES)


def revoke(
    transaction: Transaction, site: str, bridge: str, now_ms: int, by: str = audit.SYSTEM
) -> None:
    """Make a bridge's credential useless (a bridge that was stolen).

    Raises:
        AccessError: it has none.
    """
    username = BridgeAddress(site, bridge).username
    if not credentials.revoke(transaction, username, now_ms):
        raise AccessError(f"no bridge {username!r} is enrolled")
    audit.record(transaction, now_ms, by, "revoke", username)


def accounts(transaction: Transaction) -> list[Account]:
    """Every bridge that may sign in."""
    return [
        Account(row.username, row.site, row.bridge, row.password_hash, row.nats_hash)
        for row in credentials.in_force(transaction)
    ]


def mark(transaction: Transaction) -> tuple[int, int, int]:
    """Changes whenever `accounts` does."""
    return credentials.mark(transaction)
