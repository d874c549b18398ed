"""What is entered at the hub: by whom, beside what, with which trail; and that nothing is lost."""

from typing import Any

import pytest

from firmware_bridge.contract.check_events import Amendment, Component, Withdrawal
from firmware_bridge.contract.topics import BridgeAddress
from hub import audit, checks
from hub.access import Person
from hub.errors import AccessError
from hub.store import Store, check_facts
from tests.contract.check.test_facts import verdict
from tests.hub.checks import world as w
from tests.hub.checks.world import Table

LAB: dict[str, Any] = {
    "split": "s1",
    "state": "complete",
    "name": "Lab",
    "method": "GC-MS",
    "findings": [{"substance": "fentanyl", "found": True}],
}


def test_an_answer_stands_beside_the_facts_of_the_table(
    store: Store, table: Table, technician: Person
) -> None:
    code = table.whole(1, release=False)
    with store.begin() as transaction:
        value = checks.made("lab", LAB)
        after = checks.add(transaction, technician, code.lower(), "lab", value, w.NOW_MS)
    with store.read() as transaction:
        kept = check_facts.find_record(transaction, code)
        (entry,) = audit.latest(transaction, 1)
        (waiting,) = check_facts.waiting(transaction)
    assert kept == after
    event = after.trail[-1]
    assert event.after == table.heads[code]
    assert (event.by, event.lab) == ("Kim", value)
    assert (entry.person, entry.act, entry.subject) == ("Kim", "check", code)
    assert (waiting.site, waiting.bridge, waiting.fact) == ("north", "bridge-1", event)
    table.say(event)
    with store.read() as transaction:
        assert check_facts.waiting(transaction) == []
        assert check_facts.find_record(transaction, code) == after


def test_another_bridge_can_t_echo_for_the_table(
    store: Store, table: Table, technician: Person
) -> None:
    code = table.whole(1, release=False)
    with store.begin() as transaction:
        event = checks.add(
            transaction, technician, code, "lab", checks.made("lab", LAB), w.NOW_MS
        ).trail[-1]
    other = Table(store, BridgeAddress("south", "bridge-9"))
    other.say(event)
    with store.read() as transaction:
        assert len(check_facts.waiting(transaction)) == 1


def test_after_the_release_a_change_has_its_reason_which_the_card_tells(
    store: Store, table: Table, technician: Person
) -> None:
    code = table.whole(1)
    value = checks.made("lab", LAB)
    with store.begin() as transaction, pytest.raises(AccessError, match="say why"):
        checks.add(transaction, technician, code, "lab", value, w.NOW_MS)
    with store.begin() as transaction:
        found = checks.add(transaction, technician, code, "lab", value, w.NOW_MS, "it answered")
    assert found.amendments == ("it answered",)
    assert found.state == "amended"


def test_the_hub_releases_again_what_the_table_released_and_nothing_else(
    store: Store, table: Table, technician: Person
) -> None:
    fresh, code = table.whole(1, release=False), table.whole(2)
    table.fact(
        code,
        component=Component(
            spectrum="", substance="caffeine", word="confirmed", band="", reason=""
        ),
    )
    with store.begin() as transaction:
        with pytest.raises(AccessError, match="at the table"):
            checks.release(transaction, technician, fresh, "en", w.NOW_MS)
        value = checks.made("lab", LAB)
        checks.add(transaction, technician, code, "lab", value, w.NOW_MS, "it answered")
        found = checks.release(transaction, technician, code, "es", w.NOW_MS + 1)
    assert found.state == "released"
    assert any("laboratorio" in word for word in found.releases[-1].words)
    table.spectrum(code, "another", verdict("fentanyls", "detected"))
    with store.begin() as transaction, pytest.raises(AccessError, match="at the table"):
        checks.release(transaction, technician, code, "en", w.NOW_MS + 2)


