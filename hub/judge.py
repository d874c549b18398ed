"""One pass of judgement: what is known, what stands, what changes, who is told.

Facts are read in one snapshot. Nothing is written while nothing changes; what changes (alerts,
their history, notifications, figures for the export) is written in one transaction, so that an
alert is never stored without the words to people, nor the other way round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from firmware_bridge.contract.clock import Clock
from hub.alerts import Alert, Policy, Transition, step
from hub.export.points import points
from hub.export.settings import InfluxSettings
from hub.gather import Gatherer
from hub.notify import message
from hub.notify.settings import NotifyChannel
from hub.rules.base import Condition, Rule
from hub.rules.facts import Facts
from hub.rules.find import FoundRule, find_rules, require_known
from hub.rules.settings import RuleSettings, TimingSettings
from hub.store import Store, Transaction, alerts, outbox

KEEP_SENT_MS = 30 * 86_400_000
"""Messages that were sent are forgotten after this time."""

_log = structlog.get_logger(__name__)


class JudgeConfig(Protocol):
    """What the judge wants of the hub's configuration."""

    @property
    def rules(self) -> RuleSettings:
        """Limits and waiting times."""

    @property
    def notify(self) -> Sequence[NotifyChannel]:
        """Who is told."""

    @property
    def influx(self) -> InfluxSettings:
        """Whether figures are exported."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did.

    Attributes:
        conditions: how many conditions stand.
        transitions: every step of an alert that was written.
        notifications: how many messages were put into the outbox.
        exported: how many points were put into the export's outbox.
        failed_rules: names of rules that raised; their alerts stay as they were.
    """

    conditions: int
    transitions: tuple[Transition, ...] = ()
    notifications: int = 0
    exported: int = 0
    failed_rules: tuple[str, ...] = ()


