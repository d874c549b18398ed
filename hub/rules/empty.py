"""Rule empty: a slot has nothing left. For naloxone that is critical: somebody may need it now."""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule, device_key
from hub.rules.facts import Facts
from hub.rules.settings import RuleSettings
from hub.rules.stock_words import figure_words, is_naloxone, subject

RULE = Rule(
    name="empty",
    title="Empty",
    severity="warning",
    describe="A slot has nothing left, by count or by the machine's word. Critical for naloxone.",
    pending_s=0.0,
    resolve_after_s=60.0,
    renotify_s=4 * 3600.0,
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:  # noqa: ARG001 - every rule has the same face
    """One condition for each empty slot; an open one stands while the level is not known."""
    for slot in facts.slots:
        key = device_key(RULE, slot.device, slot.selection)
        level = slot.figure.level
        if level == 0 or (level is None and key in facts.open_keys):
            vital = is_naloxone(slot.product, settings.stock)
            yield Condition(
                key=key,
                rule=RULE.name,
                severity="critical" if vital else RULE.severity,
                site=slot.device.site,
                device_id=slot.device.device_id,
                subject=subject(slot),
                title=f"Empty: {subject(slot)}, {slot.device.name}",
                detail=figure_words(slot),
                advice=_VITAL if vital else _ADVICE,
            )


_ADVICE = "Restock and count the slot. If items are in it, look for a jam, then count again."
_VITAL = (
    "Nobody can get naloxone from this slot: restock it first, count it, and say where else "
    "naloxone can be had meanwhile. If items are in it, look for a jam, then count again."
)
