"""A programme, its dashboard, and somebody signed in."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard import create_app
from hub import access
from hub.access import Role
from tests.dashboard import seed

PASSWORD = "a long enough password"  # noqa: S105 - of nobody

SignIn = Callable[[Role], FlaskClient]


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The databases of an empty and of a filled programme, to be copied."""
    folder = tmp_path_factory.mktemp("programmes")
    for name in ("empty", "filled"):
        made = seed.Programme.open(folder / name)
        if name == "filled":
            seed.fill(made)
            made.judge()
        made.store.close()
    return folder


def _copied(source: Path, target: Path) -> seed.Programme:
    shutil.copytree(source, target, dirs_exist_ok=True)
    return seed.Programme.open(target)


@pytest.fixture
def programme(
    ready: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[seed.Programme]:
    """A programme: empty, unless the test asks for `filled`."""
    name = "filled" if "filled" in request.fixturenames else "empty"
    made = _copied(ready / name, tmp_path)
    if name == "filled":
        made.seqs = {("north", "north-1"): 10_000, ("south", "south-1"): 10_000}
    yield made
    made.store.close()


@pytest.fixture
def filled(programme: seed.Programme) -> seed.Programme:
    return programme


@pytest.fixture
def app(programme: seed.Programme) -> Flask:
    made = create_app(programme.settings, store=programme.store, testing=True)
    made.config["WTF_CSRF_ENABLED"] = False  # its own test switches it on
    return made


@pytest.fixture
def sign_in(app: Flask, programme: seed.Programme) -> SignIn:
    """Signs somebody of this role in."""

    def do(role: Role) -> FlaskClient:
        now_ms = programme.clock.now_ms()
        name = f"the {role}"
        with programme.store.begin() as transaction:
            token = access.invite(transaction, role, now_ms)
        client = app.test_client()
        form = {"name": name, "password": PASSWORD, "again": PASSWORD}
        answer = client.post(f"/invite/{token}", data=form)
        assert answer.status_code == 302, answer.text
        return client

    return do
