"""Releasing a changed card, what changed in it, the card on paper, and a laboratory's file."""

import base64
import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from dashboard.pages.samples import laboratory_file
from dashboard.two_cards import compared
from firmware_bridge.contract.check_events import Component
from hub import check_cards, checks
from hub.access import Person
from tests.contract.check.test_facts import verdict
from tests.dashboard import seed
from tests.dashboard.conftest import SignIn
from tests.dashboard.test_sample_forms import record_of, seen_on
from tests.hub.checks import world as w
from tests.hub.checks.test_lab_csv import GOOD, HEAD
from tests.hub.checks.world import Table

YES = w.answer(w.found("xylazine", group="xylazine"))
DRAFT = "NOT RELEASED."
SENTENCES = st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True)


@pytest.fixture
def table(programme: seed.Programme) -> Table:
    return Table(programme.store)


def changed(programme: seed.Programme, table: Table, result: Any = "positive") -> str:  # noqa: ANN401 - of a strip
    """A card that was released with its own words, and changed by a laboratory."""
    code = table.whole(1, result, release=False)
    with programme.store.read() as transaction:
        found = checks.find(transaction, code)
        card = check_cards.card_of(transaction, found, "en", "full", "2026-11-01")
    table.fact(code, release=w.released(*(line.text for line in card.lines)))
    kim = Person(1, "Kim", "technician")
    with programme.store.begin() as transaction:
        checks.add(transaction, kim, code, "lab", YES, w.NOW_MS, "a laboratory has answered")
    return code


