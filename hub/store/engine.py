"""The door to the database: SQLite by default, PostgreSQL by URL.

SQLite runs in WAL mode, so that dashboard and hub can be two processes. Its writers begin with
BEGIN IMMEDIATE: a transaction that read first and then wants to write could otherwise be refused at
once instead of waiting its turn (https://www.sqlite.org/isolation.html).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from firmware_bridge.contract.clock import Clock
from hub.errors import ConfigError, StoreError
from hub.store import migrate

Transaction = Connection
"""What every function of this package works in."""

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another one."""

_WRITES = "harborlight_writes"


@dataclass(frozen=True, slots=True)
class Store:
    """The hub's database, open. Threads may share it."""

    engine: Engine
    clock: Clock

    @classmethod
    def open(cls, url: str, clock: Clock, *, change: bool = True) -> "Store":
        """Connect, and bring the tables up to this program's version.

        Args:
            url: an SQLAlchemy URL, `sqlite:////folder/hub.db` or `postgresql+psycopg://...`.
            clock: the time.
            change: whether older tables are brought up to date; without it they are refused.

        Raises:
            ConfigError: the URL can't be understood.
            MigrationError: the database is newer than this program (or older, without `change`).
            StoreError: it can't be reached.
        """
        engine = open_engine(url)
        try:
            with converted_errors():
                (migrate.upgrade if change else migrate.require_current)(engine, clock)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, clock)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction in which everything read belongs to one moment.

        Raises:
            StoreError: the database fails.
        """
        level = "REPEATABLE READ" if self.engine.dialect.name == "postgresql" else "SERIALIZABLE"
        with converted_errors(), self.engine.connect() as connection:
            reader = connection.execution_options(isolation_level=level)
            with reader.begin():
                yield reader

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """A transaction that is kept when the block ends, and undone when it raises.

        Raises:
            StoreError: the database fails; nothing of the block is kept.
        """
        with converted_errors(), self.engine.connect() as connection:
            writer = connection.execution_options(**{_WRITES: True})
            with writer.begin():
                yield writer

    def require_writable(self) -> None:
        """Take the writer's lock and let it go.

        Raises:
            StoreError: it can't be had, or the database can't be reached.
        """
        with self.begin() as transaction:
            transaction.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let every connection go."""
        self.engine.dispose()


@contextmanager
def converted_errors() -> Iterator[None]:
    """Turns SQLAlchemy's errors into StoreError."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the database says: {str(_first(error).orig)[:400]}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the database can't be used: {str(error)[:400]}") from error


def _first(error: DBAPIError) -> DBAPIError:
    """The trouble that began it.

    SQLite undoes everything when its disk is full, and then says that the savepoint is not there.
    """
    before = error.__context__
    while before is not None and not isinstance(before, DBAPIError):
        before = before.__context__
    return error if before is None else _first(before)


def open_engine(url: str) -> Engine:
    """An engine as `Store.open` makes it, not yet connected.

    Raises:
        ConfigError: the URL can't be understood.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=15)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ConfigError(
            f"store.url can't be used: {str(error)[:200]}. Accepted: sqlite:////folder/hub.db, or "
            "postgresql://user@host/name with the extra harborlight[postgres] installed"
        ) from error


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ConfigError(
            "store.url: a SQLite store must be a file, such as sqlite:////data/hub.db"
        )
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=15,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # what is acknowledged must survive a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
