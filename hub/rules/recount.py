"""Rule recount: a slot was counted once, but its level can't be followed any more."""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule, device_key
from hub.rules.facts import DeviceFact, Facts, SlotFact
from hub.rules.settings import RuleSettings
from hub.rules.words import place

RULE = Rule(
    name="recount",
    title="Count needed",
    severity="warning",
    describe="Counters went back, leapt or belong to another control board: count the slots anew.",
    pending_s=60.0,
    resolve_after_s=0.0,
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:  # noqa: ARG001 - every rule has the same face
    """One condition for each machine, however many of its slots are concerned."""
    doubtful: dict[DeviceFact, list[SlotFact]] = {}
    for slot in facts.slots:
        if slot.figure.confidence == "uncertain" and slot.figure.level is None:
            doubtful.setdefault(slot.device, []).append(slot)
    for device, slots in doubtful.items():
        names = ", ".join(slot.selection for slot in slots[:12])
        more = f" and {len(slots) - 12} more" if len(slots) > 12 else ""
        yield Condition(
            key=device_key(RULE, device),
            rule=RULE.name,
            severity=RULE.severity,
            site=device.site,
            device_id=device.device_id,
            subject=device.name,
            title=f"Count needed: {device.name}",
            detail=f"{place(device)}, slots {names}{more}. " + " ".join(slots[0].figure.notes),
            advice="Count these slots and enter the counts; until then their level is not known.",
        )
