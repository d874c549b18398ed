"""Who may work at a table."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import PeopleError
from dashboard.table.people import INVITATION_MS, People

NOW_MS = 1_795_000_000_000
PIN = "482913"


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(tmp_path / "state" / "people.json")


def test_nobody_is_there_before_anybody_was_invited(people: People) -> None:
    assert people.everybody() == ()
    assert people.sign_in("ana", PIN) is None


def test_an_invitation_makes_one_person_once(people: People) -> None:
    token = people.invite("coordinator", NOW_MS)
    assert people.invited_role(token, NOW_MS) == "coordinator"
    made = people.join(token, "  Ana   B ", PIN, NOW_MS)
    assert (made.name, made.role) == ("Ana B", "coordinator")
    assert people.invited_role(token, NOW_MS) is None
    with pytest.raises(PeopleError, match="was used"):
        people.join(token, "Ben", PIN, NOW_MS)
    assert people.sign_in("ana b", PIN) == made
    assert people.sign_in("ana b", PIN + "1") is None


def test_an_invitation_ends_after_a_day(people: People) -> None:
    token = people.invite("technician", NOW_MS)
    late_ms = NOW_MS + INVITATION_MS
    assert people.invited_role(token, late_ms) is None
    with pytest.raises(PeopleError, match="too old"):
        people.join(token, "Ana", PIN, late_ms)


@pytest.mark.parametrize(
    ("name", "pin", "said"),
    [
        ("", PIN, "1 to 40 letters"),
        ("a" * 41, PIN, "1 to 40 letters"),
        ("Ana\N{ZERO WIDTH SPACE}", PIN, "1 to 40 letters"),
        ("Ana", "48291", "6 to 100"),
        ("Ana", "123456", "first that anybody"),
        ("Ana", "777777", "first that anybody"),
        ("Ana", "xAna2913", "the name in it"),
        ("ben", PIN, "is taken"),
    ],
)
def test_a_name_or_a_pin_that_can_not_be_used_is_told(
    people: People, name: str, pin: str, said: str
) -> None:
    people.join(people.invite("technician", NOW_MS), "Ben", PIN, NOW_MS)
    token = people.invite("technician", NOW_MS)
    with pytest.raises(PeopleError, match=said):
        people.join(token, name, pin, NOW_MS)
    assert people.invited_role(token, NOW_MS) == "technician"


def test_who_is_removed_is_out_at_once(people: People) -> None:
    people.join(people.invite("technician", NOW_MS), "Ben", PIN, NOW_MS)
    people.remove("ben")
    assert people.find("Ben") is None
    with pytest.raises(PeopleError, match="nobody here"):
        people.remove("ben")


def test_the_file_is_for_its_owner_and_holds_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    people = People(file)
    token = people.invite("technician", NOW_MS)
    people.join(people.invite("technician", NOW_MS), "Ben", PIN, NOW_MS)
    text = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in text
    assert PIN not in text


@given(damage=st.binary(max_size=200))
def test_a_damaged_file_is_refused_and_lets_nobody_in(
    tmp_path_factory: pytest.TempPathFactory, damage: bytes
) -> None:
    file = tmp_path_factory.mktemp("damaged") / "people.json"
    file.write_bytes(damage)
    with pytest.raises(PeopleError, match="invite them again"):
        People(file).sign_in("Ben", PIN)
