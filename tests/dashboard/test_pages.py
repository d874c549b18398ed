import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from dashboard import words
from dashboard.errors import SettingsError
from dashboard.security import HEADERS
from dashboard.signing_keys import signing_key
from tests.dashboard import seed
from tests.dashboard.conftest import SignIn
from tests.dashboard.test_words import FORBIDDEN

LOBBY = "/machines/1"


def _text(html: str) -> str:
    """What a reader sees of a page."""
    without = re.sub(r"<(script|style|title|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", without)))


def test_the_overview_says_what_stands_and_how_old_it_is(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    said = _text(sign_in("staff").get("/").text)
    assert "Bridge north-1: Connected" in said
    assert "Bridge south-1: Silent" in said
    assert "Can't be reached , last heard 4 d ago" in said
    assert "Not known now" in said


def test_a_machine_whose_bridge_is_silent_is_never_shown_as_live(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("staff")
    assert "is-live" in client.get(f"{LOBBY}/live").text
    filled.clock.sleep(61)  # two heartbeats and a second
    page = client.get(f"{LOBBY}/live").text
    assert "is-live" not in page
    assert "Not known now" in page
    assert "what you see is from then" in page


def test_a_slot_shows_level_age_and_where_the_figure_comes_from(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    said = _text(sign_in("staff").get(LOBBY).text)
    assert "A1 Low Naloxone nasal 4 mg 4 of 20 Counted, computed since" in said
    assert "bring 12" in said
    assert "Wound care kit not known" in said
    assert "Not counted yet" in said


def test_a_count_is_kept_and_later_sales_are_taken_off(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("staff")
    form = {"selection-0": "A1", "count-0": "15", "selection-5": "B3", "count-5": "6"}
    answer = client.post(f"{LOBBY}/count", data={**form, "reason": "Restocked"})
    assert answer.headers["Location"] == LOBBY
    filled.clock.sleep(5)
    filled.say("north", "north-1", "lobby", seed.shelf({"A1": 14, "A2": 16, "B1": 19, "B3": 1}))
    said = _text(client.get(LOBBY).text)
    assert "Naloxone nasal 4 mg 13 of 20" in said
    assert "Wound care kit 5 of 8" in said
    assert "Fentanyl test strips 4 of 30" in said  # left empty in the form: not touched


def test_filling_to_par_counts_every_slot_that_has_one(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("staff")
    client.post(f"{LOBBY}/count", data={"fill": "par"})
    said = _text(client.get(LOBBY).text)
    for product, par, capacity in (("4 mg", 16, 20), ("strips", 24, 30), ("10 ml", 30, 40)):
        assert f"{product} {par} of {capacity}" in said


@pytest.mark.parametrize("written", ["-1", "many", "1.5", "²"])
def test_a_count_that_is_no_number_changes_nothing(
    filled: seed.Programme, sign_in: SignIn, written: str
) -> None:
    client = sign_in("staff")
    before = client.get(f"{LOBBY}/stock.json?selection=A1").json
    answer = client.post(f"{LOBBY}/count", data={"selection-0": "A1", "count-0": written})
    assert answer.status_code == 400
    assert client.get(f"{LOBBY}/stock.json?selection=A1").json == before


def test_a_form_for_another_order_of_slots_is_refused(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    answer = sign_in("staff").post(f"{LOBBY}/count", data={"selection-0": "B2", "count-0": "5"})
    assert answer.status_code == 400


def _plan(**changed: str) -> dict[str, str]:
    form: dict[str, str] = {}
    for number, (name, product, capacity, par) in enumerate(seed.SHELF):
        form |= {f"selection-{number}": name, f"product-{number}": product}
        form |= {f"capacity-{number}": str(capacity), f"par-{number}": str(par)}
    return form | {name.replace("_", "-"): value for name, value in changed.items()}


def test_a_plan_is_kept_and_the_machine_does_not_overwrite_it(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    client.post(f"{LOBBY}/plan", data=_plan(product_0="Naloxone 4 mg", minimum_0="6"))
    filled.say("north", "north-1", "lobby", seed.shelf({"A1": 13, "A2": 16, "B1": 19}))
    said = _text(client.get(LOBBY).text)
    assert "Naloxone 4 mg 3 of 20" in said
    assert "low at 6" in said


def test_a_plan_whose_numbers_do_not_fit_is_refused_whole(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    client.post(f"{LOBBY}/plan", data=_plan(product_0="Other", par_5="60"))
    said = _text(client.get(LOBBY).text)
    assert "Nothing was kept" in said
    assert "Other" not in said


def test_words_from_a_device_are_escaped(filled: seed.Programme, sign_in: SignIn) -> None:
    bad = "<script>alert(1)</script>"
    filled.say("north", "north-1", "lobby", seed.audit(seed.selection("<b>", bad, 5, 4, 1)))
    filled.rubbish(f"harborlight/v1/{bad}", bad.encode())
    client = sign_in("admin")
    for address in (LOBBY, f"{LOBBY}/count", f"{LOBBY}/plan", "/admin/"):
        page = client.get(address).text
        assert "alert(1)" in page, address
        assert bad not in page, address


def test_refused_messages_are_shown_with_their_reason(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    filled.rubbish("harborlight/v1/north/north-1/lobby/vending-audit", b'{"v": 99}')
    said = _text(sign_in("coordinator").get("/admin/").text)
    assert "unknown-version" in said
    assert '{"v": 99}' in said


@pytest.mark.parametrize("check", [seed.FOUND, seed.UNCLEAR])
def test_a_check_page_warns_and_does_not_reassure(
    filled: seed.Programme, sign_in: SignIn, check: str
) -> None:
    client = sign_in("technician")
    said = _text(client.get(f"/checks/{check}").text)
    assert words.DEMONSTRATION in said
    assert words.USE_STRIPS in said
    assert "of signal, not of mass" in said
    assert not FORBIDDEN.search(said), FORBIDDEN.search(said)
    listed = _text(client.get("/checks/").text)
    assert words.DEMONSTRATION_STAMP in listed
    assert not FORBIDDEN.search(listed)


def test_a_spectrum_without_findings_is_shown_as_waiting(
    programme: seed.Programme, sign_in: SignIn
) -> None:
    programme.say("south", "south-1", "alpha", seed.spectrum("d" * 32))
    client = sign_in("technician")
    assert "have not come yet" in client.get(f"/checks/{'d' * 32}").text
    curves = client.get(f"/checks/{'d' * 32}/curves.json").get_json()
    assert [line["label"] for line in curves["lines"]] == ["measured"]
    listed = client.get("/checks/").text
    assert "findings have not come yet" in listed
    found = seed.findings("d" * 32, seed.target("fentanyls", "detected", share=0.3))
    programme.say("south", "south-1", "alpha", found)
    assert "Detected: fentanyls" in client.get("/checks/").text


def test_nothing_is_green(app: Flask) -> None:
    style = (Path(str(app.static_folder)) / "style.css").read_text(encoding="utf-8")
    for red, green, blue in re.findall(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})\b", style):
        levels = int(red, 16), int(green, 16), int(blue, 16)
        assert levels[1] <= max(levels[0], levels[2]) + 8, (red, green, blue)


def test_an_alert_is_taken_once(filled: seed.Programme, sign_in: SignIn) -> None:
    first, second = sign_in("staff"), sign_in("technician")
    first.post("/alerts/1/acknowledge")
    second.post("/alerts/1/acknowledge")
    assert "Somebody was quicker" in second.get("/alerts/").text
    assert "the staff</strong> has it" in first.get("/alerts/").text
    assert "the staff" in first.get("/alerts/1").text


def test_every_answer_carries_the_policy(filled: seed.Programme, sign_in: SignIn) -> None:
    client = sign_in("admin")
    for address in ("/", "/health", "/nothing", "/static/style.css", f"{LOBBY}/live"):
        with client.get(address) as answer:
            for name, value in HEADERS.items():
                assert answer.headers[name] == value, (address, name)


def test_no_page_has_a_script_or_a_style_of_its_own(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("admin")
    for address in ("/", LOBBY, f"{LOBBY}/count", "/checks/", f"/checks/{seed.FOUND}", "/alerts/"):
        page = client.get(address).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page), address


def test_health_tells_programs_and_nobody_else(programme: seed.Programme, app: Flask) -> None:
    answer = app.test_client().get("/health")
    assert {check["name"] for check in answer.get_json()["checks"]} == {"store", "assets"}
    assert "north" not in answer.text


def test_a_store_that_is_gone_is_said_in_words(
    filled: seed.Programme, sign_in: SignIn, tmp_path: Path
) -> None:
    client = sign_in("staff")
    filled.store.close()
    (tmp_path / "hub.db").unlink()
    answer = client.get("/alerts/")
    assert answer.status_code == 503
    assert client.get("/health").status_code == 503


@pytest.mark.parametrize("address", ["/machines/99", "/alerts/99", "/checks/none", "/nothing"])
def test_what_is_not_there_is_said_in_words(
    filled: seed.Programme, sign_in: SignIn, address: str
) -> None:
    answer = sign_in("technician").get(address)
    assert answer.status_code == 404
    assert "nothing at this address" in answer.text


def test_the_signing_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    path = tmp_path / "new" / "dashboard.secret"
    key = signing_key(path)
    assert signing_key(path) == key
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="delete it"):
        signing_key(path)


def test_an_alert_about_a_check_leads_to_that_check(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("technician")
    listed = client.get("/alerts/").text
    alert = re.search(r'href="(/alerts/\d+)">Check: ', listed)
    assert alert is not None
    page = client.get(alert[1]).text
    link = re.search(r'href="(/checks/[^"]+)">Go to the check', page)
    assert link is not None
    assert link[1] == f"/checks/{seed.FOUND}"
    assert client.get(link[1]).status_code == 200


def test_what_was_found_stands_before_why_it_can_t_be_released(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    """Nobody scrolls at night on a phone to learn of a detection; only the warnings stand above."""
    said = _text(sign_in("technician").get(f"/checks/{seed.FOUND}").text)
    places = [
        said.index(each) for each in (words.USE_STRIPS, "Detected", "Release Can't be released")
    ]
    assert places == sorted(places)
