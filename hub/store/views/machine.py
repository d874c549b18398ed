"""What a vending machine reported of itself: events and temperatures."""

from dataclasses import dataclass

from sqlalchemy import select

from hub.store.engine import Transaction
from hub.store.tables import machine_event, temperature

MAX_POINTS = 2_000
"""No chart is given more points of one probe."""


@dataclass(frozen=True, slots=True)
class EventView:
    """One event; see `firmware_bridge.contract.messages.MachineEvent`."""

    observed_ms: int
    code: str
    name: str
    selection: str | None
    active: bool | None
    count: int | None
    text: str


@dataclass(frozen=True, slots=True)
class TemperaturePoint:
    """One reading, degrees Celsius."""

    at_ms: int
    temperature_c: float


def events(transaction: Transaction, device_id: int, limit: int = 30) -> tuple[EventView, ...]:
    """A machine's newest events, newest first."""
    names = EventView.__dataclass_fields__
    query = (
        select(*[machine_event.c[name] for name in names])
        .where(machine_event.c.device_id == device_id)
        .order_by(machine_event.c.observed_ms.desc(), machine_event.c.id.desc())
        .limit(limit)
    )
    return tuple(EventView(*row) for row in transaction.execute(query))


def temperatures(
    transaction: Transaction, device_id: int, since_ms: int
) -> dict[str, tuple[TemperaturePoint, ...]]:
    """Each probe's readings since then, oldest first, at most `MAX_POINTS` of each.

    Where there are more, every n-th and each probe's extremes are kept: an excursion never
    disappears from a chart.
    """
    query = (
        select(temperature.c.probe, temperature.c.observed_ms, temperature.c.temperature_c)
        .where(temperature.c.device_id == device_id, temperature.c.observed_ms >= since_ms)
        .order_by(temperature.c.observed_ms, temperature.c.id)
    )
    found: dict[str, list[TemperaturePoint]] = {}
    for probe, at_ms, value_c in transaction.execute(query):
        found.setdefault(probe, []).append(TemperaturePoint(at_ms, value_c))
    return {probe: thinned(points) for probe, points in found.items()}


def thinned(points: list[TemperaturePoint], most: int = MAX_POINTS) -> tuple[TemperaturePoint, ...]:
    """At most about `most` of the points: of each stretch its lowest and its highest, in order."""
    if len(points) <= most:
        return tuple(points)
    step = -(-len(points) // (most // 2))
    kept: list[TemperaturePoint] = []
    for start in range(0, len(points), step):
        stretch = points[start : start + step]
        ends = {min(stretch, key=_value), max(stretch, key=_value)}
        kept += sorted(ends, key=lambda point: point.at_ms)
    return tuple(kept)


def _value(point: TemperaturePoint) -> float:
    return point.temperature_c
