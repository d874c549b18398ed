"""Rule target-detected: a check found a substance of the watch list. For staff, never a broadcast.

A spectrum is presumptive. One unconfirmed result is a reason to check, not news: false alerts harm
people and trust. A result from the demonstration library is marked as such.
"""

from collections.abc import Iterator

from hub.rules.base import Condition, Rule, device_key
from hub.rules.facts import CheckFact, Facts
from hub.rules.settings import RuleSettings
from hub.rules.words import at_time, place

RULE = Rule(
    name="target-detected",
    title="Target detected",
    severity="warning",
    describe="A check found a substance of the watch list. Presumptive and unconfirmed: for staff.",
    pending_s=0.0,
    resolve_after_s=0.0,
    until_acknowledged=True,
)
_ADVICE = (
    "For staff only; nothing goes out by itself. Confirm with a strip and a laboratory before "
    "anything is said outside."
)
_SEDATIVES = ("xylazine", "medetomidine")
_SEDATED = (
    " With a sedative that is no opioid naloxone is still given; sedation may persist: give rescue "
    "breaths, call for help."
)


def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:
    """One condition for each recent check with a detected target."""
    expected = {name.casefold() for name in settings.target.expected}
    for check in facts.checks:
        if now_ms - check.received_ms > settings.target.stands_s * 1000:
            continue
        targets = [name for name in check.detected if name.casefold() not in expected]
        if targets:
            yield _condition(check, targets)


def _condition(check: CheckFact, targets: list[str]) -> Condition:
    names = ", ".join(targets)
    grade = check.library_grade
    demonstration = " THIS IS A DEMONSTRATION LIBRARY." if grade == "demonstration" else ""
    sedated = any(word in names.casefold() for word in _SEDATIVES)
    return Condition(
        key=device_key(RULE, check.device, check.check),
        rule=RULE.name,
        severity=RULE.severity,
        site=check.device.site,
        device_id=check.device.device_id,
        subject=f"check {check.check[:12]}",
        title=f"Check: unconfirmed, {names[:200]}" + (" (demonstration)" if demonstration else ""),
        detail=(
            f"{place(check.device)}, {at_time(check.observed_ms)}: a presumptive result from a "
            f"spectrum, against a library of {grade} grade.{demonstration} "
            f"Detected: {names}. It says nothing of amount or purity."
        ),
        advice=_ADVICE + (_SEDATED if sedated else ""),
    )
