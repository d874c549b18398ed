"""Rule low-stock: a slot is at or below its low mark."""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule, device_key
from hub.rules.facts import Facts, SlotFact
from hub.rules.settings import RuleSettings
from hub.rules.stock_words import figure_words, low_mark, subject

RULE = Rule(
    name="low-stock",
    title="Low stock",
    severity="warning",
    describe="A slot holds no more than its low mark. Restock it on the next round.",
    pending_s=30.0,
    resolve_after_s=60.0,
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:  # noqa: ARG001 - every rule has the same face
    """One condition for each low slot.

    A slot that runs empty keeps the alert it had as low, so that nobody is told "over" when it got
    worse; a slot whose level is no longer known keeps it as well.
    """
    for slot in facts.slots:
        key = device_key(RULE, slot.device, slot.selection)
        if _is_low(slot, low_mark(slot, settings.stock), was_low=key in facts.open_keys):
            yield Condition(
                key=key,
                rule=RULE.name,
                severity=RULE.severity,
                site=slot.device.site,
                device_id=slot.device.device_id,
                subject=subject(slot),
                title=f"Low: {subject(slot)}, {slot.device.name}",
                detail=figure_words(slot) + _forecast(slot),
                advice="Restock and count the slot.",
            )


def _is_low(slot: SlotFact, mark: int | None, *, was_low: bool) -> bool:
    level = slot.figure.level
    if level is None or level == 0:
        return was_low
    return mark is not None and level <= mark


def _forecast(slot: SlotFact) -> str:
    if not slot.days_to_empty:
        return ""
    return f" At the pace of the last days it is empty in about {slot.days_to_empty:.1f} days."
