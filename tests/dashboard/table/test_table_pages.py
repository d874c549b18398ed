"""The pages of the table, without a browser: what is asked, kept and refused."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.table.people import People
from tests.conftest import ROOT
from tests.dashboard.table.town import DEVICE, PIN, Town, join, pages


@pytest.fixture
def ana(app: Flask, tmp_path: Path) -> FlaskClient:
    return join(app, tmp_path, "Ana")


def begin(tablet: FlaskClient, **fields: str) -> str:
    answer = tablet.post("/new", data={"expected": "heroin", "form": "powder"} | fields)
    assert answer.status_code == 302
    return str(answer.location)


def text(tablet: FlaskClient, where: str) -> str:
    answer = tablet.get(where)
    assert answer.status_code == 200, answer.text
    return answer.text


def put(tablet: FlaskClient, where: str, **fields: object) -> None:
    answer = tablet.post(where, data=fields)
    assert answer.status_code == 302, re.findall(r"Not entered: ([^<]*)", answer.text)


def heads(page: str) -> str:
    return str(re.findall(r'name="seen" value="([0-9a-f,]+)"', page)[0])


def test_everything_wants_somebody(app: Flask) -> None:
    tablet = app.test_client()
    for path in ("/", "/find?code=x", "/instruments/", "/check/8YUB-YK8V/", "/spectrum/a/"):
        answer = tablet.get(path)
        assert (answer.status_code, answer.location) == (302, "/sign-in"), path
    assert tablet.post("/api/check", json={"act": "list"}).status_code == 302
    assert tablet.get("/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/sign-in"


def test_who_is_removed_is_out_with_the_next_page(ana: FlaskClient, tmp_path: Path) -> None:
    assert ana.get("/").status_code == 200
    People(tmp_path / "people.json").remove("Ana")
    assert ana.get("/").status_code == 302


def test_joining_and_signing_in_refuse_what_does_not_fit(app: Flask, tmp_path: Path) -> None:
    tablet, people = app.test_client(), People(tmp_path / "people.json")
    assert "was used, is too old, or never was" in text(tablet, "/join/nonsense")
    where = f"/join/{people.invite('technician', 1_795_000_000_000)}"
    assert "invited as" in text(tablet, where)
    said = {"name": "Ben", "pin": PIN, "again": "other1"}
    assert "The two PINs differ" in tablet.post(where, data=said).text
    assert tablet.post(where, data=said | {"again": PIN}).status_code == 302
    tablet.post("/sign-out")
    assert tablet.post("/sign-in", data={"name": "Ben", "pin": "000001"}).status_code == 401
    assert tablet.get("/").status_code == 302


def test_a_form_without_its_token_is_refused(app: Flask, ana: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert ana.post("/new", data={"expected": "x"}).status_code == 400
    assert ana.post("/api/check", json={"act": "new"}).status_code == 400


def test_pins_cannot_be_tried_without_end(town: Town, tmp_path: Path) -> None:
    app = pages(tmp_path, town.clock, testing=False)
    app.config["WTF_CSRF_ENABLED"] = False
    join(app, tmp_path, "Ana")
    said = {"name": "Ana", "pin": "000001"}
    told = [app.test_client().post("/sign-in", data=said).status_code for _ in range(12)]
    assert told[0] == 401
    assert told[-1] == 429


def test_a_whole_check_is_entered_and_released(ana: FlaskClient, town: Town) -> None:
    where = begin(ana)
    put(ana, f"{where}measure", device=DEVICE)
    page = text(ana, where)
    assert "ftir-1 spectr" in page
    assert "1 band seen, 1 missing, 1 hidden" in page
    put(ana, f"{where}strip", kind="fentanyl", lines="control", mass_mg="10", water_ml="50,0")
    put(ana, f"{where}reading", substance="caffeine", word="confirmed")
    page = text(ana, where)
    assert "fentanyl: POSITIVE" in page
    assert "Found by test strip: fentanyl" in page
    assert 'name="water_ml" inputmode="decimal" value="50"' in page
    released = ana.post(f"{where}release", data={"language": "es", "seen": heads(page)})
    assert released.location == f"{where}card/?language=es"
    assert "fentanilo" in text(ana, released.location)
    assert ana.get(f"{where}card/file.pdf").data.startswith(b"%PDF")
    assert ana.get(f"{where}card/file.png").data.startswith(b"\x89PNG")
    assert ana.get(f"{where}card/file.exe").status_code == 404
    assert "Why is this changed?" in text(ana, where)
    (code,) = town.desk.book.codes()
    assert {event.by for event in town.desk.book.find(code).trail} == {"Ana"}


def test_what_is_refused_keeps_what_was_typed(ana: FlaskClient) -> None:
    where = begin(ana)
    fields = {"kind": "xylazine", "lines": "both", "mass_mg": "ten", "lot": "LOT-77"}
    answer = ana.post(f"{where}strip", data=fields)
    assert answer.status_code == 400
    assert "no number of milligrams" in answer.text
    assert 'value="LOT-77"' in answer.text
    assert 'value="ten"' in answer.text
    answer = ana.post(f"{where}lab", data={"state": "complete", "split": "S-9", "substance0": ""})
    assert 'value="S-9"' in answer.text
    assert "looked for and did not find" in answer.text
    for form, fields, said in (
        ("strip", {"kind": "fentanyl"}, "which lines"),
        ("attachment", {"spectrum": "x", "linked": "no"}, "not of this sample"),
        ("withdraw", {"withdrawn": "x"}, "does not count"),
        ("reading", {"substance": "caffeine", "word": "rejected"}, "say the reason"),
        ("reading", {"substance": "pure MDMA", "word": "added", "reason": "x"}, "stand on a card"),
        ("intake", {"expected": "x" * 5_000}, "expected"),
    ):
        answer = ana.post(f"{where}{form}", data=fields)
        assert answer.status_code == 400, form
        assert said in answer.text.split("Not entered: ")[1][:300], form


def test_an_instrument_that_gives_nothing_puts_nothing_into_the_check(
    ana: FlaskClient, town: Town
) -> None:
    where, town.refusal = begin(ana), "a sample was measured before any background"
    put(ana, f"{where}measure", device=DEVICE)
    page = text(ana, where)
    assert "before any background" in page
    assert "Not of this sample" not in page


def test_a_spectrum_that_came_by_itself_is_given_to_its_sample(
    ana: FlaskClient, town: Town
) -> None:
    where, name = begin(ana), town.measured()
    assert "It is of this sample" in text(ana, where)
    put(ana, f"{where}attachment", spectrum=name, linked="yes")
    assert "It is of this sample" not in text(ana, where)
    other = begin(ana)
    answer = ana.post(f"{other}attachment", data={"spectrum": name, "linked": "yes"})
    assert "take it away there first" in answer.text
    put(ana, f"{where}attachment", spectrum=name, linked="no", reason="other bag")
    put(ana, f"{other}attachment", spectrum=name, linked="yes")


def test_a_button_pressed_twice_counts_once(ana: FlaskClient, town: Town) -> None:
    where = begin(ana, event="a" * 32)
    assert begin(ana, event="a" * 32) == where
    for _ in range(2):
        put(ana, f"{where}strip", kind="fentanyl", lines="control", event="b" * 32)
    (code,) = town.desk.book.codes()
    assert len(town.desk.book.find(code).strips) == 1


def test_two_who_did_not_see_each_other_are_asked_which_stands(
    app: Flask, ana: FlaskClient, tmp_path: Path
) -> None:
    ben = join(app, tmp_path, "Ben", "coordinator")
    where = begin(ana)
    seen = heads(text(ana, where))
    put(ana, f"{where}intake", expected="fentanyl", seen=seen)
    assert "Expected: fentanyl (Ana)" in text(ben, f"{where}news?heads={seen}")
    put(ben, f"{where}intake", expected="cocaine", seen=seen)
    page = text(ben, where)
    assert "Which one stands?" in page
    assert "Release the card" not in page
    event = re.findall(r'name="event_that_stands" value="([0-9a-f]{32})"', page)[1]
    put(ana, f"{where}settle", matter="intake", event_that_stands=event)
    page = text(ben, where)
    assert "Which one stands?" not in page
    assert text(ben, f"{where}news?heads={heads(page)}").strip() == ""


def test_who_may_set_what_aside_is_known_from_the_session(
    app: Flask, ana: FlaskClient, town: Town, tmp_path: Path
) -> None:
    ben = join(app, tmp_path, "Ben", "coordinator")
    where = begin(ana)
    put(ana, f"{where}strip", kind="xylazine", lines="both")
    said = {"language": "en", "override": "no-fentanyl-strip", "role": "coordinator"}
    assert "say why" in ana.post(f"{where}release", data=said).text
    (code,) = town.desk.book.codes()
    asked = {"act": "release", "code": code, "override": ["conflict"], "role": "coordinator"}
    assert ana.post("/api/check", json=asked).status_code == 400
    assert ben.post(f"{where}release", data=said | {"reason": "none left"}).status_code == 302


def test_the_api_does_what_the_pages_do_in_the_name_of_the_session(ana: FlaskClient) -> None:
    made = ana.post("/api/check", json={"act": "new", "by": "somebody else", "fields": {}}).json
    assert made is not None
    assert made["trail"][0]["by"] == "Ana"
    reply = ana.post("/api/measure", json={"device": DEVICE}).json
    assert reply is not None
    fields = {"spectrum": reply["check"]}
    asked = {"act": "add", "code": made["code"], "what": "attachment", "fields": fields}
    told = ana.post("/api/check", json=asked).json
    assert told is not None
    assert told["spectra"] == [reply["check"]]
    assert ana.post("/api/check", json={"act": "nothing"}).status_code == 400
    assert ana.post("/api/check", json=["act"]).status_code == 400
    assert ana.get("/api/token").json


def test_pages_say_so_when_no_bridge_answers(app: Flask, tmp_path: Path, town: Town) -> None:
    tablet = join(app, tmp_path, "Ana")
    where = begin(tablet)
    (tmp_path / "control.sock").rename(tmp_path / "away")
    strip = {"kind": "fentanyl", "lines": "both"}
    for answer in (
        tablet.get("/"),
        tablet.get(where),
        tablet.get("/find?code=8YUB-YK8V"),
        tablet.post(f"{where}strip", data=strip),
    ):
        assert answer.status_code == 503
        assert "The bridge does not answer" in answer.text
    assert tablet.post("/api/check", json={"act": "list"}).status_code == 503
    (tmp_path / "away").rename(tmp_path / "control.sock")
    assert town.desk.book.codes()


def test_instruments_are_looked_after(ana: FlaskClient) -> None:
    assert "The background is missing or too old" in text(ana, f"/instruments/{DEVICE}/")
    put(ana, f"/instruments/{DEVICE}/background")
    assert "The background is missing" not in text(ana, f"/instruments/{DEVICE}/")
    put(ana, f"/instruments/{DEVICE}/moved")
    assert ana.post(f"/instruments/{DEVICE}/reboot").status_code == 404
    assert ana.get("/instruments/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("query", "said", "warns"),
    [
        ("kind=fentanyl&mass_mg=10&water_ml=50", "about 0.1\N{NO-BREAK SPACE}%", False),
        ("kind=fentanyl&mass_mg=10&water_ml=5", "methamphetamine", True),
        ("kind=fentanyl&mass_mg=10", "can&#39;t be said", True),
        ("kind=fentanyl&mass_mg=1&water_ml=9000", "next to nothing", True),
        ("kind=benzodiazepine&mass_mg=1&water_ml=2", "not known", False),
        ("kind=cocaine&mass_mg=1", "which kind", True),
        ("kind=xylazine&mass_mg=a", "no number", True),
        ("kind=xylazine&mass_mg=nan&water_ml=1", "can&#39;t be said", True),
    ],
)
def test_what_a_strip_can_show_is_said_while_its_dilution_is_typed(
    ana: FlaskClient,
    query: str,
    said: str,
    warns: bool,  # noqa: FBT001 - of the table above
) -> None:
    told = text(ana, f"{begin(ana)}dilution?{query}")
    assert said in told
    assert ('class="warns"' in told) == warns


FORMS = ("intake", "measure", "attachment", "strip", "reading", "lab", "settle", "withdraw")
NAMES = ("kind", "lines", "mass_mg", "seen", "event", "word", "state", "substance0", "spectrum")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from((*FORMS, "release", "ask")),
    fields=st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60), max_size=6),
)
def test_no_form_breaks_a_page(ana: FlaskClient, form: str, fields: dict[str, str]) -> None:
    where = begin(ana)
    assert ana.post(f"{where}{form}", data=fields).status_code in {302, 400, 404}
    assert ana.get(where).status_code == 200


def test_the_pages_load_neither_hub_nor_database_nor_numbers() -> None:
    asked = "import sys, dashboard.table.cli; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"hub", "sqlalchemy", "numpy", "scipy", "serial", "paho", "fpdf"}