class Judge:
    """Runs the rules over the store. For one thread."""

    def __init__(
        self,
        store: Store,
        config: JudgeConfig,
        clock: Clock,
        rules: dict[str, FoundRule] | None = None,
    ) -> None:
        """Prepare; `rules` are those found in hub/rules/ unless given.

        Raises:
            UnknownRuleError: the configuration names a rule that does not exist.
        """
        found = find_rules() if rules is None else rules
        require_known(config.rules.disabled, "rules.disabled", found)
        require_known(config.rules.timing, "rules.timing", found)
        for channel in config.notify:
            require_known(channel.rules, f"notify {channel.name!r}, rules", found)
        self._store, self._config, self._clock = store, config, clock
        self._rules = [rule for name, rule in found.items() if name not in config.rules.disabled]
        self._policies = {rule.rule.name: _policy(rule.rule, config.rules) for rule in self._rules}
        self._gatherer = Gatherer(config.rules)
        self._exported_s: float | None = None
        self._pruned_s: float | None = None

    def run_once(self) -> Pass:
        """Judge everything once.

        Raises:
            StoreError: the database fails; nothing of this pass is kept, and it can be repeated.
        """
        now_ms = self._clock.now_ms()
        with self._store.read() as transaction:
            open_alerts = alerts.open_alerts(transaction)
            facts = self._gatherer.gather(transaction, frozenset(open_alerts), now_ms)
            firings = self._firings(transaction, open_alerts, now_ms)
        conditions, failed = self._judge(facts, now_ms)
        changes = self._step(open_alerts, conditions, failed, firings, now_ms)
        done = Pass(len(conditions), failed_rules=failed)
        if changes or self._is_export_due():
            done = self._write(facts, conditions, failed, firings, now_ms)
        self._prune(now_ms)
        return done

    def _firings(
        self, transaction: Transaction, open_alerts: dict[str, Alert], now_ms: int
    ) -> dict[str, int]:
        if not open_alerts:
            return {}
        window_ms = round(self._config.rules.alerts.flap_window_s * 1000)
        return alerts.firings_since(transaction, now_ms - window_ms)

    def _judge(self, facts: Facts, now_ms: int) -> tuple[list[Condition], tuple[str, ...]]:
        conditions: list[Condition] = []
        failed: list[str] = []
        for found in self._rules:
            try:
                conditions += list(found.judge(facts, self._config.rules, now_ms))
            except Exception:  # noqa: BLE001 - logged and shown as a condition of its own
                _log.exception("a rule failed", rule=found.rule.name)
                failed.append(found.rule.name)
                conditions.append(_failed_condition(found.rule))
        return conditions, tuple(failed)

    def _step(
        self,
        open_alerts: dict[str, Alert],
        conditions: list[Condition],
        failed: tuple[str, ...],
        firings: dict[str, int],
        now_ms: int,
    ) -> list[Transition]:
        told = {condition.key for condition in conditions}
        judged = {
            key: alert
            for key, alert in open_alerts.items()
            if alert.condition.rule not in failed or key in told
        }
        return step(judged, conditions, self._policies, now_ms, firings)

    def _write(
        self,
        facts: Facts,
        conditions: list[Condition],
        failed: tuple[str, ...],
        firings: dict[str, int],
        now_ms: int,
    ) -> Pass:
        with self._store.begin() as transaction:
            # Read again under the writer's lock: somebody may have acknowledged one meanwhile.
            open_alerts = alerts.open_alerts(transaction)
            transitions = self._step(open_alerts, conditions, failed, firings, now_ms)
            told = sum(self._save(transaction, each, now_ms) for each in transitions)
            exported = self._export(transaction, facts, now_ms)
        if self._is_export_due():
            self._exported_s = self._clock.monotonic_s()
        return Pass(len(conditions), tuple(transitions), told, exported, failed)

    def _save(self, transaction: Transaction, transition: Transition, now_ms: int) -> int:
        alert_id = alerts.save(transaction, transition, now_ms)
        names = message.receivers(transition, self._config.notify)
        for name in names:
            outbox.queue(
                transaction,
                outbox.Notification(
                    channel=name,
                    subject=message.subject(transition),
                    body=message.body(transition),
                    alert_id=alert_id,
                    due_ms=now_ms,
                ),
            )
        return len(names)

    def _is_export_due(self) -> bool:
        if not self._config.influx.enabled:
            return False
        last_s = self._exported_s
        now_s = self._clock.monotonic_s()
        return last_s is None or now_s - last_s >= self._config.influx.every_s

    def _export(self, transaction: Transaction, facts: Facts, now_ms: int) -> int:
        if not self._is_export_due():
            return 0
        waiting = outbox.export_waiting(transaction)
        made = list(points(facts, alerts.count_open(transaction), now_ms))
        if waiting + len(made) > self._config.influx.max_rows:
            _log.error("the export's outbox is full: figures are not exported", rows=waiting)
            return 0
        outbox.queue_export(transaction, ((point.measurement, point.to_json()) for point in made))
        return len(made)

    def _prune(self, now_ms: int) -> None:
        now_s = self._clock.monotonic_s()
        if self._pruned_s is not None and now_s - self._pruned_s < 86_400:
            return
        with self._store.begin() as transaction:
            outbox.prune(transaction, now_ms - KEEP_SENT_MS)
        self._pruned_s = now_s


def _policy(rule: Rule, settings: RuleSettings) -> Policy:
    own = settings.timing.get(rule.name, TimingSettings())
    return Policy(
        pending_s=rule.pending_s if own.pending_s is None else own.pending_s,
        resolve_after_s=(
            rule.resolve_after_s if own.resolve_after_s is None else own.resolve_after_s
        ),
        renotify_s=rule.renotify_s if own.renotify_s is None else own.renotify_s,
        until_acknowledged=rule.until_acknowledged,
        flap_firings=settings.alerts.flap_firings,
        flap_hold_s=settings.alerts.flap_hold_s,
    )


def _failed_condition(rule: Rule) -> Condition:
    return Condition(
        key=f"rule-failed/{rule.name}",
        rule=rule.name,
        severity="critical",
        site="",
        device_id=None,
        subject=f"rule {rule.name}",
        title=f"Rule {rule.name} does not work",
        detail="The rule stopped with an error, which is in the hub's log. It watches nothing now.",
        advice="Report the log's lines to the maintainers; watch by hand what the rule watches.",
    )
