"""Old figures are thinned, so that the store does not grow for ever.

Counters keep the last row of each hour, so totals stay exact; temperatures keep the lowest and the
highest of each hour, so that an excursion is not thinned away. Events, checks, alerts and the
trail are kept.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy.sql.elements import ColumnElement

from hub.store.tables import counter, temperature

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Thinned:
    """How many rows went."""

    counters: int
    temperatures: int


def thin(transaction: Connection, since_ms: int, until_ms: int) -> Thinned:
    """Thin what was observed from `since_ms` (included) to `until_ms` (excluded).

    Both should be whole hours: an hour that is seen in two parts keeps more rows than needed.
    """
    return Thinned(
        counters=_thin_counters(transaction, since_ms, until_ms),
        temperatures=_thin_temperatures(transaction, since_ms, until_ms),
    )


def oldest_ms(transaction: Connection) -> int | None:
    """When the oldest figure was observed."""
    oldest = [
        transaction.scalar(select(func.min(table.c.observed_ms)))
        for table in (counter, temperature)
    ]
    return min((at_ms for at_ms in oldest if at_ms is not None), default=None)


def _thin_counters(transaction: Connection, since_ms: int, until_ms: int) -> int:
    place = func.row_number().over(
        partition_by=(counter.c.device_id, counter.c.selection, _hour(counter)),
        order_by=(counter.c.observed_ms.desc(), counter.c.id.desc()),
    )
    ranked = select(counter.c.id, place.label("place")).where(_within(counter, since_ms, until_ms))
    found = ranked.subquery()
    surplus = select(found.c.id).where(found.c.place > 1)
    return transaction.execute(delete(counter).where(counter.c.id.in_(surplus))).rowcount


def _thin_temperatures(transaction: Connection, since_ms: int, until_ms: int) -> int:
    group = (temperature.c.device_id, temperature.c.probe, _hour(temperature))
    value = temperature.c.temperature_c
    low = func.row_number().over(partition_by=group, order_by=(value, temperature.c.id))
    high = func.row_number().over(partition_by=group, order_by=(value.desc(), temperature.c.id))
    ranked = select(temperature.c.id, low.label("low"), high.label("high")).where(
        _within(temperature, since_ms, until_ms)
    )
    found = ranked.subquery()
    surplus = select(found.c.id).where(found.c.low > 1, found.c.high > 1)
    return transaction.execute(delete(temperature).where(temperature.c.id.in_(surplus))).rowcount


def _hour(table: Table) -> ColumnElement[int]:
    at_ms = table.c.observed_ms
    return at_ms - at_ms % HOUR_MS


def _within(table: Table, since_ms: int, until_ms: int) -> ColumnElement[bool]:
    return table.c.observed_ms.between(since_ms, until_ms - 1)
