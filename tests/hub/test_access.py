"""Who may come in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from firmware_bridge.contract.clock import HandClock
from hub import access, audit, enrolment
from hub.errors import AccessError
from hub.store import Store, tables

PASSWORD = "correct horse battery"  # noqa: S105 - a test's own
NOW_MS = 1_800_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'hub.db'}", HandClock())
    yield opened
    opened.close()


def joined(store: Store, name: str = "Anna", role: access.Role = "staff") -> access.Person:
    with store.begin() as transaction:
        token = access.invite(transaction, role, NOW_MS)
        return access.accept_invitation(transaction, token, name, PASSWORD, NOW_MS + 1)


def signed_in(store: Store, name: str, password: str) -> access.Person | None:
    with store.read() as transaction:
        return access.sign_in(transaction, name, password)


def test_who_was_invited_can_sign_in_whatever_the_case_of_the_name(store: Store) -> None:
    person = joined(store)
    assert signed_in(store, " anna ", PASSWORD) == person
    assert signed_in(store, "Anna", PASSWORD + "x") is None
    assert signed_in(store, "Berta", PASSWORD) is None


def test_an_invitation_works_once_and_for_a_day(store: Store) -> None:
    with store.begin() as transaction:
        token = access.invite(transaction, "admin", NOW_MS)
        late_ms = NOW_MS + access.INVITATION_MS
        assert access.invited_role(transaction, token, late_ms - 1) == "admin"
        with pytest.raises(AccessError):
            access.accept_invitation(transaction, token, "Late", PASSWORD, late_ms)
        access.accept_invitation(transaction, token, "Anna", PASSWORD, NOW_MS)
        with pytest.raises(AccessError):
            access.accept_invitation(transaction, token, "Berta", PASSWORD, NOW_MS)
        assert access.invited_role(transaction, "made up", NOW_MS) is None


def test_neither_token_nor_password_stands_in_the_store(store: Store, tmp_path: Path) -> None:
    with store.begin() as transaction:
        token = access.invite(transaction, "staff", NOW_MS)
        made = enrolment.enrol(transaction, "north", "bridge-1", NOW_MS)
        access.accept_invitation(transaction, token, "Anna", PASSWORD, NOW_MS)
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("hub.db*"))
    for secret in (token, made.password, PASSWORD):
        assert secret.encode() not in kept


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", PASSWORD),
        ("x" * 61, PASSWORD),
        ("a\x1b[2J", PASSWORD),
        ("Anna", "short"),
        ("Anna", "x" * 201),
        ("annabellemarie", "annabellemarie"),
    ],
)
def test_what_can_t_be_used_is_refused_and_the_invitation_stays_good(
    store: Store, name: str, password: str
) -> None:
    with store.begin() as transaction:
        token = access.invite(transaction, "staff", NOW_MS)
        with pytest.raises(AccessError):
            access.accept_invitation(transaction, token, name, password, NOW_MS)
        assert access.invited_role(transaction, token, NOW_MS) == "staff"


def test_a_name_is_taken_only_once(store: Store) -> None:
    joined(store, "Anna")
    with pytest.raises(AccessError, match="taken"):
        joined(store, "ANNA")


def test_who_is_locked_out_can_t_sign_in_and_sessions_end(store: Store) -> None:
    person = joined(store)
    with store.begin() as transaction:
        access.lock_out(transaction, person, NOW_MS, "chief")
    assert signed_in(store, "Anna", PASSWORD) is None
    with store.read() as transaction:
        assert access.find(transaction, person.person_id) is None


def test_a_password_is_changed_only_by_who_knows_the_old_one(store: Store) -> None:
    person, new = joined(store), "another long password"
    with store.begin() as transaction:
        with pytest.raises(AccessError):
            access.change_password(transaction, person, "wrong", new, NOW_MS)
        access.change_password(transaction, person, PASSWORD, new, NOW_MS)
    assert signed_in(store, "Anna", PASSWORD) is None
    assert signed_in(store, "Anna", new) == person


@pytest.mark.parametrize("role", access.ROLES)
@pytest.mark.parametrize("needed", access.ROLES)
def test_a_role_includes_those_before_it(role: access.Role, needed: access.Role) -> None:
    assert access.allows(role, needed) == (access.ROLES.index(role) >= access.ROLES.index(needed))
    assert not access.allows("stranger", needed)


def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined(store)
    asked: list[str] = []
    real = access._verify

    def verify(password_hash: str, password: str) -> bool:
        asked.append(password_hash)
        return real(password_hash, password)

    monkeypatch.setattr(access, "_verify", verify)
    signed_in(store, "Anna", "wrong")
    signed_in(store, "Nobody", "wrong")
    assert len(asked) == 2
    cost = [stored.split("$")[2:4] for stored in asked]
    assert cost[0] == cost[1]


def test_what_was_done_stands_in_the_trail(store: Store) -> None:
    joined(store)
    with store.begin() as transaction:
        enrolment.enrol(transaction, "north", "bridge-1", NOW_MS + 2)
        acts = [(entry.person, entry.act) for entry in audit.latest(transaction)]
    assert acts == [
        ("command line", "enrol"),
        ("Anna", "join"),
        ("command line", "invite"),
    ]


def test_enrolling_again_replaces_the_password_and_revoking_ends_it(store: Store) -> None:
    with store.begin() as transaction:
        first = enrolment.enrol(transaction, "north", "bridge-1", NOW_MS)
        mark = enrolment.mark(transaction)
        second = enrolment.enrol(transaction, "north", "bridge-1", NOW_MS + 1)
        assert first.password != second.password
        assert enrolment.mark(transaction) != mark
        assert len(enrolment.accounts(transaction)) == 1
        mark = enrolment.mark(transaction)
        enrolment.revoke(transaction, "north", "bridge-1", NOW_MS + 2)
        assert enrolment.mark(transaction) != mark
        assert enrolment.accounts(transaction) == []
        with pytest.raises(AccessError):
            enrolment.revoke(transaction, "north", "bridge-1", NOW_MS + 3)


@pytest.mark.parametrize("name", ["North", "a/b", "+", "#", "", "a b", "status"])
def test_a_bridge_is_not_enrolled_under_a_name_that_no_topic_takes(store: Store, name: str) -> None:
    with store.begin() as transaction, pytest.raises(AccessError):
        enrolment.enrol(transaction, name, "bridge-1", NOW_MS)


def test_no_table_has_a_column_for_a_participant() -> None:
    """`person` is staff; everything else may name only them."""
    allowed = {"by_person", "acknowledged_by", "person"}
    words = ("person", "client", "participant", "patient", "email", "phone", "birth", "address")
    for table in tables.metadata.tables.values():
        for column in table.c:
            assert column.name in allowed or not any(word in column.name for word in words)
    assert select(tables.person).selected_columns.keys() == [
        "id",
        "name",
        "role",
        "password_hash",
        "created_ms",
        "disabled",
    ]
