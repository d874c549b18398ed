"""Rule late-excursion: a bridge that was offline tells later that it was too cold or too warm.

The rule `temperature` looks at the newest reading; what happened while nobody could hear the bridge
would never be told without this one. Advice as there: review, never throw away.
"""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule, device_key
from hub.rules.facts import ExcursionFact, Facts
from hub.rules.settings import RuleSettings
from hub.rules.words import at_time, place

RULE = Rule(
    name="late-excursion",
    title="Temperature, told late",
    severity="warning",
    describe="While a bridge could not be heard, a probe read outside the limits for some time.",
    pending_s=60.0,
    resolve_after_s=0.0,
    until_acknowledged=True,
)
LEAST_MS = 600_000
"""A shorter excursion is none, as in rule temperature."""


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:  # noqa: ARG001 - every rule has the same face
    """One condition for each probe with an excursion that was heard of late."""
    limits = settings.temperature
    for seen in facts.excursions:
        if seen.last_ms - seen.first_ms < LEAST_MS:
            continue
        yield Condition(
            key=device_key(RULE, seen.device, seen.probe or "probe"),
            rule=RULE.name,
            severity=RULE.severity,
            site=seen.device.site,
            device_id=seen.device.device_id,
            subject=f"{seen.device.name}, {seen.probe or 'probe'}",
            title=f"Was out of its temperature limits: {place(seen.device)}",
            detail=(
                f"{_range(seen)} between {at_time(seen.first_ms)} and {at_time(seen.last_ms)}; "
                f"limits {limits.low_c:g} to {limits.high_c:g} C. Heard of late."
            ),
            advice="Review stored naloxone; do not discard by itself. See the curve for how long.",
        )


def _range(seen: ExcursionFact) -> str:
    return f"{seen.probe or 'Probe'} read {seen.coldest_c:.1f} to {seen.warmest_c:.1f} C"
