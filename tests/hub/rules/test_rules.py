"""What each rule takes for a condition."""

from collections.abc import Callable

import pytest

from hub.rules.base import Condition
from hub.rules.facts import (
    CheckFact,
    DeadLetterFact,
    EventFact,
    Facts,
    TemperatureFact,
    UndeliveredFact,
)
from hub.rules.find import find_rules
from hub.rules.settings import RuleSettings
from tests.hub.rules.builders import NOW_MS, bridge, device, slot

SETTINGS = RuleSettings()


def judge(rule: str, facts: Facts, settings: RuleSettings = SETTINGS) -> list[Condition]:
    return list(find_rules()[rule].judge(facts, settings, NOW_MS))


def keys(rule: str, facts: Facts) -> frozenset[str]:
    return frozenset(condition.key for condition in judge(rule, facts))


@pytest.mark.parametrize(("level", "told"), [(5, 0), (4, 1), (1, 1), (0, 0), (None, 0)])
def test_a_slot_at_its_low_mark_is_low_and_an_empty_one_is_left_to_its_own_rule(
    level: int | None, told: int
) -> None:
    assert len(judge("low-stock", Facts(slots=(slot(level),)))) == told


def test_a_low_slot_that_runs_empty_or_is_lost_sight_of_is_not_reported_as_over() -> None:
    was_low = keys("low-stock", Facts(slots=(slot(2),)))
    for level in (0, None):
        assert judge("low-stock", Facts(slots=(slot(level),), open_keys=was_low))
    assert not judge("low-stock", Facts(slots=(slot(9),), open_keys=was_low))


def test_without_a_minimum_a_part_of_par_is_the_low_mark() -> None:
    assert judge("low-stock", Facts(slots=(slot(4, minimum=None),)))
    assert not judge("low-stock", Facts(slots=(slot(5, minimum=None),)))


def test_a_forecast_is_shown_with_a_low_slot() -> None:
    (told,) = judge("low-stock", Facts(slots=(slot(2, days=1.54),)))
    assert "about 1.5 days" in told.detail


def test_a_naloxone_stock_out_is_critical_and_others_are_not() -> None:
    vital, other = judge("empty", Facts(slots=(slot(0, "NARCAN 4 mg"), slot(0, "gauze"))))
    assert (vital.severity, other.severity) == ("critical", "warning")
    assert "where else naloxone can be had" in vital.advice


def test_an_empty_slot_of_an_offline_machine_is_marked_as_old() -> None:
    away = device(of=bridge(state="offline"))
    (told,) = judge("empty", Facts(slots=(slot(0, of=away),)))
    assert "can't be heard" in told.detail
    assert "as of 2027-01-15 07:59 UTC" in told.detail


def test_an_empty_slot_stays_empty_while_its_level_is_unknown() -> None:
    was_empty = keys("empty", Facts(slots=(slot(0),)))
    assert judge("empty", Facts(slots=(slot(None),), open_keys=was_empty))
    assert not judge("empty", Facts(slots=(slot(None),)))


def test_lost_counters_ask_for_one_count_of_the_machine() -> None:
    lost = slot(None, confidence="uncertain")
    (told,) = judge("recount", Facts(slots=(lost, lost, slot(3))))
    assert "slots 12, 12." in told.detail
    assert not judge("recount", Facts(slots=(slot(None, confidence="unknown"),)))


@pytest.mark.parametrize(
    ("heartbeat_s", "heard_s", "told"),
    [(60, 170, 0), (60, 190, 1), (10, 110, 0), (10, 130, 1), (None, 190, 1), (600, 1_700, 0)],
)
def test_a_bridge_is_silent_after_some_heartbeats_but_not_too_soon(
    heartbeat_s: int | None, heard_s: float, told: int
) -> None:
    quiet = bridge(heard_s=heard_s, heartbeat_s=heartbeat_s, state="online")
    assert len(judge("silent-device", Facts(bridges=(quiet,)))) == told