def test_what_stands_in_the_way_at_the_table_does_so_at_the_hub(
    store: Store, table: Table, technician: Person
) -> None:
    code, aside = table.whole(1, "not-done"), ("no-fentanyl-strip",)
    with store.begin() as transaction:
        with pytest.raises(AccessError, match=aside[0]):
            checks.release(transaction, technician, code, "en", w.NOW_MS)
        with pytest.raises(AccessError, match="say why"):
            checks.release(transaction, technician, code, "en", w.NOW_MS, aside)
        found = checks.release(transaction, technician, code, "en", w.NOW_MS, aside, "none left")
    assert (found.releases[-1].overridden, found.releases[-1].reason) == (aside, "none left")


def test_only_a_coordinator_withdraws_and_it_stays_in_the_trail(
    store: Store, table: Table, technician: Person, coordinator: Person
) -> None:
    code = table.whole(1)
    wrong = table.fact(code, strip=w.dipped("negative"))
    value = Withdrawal(event=wrong.event, reason="of another sample")
    with store.begin() as transaction, pytest.raises(AccessError, match="technician"):
        checks.add(transaction, technician, code, "withdrawal", value, w.NOW_MS, "swapped")
    with store.begin() as transaction:
        found = checks.add(transaction, coordinator, code, "withdrawal", value, w.NOW_MS, "swapped")
    assert wrong in found.trail
    assert len(found.strips) == 1


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("strip", {}, "known are lab"),
        ("lab", LAB | {"findings": "all"}, "a list of substances"),
        ("lab", LAB | {"split": " "}, "split"),
        ("lab", LAB | {"state": "pending"}, "complete answer"),
        ("lab", LAB | {"findings": []}, "complete answer"),
        ("lab", LAB | {"findings": LAB["findings"] * 2}, "twice"),
        ("lab", LAB | {"findings": [{"substance": "", "found": True}]}, "substance"),
        ("amendment", {"reason": 7}, "reason"),
    ],
)
def test_what_can_t_be_entered_is_refused_with_the_reason(
    what: str, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(AccessError, match=said):
        checks.made(what, fields)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"amount_percent": 101.0}, "0 to 100"),
        ({"low_percent": 3.0, "amount_percent": 2.0}, "rising"),
        ({"amount_percent": 2.0, "found": False}, "no amount"),
    ],
)
def test_figures_that_can_t_be_are_refused(figures: dict[str, Any], said: str) -> None:
    finding = {"substance": "fentanyl", "found": True} | figures
    with pytest.raises(AccessError, match=said):
        checks.made("lab", LAB | {"findings": [finding]})


@pytest.mark.parametrize(
    ("substance", "seen", "group"),
    [
        ("Fentanyl", True, "fentanyls"),
        ("carfentanil", True, "fentanyls"),
        ("quite-new-fluorofentanyl", True, "fentanyls"),
        ("N-something nitazene", True, "nitazenes"),
        ("caffeine", True, ""),
        ("fentanyl", False, ""),
        ("fentanyls", False, "fentanyls"),
        ("xylazine", False, "xylazine"),
    ],
)
def test_a_group_is_found_by_any_member_and_not_found_only_as_a_whole(
    substance: str, *, seen: bool, group: str
) -> None:
    finding = {"substance": substance, "found": seen, "group": "caller's"}
    made = checks.made("lab", LAB | {"findings": [finding]})
    assert made.findings[0].group == group


def test_a_fact_of_a_check_that_nobody_knows_is_refused(store: Store, technician: Person) -> None:
    with store.begin() as transaction:
        for typed in (w.code(1), "nonsense"):
            with pytest.raises(AccessError):
                checks.add(
                    transaction, technician, typed, "amendment", Amendment(reason="x"), w.NOW_MS
                )
        with pytest.raises(AccessError):
            checks.find(transaction, w.code(2))


def test_a_strip_that_was_good_when_it_was_dipped_stays_good(store: Store, table: Table) -> None:
    code = w.code(1)
    month = w.START_MS - w.START_MS % w.DAY_MS
    table.fact(code, at_ms=month, strip=w.dipped("negative", expires="2026-12"))
    with store.read() as transaction:
        found = checks.find(transaction, code)
        assert "strip-invalid" not in {b.name for b in checks.in_the_way(transaction, found)}
