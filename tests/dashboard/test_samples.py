"""Records of samples, for staff."""

from tests.dashboard import seed
from tests.dashboard.conftest import SignIn
from tests.hub.checks import world as w
from tests.hub.checks.world import Table


def test_samples_are_listed_and_shown_with_trail_and_conflicts(
    programme: seed.Programme, sign_in: SignIn
) -> None:
    table = Table(programme.store)
    code, open_ = table.whole(1), table.whole(2, release=False)
    before = table.heads[code]
    for seen in (True, False):
        table.heads[code] = before
        table.fact(code, lab=w.answer(w.found("fentanyls", seen=seen, group="fentanyls")))
    client = sign_in("technician")
    listed = client.get("/samples/").text
    assert "Not settled: 1" in listed
    assert "not released" in listed
    assert f"/samples/{open_}" in listed
    page = client.get(f"/samples/{code}").text
    for said in (
        "Changed since its release",
        "Not settled: the laboratory&#39;s split s1",
        w.STAFF,
        "conflict",
    ):
        assert said in page, said
    assert "/checks/spectrum1" in page
    assert w.CLOCK not in page
    assert client.get("/samples/nonsense").status_code == 404
    assert client.get(f"/samples/{w.code(9)}").status_code == 404


def test_an_empty_programme_has_no_samples(programme: seed.Programme, sign_in: SignIn) -> None:
    assert "No sample yet" in sign_in("technician").get("/samples/").text
