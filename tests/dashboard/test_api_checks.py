"""Checks for programs: who may, what is kept, what is refused."""

import json

import pytest

from tests.dashboard import seed
from tests.dashboard.conftest import SignIn
from tests.hub.checks.test_lab_csv import GOOD, HEAD
from tests.hub.checks.world import Table

LAB = {
    "split": "s1",
    "state": "complete",
    "name": "Lab",
    "method": "GC-MS",
    "findings": [{"substance": "fentanyl", "found": True}],
}


@pytest.fixture
def code(programme: seed.Programme) -> str:
    return Table(programme.store).whole(1)


def test_an_answer_is_entered_and_read_again(code: str, sign_in: SignIn) -> None:
    client = sign_in("technician")
    where = f"/api/checks/{code}"
    assert "say why" in client.post(f"{where}/lab", json={"fields": LAB}).get_data(as_text=True)
    answer = client.post(f"{where}/lab", json={"fields": LAB, "change": "it answered"})
    assert answer.status_code == 200
    told = client.get(where).get_json()
    assert told == answer.get_json()
    assert told["state"] == "amended"
    assert told["laboratories"][0]["state"] == "complete"
    assert [fact["by"] for fact in told["trail"][-2:]] == ["the technician"] * 2
    assert "at_ms" not in json.dumps(told)


def test_roles_are_looked_at(code: str, sign_in: SignIn) -> None:
    fact = f"/api/checks/{code}/withdrawal"
    fields = {"fields": {"event": f"{1:032x}", "reason": "swapped"}, "change": "swapped"}
    assert sign_in("staff").get(f"/api/checks/{code}").status_code == 403
    assert sign_in("technician").post(fact, json=fields).status_code == 400
    assert sign_in("coordinator").post(fact, json=fields).status_code == 200


def test_a_program_that_had_not_seen_another_s_answer_does_not_replace_it(
    code: str, sign_in: SignIn
) -> None:
    client, where = sign_in("technician"), f"/api/checks/{code}"
    seen = client.get(where).get_json()["heads"]
    for name in ("fentanyl", "caffeine"):
        fields = LAB | {"findings": [{"substance": name, "found": True}]}
        wish = {"fields": fields, "change": "it answered", "seen": seen}
        assert client.post(f"{where}/lab", json=wish).status_code == 200
    (conflict,) = client.get(where).get_json()["conflicts"]
    assert conflict["matter"] == "laboratory s1"
    wrong: tuple[object, ...] = ("x", [1], {})
    for rubbish in wrong:
        wish = {"fields": LAB, "change": "it answered", "seen": rubbish}
        assert client.post(f"{where}/lab", json=wish).status_code == 400


@pytest.mark.parametrize("body", ["", "[]", '{"fields": 1}', '{"fields": {}, "change": 1}'])
def test_what_is_no_wish_is_refused(code: str, sign_in: SignIn, body: str) -> None:
    client = sign_in("technician")
    answer = client.post(f"/api/checks/{code}/lab", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert json.loads(answer.data)["error"]
    assert client.get("/api/checks/nonsense").status_code == 400


def test_a_file_is_looked_at_and_taken(code: str, sign_in: SignIn) -> None:
    client, where = sign_in("technician"), "/api/checks/lab-csv"
    good = f"{HEAD}\n{GOOD}\n"
    tried = client.post(f"{where}?dry_run=1", data=good).get_json()
    taken = client.post(where, data=good).get_json()
    assert tried["added"] == taken["added"] == [f"{code} s1"]
    assert client.post(where, data=good).get_json()["repeated"] == [f"{code} s1"]
    bad = client.post(where, data=f"{good}x")
    assert bad.status_code == 400
    assert bad.get_json()["refusals"][0]["line"] == 3
