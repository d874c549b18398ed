"""From rows in the store to alerts and words to people."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from hub.export.settings import InfluxSettings
from hub.judge import Judge
from hub.notify.settings import NotifyChannel
from hub.rules.base import Condition, Rule
from hub.rules.errors import UnknownRuleError
from hub.rules.facts import Facts
from hub.rules.find import FoundRule, find_rules
from hub.rules.settings import RuleSettings
from hub.store import alerts, tables
from tests.hub.fleet import START_MS, Config, Fleet
from tests.statements import counted


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path)
    made.add_bridge()
    yield made
    made.store.close()


def test_sales_make_a_slot_low_then_empty_and_a_restock_ends_it(fleet: Fleet) -> None:
    machine = fleet.add_machine(slots=1)
    fleet.count(machine, "1", counted=10, dispensed=500)
    fleet.judge.run_once()
    assert fleet.rules() == []
    fleet.clock.sleep(60)
    fleet.sell(machine, "1", 507)
    fleet.judge.run_once()
    fleet.clock.sleep(60)
    fleet.judge.run_once()
    assert fleet.rules() == ["low-stock"]
    fleet.sell(machine, "1", 510)
    fleet.judge.run_once()
    assert fleet.rules() == ["empty", "low-stock"]
    assert fleet.words()[-1].startswith("[critical] Empty: Naloxone (slot 1)")
    fleet.clock.sleep(60)
    fleet.count(machine, "1", counted=16, dispensed=510)
    for _ in range(3):
        fleet.judge.run_once()
        fleet.clock.sleep(70)
    assert fleet.rules() == []
    assert sum(words.startswith("Over: ") for words in fleet.words()) == 2


def test_what_was_learned_step_by_step_equals_what_is_read_anew(fleet: Fleet) -> None:
    machine = fleet.add_machine(slots=3)
    for n in range(40):
        fleet.clock.sleep(30)
        fleet.sell(machine, str(1 + n % 3), 100 + n)
        if n % 7 == 0:
            fleet.count(machine, str(1 + n % 3), counted=12, dispensed=100 + n)
        fleet.warm(machine, 20 + n, at_ms=START_MS + (n * 37 % 40) * 1000)
        fleet.judge.run_once()
    fresh = Judge(fleet.store, fleet.config, fleet.clock)
    seen: list[Facts] = []
    for judge in (fleet.judge, fresh):
        with fleet.store.read() as transaction:
            now_ms = fleet.clock.now_ms()
            seen.append(judge._gatherer.gather(transaction, frozenset(), now_ms))
    assert seen[0] == seen[1]
    assert seen[0].slots[0].figure.level is not None


def test_nothing_is_written_while_nothing_changes(fleet: Fleet) -> None:
    machine = fleet.add_machine()
    fleet.count(machine, "1", counted=2, dispensed=5)
    for _ in range(3):
        fleet.judge.run_once()
        fleet.clock.sleep(40)
    done = fleet.judge.run_once()
    assert done.conditions == 1
    assert done.transitions == ()


def test_a_temperature_excursion_is_told_after_ten_minutes(fleet: Fleet) -> None:
    machine = fleet.add_machine()
    for _ in range(12):
        fleet.warm(machine, 43.0)
        fleet.judge.run_once()
        fleet.clock.sleep(60)
    assert fleet.words() == ["[warning] Too warm: lobby at north"]


def test_an_excursion_that_a_bridge_tells_of_later_is_told_to_people(fleet: Fleet) -> None:
    machine = fleet.add_machine()
    fleet.judge.run_once()
    fleet.clock.sleep(7_200)
    for minute in range(15):
        fleet.warm(machine, 47.0, at_ms=START_MS + minute * 60_000)
    fleet.warm(machine, 22.0)
    for judge in (fleet.judge, Judge(fleet.store, fleet.config, fleet.clock)):
        judge.run_once()
        fleet.clock.sleep(60)
        judge.run_once()
        assert fleet.rules() == ["late-excursion"]
    (alert,) = fleet.open().values()
    assert "47.0 C between 2027-01-15 08:00 UTC and 2027-01-15 08:14 UTC" in alert.condition.detail


def test_a_detection_reaches_staff_and_stays_until_somebody_saw_it(fleet: Fleet) -> None:
    machine = fleet.add_machine()
    fleet.find(machine, "aa11", "fentanyl")
    fleet.find(machine, "bb22")
    fleet.judge.run_once()
    (alert,) = fleet.open().values()
    assert "unconfirmed, fentanyl (demonstration)" in alert.condition.title
    fleet.clock.sleep(8 * 86_400)
    fleet.judge.run_once()
    assert fleet.open()
    with fleet.store.begin() as transaction:
        assert alert.alert_id is not None
        assert alerts.acknowledge_alert(transaction, alert.alert_id, "alex", fleet.clock.now_ms())
        assert not alerts.acknowledge_alert(transaction, alert.alert_id, "kim", 0)
    fleet.judge.run_once()
    assert not fleet.open()


def test_an_alert_told_to_people_has_its_words_in_the_same_transaction(tmp_path: Path) -> None:
    url = tmp_path / "url"
    mail = NotifyChannel(name="mail", url_file=url, at_least="critical")
    south = NotifyChannel(name="south", url_file=url, sites=("south",))
    fleet = Fleet(tmp_path, Config(notify=(mail, south)))
    fleet.add_bridge()
    machine = fleet.add_machine(slots=1)
    fleet.count(machine, "1", counted=0, dispensed=5)
    done = fleet.judge.run_once()
    assert done.notifications == 2
    assert len(fleet.words("mail")) == len(fleet.words("log")) == 1
    assert fleet.words("south") == []
    fleet.store.close()


def test_critical_words_are_repeated_until_somebody_acknowledges(fleet: Fleet) -> None:
    machine = fleet.add_machine(slots=1)
    fleet.count(machine, "1", counted=0, dispensed=5)
    for _ in range(3):
        fleet.judge.run_once()
        fleet.clock.sleep(4 * 3_600)
    assert len(fleet.words()) == 3
    assert "nobody has acknowledged it" in fleet.words()[-1]


def test_a_failed_notification_becomes_an_alert_of_its_own(fleet: Fleet) -> None:
    with fleet.store.begin() as transaction:
        said = {"channel": "mail", "state": "failed", "last_error": "no route", "tries": 8}
        now_ms = fleet.clock.now_ms()
        transaction.execute(
            insert(tables.notification).values(due_ms=now_ms, made_ms=now_ms, **said)
        )
    fleet.judge.run_once()
    assert fleet.rules() == ["undelivered"]


def test_a_rule_that_fails_is_shown_and_does_not_stop_or_end_others(fleet: Fleet) -> None:
    card = Rule(name="broken", title="Broken", severity="info", describe="Fails.")

    def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:
        raise ZeroDivisionError

    rules = find_rules() | {"broken": FoundRule(card, judge)}
    machine = fleet.add_machine(slots=1)
    fleet.count(machine, "1", counted=0, dispensed=5)
    done = Judge(fleet.store, fleet.config, fleet.clock, rules).run_once()
    assert done.failed_rules == ("broken",)
    assert fleet.rules() == ["broken", "empty"]
    fleet.judge.run_once()
    fleet.judge.run_once()
    assert fleet.rules() == ["empty"]


def test_an_alert_of_a_failing_rule_stays_as_it_was(fleet: Fleet) -> None:
    machine = fleet.add_machine(slots=1)
    fleet.count(machine, "1", counted=0, dispensed=5)
    fleet.judge.run_once()

    def judge(facts: Facts, settings: RuleSettings, now_ms: int) -> Iterator[Condition]:
        raise ZeroDivisionError

    rules = {"empty": FoundRule(find_rules()["empty"].rule, judge)}
    broken = Judge(fleet.store, fleet.config, fleet.clock, rules)
    for _ in range(3):
        broken.run_once()
        fleet.clock.sleep(1_000)
    assert fleet.rules() == ["empty", "empty"]


def test_a_rule_that_is_off_says_nothing(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, Config(rules=RuleSettings(disabled=("empty", "low-stock"))))
    fleet.add_bridge()
    machine = fleet.add_machine(slots=1)
    fleet.count(machine, "1", counted=0, dispensed=5)
    assert fleet.judge.run_once().conditions == 0
    fleet.store.close()


def test_a_misspelt_rule_in_the_configuration_is_refused(fleet: Fleet) -> None:
    config = Config(rules=RuleSettings.model_validate({"timing": {"temprature": {}}}))
    with pytest.raises(UnknownRuleError, match=r"rules\.timing: no rule 'temprature'"):
        Judge(fleet.store, config, fleet.clock)


def test_figures_for_the_export_are_queued_once_a_minute(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, Config(influx=InfluxSettings(enabled=True)))
    fleet.add_bridge()
    machine = fleet.add_machine(slots=2)
    fleet.count(machine, "1", counted=0, dispensed=5)
    fleet.warm(machine, 21.5)
    queued = []
    for _ in range(13):
        queued.append(fleet.judge.run_once().exported)
        fleet.clock.sleep(10)
    assert [n > 0 for n in queued] == [step % 6 == 0 for step in range(13)]
    with fleet.store.read() as transaction:
        names = set(transaction.execute(select(tables.export_row.c.measurement)).scalars())
    kinds = ("stock", "temperature", "bridge", "alerts")
    assert names == {f"harborlight_{kind}" for kind in kinds}
    fleet.store.close()


def test_a_quiet_fleet_of_fifty_machines_costs_little(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    for n in range(1, 26):
        fleet.add_bridge(f"pi-{n}")
    machines = [fleet.add_machine(f"m{n}", slots=40, bridge_id=1 + n // 2) for n in range(50)]
    rows = [
        {
            "device_id": machine,
            "selection": str(1 + k % 40),
            "dispensed": k // 40,
            "observed_ms": START_MS - (200 - k) * 3_000_000,
            "received_ms": START_MS,
        }
        for machine in machines
        for k in range(200)
    ]
    with fleet.store.begin() as transaction:
        transaction.execute(insert(tables.counter), rows)
    fleet.judge.run_once()
    fleet.clock.sleep(5)
    fleet.judge.run_once()
    fleet.clock.sleep(5)
    with counted(fleet.store.engine) as told:
        assert fleet.judge.run_once().transitions == ()
    assert len(told) < 25, told
    fleet.store.close()
