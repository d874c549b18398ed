"""The look-up page: for anybody, without a trace, silent but about a released card."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import create_app
from firmware_bridge.contract.check.code import ALPHABET, with_check
from firmware_bridge.contract.check.say import LANGUAGES
from firmware_bridge.contract.check.say.look_up import WORDS
from tests.dashboard import seed
from tests.hub.checks import world as w
from tests.hub.checks.world import Table


@pytest.fixture
def table(programme: seed.Programme) -> Table:
    return Table(programme.store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


def _near(programme: seed.Programme) -> int:
    """Some hours before now: what was released then can be looked up."""
    return programme.clock.now_ms() - 5 * seed.HOUR_MS


def _whole(table: Table, number: int, at_ms: int, *, release: bool = True) -> str:
    code = w.code(number)
    table.fact(code, at_ms=at_ms, intake=w.INTAKE)
    table.fact(code, at_ms=at_ms, strip=w.dipped("positive"))
    if release:
        table.fact(code, at_ms=at_ms, release=w.released("Found by test strip: fentanyl."))
    return code


def test_a_card_is_shown_without_a_cookie_a_script_or_a_trace(
    client: FlaskClient, table: Table, programme: seed.Programme
) -> None:
    code = _whole(table, 1, _near(programme))
    for answer in (client.get("/look-up/"), client.post("/look-up/", data={"code": code})):
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Found by test strip: fentanyl." in answer.text
    for secret in (w.STAFF, "PACK", "EFF", "heroin", "north", "desk", "L7"):
        assert secret not in answer.text, secret
    assert not re.search(r"\d\d:\d\d", answer.text)


def test_a_changed_card_says_so_first(
    client: FlaskClient, table: Table, programme: seed.Programme
) -> None:
    code = _whole(table, 1, _near(programme))
    table.fact(code, at_ms=_near(programme), lab=w.answer(w.found("xylazine", group="xylazine")))
    for language in LANGUAGES:
        text = client.post("/look-up/", data={"code": code, "language": language}).text
        assert text.index(WORDS[language]["changed"]) < text.index("Found by test strip")


@pytest.fixture
def codes(table: Table, programme: seed.Programme) -> dict[str, str]:
    early = programme.clock.now_ms() - 200 * w.DAY_MS
    return {
        "unknown": w.code(7),
        "open": _whole(table, 2, _near(programme), release=False),
        "old": _whole(table, 3, early),
    }


def test_codes_of_nothing_released_can_t_be_told_apart(
    client: FlaskClient, codes: dict[str, str]
) -> None:
    answers = [client.post("/look-up/", data={"code": code}) for code in codes.values()]
    assert len({answer.data for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {404}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    typed=st.one_of(
        st.text(max_size=30), st.text(ALPHABET, min_size=7, max_size=7).map(with_check)
    ),
    language=st.sampled_from([*LANGUAGES, "xx", "<script>"]),
)
def test_no_text_breaks_it_or_comes_back(client: FlaskClient, typed: str, language: str) -> None:
    answer = client.post("/look-up/", data={"code": typed, "language": language})
    assert answer.status_code in {400, 404}
    assert "<script" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_poster_speaks_each_language(client: FlaskClient, language: str) -> None:
    answer = client.get("/look-up/limits", headers={"Accept-Language": f"{language};q=0.9"})
    assert f'<html lang="{language}">' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_codes_can_t_be_tried_without_end(programme: seed.Programme) -> None:
    client = create_app(programme.settings, store=programme.store).test_client()
    answers = [client.post("/look-up/", data={"code": w.code(1)}) for _ in range(12)]
    assert answers[0].status_code == 404
    assert answers[-1].status_code == 429
    assert WORDS["en"]["too-many"] in answers[-1].text
    assert "Set-Cookie" not in answers[-1].headers


def test_it_can_be_switched_off(programme: seed.Programme) -> None:
    off = programme.settings.checks.model_copy(update={"look_up": False})
    config = programme.settings.model_copy(update={"checks": off})
    client = create_app(config, store=programme.store, testing=True).test_client()
    assert client.get("/look-up/").status_code == 404
    assert client.post("/look-up/", data={"code": w.code(1)}).status_code == 404
