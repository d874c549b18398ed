"""Lays each bridge's access table down at the broker: at the start, and whenever it changed."""

import hashlib
from collections.abc import Callable
from itertools import groupby

import structlog

from firmware_bridge.contract import access
from firmware_bridge.contract.access import AccessTable
from firmware_bridge.contract.clock import Clock
from firmware_bridge.contract.topics import BridgeAddress
from hub import access_acts
from hub.store import Store, Transaction, access_policies

LOOK_AGAIN_MS = 3_600_000
"""Codes that ended long ago leave the table by themselves; looked for so often."""

_log = structlog.get_logger("hub.access")


class AccessPublisher:
    """Publishes what changed.

    Args:
        store: where policies and codes are.
        publish: lays a payload down for a bridge.
        connection: changes whenever the broker is a new one to us, which may have forgotten.
        clock: the time.
    """

    def __init__(
        self,
        store: Store,
        publish: Callable[[BridgeAddress, bytes], None],
        connection: Callable[[], int],
        clock: Clock,
    ) -> None:
        self._store, self._publish = store, publish
        self._connection, self._clock = connection, clock
        self._seen: tuple[object, ...] = ()

    def run_once(self) -> int:
        """Publish where there is news; how many tables."""
        connection, now_ms = self._connection(), self._clock.now_ms()
        if not connection:
            return 0
        with self._store.read() as transaction:
            seen = (connection, now_ms // LOOK_AGAIN_MS, access_policies.mark(transaction))
        if seen == self._seen:
            return 0
        with self._store.begin() as transaction:
            tables = [
                _numbered(transaction, bridge_id, table)
                for bridge_id, table in tables_of(transaction, now_ms)
            ]
        for table in tables:
            self._publish(BridgeAddress(table.site, table.bridge), access.encode(table))
        self._seen = seen
        if tables:
            _log.info("access tables are laid down", bridges=len(tables))
        return len(tables)


def tables_of(transaction: Transaction, now_ms: int) -> list[tuple[int, AccessTable]]:
    """What every bridge is to be told; the version is the time, for a table that is new."""
    found = []
    machines = access_policies.machines(transaction)
    for bridge_id, group in groupby(machines, key=lambda machine: machine[0]):
        site, bridge = access_policies.bridge_of(transaction, bridge_id)
        devices = []
        for _bridge_id, device_id, name in group:
            policy = access_policies.policy_of(transaction, device_id)
            if policy is not None:
                said = access_acts.as_said(transaction, device_id, name, policy, now_ms)
                devices.append(said)
        table = AccessTable(site=site, bridge=bridge, version=now_ms, devices=tuple(devices))
        found.append((bridge_id, table))
    return found


def _numbered(transaction: Transaction, bridge_id: int, table: AccessTable) -> AccessTable:
    """With the version it was sent with; a higher one where it says something else.

    It never falls, whatever the hub's clock does; as it follows the time, it also rises above what
    was sent before the hub's database was lost.
    """
    content_hash = hashlib.sha256(access.content_of(table)).hexdigest()
    version, sent_hash = access_policies.sent(transaction, bridge_id)
    if content_hash != sent_hash:
        version = max(version + 1, table.version)
        access_policies.note_sent(transaction, bridge_id, version, content_hash)
    return AccessTable(site=table.site, bridge=table.bridge, version=version, devices=table.devices)
