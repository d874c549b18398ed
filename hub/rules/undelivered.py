"""Rule undelivered: people or systems were not told. A failed notification must not be silent."""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule
from hub.rules.facts import Facts
from hub.rules.settings import RuleSettings

RULE = Rule(
    name="undelivered",
    title="Not delivered",
    severity="warning",
    describe="Notifications or exported figures did not reach their receiver. Critical once words "
    "to people were given up.",
    pending_s=0.0,
    resolve_after_s=60.0,
    until_acknowledged=True,
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:  # noqa: ARG001 - every rule has the same face
    """One condition for each channel that has given up, or has tried for long."""
    for channel in facts.undelivered:
        given_up = f"{channel.failed} given up, {channel.late} still being tried."
        yield Condition(
            key=f"{RULE.name}/{channel.channel}",
            rule=RULE.name,
            severity="critical" if channel.failed else RULE.severity,
            site="",
            device_id=None,
            subject=channel.channel,
            title=f"Not delivered: channel {channel.channel}",
            detail=f"{given_up} Last error: {channel.last_error[:300] or 'unknown'}.",
            advice="Look at the channel's address and network; tell people by other means.",
        )