def test_an_offline_bridge_is_one_condition_that_names_its_devices() -> None:
    gone = bridge(state="offline")
    behind = tuple(device(n, of=gone, device=f"m{n}", state="unreachable") for n in (1, 2))
    (told,) = judge("silent-device", Facts(bridges=(gone,), devices=behind))
    assert "Behind it: m1, m2" in told.detail
    assert "not the same as no demand" in told.detail


@pytest.mark.parametrize("state", ["fault", "unreachable"])
def test_a_device_that_is_not_understood_is_told_with_its_own_advice(state: str) -> None:
    here = bridge(state="online")
    bad = device(of=here, state=state, detail="CRC wrong in 9 of 9.", advice="Change the cable.")
    (told,) = judge("silent-device", Facts(bridges=(here,), devices=(bad,)))
    assert told.advice == "Change the cable."
    assert "CRC wrong" in told.detail


def test_a_silent_bridge_does_not_end_what_was_known_of_its_devices() -> None:
    here, gone = bridge(state="online"), bridge(state="offline")
    bad = device(of=here, state="fault")
    was = keys("silent-device", Facts(bridges=(here,), devices=(bad,)))
    later = Facts(bridges=(gone,), devices=(device(of=gone, state="ok"),), open_keys=was)
    assert was < {condition.key for condition in judge("silent-device", later)}


def warmth(temperature_c: float, age_s: float = 60.0) -> TemperatureFact:
    at_ms = NOW_MS - round(age_s * 1000)
    return TemperatureFact(
        device=device(), probe="cabinet", observed_ms=at_ms, temperature_c=temperature_c
    )


@pytest.mark.parametrize(
    ("temperature_c", "fresh", "when_open"),
    [
        (4.9, 1, 1),
        (5.0, 0, 1),
        (5.9, 0, 1),
        (6.0, 0, 0),
        (20, 0, 0),
        (39.0, 0, 0),
        (39.1, 0, 1),
        (40.0, 0, 1),
        (40.1, 1, 1),
        (float("nan"), 0, 0),
    ],
)
def test_temperature_limits_have_hysteresis(
    temperature_c: float, fresh: int, when_open: int
) -> None:
    opened = keys("temperature", Facts(temperatures=(warmth(50),)))
    now = (warmth(temperature_c),)
    assert len(judge("temperature", Facts(temperatures=now))) == fresh
    assert len(judge("temperature", Facts(temperatures=now, open_keys=opened))) == when_open


def test_naloxone_that_was_warm_is_reviewed_and_not_thrown_away() -> None:
    (told,) = judge("temperature", Facts(temperatures=(warmth(41.3),)))
    assert "Review stored naloxone; do not discard by itself" in told.advice
    assert "41.3 C" in told.detail


def test_an_old_temperature_opens_nothing_and_ends_nothing() -> None:
    old = (warmth(45, age_s=9_000),)
    opened = keys("temperature", Facts(temperatures=(warmth(45),)))
    assert not judge("temperature", Facts(temperatures=old))
    (told,) = judge("temperature", Facts(temperatures=old, open_keys=opened))
    assert "No newer reading" in told.detail


def event(name: str, age_s: float, *, active: bool | None = None) -> EventFact:
    at_ms = NOW_MS - round(age_s * 1000)
    return EventFact(
        device=device(), observed_ms=at_ms, code="EJL", name=name, selection="12", active=active
    )


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (event("jam", 1e6, active=True), 1),
        (event("jam", 10, active=False), 0),
        (event("vend-failed", 3_500), 1),
        (event("vend-failed", 3_700), 0),
        (event("cooling-fault", 10, active=True), 1),
        (event("sold-out", 10, active=True), 0),
        (event("door-open", 800), 0),
        (event("door-open", 1_000), 1),
        (event("door-open", 1e6), 0),
        (event("door-open", 1e6, active=True), 1),
        (event("door-open", 1_000, active=False), 0),
    ],
)
def test_machine_faults(happened: EventFact, told: int) -> None:
    assert len(judge("machine-fault", Facts(events=(happened,)))) == told