def test_a_changed_card_is_read_in_a_language_and_released_as_it_was_read(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    code, client = changed(programme, table), sign_in("technician")
    where = f"/samples/{code}/release"
    assert "Release the changed card" in client.get(f"/samples/{code}").text
    shown = client.get(f"{where}?language=es").text
    assert "release it in Español" in shown
    sentences = [
        unescape(each)
        for each in re.findall(r'class="is-\w+">(?:<svg.*?</svg> )?(.*?)</li>', shown)
    ]
    form = {"language": "es", "seen": seen_on(client, where)}
    assert client.post(where, data=form).status_code == 302
    after = record_of(programme, code)
    assert after.state == "released"
    assert after.releases[-1].language == "es"
    assert list(after.releases[-1].words) == sentences
    page = client.get(f"/samples/{code}").text
    assert "Version 2 is released" in page
    assert "Release the changed card" not in page


def test_a_card_that_changed_since_it_was_read_is_not_released(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    code, client = changed(programme, table), sign_in("technician")
    where = f"/samples/{code}/release"
    form = {"language": "en", "seen": seen_on(client, where)}
    table.fact(code, strip=w.dipped("positive", "xylazine"))
    refused = client.post(where, data=form)
    assert refused.status_code == 400
    assert "since you looked" in refused.text
    assert record_of(programme, code).state == "amended"
    form["seen"] = ""
    assert client.post(where, data=form).status_code == 400
    form["seen"] = seen_on(client, where)
    assert client.post(where, data=form).status_code == 302


def test_what_stands_in_the_way_is_named_and_set_aside_with_a_reason(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    code, client = changed(programme, table, "not-done"), sign_in("technician")
    where = f"/samples/{code}/release"
    assert "no-fentanyl-strip" in client.get(where).text
    form = {"language": "en", "seen": seen_on(client, where), "reason": "none left"}
    refused = client.post(where, data=form)
    assert refused.status_code == 400
    assert 'value="none left"' in refused.text
    aside = form | {"aside": "no-fentanyl-strip"}
    without = client.post(where, data=aside | {"reason": ""})
    assert "say why" in without.text.casefold()
    assert 'value="no-fentanyl-strip" checked' in without.text
    assert client.post(where, data=aside).status_code == 302
    (_, newest) = record_of(programme, code).releases
    assert (newest.overridden, newest.reason) == (("no-fentanyl-strip",), "none left")


def test_what_nobody_may_set_aside_leaves_no_button(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    code, client = changed(programme, table), sign_in("admin")
    before = table.heads[code]
    for seen in (True, False):
        table.heads[code] = before
        table.fact(code, lab=w.answer(w.found("caffeine", seen=seen), split="s2"))
    shown = client.get(f"/samples/{code}/release").text
    assert "<code>conflict</code>" in shown
    assert "I have read it" not in shown
    form = {"language": "en", "seen": " ".join(record_of(programme, code).heads)}
    refused = client.post(f"/samples/{code}/release", data=form | {"aside": "conflict"})
    assert refused.status_code == 400
    assert record_of(programme, code).state == "amended"


def test_a_first_release_is_the_table_s(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    code, client = table.whole(1, release=False), sign_in("admin")
    assert "released at the table" in client.get(f"/samples/{code}").text
    assert "I have read it" not in client.get(f"/samples/{code}/release").text
    assert client.post(f"/samples/{code}/release", data={"language": "en"}).status_code == 400
    assert record_of(programme, code).releases == ()
    assert client.get(f"/samples/{code}/changes").status_code == 404


def test_what_changed_stands_beside_what_was_handed_out(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    code, client = changed(programme, table), sign_in("technician")
    # Entered before the release by the table's clock, but the release had not seen it.
    table.heads[code] = ()
    late = Component(spectrum="", substance="caffeine", word="added", band="", reason="late 1700")
    table.fact(code, at_ms=w.START_MS - 1000, component=late)
    page = client.get(f"/samples/{code}/changes").text
    gone = re.findall(r'<td class="is-gone"[^>]*>.*?</svg> gone</span> (.*?)</td>', page)
    new = re.findall(r'<td class="is-new"[^>]*>.*?</svg> new</span> (.*?)</td>', page)
    assert "Not tested: xylazine. It could be there. Test strip: not done." in gone
    assert any(text.startswith("Found by the laboratory: xylazine") for text in new)
    assert not set(gone) & set(new)
    assert "split s1 answered by GC-MS: found xylazine" in page
    assert "late 1700" in page
    assert client.get(f"/samples/{code}/changes?version=2").status_code == 404
    assert client.get(f"/samples/{code}/changes?version=x").status_code == 200


@given(then=SENTENCES, now=SENTENCES)
def test_every_sentence_of_both_versions_is_shown_once_and_marked(
    then: list[str], now: list[str]
) -> None:
    rows = compared(then, now)
    assert [row.then for row in rows if row.then] == then
    assert [row.now for row in rows if row.now] == now
    for row in rows:
        assert (row.then_mark == "same") == (row.now_mark == "same") == (row.then == row.now)
        assert (row.then_mark == "") == (row.then == "")
        assert (row.now_mark == "") == (row.now == "")


def main_of(text: str) -> str:
    return text[text.index("<main") :]


def test_the_card_on_paper_says_first_that_nobody_released_it(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    client, fresh = sign_in("technician"), table.whole(2, release=False)
    for code in (changed(programme, table), fresh):
        words = re.sub(r"<[^>]+>", " ", main_of(client.get(f"/samples/{code}/card").text)).split()
        assert " ".join(words).startswith(DRAFT), code
    where = f"/samples/{w.code(1)}/release"
    client.post(where, data={"language": "en", "seen": seen_on(client, where)})
    released = main_of(client.get(f"/samples/{w.code(1)}/card").text)
    assert DRAFT not in released
    assert "Version 2" in released
    spanish = client.get(f"/samples/{w.code(1)}/card?language=es&level=full").text
    assert "Resultado del análisis" in spanish
    table.fact(w.code(1), strip=w.dipped("negative", "nitazene"))
    assert DRAFT in main_of(client.get(f"/samples/{w.code(1)}/card").text)


def test_a_released_card_says_what_was_released_whatever_findings_are_made_anew(
    table: Table, sign_in: SignIn
) -> None:
    code = table.whole(1)
    text = sign_in("technician").get(f"/samples/{code}/card?language=es").text
    assert "As released." in text
    assert "can&#39;t be said in another language" in text or "can't be said in another" in text


FILE = "/samples/laboratory-file"


def sent(client: FlaskClient, content: bytes) -> Any:  # noqa: ANN401 - a test response
    return client.post(FILE, data={"file": (BytesIO(content), "answers.csv")})


def hidden_of(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(seen|content)" value="([^"]*)">', text))


def test_a_file_is_looked_through_line_by_line_and_then_taken(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    first, second = table.whole(1), table.whole(2)
    table.fact(second, lab=w.answer(w.found("caffeine"), split="s1"))
    client = sign_in("technician")
    content = "\n".join((HEAD, GOOD, GOOD.replace(first, second))).encode()
    looked = sent(client, content)
    assert looked.status_code == 200
    assert "would be added" in looked.text
    assert "would replace the earlier answer" in looked.text
    assert record_of(programme, first).labs == ()
    taken = client.post(f"{FILE}/take", data=hidden_of(looked.text))
    assert taken.status_code == 302
    assert "Taken: 2 answers; 0 stood there already" in client.get("/samples/").text
    assert record_of(programme, first).labs[0].findings[0].amount_percent == 4.2
    assert record_of(programme, second).conflicts == ()
    again = sent(client, content)
    assert again.text.count("stands already") == 2
    assert "Nothing in this file is new" in again.text
    assert "Take it" not in again.text


def test_a_file_with_a_bad_line_is_not_taken_and_the_line_is_named(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    code, client = table.whole(1), sign_in("technician")
    content = "\n".join((HEAD, GOOD, GOOD.replace("fentanyl", "xylazine").replace("4.2", "much")))
    looked = sent(client, content.encode()).text
    assert "1 line can&#39;t be used" in looked or "1 line can't be used" in looked
    assert re.search(r'data-label="Line">3</td><td><span class="tag fate-refused">', looked)
    assert "Take it" not in looked
    forced = {"content": base64.b64encode(content.encode()).decode(), "seen": ""}
    assert client.post(f"{FILE}/take", data=forced).status_code == 400
    assert record_of(programme, code).labs == ()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"code,split\n", b"x" * 150_001])
def test_a_file_that_is_none_is_refused_with_the_reason(sign_in: SignIn, content: bytes) -> None:
    answer = sent(sign_in("technician"), content)
    assert answer.status_code in {200, 400}
    assert "Take it" not in answer.text
    assert "refused" in answer.text
    assert laboratory_file.MOST_BYTES == 150_000


def test_what_did_not_arrive_whole_is_not_taken(sign_in: SignIn) -> None:
    client = sign_in("technician")
    assert client.post(FILE).status_code == 400
    for content in ("", "%%%", "YQ"):
        answer = client.post(f"{FILE}/take", data={"content": content})
        assert answer.status_code == 400, content


def test_a_spectrum_that_was_added_sends_the_release_back_to_the_table(
    programme: seed.Programme, table: Table, sign_in: SignIn
) -> None:
    code, client = changed(programme, table), sign_in("technician")
    table.spectrum(code, "another", verdict("fentanyls", "detected"))
    page = client.get(f"/samples/{code}").text
    assert "a spectrum was added or taken away" in page
    assert "Release the changed card" not in page
