"""What coordinators do about access to machines; each act is checked and leaves its trail.

A trail says which machine and how many codes, never a code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from firmware_bridge.contract import access, access_codes
from firmware_bridge.contract.access import CodeGroup, DeviceAccess
from firmware_bridge.contract.topics import BridgeAddress
from hub import acts, audit
from hub.access import Person
from hub.code_making import new_codes, require_length
from hub.errors import AccessError
from hub.store import Transaction, access_policies
from hub.store.access_policies import Batch, Policy
from hub.store.views.fleet import DeviceView

MOST_AT_ONCE = 500
KEPT_AFTER_END_MS = 30 * 86_400_000
"""So long a code that ended is still told from one that never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A sheet that is wanted.

    Attributes:
        count: how many codes.
        uses: sessions for each; None for any number.
        valid_days: from now; None for ever.
    """

    count: int
    uses: int | None
    valid_days: int | None


def set_policy(
    transaction: Transaction,
    person: Person,
    device: DeviceView,
    changes: Mapping[str, Any],
    now_ms: int,
) -> Policy:
    """Change a machine's policy; what is not named stays. The first time, `mode` must be named.

    Raises:
        AccessError: the person may not, or the policy would not fit together.
    """
    acts.require(person, "access")
    before = access_policies.policy_of(transaction, device.id)
    if before is None and "mode" not in changes:
        raise AccessError(f"{device.device} has no policy yet: name its --mode")
    policy = Policy(**changes) if before is None else replace(before, **changes)
    _require_policy(device, policy)
    access_policies.put_policy(transaction, device.id, policy, now_ms)
    detail = ", ".join(f"{name} {_short(value)}" for name, value in sorted(changes.items()))
    audit.record(transaction, now_ms, person.name, "access", _machine(device), detail)
    return policy


def issue(
    transaction: Transaction,
    person: Person,
    device: DeviceView,
    order: Order,
    key: bytes,
    now_ms: int,
) -> tuple[Batch, list[str]]:
    """Make a sheet of codes. The codes are in the returned list and nowhere else.

    Raises:
        AccessError: the person may not, or codes can't be issued so.
    """
    acts.require(person, "access")
    policy = access_policies.policy_of(transaction, device.id)
    if policy is None or policy.mode == "open":
        raise AccessError(f"{device.device} asks for no codes; set its --mode to shared or issued")
    _require_order(transaction, device, policy, order, now_ms)
    codes = new_codes(order.count, policy.code_alphabet, policy.code_length)
    until_ms = _until_ms(policy, order.valid_days, now_ms)
    digests = tuple(access_codes.digest_of(key, code) for code in codes)
    group = CodeGroup(digests=digests, uses=order.uses, valid_from_ms=None, valid_until_ms=until_ms)
    batch_id = access_policies.add_batch(transaction, device.id, group, now_ms)
    detail = f"sheet {batch_id}: {order.count} codes"
    audit.record(transaction, now_ms, person.name, "issue-codes", _machine(device), detail)
    batch = access_policies.batch_of(transaction, batch_id)
    if batch is None:
        raise AccessError(f"sheet {batch_id} is gone again")
    return batch, codes


def revoke(transaction: Transaction, person: Person, batch_id: int, now_ms: int) -> None:
    """Make a sheet useless.

    Raises:
        AccessError: the person may not, or there is no such sheet in force.
    """
    acts.require(person, "access")
    if not access_policies.revoke(transaction, [batch_id], now_ms):
        raise AccessError(
            f"there is no sheet {batch_id} in force; see `harborlight hub codes list`"
        )
    audit.record(transaction, now_ms, person.name, "revoke-codes", f"sheet {batch_id}")


def forget_bridge(transaction: Transaction, bridge: BridgeAddress, now_ms: int) -> int:
    """Every code of a bridge that was stolen or given up becomes useless; how many sheets."""
    machines = access_policies.machines(transaction)
    of_bridge = [
        device_id
        for bridge_id, device_id, _name in machines
        if access_policies.bridge_of(transaction, bridge_id) == (bridge.site, bridge.bridge)
    ]
    sheets = [each.id for each in access_policies.batches(transaction, of_bridge)]
    return access_policies.revoke(transaction, sheets, now_ms) if sheets else 0


def in_force(transaction: Transaction, device_id: int, now_ms: int) -> int:
    """How many codes can be used at a machine now."""
    groups = access_policies.groups(transaction, device_id, now_ms)
    return sum(len(group.digests) for group in groups)


def as_said(
    transaction: Transaction, device_id: int, name: str, policy: Policy, now_ms: int
) -> DeviceAccess:
    """A policy as a bridge is told it."""
    ended_ms = now_ms - KEPT_AFTER_END_MS
    codes = access_policies.groups(transaction, device_id, ended_ms)
    return DeviceAccess(
        device=name,
        mode=policy.mode,
        paused=policy.paused,
        hours=policy.hours,
        timezone=policy.timezone,
        items_per_session=policy.items_per_session,
        quota_items=policy.quota_items,
        quota_period_s=policy.quota_period_s,
        codes=tuple(codes) if policy.mode != "open" else (),
    )


def _require_policy(device: DeviceView, policy: Policy) -> None:
    try:
        ZoneInfo(policy.timezone)
    except (ValueError, OSError, LookupError):
        raise AccessError(
            f"there is no time zone {policy.timezone[:60]!r}; give one such as America/Toronto"
        ) from None
    least, most = access_codes.MIN_LENGTH, access_codes.MAX_LENGTH
    if not least <= policy.code_length <= most:
        raise AccessError(f"codes have {least} to {most} characters")
    said = DeviceAccess(
        device=device.device,
        mode=policy.mode,
        paused=policy.paused,
        hours=policy.hours,
        timezone=policy.timezone,
        items_per_session=policy.items_per_session,
        quota_items=policy.quota_items,
        quota_period_s=policy.quota_period_s,
        codes=(),
    )
    table = access.AccessTable(
        site=device.site, bridge=device.bridge.bridge, version=1, devices=(said,)
    )
    try:
        access.decode(access.encode(table))
    except ValueError as error:
        raise AccessError(f"this policy can't be: {error}") from error


def _require_order(
    transaction: Transaction, device: DeviceView, policy: Policy, order: Order, now_ms: int
) -> None:
    if not 1 <= order.count <= MOST_AT_ONCE:
        raise AccessError(f"a sheet has 1 to {MOST_AT_ONCE} codes")
    if policy.mode == "shared" and order.count != 1:
        raise AccessError(f"{device.device} has one shared code: give --count 1")
    together = in_force(transaction, device.id, now_ms) + order.count
    require_length(policy.code_length, together, policy.code_alphabet)
    of_bridge = [
        in_force(transaction, device_id, now_ms - KEPT_AFTER_END_MS)
        for bridge_id, device_id, _name in access_policies.machines(transaction)
        if bridge_id == device.bridge.id
    ]
    if sum(of_bridge) + order.count > access.MAX_CODES:
        raise AccessError(f"{device.bridge.bridge} would have more than {access.MAX_CODES} codes")


def _until_ms(policy: Policy, days: int | None, now_ms: int) -> int | None:
    """The end of the last day by the clock of the place, so that a sheet can name the day."""
    if days is None:
        return None
    here = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(policy.timezone))
    end = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days + 1)
    return round(end.timestamp() * 1000)


def _machine(device: DeviceView) -> str:
    return f"{device.site}/{device.device}"


def _short(value: object) -> str:
    return f"{len(value)} spans" if isinstance(value, tuple) else str(value)
