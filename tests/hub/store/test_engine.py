"""The door to the database, and the steps from version to version."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, insert, inspect, select, text

from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.messages import Body
from hub.errors import ConfigError, MigrationError, StoreError
from hub.ingest import Ingest
from hub.store import Store, Transaction, migrate, tables
from hub.store.engine import open_engine
from tests.hub import builders as b


def test_the_migrations_make_exactly_the_tables_of_the_code(store_url: str) -> None:
    store = Store.open(store_url, HandClock())
    with store.read() as transaction:
        differences = compare_metadata(MigrationContext.configure(transaction), tables.metadata)
    store.close()
    assert differences == []


def test_a_database_of_version_1_is_brought_up_to_date_with_its_rows(store_url: str) -> None:
    engine = open_engine(store_url)
    migrate.upgrade(engine, HandClock(), "0001")
    with engine.begin() as connection:
        connection.execute(insert(tables.bridge).values(site="north", bridge="old"))
    engine.dispose()
    store = Store.open(store_url, HandClock())
    with store.read() as transaction:
        assert transaction.scalar(select(tables.bridge.c.bridge)) == "old"
        assert migrate.current(transaction) == migrate.newest()
        assert inspect(transaction).has_table("notification")
    store.close()


def test_a_sqlite_file_is_copied_aside_before_it_is_changed(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.db'}")
    migrate.upgrade(engine, HandClock(), "0001")
    with engine.begin() as connection:
        connection.execute(insert(tables.bridge).values(site="north", bridge="old"))
    engine.dispose()
    Store.open(f"sqlite:///{tmp_path / 'hub.db'}", HandClock()).close()
    (copy,) = tmp_path.glob("*.backup")
    engine = create_engine(f"sqlite:///{copy}")
    with engine.connect() as connection:
        assert connection.scalar(select(tables.bridge.c.bridge)) == "old"
        assert migrate.current(connection) == "0001"
    engine.dispose()


def test_a_database_of_a_newer_program_is_refused_and_left_alone(store_url: str) -> None:
    store = Store.open(store_url, HandClock())
    with store.begin() as transaction:
        transaction.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(MigrationError, match="newer Harborlight"):
        Store.open(store_url, HandClock())


def test_an_old_database_is_refused_by_who_may_not_change_it(store_url: str) -> None:
    engine = open_engine(store_url)
    migrate.upgrade(engine, HandClock(), "0001")
    engine.dispose()
    with pytest.raises(MigrationError, match="start the hub once"):
        Store.open(store_url, HandClock(), change=False)


def test_two_processes_that_open_an_empty_database_at_once_both_succeed(store_url: str) -> None:
    troubles: list[Exception] = []

    def open_it() -> None:
        try:
            Store.open(store_url, HandClock()).close()
        except StoreError as error:
            troubles.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []


def test_writers_wait_for_each_other_and_lose_nothing(store_url: str) -> None:
    store = Store.open(store_url, HandClock())

    def write(site: str) -> None:
        for number in range(10):
            with store.begin() as transaction:
                transaction.execute(select(tables.bridge)).all()
                transaction.execute(insert(tables.bridge).values(site=site, bridge=f"b{number}"))

    threads = [threading.Thread(target=write, args=(f"s{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as transaction:
        assert len(transaction.execute(select(tables.bridge)).all()) == 40
    store.close()


def _add_and_fail(transaction: Transaction) -> None:
    transaction.execute(insert(tables.bridge).values(site="north", bridge="x"))
    _ = 1 // 0


def test_a_block_that_raises_leaves_nothing_behind(store_url: str) -> None:
    store = Store.open(store_url, HandClock())
    with pytest.raises(ZeroDivisionError), store.begin() as transaction:
        _add_and_fail(transaction)
    with store.read() as transaction:
        assert transaction.execute(select(tables.bridge)).all() == []
    store.close()


def test_a_whole_batch_is_kept_on_either_database_and_one_bad_message_harms_no_other(
    store_url: str,
) -> None:
    store = Store.open(store_url, HandClock())
    ingest = Ingest(store)
    bodies: list[Body] = [
        b.audit(b.selection("A" * 400, product="long " * 200)),
        b.event(2**63 - 1),
        b.findings("not an id!"),
        b.temperature(-1e299),
        b.spectrum(),
        b.findings(),
        b.state("fault"),
        b.health(),
    ]
    batch = [b.delivery(b.envelope(body, seq)) for seq, body in enumerate(bodies, 1)]
    outcome = ingest.accept([*batch, *batch])
    assert (outcome.stored, outcome.refused, outcome.repeated) == (7, 1, 8)
    ((_bridge, ack),) = outcome.acknowledgements
    assert ack.upto == 8
    again = ingest.accept([b.delivery(b.envelope(b.audit(), 10)), batch[0]])
    assert (again.stored, again.repeated) == (1, 1)
    store.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://", "oracle+what://x"])
def test_a_url_that_can_t_be_used_is_told_with_what_is_accepted(url: str) -> None:
    with pytest.raises(ConfigError, match=r"store\.url"):
        Store.open(url, HandClock())


def test_a_database_that_can_t_be_reached_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for url in (
        "postgresql://nobody@127.0.0.1:1/none",
        f"sqlite:///{tmp_path}/file/hub.db",
    ):
        with pytest.raises(StoreError):
            Store.open(url, HandClock())


def test_a_file_that_is_no_database_is_a_store_error_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    path.write_bytes(b"not a database, but somebody's letter" * 100)
    with pytest.raises(StoreError):
        Store.open(f"sqlite:///{path}", HandClock())
    assert path.read_bytes().startswith(b"not a database")
