"""Forms about samples: who may, what is kept, and that nothing typed is lost when it is refused."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard import lab_form
from firmware_bridge.contract.check.record import Record
from firmware_bridge.contract.check_events import Lab
from hub import checks
from tests.dashboard import seed
from tests.dashboard.conftest import SignIn
from tests.hub.checks import world as w
from tests.hub.checks.world import Table

Form = dict[str, Any]
ROWS: Form = {
    "substance": ["fentanyl", "", "xylazine"],
    "found": ["yes", "", "no"],
    "percent": ["4,2 %", "", ""],
    "low": ["3.5", "", ""],
    "high": ["5", "", ""],
    "limit": ["", "", "0.1"],
}
ANSWER: Form = {"split": "S1", "name": "Drugs Lab", "method": "GC-MS", "change": "it came", **ROWS}


@pytest.fixture
def table(programme: seed.Programme) -> Table:
    return Table(programme.store)


@pytest.fixture
def code(table: Table) -> str:
    return table.whole(1)


def record_of(programme: seed.Programme, code: str) -> Record:
    with programme.store.read() as transaction:
        return checks.find(transaction, code)


def seen_on(client: FlaskClient, where: str) -> str:
    """The facts that a page says it has shown."""
    found = re.search(r'name="seen" value="([^"]*)"', client.get(where).text)
    assert found is not None
    return found.group(1)


def field_of(text: str, name: str) -> str:
    found = re.search(rf'<input id="[^"]*" name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return unescape(found.group(1))


def test_a_split_is_sent_and_its_answer_comes(
    programme: seed.Programme, code: str, sign_in: SignIn
) -> None:
    client, where = sign_in("technician"), f"/samples/{code}/laboratory"
    sent = {"split": "S1", "name": "Drugs Lab", "method": "", "change": "a part was sent"}
    answer = client.post(f"{where}/sent", data=sent)
    assert (answer.status_code, answer.location) == (302, f"/samples/{code}")
    page = client.get(f"/samples/{code}").text
    assert "split S1: pending" in page
    assert "Laboratory Drugs Lab: split S1 pending" in page
    form = client.get(f"{where}?split=S1").text
    assert '<option value="S1" selected>S1 (Drugs Lab)</option>' in form
    assert field_of(form, "name") == "Drugs Lab"
    answer = client.post(f"{where}/answer", data=ANSWER | {"chosen": "S1", "split": ""})
    assert answer.status_code == 302
    after = client.get(answer.location).text
    assert "Found by the laboratory" in after
    assert "found fentanyl (about 4.2 %, at least 3.5 %, at most 5 %)" in after
    (lab,) = record_of(programme, code).labs
    assert (lab.state, [each.substance for each in lab.findings]) == (
        "complete",
        ["fentanyl", "xylazine"],
    )


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"change": ""}, "change", "say why it is changed"),
        ({"change": "it is clean"}, "change", "other words"),
        ({"split": ""}, "split", "letters are wanted"),
        ({"split": "S1", "chosen": "S2"}, "split", "not both"),
        ({"name": ""}, "name", "letters are wanted"),
        ({"percent": ["much", "", ""]}, "row-0", "a number such as 4.2"),
        ({"percent": ["nan", "", ""]}, "row-0", "a number such as 4.2"),
        ({"found": ["", "", "no"]}, "row-0", "was found"),
        ({"limit": ["", "", "400"]}, "row-2", "0 to 100"),
        ({"percent": ["", "", "1"]}, "row-2", "no amount"),
        ({"substance": ["", "", "xylazine"]}, "row-0", "Write the substance"),
        ({"substance": ["Xylazine", "", "xylazine"]}, "row-2", "twice"),
        (
            {
                "substance": ["", "", ""],
                "found": ["", "", ""],
                **{name: ["", "", ""] for name in ("percent", "low", "high", "limit")},
            },
            "row-0",
            "at least one",
        ),
    ],
)
def test_what_is_refused_stays_typed_with_the_reason_beside_it(
    programme: seed.Programme, code: str, sign_in: SignIn, changes: Form, field: str, said: str
) -> None:
    client = sign_in("technician")
    before = record_of(programme, code)
    answer = client.post(f"/samples/{code}/laboratory/answer", data=ANSWER | changes)
    assert answer.status_code == 400
    beside = re.search(rf'id="why-{field}">.*?</svg> (.*?)</small>', answer.text)
    assert beside is not None, answer.text
    assert said in unescape(beside.group(1))
    assert f'aria-describedby="why-{field}"' in answer.text
    typed = ANSWER | changes
    for name in ("name", "method", "change"):
        assert field_of(answer.text, name) == typed[name]
    kept = re.findall(r'name="substance" value="([^"]*)"', answer.text)
    assert kept[:3] == typed["substance"]
    assert re.findall(r'name="percent" value="([^"]*)"', answer.text)[:3] == typed["percent"]
    assert record_of(programme, code) == before


def test_more_rows_keep_what_was_typed_and_keep_nothing_yet(
    programme: seed.Programme, code: str, sign_in: SignIn
) -> None:
    client = sign_in("technician")
    answer = client.post(f"/samples/{code}/laboratory/answer", data=ANSWER | {"more": "1"})
    assert answer.status_code == 200
    assert len(re.findall(r'name="substance"', answer.text)) == 3 + lab_form.MORE_ROWS
    assert 'value="4,2 %"' in answer.text
    many: Form = {name: ["x"] * 1000 for name in ROWS}
    bounded = client.post(f"/samples/{code}/laboratory/answer", data=ANSWER | many | {"more": "1"})
    assert len(re.findall(r'name="substance"', bounded.text)) == lab_form.MOST_ROWS
    assert record_of(programme, code).labs == ()


def test_columns_of_unlike_length_break_nothing(code: str, sign_in: SignIn) -> None:
    client = sign_in("technician")
    answer = client.post(
        f"/samples/{code}/laboratory/answer", data=ANSWER | {"found": [], "high": ["1"] * 9}
    )
    assert answer.status_code == 400
    assert "was found" in answer.text


def test_the_same_answer_twice_is_one(
    programme: seed.Programme, code: str, sign_in: SignIn
) -> None:
    client, where = sign_in("technician"), f"/samples/{code}/laboratory/answer"
    for _ in range(2):
        assert client.post(where, data=ANSWER).status_code == 302
    assert "already" in client.get(f"/samples/{code}").text
    assert len([e for e in record_of(programme, code).trail if e.lab]) == 1


def test_two_people_s_answers_stand_side_by_side_until_one_is_chosen(
    programme: seed.Programme, code: str, sign_in: SignIn
) -> None:
    first, second = sign_in("technician"), sign_in("coordinator")
    where, page = f"/samples/{code}/laboratory", f"/samples/{code}"
    seen = seen_on(first, where)
    assert seen == seen_on(second, where)
    other = ANSWER | {"substance": ["fentanyl", "", "caffeine"], "seen": seen}
    assert first.post(f"{where}/answer", data=ANSWER | {"seen": seen}).status_code == 302
    assert second.post(f"{where}/answer", data=other).status_code == 302
    shown = first.get(page).text
    assert "Not settled: the laboratory&#39;s split S1" in shown
    assert shown.count("This stands</button>") == 2
    assert shown.count('class="differs"') == 2
    assert "the technician" in shown
    assert "the coordinator" in shown
    (conflict,) = record_of(programme, code).conflicts
    choice = next(e for e in conflict.events if e.by == "the coordinator")
    form = {"matter": conflict.matter, "event": choice.event, "seen": seen_on(first, page)}
    refused = first.post(f"{page}/settle", data=form)
    assert refused.status_code == 400
    assert "say why it is changed" in refused.text
    wrong = form | {"event": choice.after[0], "change": "asked"}
    assert "is no conflict about" in first.post(f"{page}/settle", data=wrong).text
    assert first.post(f"{page}/settle", data=form | {"change": "asked"}).status_code == 302
    after = record_of(programme, code)
    assert (after.conflicts, after.labs) == ((), (choice.lab,))
    again = first.post(f"{page}/settle", data=form | {"change": "asked"})
    assert again.status_code == 400
    assert "is no conflict about" in again.text


def test_only_a_coordinator_withdraws_and_only_once(
    programme: seed.Programme, code: str, sign_in: SignIn
) -> None:
    technician, coordinator = sign_in("technician"), sign_in("coordinator")
    strip = next(e for e in record_of(programme, code).trail if e.strip)
    where = f"/samples/{code}/withdraw/{strip.event}"
    form = {"reason": "of another sample", "change": ""}
    assert technician.get(where).status_code == 403
    assert technician.post(where, data=form).status_code == 403
    assert where not in technician.get(f"/samples/{code}").text
    assert where in coordinator.get(f"/samples/{code}").text
    assert "one line (positive)" in coordinator.get(where).text
    refused = coordinator.post(where, data=form)
    assert refused.status_code == 400
    assert field_of(refused.text, "reason") == form["reason"]
    assert 'id="why-change"' in refused.text
    assert coordinator.post(where, data=form | {"change": "a strip was wrong"}).status_code == 302
    page = coordinator.get(f"/samples/{code}").text
    assert "withdrawn, counts no more" in page
    assert where not in page
    assert record_of(programme, code).strips == ()
    again = coordinator.post(where, data=form | {"change": "a strip was wrong"})
    assert "withdrawn already" in again.text
    assert coordinator.get(f"/samples/{code}/withdraw/nothing").status_code == 404


def test_a_reason_of_a_change_is_told_by_the_card(code: str, sign_in: SignIn) -> None:
    client, where = sign_in("technician"), f"/samples/{code}/reason"
    refused = client.post(where, data={"reason": "it is safe now"})
    assert refused.status_code == 400
    assert field_of(refused.text, "reason") == "it is safe now"
    assert client.post(where, data={"reason": "the lot was recalled"}).status_code == 302
    page = client.get(f"/samples/{code}").text
    assert "This card was changed: the lot was recalled. It replaces the earlier one." in page


def test_staff_enter_nothing(code: str, sign_in: SignIn) -> None:
    client = sign_in("staff")
    for path in ("laboratory", "reason", "release", "card", "changes"):
        assert client.get(f"/samples/{code}/{path}").status_code == 403, path
    for path in ("laboratory/sent", "laboratory/answer", "settle", "reason", "release"):
        assert client.post(f"/samples/{code}/{path}").status_code == 403, path
    assert client.get("/samples/laboratory-file").status_code == 403
    assert client.post("/samples/laboratory-file").status_code == 403
    assert client.post("/samples/laboratory-file/take").status_code == 403


def test_a_form_from_elsewhere_does_nothing(
    programme: seed.Programme, app: Flask, code: str, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    before = record_of(programme, code)
    app.config["WTF_CSRF_ENABLED"] = True
    for path in ("laboratory/sent", "laboratory/answer", "settle", "reason", "release"):
        answer = client.post(f"/samples/{code}/{path}", data=ANSWER)
        assert answer.status_code == 400, path
        assert "open for too long" in answer.text
    strip = next(e for e in before.trail if e.strip)
    assert client.post(f"/samples/{code}/withdraw/{strip.event}").status_code == 400
    assert record_of(programme, code) == before
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', client.get(f"/samples/{code}/laboratory").text
    )
    assert token is not None
    good = client.post(
        f"/samples/{code}/laboratory/answer", data=ANSWER | {"csrf_token": token.group(1)}
    )
    assert good.status_code == 302


def test_a_sample_that_nobody_knows_has_no_forms(
    programme: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    for path in ("laboratory", "reason", "release", "card", "changes"):
        assert client.get(f"/samples/{w.code(9)}/{path}").status_code == 404, path
    assert client.post(f"/samples/{w.code(9)}/laboratory/answer", data=ANSWER).status_code == 404
    assert client.post(f"/samples/{w.code(9)}/settle", data={"matter": "x"}).status_code == 404


def test_what_somebody_typed_is_text_and_nothing_else(
    table: Table, code: str, sign_in: SignIn
) -> None:
    table.fact(code, lab=Lab(split="<b>", state="pending", name="<i>", method="", findings=()))
    client = sign_in("coordinator")
    for path in ("", "/laboratory", "/release", "/changes", "/card"):
        text = client.get(f"/samples/{code}{path}").text
        assert "<b>" not in text, path
        assert "<i>" not in text, path
