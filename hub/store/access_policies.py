"""Policies of machines, sheets of codes, and what bridges were sent of them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, or_, select, update

from firmware_bridge.contract.access import CodeGroup, Mode, OpenHours
from firmware_bridge.contract.access_codes import Alphabet
from hub.store.access_tables import access_batch, access_code, access_policy, access_sent
from hub.store.dialect import upsert
from hub.store.tables import bridge, device


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One machine's policy; fields as in the contract's `DeviceAccess`.

    Attributes:
        code_alphabet: what new codes are made of.
        code_length: how long new codes are, check character included.
    """

    mode: Mode
    paused: bool = False
    hours: tuple[OpenHours, ...] = ()
    timezone: str = "UTC"
    items_per_session: int = 1
    quota_items: int | None = None
    quota_period_s: int = 7 * 86_400
    code_alphabet: Alphabet = "letters"
    code_length: int = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One sheet of codes; see `access_tables.access_batch`."""

    id: int
    device_id: int
    made_ms: int
    codes: int
    uses: int | None
    valid_from_ms: int | None
    valid_until_ms: int | None
    revoked_ms: int | None


def policy_of(transaction: Connection, device_id: int) -> Policy | None:
    """A machine's policy; None where none was ever set."""
    query = select(access_policy).where(access_policy.c.device_id == device_id)
    row = transaction.execute(query).mappings().first()
    if row is None:
        return None
    values = {name: row[name] for name in Policy.__dataclass_fields__ if name != "hours"}
    return Policy(**values, hours=tuple(_hours(row["hours_json"])))


def put_policy(transaction: Connection, device_id: int, policy: Policy, now_ms: int) -> None:
    """Keep a machine's policy."""
    row: dict[str, object] = {
        name: getattr(policy, name) for name in Policy.__dataclass_fields__ if name != "hours"
    }
    spans = [[span.weekday, span.from_min, span.to_min] for span in policy.hours]
    row |= {"device_id": device_id, "hours_json": json.dumps(spans), "changed_ms": now_ms}
    upsert(transaction, access_policy, ("device_id",), row)


def add_batch(transaction: Connection, device_id: int, group: CodeGroup, now_ms: int) -> int:
    """Keep the hashes of a new sheet; its number."""
    values = {
        "device_id": device_id,
        "made_ms": now_ms,
        "codes": len(group.digests),
        "uses": group.uses,
        "valid_from_ms": group.valid_from_ms,
        "valid_until_ms": group.valid_until_ms,
    }
    made = transaction.execute(insert(access_batch).values(values).returning(access_batch.c.id))
    batch_id = int(made.scalar_one())
    rows = [{"batch_id": batch_id, "digest": digest} for digest in group.digests]
    transaction.execute(insert(access_code), rows)
    return batch_id


def batches(transaction: Connection, device_ids: Iterable[int]) -> list[Batch]:
    """The sheets of machines, newest first."""
    query = select(access_batch).where(access_batch.c.device_id.in_(list(device_ids)))
    rows = transaction.execute(query.order_by(access_batch.c.id.desc())).mappings()
    return [Batch(**row) for row in rows]


def batch_of(transaction: Connection, batch_id: int) -> Batch | None:
    """One sheet."""
    query = select(access_batch).where(access_batch.c.id == batch_id)
    row = transaction.execute(query).mappings().first()
    return None if row is None else Batch(**row)


def revoke(transaction: Connection, batch_ids: Sequence[int], now_ms: int) -> int:
    """Make sheets useless; how many were not before."""
    done = transaction.execute(
        update(access_batch)
        .where(access_batch.c.id.in_(batch_ids), access_batch.c.revoked_ms.is_(None))
        .values(revoked_ms=now_ms)
    )
    return int(done.rowcount)


def groups(transaction: Connection, device_id: int, valid_after_ms: int) -> list[CodeGroup]:
    """What a machine's codes are, without the sheets that ended before a time."""
    of_batch = access_batch.c
    query = (
        select(access_batch)
        .where(of_batch.device_id == device_id, of_batch.revoked_ms.is_(None))
        .where(or_(of_batch.valid_until_ms.is_(None), of_batch.valid_until_ms > valid_after_ms))
        .order_by(of_batch.id)
    )
    return [
        CodeGroup(
            digests=_digests(transaction, row.id),
            uses=row.uses,
            valid_from_ms=row.valid_from_ms,
            valid_until_ms=row.valid_until_ms,
        )
        for row in transaction.execute(query).all()
    ]


def machines(transaction: Connection) -> list[tuple[int, int, str]]:
    """Every machine that has a policy: number of its bridge, its own number, its name."""
    query = (
        select(device.c.bridge_id, device.c.id, device.c.device)
        .join(access_policy, access_policy.c.device_id == device.c.id)
        .order_by(device.c.bridge_id, device.c.device)
    )
    return [(row[0], row[1], row[2]) for row in transaction.execute(query)]


def bridge_of(transaction: Connection, bridge_id: int) -> tuple[str, str]:
    """Site and name of a bridge."""
    row = transaction.execute(select(bridge).where(bridge.c.id == bridge_id)).one()
    return row.site, row.bridge


def mark(transaction: Connection) -> tuple[int, ...]:
    """Changes whenever a policy or a sheet does; cheap to ask."""
    policy, sheet = access_policy.c, access_batch.c
    first = transaction.execute(
        select(func.count(), func.max(policy.changed_ms)).select_from(access_policy)
    ).one()
    second = transaction.execute(
        select(func.count(), func.max(sheet.id), func.max(sheet.revoked_ms)).select_from(
            access_batch
        )
    ).one()
    revoked = transaction.scalar(
        select(func.count()).select_from(access_batch).where(sheet.revoked_ms.is_not(None))
    )
    return tuple(number or 0 for number in (*first, *second, revoked))


def sent(transaction: Connection, bridge_id: int) -> tuple[int, str]:
    """Version and content's hash of the table that a bridge was sent last; (0, "") if none."""
    query = select(access_sent).where(access_sent.c.bridge_id == bridge_id)
    row = transaction.execute(query).first()
    return (0, "") if row is None else (row.version, row.content_hash)


def note_sent(transaction: Connection, bridge_id: int, version: int, content_hash: str) -> None:
    """Keep what a bridge is sent."""
    row = {"bridge_id": bridge_id, "version": version, "content_hash": content_hash}
    upsert(transaction, access_sent, ("bridge_id",), row)


def _digests(transaction: Connection, batch_id: int) -> tuple[str, ...]:
    query = select(access_code.c.digest).where(access_code.c.batch_id == batch_id)
    return tuple(transaction.scalars(query.order_by(access_code.c.digest)))


def _hours(text: str) -> Iterable[OpenHours]:
    for weekday, from_min, to_min in json.loads(text):
        yield OpenHours(weekday=weekday, from_min=from_min, to_min=to_min)
