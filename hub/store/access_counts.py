"""How often machines let somebody in, by the hour, as bridges count it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from firmware_bridge.contract.messages import AccessCounts
from hub.store.access_tables import access_count
from hub.store.moment import Moment

HOUR_MS = 3_600_000
MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class HourCount:
    """One machine in one hour; `refused` is by reason."""

    device_id: int
    from_ms: int
    granted: int
    items: int
    refused: dict[str, int]


def take_counts(
    transaction: Connection, of_device: int, body: AccessCounts, moment: Moment
) -> None:
    """Keep the counts of an hour. A bridge's hour is taken only where its clock is believed."""
    begun_ms = body.from_ms if moment.clock_sane else moment.received_ms
    refused = {each.reason[:40]: each.count for each in body.refused[:MOST_REASONS]}
    transaction.execute(
        insert(access_count).values(
            device_id=of_device,
            from_ms=begun_ms - begun_ms % HOUR_MS,
            period_s=body.period_s,
            mode=body.mode,
            granted=body.granted,
            items=body.items,
            refused_json=json.dumps(refused, sort_keys=True),
        )
    )


def counts(
    transaction: Connection, device_ids: Iterable[int], since_ms: int, until_ms: int
) -> list[HourCount]:
    """The counts of machines from a time (included) to a time (excluded)."""
    c = access_count.c
    query = select(access_count).where(
        c.device_id.in_(list(device_ids)), c.from_ms >= since_ms, c.from_ms < until_ms
    )
    return [
        HourCount(row.device_id, row.from_ms, row.granted, row.items, json.loads(row.refused_json))
        for row in transaction.execute(query)
    ]
