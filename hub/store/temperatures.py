"""Every temperature of a machine, for what is reckoned from them; pages show fewer."""

from collections import defaultdict

from sqlalchemy import select

from hub.store.engine import Transaction
from hub.store.tables import temperature


def between(
    transaction: Transaction, device_id: int, from_ms: int, to_ms: int
) -> dict[str, list[tuple[int, float]]]:
    """Each probe's readings: ms since 1970 UTC and degrees Celsius, oldest first."""
    c = temperature.c
    query = (
        select(c.probe, c.observed_ms, c.temperature_c)
        .where(c.device_id == device_id, c.observed_ms.between(from_ms, to_ms))
        .order_by(c.observed_ms, c.id)
    )
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for probe, at_ms, value_c in transaction.execute(query):
        found[probe].append((at_ms, value_c))
    return dict(found)
