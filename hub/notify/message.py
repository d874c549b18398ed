"""What people read, from an alert's step; and several messages as one. Pure."""

from collections.abc import Iterable, Sequence

from hub.alerts import Transition
from hub.notify.settings import NotifyChannel
from hub.rules.base import RANK

LOG_CHANNEL = "log"
"""The channel that is always there."""

_HEADS = {
    "firing": "",
    "escalated": "Worse: ",
    "reminder": "Still open, nobody has acknowledged it: ",
    "resolved": "Over: ",
}


def subject(transition: Transition) -> str:
    """One line, with the severity first where something stands."""
    condition = transition.alert.condition
    severity = "" if transition.tell == "resolved" else f"[{condition.severity}] "
    return f"{severity}{_HEADS.get(transition.tell, '')}{condition.title}"[:400]


def body(transition: Transition) -> str:
    """What was seen and what to do, in plain lines."""
    condition = transition.alert.condition
    lines = [condition.detail]
    if transition.tell != "resolved":
        lines.append(f"What to do: {condition.advice}")
    lines.append(f"Site: {condition.site or 'the hub itself'}. Rule: {condition.rule}.")
    return "\n".join(lines)


def receivers(transition: Transition, channels: Iterable[NotifyChannel]) -> list[str]:
    """Names of the channels that are told of this step.

    A channel is not told of its own trouble: it would not hear.
    """
    if not transition.tell:
        return []
    return [LOG_CHANNEL, *(channel.name for channel in channels if _wants(channel, transition))]


def _wants(channel: NotifyChannel, transition: Transition) -> bool:
    condition = transition.alert.condition
    own_trouble = condition.rule == "undelivered" and condition.subject == channel.name
    return (
        not own_trouble
        and RANK[condition.severity] >= RANK[channel.at_least]
        and (not channel.sites or not condition.site or condition.site in channel.sites)
        and (not channel.rules or condition.rule in channel.rules)
    )


def together(messages: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Several (subject, body) as one, so that a power cut is one message and not fifty."""
    if len(messages) == 1:
        return messages[0]
    head = f"{len(messages)} messages, the first: {messages[0][0]}"
    return head[:400], "\n\n".join(f"{title}\n{text}" for title, text in messages)
