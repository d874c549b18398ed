import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard import create_app
from hub import access, acts
from hub.access import ROLES, Role
from hub.acts import LEAST_ROLE
from hub.errors import AccessError
from hub.store.views import fleet, letters
from tests.dashboard import seed
from tests.dashboard.conftest import PASSWORD, SignIn

PUBLIC = {
    "static",
    "account.sign_in",
    "account.try_sign_in",
    "account.invitation",
    "account.accept",
    "health.health",
    "look_up.form",
    "look_up.shown",
    "look_up.cannot_be_seen",
}
BY_ROLE: dict[str, Role] = {
    "/machines/1/count": "staff",
    "/alerts/": "staff",
    "/checks/": "technician",
    f"/checks/{seed.FOUND}": "technician",
    f"/checks/{seed.FOUND}/curves.json": "technician",
    "/samples/": "technician",
    "/machines/1/plan": "coordinator",
    "/admin/": "coordinator",
    "/admin/trail": "coordinator",
    "/admin/people": "admin",
}


def _addresses(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of every route."""
    found = []
    for rule in app.url_map.iter_rules():
        address = str(rule)
        for name in rule.arguments:
            value = "1" if name.endswith("_id") else "x"
            address = re.sub(rf"<([^:>]*:)?{name}>", value, address)
        methods = (rule.methods or set()) & {"GET", "POST"}
        found += [(rule.endpoint, method, address) for method in methods]
    return found


def test_every_page_but_the_public_ones_wants_somebody_signed_in(app: Flask) -> None:
    client = app.test_client()
    for endpoint, method, address in _addresses(app):
        answer = client.open(address, method=method)
        to_sign_in = answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
        assert to_sign_in == (endpoint not in PUBLIC), (endpoint, method, answer.status)


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/sites/live", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_it_should_and_nothing_else(
    filled: seed.Programme, sign_in: SignIn, role: Role
) -> None:
    client = sign_in(role)
    for address, needed in BY_ROLE.items():
        expected = 200 if access.allows(role, needed) else 403
        assert client.get(address).status_code == expected, (role, address)


def test_the_acts_themselves_refuse_a_role_too_low(filled: seed.Programme) -> None:
    nobody = access.Person(9, "Kim", "staff")
    with filled.store.begin() as transaction:
        device = fleet.find_device(transaction, 1)
        assert device is not None
        with pytest.raises(AccessError, match="does not include"):
            acts.invite(transaction, nobody, "admin", 0)
        with pytest.raises(AccessError, match="0 to"):
            acts.count_slots(transaction, nobody, device, {"A1": -1}, "Restocked", 0)
    assert set(LEAST_ROLE.values()) <= set(ROLES)


def test_a_form_without_its_token_is_refused(
    app: Flask, sign_in: SignIn, filled: seed.Programme
) -> None:
    client = sign_in("admin")
    app.config["WTF_CSRF_ENABLED"] = True
    for endpoint, method, address in _addresses(app):
        if method == "POST":
            assert client.post(address).status_code == 400, endpoint


def test_a_form_with_its_token_is_taken(
    app: Flask, sign_in: SignIn, filled: seed.Programme
) -> None:
    client = sign_in("admin")
    app.config["WTF_CSRF_ENABLED"] = True
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/alerts/").text)
    assert found is not None
    answer = client.post("/alerts/1/acknowledge", data={"csrf_token": found[1]})
    assert answer.status_code == 302


def test_an_invitation_works_once(app: Flask, programme: seed.Programme) -> None:
    with programme.store.begin() as transaction:
        token = access.invite(transaction, "staff", programme.clock.now_ms())
    form = {"name": "Kim", "password": PASSWORD, "again": PASSWORD}
    assert app.test_client().post(f"/invite/{token}", data=form).status_code == 302
    again = app.test_client().post(f"/invite/{token}", data={**form, "name": "Lee"})
    assert again.status_code == 400
    assert "ask for a new one" in again.text


def test_somebody_who_is_locked_out_is_out_at_once(filled: seed.Programme, sign_in: SignIn) -> None:
    admin, staff = sign_in("admin"), sign_in("staff")
    with filled.store.read() as transaction:
        ids = {person.name: person.person_id for person in access.everybody(transaction)}
    admin.post(f"/admin/people/{ids['the staff']}/lock-out")
    assert staff.get("/").status_code == 302
    admin.post(f"/admin/people/{ids['the admin']}/lock-out")
    assert admin.get("/").status_code == 200  # nobody locks themselves out


def _try(client: FlaskClient, password: str, to: str = "") -> tuple[int, str]:
    answer = client.post(
        "/sign-in", query_string={"to": to}, data={"name": "the staff", "password": password}
    )
    return answer.status_code, answer.headers.get("Location", "")


def test_signing_in_leads_to_where_one_was_going_but_never_elsewhere(
    app: Flask, sign_in: SignIn
) -> None:
    sign_in("staff")
    client = app.test_client()
    assert _try(client, "wrong") == (401, "")
    assert _try(client, PASSWORD, "/machines/1") == (302, "/machines/1")
    for outside in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert _try(app.test_client(), PASSWORD, outside) == (302, "/")


def test_the_cookie_is_for_this_site_alone(app: Flask, sign_in: SignIn) -> None:
    sign_in("staff")
    form = {"name": "the staff", "password": PASSWORD}
    cookie = app.test_client().post("/sign-in", data=form).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_passwords_cannot_be_tried_without_end(programme: seed.Programme) -> None:
    app = create_app(programme.settings, store=programme.store)
    app.config["WTF_CSRF_ENABLED"] = False
    answers = [_try(app.test_client(), "wrong")[0] for _ in range(12)]
    assert answers[0] == 401
    assert answers[-1] == 429


def test_what_people_do_is_written_down(filled: seed.Programme, sign_in: SignIn) -> None:
    client = sign_in("admin")
    client.post(
        "/machines/1/count",
        data={"selection-0": "A1", "count-0": "15", "reason": "Restocked", "note": "box open"},
    )
    client.post("/alerts/1/acknowledge")
    with filled.store.read() as transaction:
        rows = letters.trail_rows(transaction)
    assert [(row.act, row.person) for row in rows[:2]] == [
        ("acknowledge", "the admin"),
        ("count", "the admin"),
    ]
    assert "15 counted, counter 112. Restocked. box open" in rows[1].detail
