"""From a machine's readings to messages: pure. What was already said is handed in and out as text.

A machine's counters are sent when they changed, its events when they are new, what its sensors
measure when it moved. All of it can be said again after a restart without doubling anything,
because the memory of what was said is committed together with the messages.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from firmware_bridge import bodies
from firmware_bridge.contract.messages import Measurement, SlotLevel, Temperature, VendingAudit
from firmware_bridge.drivers.readings import (
    AuditReading,
    CountersReading,
    EventReading,
    FaultReading,
    LevelReading,
    MachineReading,
    SensorReading,
    VendReading,
)
from firmware_bridge.evadts.audit import Audit
from firmware_bridge.events import Known, look, machine_event, merged
from firmware_bridge.spool import Draft, Moment, remembered
from firmware_bridge.state_keeper import StateKeeper
from firmware_bridge.text import told
from firmware_bridge.vend_counts import VendCounts

STEPS = {
    "temperature": 0.5,
    "humidity": 2.0,
    "battery-voltage": 0.1,
    "supply-voltage": 0.5,
    "battery-charge": 5.0,
    "tilt": 5.0,
    "other": 0.0,
}
"""What moved less is said again only after `REPEAT_MS`. In the unit of each quantity."""

REPEAT_MS = 15 * 60 * 1000
"""An unchanged measurement is repeated this often, so that a chart has points."""

AUDIT_REPEAT_MS = 6 * 3600 * 1000
"""Unchanged counters and levels are repeated this often."""

MAX_SENSORS = 200
"""So many things are remembered as said of one machine; no real one has so many sensors."""


@dataclass(slots=True)
class VendingPipeline:
    """One vending machine's readings to messages.

    Attributes:
        device: its name in topics.
        memory: what was said before, as `remember` gave it; "" for a new machine.
        fresh_lineage: a random name for our own counters, used when they begin.
    """

    device: str
    memory: str = ""
    fresh_lineage: str = ""
    keeper: StateKeeper = field(default_factory=StateKeeper)
    _said: dict[str, object] = field(default_factory=dict)
    _counts: VendCounts = field(default_factory=VendCounts)
    _told: CountersReading | None = None

    def __post_init__(self) -> None:
        self._said = remembered(self.memory)
        self._counts = VendCounts.recalled(self._said.get("counts"))

    def take(
        self, reading: AuditReading | MachineReading | FaultReading, moment: Moment
    ) -> list[Draft]:
        """The messages that one reading is worth, in order."""
        if isinstance(reading, FaultReading):
            return [self._mine(draft) for draft in self.keeper.trouble(reading)]
        drafts = [*self.keeper.heard(moment), *self._learned(reading, moment)]
        return [self._mine(draft) for draft in drafts]

    def remember(self) -> str:
        """What to keep in the same commit as the messages of the last `take`."""
        if self._counts.lineage:
            self._said["counts"] = self._counts.remember()
        return json.dumps(self._said, separators=(",", ":"))

    def _mine(self, draft: Draft) -> Draft:
        return Draft(self.device, draft.body, event=draft.event)

    def _learned(self, reading: AuditReading | MachineReading, moment: Moment) -> Iterator[Draft]:
        match reading:
            case AuditReading(audit=audit):
                yield from self._audit(bodies.vending_audit(audit, reading.source), moment)
                yield from self._events(audit)
                yield from self._temperatures(audit, moment)
            case CountersReading():
                self._told = reading
                yield from self._audit(self._counters(reading), moment)
            case VendReading():
                yield from self._vend(reading, moment)
            case EventReading():
                yield from self._event(reading)
            case LevelReading():
                yield from self._level(reading, moment)
            case SensorReading():
                yield from self._sensor(reading, moment)

    def _audit(self, body: VendingAudit, moment: Moment) -> Iterator[Draft]:
        if not body.selections:
            return
        key, at_ms = repr(body), self._number("audit_ms")
        changed = self._said.get("audit") != _digest(key)
        if changed or not 0 <= moment.wall_ms - at_ms < AUDIT_REPEAT_MS:
            self._said.update(audit=_digest(key), audit_ms=moment.wall_ms)
            yield Draft("", body, event=changed)

    def _counters(self, reading: CountersReading) -> VendingAudit:
        slots = self._counts.added_to(reading.slots)
        return bodies.counters_audit(reading, slots, reading.board or self._counts.lineage)

    def _vend(self, vend: VendReading, moment: Moment) -> Iterator[Draft]:
        failed = vend.outcome == "failed"
        reason = (vend.reason or "vend-failed") if failed else ""
        yield Draft("", bodies.vend(vend, reason), event=True)
        if failed:
            event = EventReading(name=reason, code="vend", selection=vend.selection)
            yield Draft("", bodies.event(event), event=True)
        if not vend.counted:
            self._counts.count(vend, self.fresh_lineage)
            told = self._told or CountersReading(source=vend.source, slots=())
            yield from self._audit(self._counters(told), moment)

    def _event(self, event: EventReading) -> Iterator[Draft]:
        """A condition is told when it begins and ends; what happened once, each time."""
        states = self._states()
        key = f"{event.name}|{event.selection or ''}|{event.code}"
        if event.active is not None:
            if states.get(key, False) == event.active:
                return
            states.pop(key, None)
            if event.active and len(states) < MAX_SENSORS:
                states[key] = True
            self._said["states"] = states
        yield Draft("", bodies.event(event), event=True)

    def _states(self) -> dict[str, object]:
        said = self._said.get("states")
        return dict(said) if isinstance(said, dict) else {}

    def _level(self, reading: LevelReading, moment: Moment) -> Iterator[Draft]:
        body = SlotLevel(
            selection=told(reading.selection, 40),
            level=reading.level,
            method=reading.method,
            raw=reading.raw,
            settled=reading.settled,
        )
        said = f"{reading.level} {reading.settled}"
        if self._is_news(f"level {body.selection}", said, moment, AUDIT_REPEAT_MS):
            yield Draft("", body, event=reading.settled)

    def _sensor(self, reading: SensorReading, moment: Moment) -> Iterator[Draft]:
        if not self._has_moved(f"{reading.sensor} {reading.quantity}", reading, moment):
            return
        sensor = told(reading.sensor, 40)
        if reading.quantity == "temperature":
            yield Draft("", Temperature(probe=sensor, temperature_c=reading.value))
            return
        body = Measurement(
            sensor=sensor,
            quantity=reading.quantity,
            value=reading.value,
            unit=told(reading.unit, 10),
        )
        yield Draft("", body)

    def _temperatures(self, audit: Audit, moment: Moment) -> Iterator[Draft]:
        for each in audit.temperatures_c:
            if not each.at:
                value = each.temperature_c
                reading = SensorReading(sensor="cabinet", quantity="temperature", value=value)
                yield from self._sensor(reading, moment)

    def _events(self, audit: Audit) -> Iterator[Draft]:
        before = _known(self._said.get("events"))
        selections = frozenset(selection.selection_id for selection in audit.selections)
        news, now = look(audit.events, before)
        known = merged(before, now) if audit.events_only else now
        self._said["events"] = {"happened": sorted(known.happened), "states": dict(known.states)}
        for each in news:
            yield Draft("", machine_event(each, selections), event=True)

    def _has_moved(self, name: str, reading: SensorReading, moment: Moment) -> bool:
        said_ms, said = self._last(name)
        moved = not isinstance(said, int | float) or abs(reading.value - said) >= max(
            STEPS[reading.quantity], 1e-9
        )
        due = not 0 <= moment.wall_ms - said_ms < REPEAT_MS
        return (moved or due) and self._note(name, reading.value, moment)

    def _is_news(self, name: str, said: str, moment: Moment, repeat_ms: int) -> bool:
        said_ms, before = self._last(name)
        due = not 0 <= moment.wall_ms - said_ms < repeat_ms
        return (before != said or due) and self._note(name, said, moment)

    def _last(self, name: str) -> tuple[float, object]:
        match self._sensors().get(name):
            case [int() | float() as said_ms, said]:
                return said_ms, said
        return 0, None

    def _note(self, name: str, said: object, moment: Moment) -> bool:
        sensors = self._sensors()
        if name not in sensors and len(sensors) >= MAX_SENSORS:
            return False
        sensors[name] = [moment.wall_ms, said]
        self._said["sensors"] = sensors
        return True

    def _sensors(self) -> dict[str, object]:
        said = self._said.get("sensors")
        return said if isinstance(said, dict) else {}

    def _number(self, name: str, default: float = 0) -> float:
        value = self._said.get(name, default)
        return value if isinstance(value, int | float) else default


def _known(said: object) -> Known | None:
    """What was remembered of event lines; None where there is nothing, or it is damaged."""
    try:
        happened, states = said["happened"], said["states"].items()  # type: ignore[index]  # tried
        return Known(
            frozenset(map(str, happened)),
            {str(code): (active, count) for code, (active, count) in states},
        )
    except (TypeError, KeyError, AttributeError, ValueError):
        return None


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
