"""Old figures are thinned, so that the store does not grow for ever.

Counters keep the last row of each hour, so totals stay exact; so do levels that sensors saw. Around
an entry of a person all of them stay.
Temperatures and other measurements keep the lowest and the highest of each hour, so that an
excursion is not thinned away. Single vends go: the counters hold their sums, and nobody needs to
know for ever at which minute somebody came. Events, checks, alerts and the trail are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, exists, func, select
from sqlalchemy.sql.elements import ColumnElement

from hub.store.tables import counter, measurement, slot_level, stock_entry, temperature, vend

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Thinned:
    """How many rows went."""

    counters: int
    temperatures: int
    levels: int = 0
    measurements: int = 0
    vends: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.counters + self.temperatures + self.levels + self.measurements + self.vends


def thin(transaction: Connection, since_ms: int, until_ms: int) -> Thinned:
    """Thin what was observed from `since_ms` (included) to `until_ms` (excluded).

    Both should be whole hours: an hour that is seen in two parts keeps more rows than needed.
    """
    span = since_ms, until_ms
    return Thinned(
        counters=_keep_last(transaction, counter, _order(counter), span),
        temperatures=_keep_extremes(
            transaction, temperature, [temperature.c.probe], temperature.c.temperature_c, span
        ),
        levels=_keep_last(transaction, slot_level, _order(slot_level), span),
        measurements=_keep_extremes(
            transaction,
            measurement,
            [measurement.c.sensor, measurement.c.quantity],
            measurement.c.value,
            span,
        ),
        vends=transaction.execute(delete(vend).where(_within(vend, *span))).rowcount,
    )


def oldest_ms(transaction: Connection) -> int | None:
    """When the oldest figure was observed."""
    oldest = [
        transaction.scalar(select(func.min(table.c.observed_ms)))
        for table in (counter, temperature, slot_level, measurement, vend)
    ]
    return min((at_ms for at_ms in oldest if at_ms is not None), default=None)


def _keep_last(
    transaction: Connection,
    table: Table,
    order: Sequence[ColumnElement[Any]],
    span: tuple[int, int],
) -> int:
    """Of each slot and hour the last row stays."""
    place = func.row_number().over(
        partition_by=(table.c.device_id, table.c.selection, _hour(table)), order_by=order
    )
    ranked = select(table.c.id, place.label("place")).where(_within(table, *span))
    found = ranked.subquery()
    surplus = select(found.c.id).where(found.c.place > 1)
    gone = delete(table).where(table.c.id.in_(surplus), ~_near_entry(table))
    return transaction.execute(gone).rowcount


def _near_entry(table: Table) -> ColumnElement[bool]:
    """Whether somebody counted within two hours: what was sold before and after must stay apart."""
    entry = stock_entry.c
    return exists().where(
        entry.device_id == table.c.device_id,
        entry.selection == table.c.selection,
        entry.observed_ms.between(
            table.c.observed_ms - 2 * HOUR_MS, table.c.observed_ms + 2 * HOUR_MS
        ),
    )


def _order(table: Table) -> list[ColumnElement[Any]]:
    """The newest first; of levels, those that were settled."""
    newest: list[ColumnElement[Any]] = [table.c.observed_ms.desc(), table.c.id.desc()]
    return [table.c.settled.desc(), *newest] if "settled" in table.c else newest


def _keep_extremes(
    transaction: Connection,
    table: Table,
    source: Sequence[Column[Any]],
    value: Column[Any],
    span: tuple[int, int],
) -> int:
    """Of each source and hour the lowest and the highest stay."""
    group = (table.c.device_id, *source, _hour(table))
    low = func.row_number().over(partition_by=group, order_by=(value, table.c.id))
    high = func.row_number().over(partition_by=group, order_by=(value.desc(), table.c.id))
    ranked = select(table.c.id, low.label("low"), high.label("high")).where(_within(table, *span))
    found = ranked.subquery()
    surplus = select(found.c.id).where(found.c.low > 1, found.c.high > 1)
    return transaction.execute(delete(table).where(table.c.id.in_(surplus))).rowcount


def _hour(table: Table) -> ColumnElement[int]:
    at_ms = table.c.observed_ms
    return at_ms - at_ms % HOUR_MS


def _within(table: Table, since_ms: int, until_ms: int) -> ColumnElement[bool]:
    return table.c.observed_ms.between(since_ms, until_ms - 1)
