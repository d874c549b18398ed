"""Stores to test on: SQLite, and a real PostgreSQL that is thrown away."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.conftest import require
from tests.hub.broker.helpers import free_port


def _program(name: str) -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name, path=":".join([*map(str, folders), os.environ.get("PATH", "")]))
    return Path(found) if found else None


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """The URL of a PostgreSQL cluster; it refuses to run as root, so `nobody` runs it there."""
    initdb, postgres = _program("initdb"), _program("postgres")
    require(initdb is not None and postgres is not None, "no PostgreSQL programs on this machine")
    user = "nobody" if os.geteuid() == 0 else None
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="hl-pg-") as folder:
        if user:
            shutil.chown(folder, user)
        subprocess.run(
            [str(initdb), "-D", f"{folder}/db", "-U", "hub", "--auth=trust", "--no-sync"],
            user=user,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        options = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-k", folder]
        with subprocess.Popen(
            [str(postgres), "-D", f"{folder}/db", "-p", str(port), *options],
            user=user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        ) as server:
            url = f"postgresql+psycopg://hub@127.0.0.1:{port}/postgres"
            try:
                _await(url)
                yield url
            finally:
                server.terminate()


def _await(url: str) -> None:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - beside its only use

    from tests.hub.broker.helpers import until  # noqa: PLC0415 - beside its only use

    engine = create_engine(url)

    def answers() -> bool:
        try:
            with engine.connect():
                return True
        except OperationalError:
            return False

    assert until(answers, 20.0)
    engine.dispose()


@pytest.fixture
def postgres_url(postgres_cluster: str, request: pytest.FixtureRequest) -> str:
    """The URL of an empty database in that cluster."""
    name = f"db_{abs(hash(request.node.nodeid))}"
    engine = create_engine(postgres_cluster, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(postgres_cluster).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.db'}"
    return str(request.getfixturevalue("postgres_url"))
