"""The alert machine, by examples and as a whole."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hub.alerts import Alert, Policy, Transition, acknowledge, step
from hub.rules.base import Condition, Severity

START_MS = 1_800_000_000_000
POLICY = Policy(pending_s=30, resolve_after_s=60, renotify_s=600, flap_firings=3, flap_hold_s=900)


def condition(key: str = "k", severity: Severity = "warning", detail: str = "") -> Condition:
    return Condition(
        key=key,
        rule="some",
        severity=severity,
        site="north",
        device_id=1,
        subject="slot 1",
        title="Low",
        detail=detail,
        advice="Restock.",
    )


class Bench:
    """Keeps open alerts as the store does, and moves the hands."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.policy, self.now_ms = policy, START_MS
        self.open: dict[str, Alert] = {}
        self.closed: list[Alert] = []
        self.fired: list[tuple[str, int]] = []
        self.told: list[tuple[str, str, int]] = []

    def run(self, *conditions: Condition, after_s: float = 0) -> list[Transition]:
        self.now_ms += round(after_s * 1000)
        window = [key for key, at_ms in self.fired if self.now_ms - at_ms < 3_600_000]
        firings = {key: window.count(key) for key in window}
        made = step(self.open, conditions, {"some": self.policy}, self.now_ms, firings)
        for transition in made:
            self.take(transition)
        return made

    def take(self, transition: Transition) -> None:
        alert = transition.alert
        if transition.tell:
            self.told.append((alert.key, transition.tell, self.now_ms))
        if transition.tell == "firing":
            self.fired.append((alert.key, self.now_ms))
        if alert.state == "resolved":
            self.closed.append(self.open.pop(alert.key, alert))
        else:
            self.open[alert.key] = replace(alert, alert_id=alert.alert_id or 7)

    def words(self) -> list[str]:
        return [tell for _, tell, _ in self.told]


def test_people_are_told_only_after_the_pending_time() -> None:
    bench = Bench()
    bench.run(condition())
    bench.run(condition(), after_s=29)
    assert bench.told == []
    bench.run(condition(), after_s=1)
    assert bench.words() == ["firing"]


def test_a_flicker_tells_nobody() -> None:
    bench = Bench()
    bench.run(condition())
    bench.run(after_s=10)
    assert (bench.told, bench.open) == ([], {})


def test_an_alert_is_over_only_after_a_quiet_time() -> None:
    bench = Bench()
    bench.run(condition())
    bench.run(condition(), after_s=30)
    bench.run(after_s=100)
    bench.run(after_s=59)
    assert bench.words() == ["firing"]
    bench.run(condition(), after_s=0.5)
    bench.run(after_s=1)
    bench.run(after_s=60)
    assert bench.words() == ["firing", "resolved"]


def test_nothing_changes_while_nothing_changes() -> None:
    bench = Bench()
    bench.run(condition())
    bench.run(condition(), after_s=30)
    assert bench.run(condition(), after_s=5) == []
    assert bench.run(condition(detail="new words"), after_s=5)[0].tell == ""


def test_a_critical_alert_is_told_again_until_somebody_acknowledges_it() -> None:
    bench = Bench()
    grave = condition(severity="critical")
    bench.run(grave)
    bench.run(grave, after_s=30)
    bench.run(grave, after_s=599)
    bench.run(grave, after_s=1)
    bench.run(grave, after_s=600)
    assert bench.words() == ["firing", "reminder", "reminder"]
    seen = acknowledge(bench.open["k"], "alex", bench.now_ms)
    assert seen is not None
    bench.take(seen)
    bench.run(grave, after_s=6_000)
    assert bench.words() == ["firing", "reminder", "reminder"]


def test_getting_worse_is_told_even_when_it_was_acknowledged() -> None:
    bench = Bench()
    bench.run(condition())
    bench.run(condition(), after_s=30)
    seen = acknowledge(bench.open["k"], "alex", bench.now_ms)
    assert seen is not None
    bench.take(seen)
    bench.run(condition(severity="critical"), after_s=5)
    assert (bench.words(), bench.open["k"].state) == (["firing", "escalated"], "firing")


def test_what_must_be_seen_stays_until_it_was_seen() -> None:
    bench = Bench(replace(POLICY, pending_s=0, until_acknowledged=True))
    bench.run(condition())
    bench.run(after_s=100_000)
    bench.run(after_s=100_000)
    assert bench.open["k"].state == "firing"
    seen = acknowledge(bench.open["k"], "alex", bench.now_ms)
    assert seen is not None
    bench.take(seen)
    bench.run(after_s=60)
    assert bench.open == {}
    assert bench.words() == ["firing"], "nobody is told that a detection is over"


