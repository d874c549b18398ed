"""Facts for the rules, kept up to date at little cost.

Everything can be read anew from the store at any time, and is once an hour. Between, only what was
added since the last look is read: a pass over a quiet fleet touches a few index entries.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import structlog

from hub.rules.facts import (
    CheckFact,
    DeviceFact,
    EventFact,
    ExcursionFact,
    Facts,
    InstrumentFact,
    TemperatureFact,
    UndeliveredFact,
)
from hub.rules.settings import RuleSettings
from hub.stock import DAY_MS
from hub.store import Transaction, facts, instruments, outbox, stock_facts
from hub.stories import Stories

FRESH_MS = 3_600_000
"""Everything is read anew after this time."""

OVERLAP_ROWS = 50
"""Rows below the last one seen that are looked at again: two writers can commit out of order."""

FAILED_FOR_MS = DAY_MS
LATE_TRIES = 3
EXPORT_LATE_MS = 900_000
LATE_MS = 900_000
LATE_FOR_MS = DAY_MS
TEMPERATURES_FOR_MS = 7 * DAY_MS

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Cursor:
    """Which rows of a growing table have been seen."""

    seen: set[int] = field(default_factory=set)
    last_id: int = 0

    @property
    def after_id(self) -> int:
        return max(0, self.last_id - OVERLAP_ROWS)

    def is_new(self, row_id: int) -> bool:
        if row_id in self.seen:
            return False
        self.seen.add(row_id)
        self.last_id = max(self.last_id, row_id)
        return True

    def trim(self) -> None:
        self.seen = {row_id for row_id in self.seen if row_id > self.after_id}


class Gatherer:
    """Reads facts; keeps what it has read."""

    def __init__(self, settings: RuleSettings) -> None:
        self._settings = settings
        self._read_ms: int | None = None
        self._forget()

    def _forget(self) -> None:
        self._stories = Stories(self._settings.stock.rate_days)
        names = (*stock_facts.CHANGING, "temperature", "event")
        self._cursors = {name: _Cursor() for name in names}
        self._runs = 0
        self._temperatures: dict[tuple[int, str], facts.TemperatureRow] = {}
        self._late: list[facts.TemperatureRow] = []
        self._events: dict[tuple[int, str, str, str | None], facts.EventRow] = {}
        self._checks: dict[tuple[str, int], tuple[tuple[str, ...], str]] = {}

    def gather(self, transaction: Transaction, open_keys: frozenset[str], now_ms: int) -> Facts:
        """Everything that rules may want to know now.

        Raises:
            StoreError: the database fails (as in every function of the store).
        """
        self._read_changes(transaction, now_ms)
        bridges = facts.bridges(transaction)
        devices = facts.devices(transaction, bridges)
        known = {device_id: fact for device_id, (fact, _) in devices.items()}
        audits = {device_id: audit_ms for device_id, (_, audit_ms) in devices.items()}
        window_ms = round(self._settings.dead_letters.window_s * 1000)
        return Facts(
            bridges=tuple(bridges.values()),
            devices=tuple(known.values()),
            slots=self._stories.slot_facts(transaction, known, audits),
            temperatures=self._temperature_facts(known),
            excursions=self._excursion_facts(known, now_ms),
            events=self._event_facts(known),
            checks=self._check_facts(transaction, known, now_ms),
            instruments=_instruments(transaction, known),
            dead_letters=facts.dead_letters(transaction, now_ms - window_ms),
            undelivered=_undelivered(transaction, now_ms),
            open_keys=open_keys,
        )

    def _read_changes(self, transaction: Transaction, now_ms: int) -> None:
        if self._read_ms is None or not 0 <= now_ms - self._read_ms < FRESH_MS:
            self._forget()
            self._read_all(transaction, now_ms)
            self._read_ms = now_ms
            return
        if (runs := stock_facts.runs(transaction)) != self._runs:
            self._stories = Stories(self._settings.stock.rate_days)
            self._runs = runs
        for table in stock_facts.CHANGING:
            cursor = self._cursors[table]
            rows = stock_facts.changed_devices(transaction, table, cursor.after_id)
            self._stories.forget({device for row_id, device in rows if cursor.is_new(row_id)})
        temperatures, events = self._cursors["temperature"], self._cursors["event"]
        for reading in facts.temperatures_after(transaction, temperatures.after_id):
            if temperatures.is_new(reading.row_id):
                self._keep_temperature(reading)
                self._keep_late(reading)
        for event in facts.events_after(transaction, events.after_id):
            if events.is_new(event.row_id):
                self._keep_event(event)
        for cursor in self._cursors.values():
            cursor.trim()

    def _read_all(self, transaction: Transaction, now_ms: int) -> None:
        tables = {name: name for name in self._cursors} | {"event": "machine_event"}
        for name, cursor in self._cursors.items():
            cursor.last_id = facts.last_id(transaction, tables[name])
            # The overlap is read again on the next pass: reading twice changes nothing.
        for reading in facts.newest_temperatures(transaction, now_ms - TEMPERATURES_FOR_MS):
            self._keep_temperature(reading)
        limits = self._settings.temperature
        self._late = facts.late_temperatures(
            transaction, now_ms - LATE_FOR_MS, LATE_MS, limits.low_c, limits.high_c
        )
        for event in facts.newest_events(transaction):
            self._keep_event(event)

    def _keep_temperature(self, row: facts.TemperatureRow) -> None:
        known = self._temperatures.get((row.device_id, row.probe))
        if known is None or row.observed_ms >= known.observed_ms:
            self._temperatures[row.device_id, row.probe] = row

    def _keep_late(self, row: facts.TemperatureRow) -> None:
        limits = self._settings.temperature
        outside = not limits.low_c <= row.temperature_c <= limits.high_c
        if outside and row.received_ms - row.observed_ms >= LATE_MS:
            self._late.append(row)

    def _excursion_facts(
        self, devices: dict[int, DeviceFact], now_ms: int
    ) -> tuple[ExcursionFact, ...]:
        self._late = [row for row in self._late if now_ms - row.received_ms <= LATE_FOR_MS]
        by_probe: dict[tuple[int, str], list[facts.TemperatureRow]] = {}
        for row in self._late:
            by_probe.setdefault((row.device_id, row.probe), []).append(row)
        return tuple(
            ExcursionFact(
                device=devices[device_id],
                probe=probe,
                first_ms=min(row.observed_ms for row in rows),
                last_ms=max(row.observed_ms for row in rows),
                coldest_c=min(row.temperature_c for row in rows),
                warmest_c=max(row.temperature_c for row in rows),
            )
            for (device_id, probe), rows in sorted(by_probe.items())
            if device_id in devices
        )

    def _keep_event(self, row: facts.EventRow) -> None:
        key = (row.device_id, row.code, row.name, row.selection)
        known = self._events.get(key)
        if known is None or row.observed_ms >= known.observed_ms:
            self._events[key] = row

    def _temperature_facts(self, devices: dict[int, DeviceFact]) -> tuple[TemperatureFact, ...]:
        return tuple(
            TemperatureFact(
                device=devices[row.device_id],
                probe=row.probe,
                observed_ms=row.observed_ms,
                temperature_c=row.temperature_c,
            )
            for row in self._temperatures.values()
            if row.device_id in devices
        )

    def _event_facts(self, devices: dict[int, DeviceFact]) -> tuple[EventFact, ...]:
        return tuple(
            EventFact(
                device=devices[row.device_id],
                observed_ms=row.observed_ms,
                code=row.code,
                name=row.name,
                selection=row.selection,
                active=row.active,
                text=row.text,
            )
            for row in self._events.values()
            if row.device_id in devices
        )

    def _check_facts(
        self, transaction: Transaction, devices: dict[int, DeviceFact], now_ms: int
    ) -> tuple[CheckFact, ...]:
        since_ms = now_ms - round(self._settings.target.stands_s * 1000)
        found, kept = [], {}
        for row in facts.checks_since(transaction, since_ms):
            key = (row.check, row.findings_ms)
            known = self._checks.get(key)
            kept[key] = known or _read_findings(facts.findings_json(transaction, row.check))
            detected, grade = kept[key]
            if detected:
                found.append(
                    CheckFact(
                        device=devices[row.device_id],
                        check=row.check,
                        observed_ms=row.observed_ms,
                        received_ms=row.received_ms,
                        detected=detected,
                        library_grade=grade,
                    )
                )
        self._checks = kept
        return tuple(found)


def _read_findings(text: str) -> tuple[tuple[str, ...], str]:
    """The detected targets and the library's grade; a substance is named before its family."""
    try:
        body: dict[str, Any] = json.loads(text)
        detected = [target for target in body["targets"] if target["verdict"] == "detected"]
        detected.sort(key=lambda target: bool(target["level"] == "family"))
        return tuple(str(target["target"]) for target in detected), str(body["library_grade"])
    except (ValueError, KeyError, TypeError) as error:
        _log.error("stored findings can't be read; the check is not judged", error=str(error))
        return (), ""


def _instruments(
    transaction: Transaction, devices: dict[int, DeviceFact]
) -> tuple[InstrumentFact, ...]:
    return tuple(
        InstrumentFact(device=devices[device_id], care=care)
        for device_id, care in instruments.cares(transaction).items()
    )


def _undelivered(transaction: Transaction, now_ms: int) -> tuple[UndeliveredFact, ...]:
    channels = facts.undelivered(transaction, now_ms - FAILED_FOR_MS, LATE_TRIES)
    return (*channels, *_export_late(transaction, now_ms))


def _export_late(transaction: Transaction, now_ms: int) -> tuple[UndeliveredFact, ...]:
    oldest = outbox.oldest_export(transaction)
    if oldest is None:
        return ()
    made_ms = int(json.loads(oldest.line_json).get("time_ms", now_ms))
    if now_ms - made_ms < EXPORT_LATE_MS:
        return ()
    late = outbox.export_waiting(transaction)
    error = "the export's server has not taken figures for 15 minutes or more"
    if oldest.tries:
        error = f"the export's server refused {late} points for what they are; they are kept"
    return (UndeliveredFact(channel="influx", failed=0, late=late, last_error=error),)
