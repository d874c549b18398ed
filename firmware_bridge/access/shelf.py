"""Takes the hub's table, keeps the last good one on disk, and hands each machine its policy."""

import threading
from collections.abc import Mapping
from functools import partial
from typing import Protocol

import structlog

from firmware_bridge.access.desk import Digest
from firmware_bridge.access.hours import zone_of
from firmware_bridge.contract import access, access_codes
from firmware_bridge.contract.access import AccessTable, DeviceAccess
from firmware_bridge.contract.errors import DecodeError
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import SpoolError

TABLE = "access.table"
"""Under which name the spool remembers the table."""

_log = structlog.get_logger("bridge.access")


class Memory(Protocol):
    """Where the table is kept: the spool."""

    def recall(self, name: str) -> str | None:
        """A fact that was remembered, or None."""

    def keep(self, name: str, value: str) -> None:
        """Remember a fact, on disk before this returns."""


class PolicyTaker(Protocol):
    """A machine's desk."""

    def set_policy(self, policy: DeviceAccess | None, digest: Digest | None) -> None:
        """Take what the hub says of this machine."""


class AccessShelf:
    """The table of one bridge.

    Args:
        address: whose table is taken; another's is refused.
        memory: where it is kept.
        key: of the access key file; None: codes can't be checked here.
        desks: the machines, by name.
    """

    def __init__(
        self,
        address: BridgeAddress,
        memory: Memory,
        key: bytes | None,
        desks: Mapping[str, PolicyTaker],
    ) -> None:
        self._address, self._memory, self._desks = address, memory, desks
        self._digest = None if key is None else partial(access_codes.digest_of, key)
        self._lock = threading.Lock()
        self._table = self._kept()
        if self._table is not None:
            self._hand_out(self._table)

    def take(self, payload: bytes) -> None:
        """Take what came on the access topic.

        A table that is broken, foreign or older is refused, and the last good one stays.
        """
        with self._lock:
            try:
                table = access.decode(payload)
            except DecodeError as error:
                _refused(error.reason, _where(error))
                return
            if (table.site, table.bridge) != (self._address.site, self._address.bridge):
                _refused("address", "a table of another bridge")
            elif self._table is not None and table.version < self._table.version:
                _refused("version", f"{table.version} is older than {self._table.version}")
            elif table != self._table:
                self._keep(table)

    def _keep(self, table: AccessTable) -> None:
        try:
            self._memory.keep(TABLE, access.encode(table).decode())
        except SpoolError as error:
            _log.error("spool", error=str(error))
        self._table = table
        self._hand_out(table)
        _log.info("access table taken", version=table.version, machines=len(table.devices))

    def _kept(self) -> AccessTable | None:
        kept = self._memory.recall(TABLE)
        if kept is None:
            return None
        try:
            return access.decode(kept.encode("utf-8", "replace"))
        except DecodeError as error:
            _refused(error.reason, f"as kept on disk: {_where(error)}")
            return None

    def _hand_out(self, table: AccessTable) -> None:
        policies = {policy.device: policy for policy in table.devices}
        for name, desk in self._desks.items():
            policy = policies.get(name)
            if policy is not None and policy.hours and zone_of(policy.timezone) is None:
                _log.warning("zone not known here, hours are not kept", zone=policy.timezone[:60])
            desk.set_policy(policy, self._digest)


def _where(error: DecodeError) -> str:
    """Which field it is about, without what stood in it."""
    return str(error).split(":", 1)[0][:120]


def _refused(reason: str, detail: str) -> None:
    _log.error("access table refused; the last good one stays", reason=reason, detail=detail)
