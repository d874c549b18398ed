"""The life of an alert, as a pure state machine: conditions in, transitions out.

    (none) --condition--> pending --stands pending_s--> firing --a person--> acknowledged
    pending --gone--> dropped, nobody was told
    firing, acknowledged --gone for resolve_after_s--> resolved

One alert is open for a key. A condition that comes back after the end makes a new alert. An alert
that fires again and again ("flaps") is held open until it has been quiet for long, so that people
are not told twenty times. Nobody is told of the end of what they were not told of.

Time stamps that lie in the future (the hub's clock was set back) count as long past: rather told
early than never.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from hub.rules.base import RANK, Condition, Severity

State = Literal["pending", "firing", "acknowledged", "resolved"]

Tell = Literal["", "firing", "escalated", "reminder", "resolved"]
"""What people are told with a transition; "" is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How the alerts of one rule behave; times in seconds. See `Rule` for the first four."""

    pending_s: float = 0.0
    resolve_after_s: float = 0.0
    renotify_s: float = 0.0
    until_acknowledged: bool = False
    flap_firings: int = 3
    flap_hold_s: float = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert.

    Attributes:
        alert_id: the store's row number; None before it is stored.
        condition: what it is about, as it stood last.
        quiet_since_ms: since when the condition is gone; None while it stands.
        told_ms: when people were last told; None if never.
    """

    condition: Condition
    state: State
    opened_ms: int
    alert_id: int | None = None
    firing_ms: int | None = None
    acknowledged_ms: int | None = None
    acknowledged_by: str = ""
    resolved_ms: int | None = None
    quiet_since_ms: int | None = None
    told_ms: int | None = None

    @property
    def key(self) -> str:
        """The key of its condition."""
        return self.condition.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One alert's step. A pending alert that resolves was never told and can be forgotten.

    Attributes:
        before: its state before; "" for a new one.
        alert: the alert as it is now.
        tell: what people are told.
        note: why, for the alert's history; "" where only its words or times changed.
    """

    before: State | Literal[""]
    alert: Alert
    tell: Tell
    note: str


def step(
    open_alerts: Mapping[str, Alert],
    conditions: Iterable[Condition],
    policies: Mapping[str, Policy],
    now_ms: int,
    firings: Mapping[str, int] | None = None,
) -> list[Transition]:
    """What changes now.

    Args:
        open_alerts: every alert that is not resolved, by key.
        conditions: everything that stands now; of two with one key the worse counts.
        policies: by rule name; a rule without one gets the default.
        now_ms: ms since 1970 UTC.
        firings: how often each key fired within the flap window, for flap damping.
    """
    standing = _worst_by_key(conditions)
    counts = firings or {}
    transitions: list[Transition] = []
    for key, condition in standing.items():
        policy = policies.get(condition.rule, Policy())
        transitions += _stands(open_alerts.get(key), condition, policy, now_ms)
    for key, alert in open_alerts.items():
        if key not in standing:
            policy = policies.get(alert.condition.rule, Policy())
            transitions += _gone(alert, policy, now_ms, counts.get(key, 0))
    return transitions


def acknowledge(alert: Alert, person: str, now_ms: int) -> Transition | None:
    """Somebody has seen it; None where there is nothing to acknowledge."""
    if alert.state not in {"pending", "firing"}:
        return None
    seen = replace(alert, state="acknowledged", acknowledged_ms=now_ms, acknowledged_by=person)
    if alert.firing_ms is None:
        seen = replace(seen, firing_ms=now_ms)
    return Transition(before=alert.state, alert=seen, tell="", note="acknowledged")


def _worst_by_key(conditions: Iterable[Condition]) -> dict[str, Condition]:
    worst: dict[str, Condition] = {}
    for condition in conditions:
        known = worst.get(condition.key)
        if known is None or RANK[condition.severity] > RANK[known.severity]:
            worst[condition.key] = condition
    return worst


def _past(since_ms: int | None, wait_s: float, now_ms: int) -> bool:
    """Whether a wait is over; a start that lies in the future counts as over."""
    return since_ms is None or since_ms > now_ms or now_ms - since_ms >= wait_s * 1000


def _stands(
    alert: Alert | None, condition: Condition, policy: Policy, now_ms: int
) -> Iterator[Transition]:
    if alert is None:
        yield _open(condition, policy, now_ms)
        return
    renewed = replace(alert, condition=condition, quiet_since_ms=None)
    if alert.state == "pending":
        if _past(alert.opened_ms, policy.pending_s, now_ms):
            yield _fire(renewed, "pending", now_ms, "firing", _stood(policy))
        elif renewed != alert:
            yield Transition(before="pending", alert=renewed, tell="", note="")
    elif _is_worse(condition.severity, alert.condition.severity):
        note = f"worse: {alert.condition.severity} to {condition.severity}"
        yield _fire(renewed, alert.state, now_ms, "escalated", note)
    elif _is_reminder_due(renewed, policy, now_ms):
        yield _fire(renewed, "firing", now_ms, "reminder", "nobody has acknowledged it")
    elif renewed != alert:
        note = "" if alert.quiet_since_ms is None else "the condition is back"
        yield Transition(before=alert.state, alert=renewed, tell="", note=note)


def _open(condition: Condition, policy: Policy, now_ms: int) -> Transition:
    alert = Alert(condition=condition, state="pending", opened_ms=now_ms)
    if policy.pending_s > 0:
        return Transition(before="", alert=alert, tell="", note="first seen")
    return _fire(alert, "", now_ms, "firing", "first seen")


def _stood(policy: Policy) -> str:
    return f"stood for {policy.pending_s:g} s"


def _fire(
    alert: Alert, before: State | Literal[""], now_ms: int, tell: Tell, note: str
) -> Transition:
    first_ms = alert.firing_ms if alert.firing_ms is not None else now_ms
    firing = replace(alert, state="firing", firing_ms=first_ms, told_ms=now_ms)
    return Transition(before=before, alert=firing, tell=tell, note=note)


def _is_worse(now: Severity, before: Severity) -> bool:
    return RANK[now] > RANK[before]


def _is_reminder_due(alert: Alert, policy: Policy, now_ms: int) -> bool:
    wanted = policy.renotify_s > 0 and alert.condition.severity == "critical"
    return wanted and alert.state == "firing" and _past(alert.told_ms, policy.renotify_s, now_ms)


def _gone(alert: Alert, policy: Policy, now_ms: int, firings: int) -> Iterator[Transition]:
    if alert.state == "pending":
        yield _resolve(alert, now_ms, "", "gone before anybody was told")
        return
    flaps = firings >= policy.flap_firings
    hold_s = max(policy.resolve_after_s, policy.flap_hold_s if flaps else 0.0)
    if alert.quiet_since_ms is None:
        alert = replace(alert, quiet_since_ms=now_ms)
        note = f"the condition is gone; watched for {hold_s:g} s"
        if hold_s > 0:
            yield Transition(before=alert.state, alert=alert, tell="", note=note)
            return
    if policy.until_acknowledged and alert.state == "firing":
        return
    if _past(alert.quiet_since_ms, hold_s, now_ms):
        # "Over" said of a detection could be taken for more than it means; and it has been seen.
        is_told = alert.told_ms is not None and not policy.until_acknowledged
        told: Tell = "resolved" if is_told else ""
        yield _resolve(alert, now_ms, told, f"gone for {hold_s:g} s")


def _resolve(alert: Alert, now_ms: int, tell: Tell, note: str) -> Transition:
    resolved = replace(alert, state="resolved", resolved_ms=now_ms)
    return Transition(before=alert.state, alert=resolved, tell=tell, note=note)
