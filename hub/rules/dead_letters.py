"""Rule dead-letters: the hub had to refuse messages; what they said is not in the figures."""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule
from hub.rules.facts import Facts
from hub.rules.settings import RuleSettings
from hub.rules.words import at_time

RULE = Rule(
    name="dead-letters",
    title="Messages refused",
    severity="warning",
    describe="Messages came that the hub could not take. They are kept, with the reason.",
    pending_s=0.0,
    resolve_after_s=60.0,
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:
    """One condition for each reason within the window."""
    since_ms = now_ms - round(settings.dead_letters.window_s * 1000)
    for refused in facts.dead_letters:
        if refused.last_ms < since_ms or refused.messages < settings.dead_letters.at_least:
            continue
        yield Condition(
            key=f"{RULE.name}/{refused.reason}"[:400],
            rule=RULE.name,
            severity=RULE.severity,
            site="",
            device_id=None,
            subject=f"reason {refused.reason}",
            title=f"Messages refused: {refused.reason}",
            detail=(
                f"{refused.messages} different messages, the last {at_time(refused.last_ms)} on "
                f"topic {refused.topic[:200]}: {refused.detail[:300]}"
            ),
            advice=(
                "See the list of refused messages. Often the bridge is newer than the hub: renew "
                "the hub, then run `harborlight hub retry-refused`."
            ),
        )
