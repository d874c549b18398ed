"""What two people enter without knowing of each other stays side by side until it is settled."""

import pytest

from firmware_bridge.contract.check_events import Amendment, Lab, Settlement
from hub import checks
from hub.access import Person
from hub.errors import AccessError, FieldError
from hub.lab_import import import_answers
from hub.store import Store
from tests.hub.checks import world as w
from tests.hub.checks.test_lab_csv import GOOD, HEAD
from tests.hub.checks.world import Table

YES = w.answer(w.found("xylazine", group="xylazine"))
NO = w.answer(w.found("xylazine", seen=False, group="xylazine"))
PENDING = Lab(split="s1", state="pending", name="Lab", method="", findings=())
ROBIN = Person(3, "Robin", "technician")


def test_whoever_had_not_seen_another_s_answer_does_not_replace_it(
    store: Store, table: Table, technician: Person
) -> None:
    code = table.whole(1)
    seen = table.heads[code]
    with store.begin() as transaction:
        checks.add(transaction, technician, code, "lab", YES, w.NOW_MS, "it came", seen)
    with store.begin() as transaction:
        found = checks.add(transaction, ROBIN, code, "lab", NO, w.NOW_MS, "it came too", seen)
        (conflict,) = found.conflicts
        assert {event.by for event in conflict.events} == {"Kim", "Robin"}
        assert "conflict" in {each.name for each in checks.in_the_way(transaction, found)}
        chosen = next(event for event in conflict.events if event.by == "Robin")
        value = Settlement(matter=conflict.matter, event=chosen.event)
        after = checks.add(
            transaction, ROBIN, code, "settlement", value, w.NOW_MS, "asked", found.heads
        )
    assert after.conflicts == ()
    assert after.labs == (NO,)
    assert {YES, NO} == {event.lab for event in after.trail if event.lab}


def test_whoever_had_seen_it_replaces_it(store: Store, table: Table, technician: Person) -> None:
    code = table.whole(1)
    with store.begin() as transaction:
        seen = checks.add(
            transaction, technician, code, "lab", YES, w.NOW_MS, "it came", table.heads[code]
        ).heads
        found = checks.add(transaction, ROBIN, code, "lab", NO, w.NOW_MS, "corrected", seen)
    assert found.conflicts == ()
    assert found.labs == (NO,)


def test_what_nobody_can_have_seen_is_no_place_to_hang_a_fact_on(
    store: Store, table: Table, technician: Person
) -> None:
    code = table.whole(1, release=False)
    with store.begin() as transaction:
        found = checks.add(
            transaction, technician, code, "lab", YES, w.NOW_MS, seen=("f" * 32, "rubbish")
        )
    assert found.trail[-1].after == table.heads[code]


def test_a_card_that_changed_since_somebody_looked_is_not_released(
    store: Store, table: Table, technician: Person
) -> None:
    code = table.whole(1)
    with store.begin() as transaction:
        seen = checks.add(transaction, technician, code, "lab", YES, w.NOW_MS, "it came").heads
    table.fact(code, strip=w.dipped("positive", "xylazine"))
    with store.begin() as transaction:
        with pytest.raises(AccessError, match="since you looked"):
            checks.release(transaction, technician, code, "en", w.NOW_MS, seen=seen)
        heads = checks.find(transaction, code).heads
        found = checks.release(transaction, technician, code, "en", w.NOW_MS, seen=heads)
    assert found.state == "released"


def test_a_split_with_an_answer_is_not_made_pending_again(
    store: Store, table: Table, technician: Person
) -> None:
    code = table.whole(1, release=False)
    with store.begin() as transaction:
        checks.add(transaction, technician, code, "lab", PENDING, w.NOW_MS)
        checks.add(transaction, technician, code, "lab", YES, w.NOW_MS)
        with pytest.raises(FieldError, match="has its answer") as refused:
            checks.add(transaction, technician, code, "lab", PENDING, w.NOW_MS)
    assert refused.value.field == "split"


@pytest.mark.parametrize("reason", ["the sample is clean", "  ", "x" * 401])
def test_what_the_card_would_tell_may_not_reassure(
    store: Store, table: Table, technician: Person, reason: str
) -> None:
    code = table.whole(1)
    with store.begin() as transaction:
        with pytest.raises(FieldError) as refused:
            checks.add(transaction, technician, code, "lab", YES, w.NOW_MS, reason)
        assert refused.value.field == "change"
        value = Amendment(reason=reason)
        with pytest.raises(FieldError):
            checks.add(transaction, technician, code, "amendment", value, w.NOW_MS)
        assert len(checks.find(transaction, code).trail) == 4


def test_a_substance_may_not_reassure_either_and_its_row_is_named() -> None:
    findings = [{"substance": name, "found": True} for name in ("caffeine", "pure heroin")]
    plain = {"split": "s", "state": "complete", "name": "L", "method": "", "findings": findings}
    with pytest.raises(FieldError, match="pure") as row:
        checks.made("lab", plain)
    assert row.value.field == "findings 1"


def test_a_file_that_was_looked_at_before_another_answered_makes_a_conflict(
    store: Store, table: Table, technician: Person
) -> None:
    code = table.whole(1)
    content = f"{HEAD}\n{GOOD}\n".encode()
    with store.begin() as transaction:
        dry = import_answers(transaction, technician, content, w.NOW_MS, keep=False)
        assert [each.fate for each in dry.answers] == ["added"]
        checks.add(transaction, ROBIN, code, "lab", NO, w.NOW_MS, "it came")
        again = import_answers(transaction, technician, content, w.NOW_MS, keep=False)
        assert [each.fate for each in again.answers] == ["replaced"]
        import_answers(transaction, technician, content, w.NOW_MS, keep=True, seen=dry.seen)
        assert [each.matter for each in checks.find(transaction, code).conflicts] == [
            "laboratory s1"
        ]
