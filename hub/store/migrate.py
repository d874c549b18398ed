"""Bringing an older database up to this program's version (alembic, without its command line).

The versions lie in `migrations/versions`. A SQLite file that already holds something is copied
aside before it is changed. Only one process changes a database at a time: SQLite by a lock file,
PostgreSQL by an advisory lock.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text

from firmware_bridge.contract.clock import Clock
from hub.errors import MigrationError, StoreError

FOLDER = Path(__file__).parent / "migrations"
_LOCK_NUMBER = 0x4841_5242  # any number; the same in every program of ours


def newest() -> str:
    """The version that this program wants."""
    return str(_scripts().get_current_head())


def current(connection: Connection) -> str | None:
    """The version of this database; None: it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, clock: Clock, to: str = "head") -> None:
    """Bring the tables up to date, one process at a time.

    Raises:
        MigrationError: the database is newer than this program, or a step failed.
        StoreError: it can't be reached.
    """
    with _alone(engine):
        with engine.connect() as connection:
            version = current(connection)
        if to == "head" and version == newest():
            return
        _require_known(version)
        if version is not None:
            _copy_aside(engine, version, clock)
        with engine.connect() as connection, connection.begin():
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, to)


def require_current(engine: Engine, _clock: Clock) -> None:
    """Make sure that the tables are of this program's version.

    Raises:
        MigrationError: they are not.
    """
    with engine.connect() as connection:
        version = current(connection)
    _require_known(version)
    if version != newest():
        raise MigrationError(
            f"the database is of version {version or 'none'}, this program wants {newest()}: "
            "start the hub once, it brings the database up to date"
        )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _require_known(version: str | None) -> None:
    if version is None:
        return
    try:
        _scripts().get_revision(version)
    except CommandError as error:
        raise MigrationError(
            f"the database is of version {version}, which this program does not know: it was "
            "written by a newer Harborlight; install that one"
        ) from error


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    if engine.dialect.name == "sqlite":
        with _locked_file(Path(f"{engine.url.database}.lock")):
            yield
        return
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        yield


@contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w", encoding="ascii")
    except OSError as error:
        raise StoreError(f"the folder of the database can't be written to: {error}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copy_aside(engine: Engine, version: str, clock: Clock) -> None:
    """A consistent copy of a SQLite file beside it (VACUUM INTO works while others read)."""
    if engine.dialect.name != "sqlite":
        return
    database = Path(str(engine.url.database))
    copy = database.with_name(f"{database.name}.{version}.{clock.now_ms()}.backup")
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(copy),))
    finally:
        connection.close()
    copy.chmod(0o600)
