"""Rule machine-fault: a machine reports a jam, a failed vend, bad cooling, or a door left open.

The names of events are those of `MachineEvent` (from EVA-DTS 6.1.1 EA1 and EA2).
"""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule, Severity, device_key
from hub.rules.facts import EventFact, Facts
from hub.rules.settings import MachineFaultSettings, RuleSettings
from hub.rules.words import at_time, place

RULE = Rule(
    name="machine-fault",
    title="Machine fault",
    severity="warning",
    describe="A machine reports a jam, a failed vend, a cooling fault, or a door open for long.",
    pending_s=0.0,
    resolve_after_s=60.0,
)
_KNOWN: dict[str, tuple[Severity, str, str]] = {
    "jam": ("warning", "Jam", "Free the jam, then count the slot: what fell is not known."),
    "vend-failed": ("warning", "Vend failed", "Try the slot, look for a jam, then count it."),
    "cooling-fault": (
        "warning",
        "Cooling fault",
        "Look at the cooling. Review stored naloxone; do not discard by itself.",
    ),
    "temperature-sensor": ("warning", "Temperature sensor fault", "Look at the sensor's cable."),
    "door-open": ("warning", "Door open", "Close and lock the door, or see who opened it."),
}


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:
    """One condition for each fault that stands."""
    closed_ms = {
        event.device: event.observed_ms for event in facts.events if event.name == "door-closed"
    }
    for event in facts.events:
        if event.name not in _KNOWN:
            continue
        if event.name == "door-open":
            stands = _door_stands(
                event, closed_ms.get(event.device), settings.machine_fault, now_ms
            )
        else:
            stands = _stands(event, settings.machine_fault, now_ms)
        if stands:
            yield _condition(event)


def _stands(event: EventFact, settings: MachineFaultSettings, now_ms: int) -> bool:
    if event.active is not None:
        return event.active
    return now_ms - event.observed_ms <= settings.event_stands_s * 1000


def _door_stands(
    event: EventFact, closed_ms: int | None, settings: MachineFaultSettings, now_ms: int
) -> bool:
    """Whether a door is open for long; a machine that never says "closed" is believed a while."""
    open_s = (now_ms - event.observed_ms) / 1000
    if event.active is False or open_s < settings.door_open_s:
        return False
    if closed_ms is not None:
        return closed_ms < event.observed_ms
    return bool(event.active) or open_s < settings.door_open_s + settings.event_stands_s


def _condition(event: EventFact) -> Condition:
    severity, what, advice = _KNOWN[event.name]
    where = f", slot {event.selection}" if event.selection else ""
    said = f" The machine's own words: {event.text[:200]}." if event.text else ""
    return Condition(
        key=device_key(RULE, event.device, "/".join(filter(None, [event.name, event.selection]))),
        rule=RULE.name,
        severity=severity,
        site=event.device.site,
        device_id=event.device.device_id,
        subject=f"{event.device.name}{where}",
        title=f"{what}: {place(event.device)}{where}",
        detail=f"Reported {at_time(event.observed_ms)}, code {event.code or 'none'}.{said}",
        advice=advice,
    )
