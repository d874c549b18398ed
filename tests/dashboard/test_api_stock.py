"""Stock for programs: what is read, what can be sent, and who may."""

from flask import Flask
from flask.testing import FlaskClient

from tests.dashboard import seed
from tests.dashboard.conftest import SignIn

LOBBY = "/api/stock/1"


def level(client: FlaskClient, selection: str = "A1") -> int | None:
    slots = client.get(LOBBY).json["slots"]  # type: ignore[index]  # it is JSON
    (found,) = [slot for slot in slots if slot["selection"] == selection]
    value: int | None = found["level"]
    return value


def entry(**said: object) -> dict[str, object]:
    return {"entries": [{"selection": "A1", "kind": "count", "count": 9, **said}]}


def test_entries_are_kept_once_and_show_at_once(filled: seed.Programme, sign_in: SignIn) -> None:
    client = sign_in("staff")
    lots = [{"lot": "L1", "expires": "2027-05-31", "count": 4}]
    for again in (False, True):
        answer = client.post(f"{LOBBY}/entries", json=entry(key="k1", lots=lots))
        assert answer.json == {"kept": [{"entry": 1, "repeated": again}]} or not again
        assert answer.json["kept"][0]["repeated"] is again  # type: ignore[index]  # as above
    assert level(client) == 9
    before = client.get(f"{LOBBY}?at_ms={filled.clock.now_ms() - 1000}").json
    assert before is not None
    assert before["slots"][0]["level"] == 5  # one was sold since


def test_a_visit_is_opened_and_closed(filled: seed.Programme, sign_in: SignIn) -> None:
    client = sign_in("staff")
    number = client.post(f"{LOBBY}/open", json={}).json
    client.post(f"{LOBBY}/entries", json=entry())
    closed = client.post(f"{LOBBY}/close", json={"note": "all well"}).json
    assert number is not None
    assert closed is not None
    assert closed["session"] == number["session"]
    assert closed["findings"][0]["difference"] == 5
    assert client.post(f"{LOBBY}/close", json={}).status_code == 400


def test_what_can_t_be_kept_is_told_and_nothing_of_it_is_kept(
    filled: seed.Programme, sign_in: SignIn
) -> None:
    client = sign_in("staff")
    good = entry()["entries"]
    assert isinstance(good, list)
    wrong: list[dict[str, object]] = [
        {"entries": [*good, {"selection": "Z9", "kind": "count", "count": 1}]},
        {"entries": [*good, {"selection": "A1", "kind": "guess"}]},
        entry(count="9"),
        entry(count=True),
        entry(lots="L1"),
        entry(lots=[{"lot": "L1", "expires": "soon", "count": 1}]),
        {"entries": []},
        {"entries": "all"},
    ]
    for bad in wrong:
        answer = client.post(f"{LOBBY}/entries", json=bad)
        assert answer.status_code == 400, bad
        assert answer.json["error"], bad  # type: ignore[index]  # as above
    assert client.post(f"{LOBBY}/entries", data="[").status_code == 400
    assert level(client) == 4


def test_nobody_else_may(filled: seed.Programme, app: Flask, sign_in: SignIn) -> None:
    stranger = app.test_client()
    assert stranger.get(LOBBY).status_code == 302
    assert stranger.post(f"{LOBBY}/entries", json=entry()).status_code == 302
    client = sign_in("staff")
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(f"{LOBBY}/entries", json=entry()).status_code == 400
    app.config["WTF_CSRF_ENABLED"] = False
    assert client.get("/api/stock/99").status_code == 404
    assert level(client) == 4


def test_a_forecast_and_a_pick_list_are_told(filled: seed.Programme, sign_in: SignIn) -> None:
    client = sign_in("staff")
    told = client.get(f"{LOBBY}/forecast?service=2031-01-01").json
    assert told is not None
    assert [slot["selection"] for slot in told["slots"]][:1] == ["A1"]
    for slot in told["slots"]:  # after a day of sales nothing is promised
        assert slot["forecast"]["basis"] == "none"
        assert slot["forecast"]["per_day"] is None
        assert slot["words"]
    assert told["learned_ms"] == filled.clock.now_ms()
    packed = client.get(f"{LOBBY}/pack?service=2031-01-01&recalled=L1").json
    assert packed is not None
    (machine,) = packed["machines"]
    assert {line["selection"] for line in machine["lines"]} >= {"A1"}
    for wrong in (
        "pack",
        "pack?service=soon",
        "forecast?service=32",
        "pack?service=2031-01-01&on=x",
    ):
        assert client.get(f"{LOBBY}/{wrong}").status_code == 400
    assert client.get("/api/stock/99/forecast").status_code == 404
