"""Figures as points of a time series. Pure.

States travel as integers: a store of time series may take a word for 0 without a sign (measured on
VictoriaMetrics).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.rules.facts import BridgeFact, Facts, SlotFact, TemperatureFact

CONFIDENCE_CODES = {"unknown": 0, "uncertain": 1, "machine": 2, "computed": 3, "counted": 4}
"""`StockFigure.confidence` as an integer."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point: what is measured, of what, its values, and when (ms since 1970 UTC)."""

    measurement: str
    tags: Mapping[str, str]
    fields: Mapping[str, int | float]
    time_ms: int

    def to_json(self) -> str:
        """The row in the outbox."""
        fields = {"tags": dict(self.tags), "fields": dict(self.fields), "time_ms": self.time_ms}
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, measurement: str, text: str) -> "Point":
        """A row of the outbox, read again."""
        read = json.loads(text)
        return cls(measurement, read["tags"], read["fields"], read["time_ms"])


def points(facts: Facts, alerts: Mapping[tuple[str, str], int], now_ms: int) -> Iterator[Point]:
    """Everything that is exported, at one moment.

    Args:
        facts: what the hub knows.
        alerts: how many alerts are open, by (site, severity).
        now_ms: when; a stock level is exported at the time it is true for, never as newer.
    """
    for slot in facts.slots:
        yield from _stock(slot)
    for reading in facts.temperatures:
        yield _temperature(reading)
    for bridge in facts.bridges:
        yield _bridge(bridge, now_ms)
    for (site, severity), count in alerts.items():
        tags = {"site": site or "hub", "severity": severity}
        yield Point("harborlight_alerts", tags, {"open": count}, now_ms)


def _stock(slot: SlotFact) -> Iterator[Point]:
    figure = slot.figure
    if figure.level is None or figure.as_of_ms is None:
        return
    tags = {
        "site": slot.device.site,
        "bridge": slot.device.bridge.bridge,
        "device": slot.device.device,
        "selection": slot.selection,
    }
    fields = {"level": figure.level, "confidence": CONFIDENCE_CODES[figure.confidence]}
    capacity = {} if figure.capacity is None else {"capacity": figure.capacity}
    yield Point("harborlight_stock", tags, fields | capacity, figure.as_of_ms)


def _temperature(reading: TemperatureFact) -> Point:
    tags = {
        "site": reading.device.site,
        "bridge": reading.device.bridge.bridge,
        "device": reading.device.device,
        "probe": reading.probe or "probe",
    }
    value = {"temperature_c": reading.temperature_c}
    return Point("harborlight_temperature", tags, value, reading.observed_ms)


def _bridge(bridge: BridgeFact, now_ms: int) -> Point:
    fields = {"online": int(bridge.state == "online")}
    if bridge.spool_depth is not None:
        fields["spool_depth"] = bridge.spool_depth
    tags = {"site": bridge.site, "bridge": bridge.bridge}
    return Point("harborlight_bridge", tags, fields, now_ms)