def test_a_door_that_was_closed_after_it_opened_is_closed() -> None:
    opened = event("door-open", 2_000)
    assert not judge("machine-fault", Facts(events=(opened, event("door-closed", 1_900))))
    assert judge("machine-fault", Facts(events=(opened, event("door-closed", 2_100))))


def check(*detected: str, grade: str = "reference", age_s: float = 5.0) -> CheckFact:
    at_ms = NOW_MS - round(age_s * 1000)
    return CheckFact(
        device=device(kind="spectrometer"),
        check="7f3a9c",
        observed_ms=at_ms - 86_400_000,
        received_ms=at_ms,
        detected=detected,
        library_grade=grade,
    )


def test_a_detected_target_is_an_unconfirmed_check_for_staff() -> None:
    (told,) = judge("target-detected", Facts(checks=(check("fentanyl"),)))
    assert told.title.startswith("Check: unconfirmed, fentanyl")
    assert "presumptive" in told.detail
    assert "reference grade" in told.detail
    assert "For staff only" in told.advice
    assert find_rules()["target-detected"].rule.until_acknowledged


def test_a_demonstration_library_is_marked() -> None:
    (told,) = judge("target-detected", Facts(checks=(check("fentanyl", grade="demonstration"),)))
    assert "(demonstration)" in told.title
    assert "DEMONSTRATION LIBRARY" in told.detail


def test_with_a_sedative_the_advice_names_rescue_breaths() -> None:
    (told,) = judge("target-detected", Facts(checks=(check("Medetomidine"),)))
    assert "give rescue breaths" in told.advice


def test_expected_targets_and_old_checks_raise_nothing() -> None:
    settings = RuleSettings.model_validate({"target": {"expected": ["Fentanyl"]}})
    both = Facts(checks=(check("fentanyl", "carfentanil"),))
    (told,) = judge("target-detected", both, settings)
    assert "fentanyl, " not in told.detail
    assert not judge("target-detected", Facts(checks=(check("fentanyl"),)), settings)
    assert not judge("target-detected", Facts(checks=(check("fentanyl", age_s=8 * 86_400),)))


def test_refused_messages_are_told_by_reason_for_an_hour() -> None:
    def refused(age_s: int) -> DeadLetterFact:
        return DeadLetterFact(
            reason="field", messages=3, last_ms=NOW_MS - age_s * 1000, topic="t", detail="seq"
        )

    assert "3 different" in judge("dead-letters", Facts(dead_letters=(refused(60),)))[0].detail
    assert not judge("dead-letters", Facts(dead_letters=(refused(3_700),)))


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ({"spool_depth": 2_000}, "bridge pi-1, spool deep"),
        ({"spool_dropped": 1}, "bridge pi-1, messages dropped"),
        ({"disk_free_mb": 199}, "bridge pi-1, disk nearly full"),
        ({"clock_sane": False}, "bridge pi-1, clock wrong"),
        ({"undervoltage": True}, "bridge pi-1, power weak"),
    ],
)
def test_each_trouble_of_a_bridge_is_its_own_condition(
    said: dict[str, object], subject: str
) -> None:
    (told,) = judge("bridge-fault", Facts(bridges=(bridge(**said),)))  # type: ignore[arg-type]  # tests name any field
    assert told.subject == subject


def test_a_bridge_of_which_nothing_is_known_has_no_trouble() -> None:
    fine = bridge(spool_depth=0, spool_dropped=0, disk_free_mb=900, clock_sane=True)
    assert not judge("bridge-fault", Facts(bridges=(bridge(), fine)))


def test_a_failed_notification_is_a_condition() -> None:
    gone = UndeliveredFact(channel="mail", failed=2, late=1, last_error="no route")
    late = UndeliveredFact(channel="sms", failed=0, late=1, last_error="")
    critical, warning = judge("undelivered", Facts(undelivered=(gone, late)))
    assert (critical.severity, warning.severity) == ("critical", "warning")
    assert "no route" in critical.detail


def test_an_empty_hub_has_no_conditions() -> None:
    no: Callable[[str], list[Condition]] = lambda name: judge(name, Facts())  # noqa: E731 - one expression
    assert [no(name) for name in find_rules()] == [[] for _ in find_rules()]