def test_an_alert_can_be_acknowledged_once() -> None:
    bench = Bench()
    bench.run(condition())
    seen = acknowledge(bench.open["k"], "alex", bench.now_ms)
    assert seen is not None
    assert (seen.alert.state, seen.alert.acknowledged_by) == ("acknowledged", "alex")
    assert acknowledge(seen.alert, "kim", bench.now_ms) is None


def test_of_two_conditions_with_one_key_the_worse_counts() -> None:
    bench = Bench(replace(POLICY, pending_s=0))
    bench.run(condition(severity="info"), condition(severity="critical"), condition())
    assert bench.open["k"].condition.severity == "critical"


def test_a_clock_that_was_set_back_holds_nothing_up() -> None:
    bench = Bench()
    bench.run(condition())
    bench.run(condition(), after_s=-86_400)
    assert bench.words() == ["firing"]


@given(pattern=st.lists(st.booleans(), min_size=200, max_size=600))
@settings(max_examples=25, deadline=None)
def test_a_flapping_condition_can_not_start_a_storm(pattern: list[bool]) -> None:
    bench = Bench(Policy(resolve_after_s=10, flap_firings=3, flap_hold_s=1800))
    for stands in pattern:
        bench.run(*([condition()] if stands else []), after_s=15)
    times = [at_ms for _, at_ms in bench.fired]
    within = [sum(0 <= at - first < 3_600_000 for at in times) for first in times]
    assert max(within, default=0) <= 5


def test_the_worst_flapping_is_told_at_most_five_times_in_an_hour() -> None:
    bench = Bench(Policy(resolve_after_s=10, flap_firings=3, flap_hold_s=1800))
    for beat in range(240):
        bench.run(*([condition()] if beat % 3 == 0 else []), after_s=15)
    assert len(bench.fired) == 3


class AlertMachine(RuleBasedStateMachine):
    """Any order of conditions, waiting, and people."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.standing: dict[str, Condition] = {}
        self.since_ms: dict[str, int] = {}

    @rule(key=st.sampled_from("ab"), severity=st.sampled_from(["info", "warning", "critical"]))
    def appears(self, key: str, severity: Severity) -> None:
        self.standing[key] = condition(key, severity)
        self.since_ms.setdefault(key, self.bench.now_ms)

    @rule(key=st.sampled_from("ab"))
    def goes(self, key: str) -> None:
        self.standing.pop(key, None)
        self.since_ms.pop(key, None)

    @rule(seconds=st.sampled_from([0.0, 5.0, 30.0, 60.0, 700.0]))
    def passes(self, seconds: float) -> None:
        self.bench.run(*self.standing.values(), after_s=seconds)

    @precondition(lambda self: self.bench.open)
    @rule(pick=st.integers(0, 1))
    def somebody_acknowledges(self, pick: int) -> None:
        alert = list(self.bench.open.values())[pick % len(self.bench.open)]
        seen = acknowledge(alert, "alex", self.bench.now_ms)
        assert (seen is None) == (alert.state == "acknowledged")
        if seen:
            self.bench.take(seen)

    @invariant()
    def nobody_is_told_of_the_end_of_what_they_were_not_told_of(self) -> None:
        words: dict[str, list[str]] = {}
        for key, tell, _ in self.bench.told:
            words.setdefault(key, []).append(tell)
        for told in words.values():
            assert told[0] in {"firing", "escalated", "reminder"}
            pairs = pairwise(told)
            assert all(pair != ("resolved", "resolved") for pair in pairs)

    @invariant()
    def states_and_times_agree(self) -> None:
        for alert in self.bench.open.values():
            assert (alert.state == "pending") == (alert.firing_ms is None)
            assert (alert.state == "acknowledged") <= (alert.acknowledged_by == "alex")
            assert alert.opened_ms <= (alert.firing_ms or alert.opened_ms) <= self.bench.now_ms

    @invariant()
    def what_stands_for_long_is_known_to_somebody(self) -> None:
        made = step(
            self.bench.open, self.standing.values(), {"some": POLICY}, self.bench.now_ms + 3_600_000
        )
        after = self.bench.open | {each.alert.key: each.alert for each in made}
        for key in self.standing:
            if key in self.bench.open:
                assert after[key].state in {"firing", "acknowledged"}


TestAlertMachine = AlertMachine.TestCase
TestAlertMachine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
