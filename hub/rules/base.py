"""What every rule is: facts in, conditions out.

A rule is a module in hub/rules/ with two names:

    RULE = Rule(name=..., title=..., severity=..., describe=...)
    def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]

It keeps nothing between calls, opens nothing and reads no clock. How long a condition must stand
before people are told, and how long an alert stays, is the alert machine's part (hub/alerts.py).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from hub.rules.facts import DeviceFact, Facts
from hub.rules.settings import RuleSettings

Severity = Literal["info", "warning", "critical"]

RANK: dict[str, int] = {"info": 0, "warning": 1, "critical": 2}
"""Severities in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule's name card.

    Attributes:
        name: as in settings, docs and the store; never changed once released.
        title: a few words for a heading.
        severity: of its conditions, unless a condition says otherwise.
        describe: what it means, one or two sentences for staff.
        pending_s: how long a condition must stand before anybody is told, seconds.
        resolve_after_s: how long it must be gone before the alert is over, seconds.
        renotify_s: after which time a critical alert that nobody acknowledged is told again,
            seconds; 0: never.
        until_acknowledged: whether an alert stays until somebody has acknowledged it, even when
            its condition is gone: for what a person must have seen.
    """

    name: str
    title: str
    severity: Severity
    describe: str
    pending_s: float = 0.0
    resolve_after_s: float = 60.0
    renotify_s: float = 3600.0
    until_acknowledged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that stands now and that a person should know.

    Attributes:
        key: the same for as long as it is the same trouble; one alert is open for a key.
        rule: the rule's name.
        severity: how bad.
        site: where; "" for the hub itself.
        device_id: the store's row number of the device, None where no one device is concerned.
        subject: what it is about, a few words.
        title: one line.
        detail: what was seen, with its time.
        advice: what to do.
    """

    key: str
    rule: str
    severity: Severity
    site: str
    device_id: int | None
    subject: str
    title: str
    detail: str
    advice: str


Judge = Callable[[Facts, RuleSettings, int], Iterator[Condition]]


def device_key(rule: Rule, device: DeviceFact, what: str = "") -> str:
    """The key of a condition at one device, the same for ever."""
    parts = [rule.name, device.bridge.site, device.bridge.bridge, device.device]
    return "/".join([*parts, what] if what else parts)[:400]
