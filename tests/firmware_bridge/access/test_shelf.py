"""The table at the bridge: the last good one stays, over restarts and whatever comes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge.access.desk import Digest
from firmware_bridge.access.shelf import TABLE, AccessShelf
from firmware_bridge.contract import access
from firmware_bridge.contract.access import DeviceAccess
from tests.firmware_bridge.access.builders import KEY, policy, table
from tests.firmware_bridge.test_spool import ADDRESS, opened


class Taker:
    """A desk that only remembers its policy."""

    def __init__(self) -> None:
        self.policies: list[DeviceAccess | None] = []

    def set_policy(self, policy: DeviceAccess | None, digest: Digest | None) -> None:
        assert digest is not None
        self.policies.append(policy)


class Kept(dict[str, str]):
    """A memory without a disk."""

    def recall(self, name: str) -> str | None:
        return self.get(name)

    def keep(self, name: str, value: str) -> None:
        self[name] = value


def shelf(memory: Kept, taker: Taker) -> AccessShelf:
    return AccessShelf(ADDRESS, memory, KEY, {"machine-1": taker})


def test_a_table_is_handed_out_kept_and_handed_out_again_after_a_restart(tmp_path: Path) -> None:
    spool, taker = opened(tmp_path), Taker()
    AccessShelf(ADDRESS, spool, KEY, {"machine-1": taker}).take(access.encode(table()))
    spool.close()
    again = Taker()
    spool = opened(tmp_path)
    AccessShelf(ADDRESS, spool, KEY, {"machine-1": again})
    assert taker.policies == again.policies == [policy()]
    spool.close()


def test_a_machine_that_is_in_no_table_any_more_has_no_policy() -> None:
    memory, taker = Kept(), Taker()
    made = shelf(memory, taker)
    made.take(access.encode(table()))
    made.take(access.encode(table(policy(device="machine-2"), version=2)))
    assert taker.policies == [policy(), None]


def test_the_same_table_again_is_no_news_and_an_older_or_foreign_one_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    memory, taker = Kept(), Taker()
    made = shelf(memory, taker)
    good = table(version=5)
    made.take(access.encode(good))
    made.take(access.encode(good))
    made.take(access.encode(table(policy(mode="open"), version=4)))
    made.take(access.encode(replace(table(policy(mode="open"), version=9), bridge="pi-2")))
    assert taker.policies == [policy()]
    assert memory[TABLE].encode() == access.encode(good)
    assert capsys.readouterr().out.count("access table refused") == 2


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.binary(max_size=100), st.integers(0, 10**6)))
def test_a_broken_table_changes_nothing_and_nothing_of_it_is_logged(
    capsys: pytest.CaptureFixture[str], damage: bytes | int
) -> None:
    memory, taker = Kept(), Taker()
    made = shelf(memory, taker)
    good = access.encode(table())
    made.take(good)
    broken = damage if isinstance(damage, bytes) else good[: damage % len(good)]
    made.take(broken)
    assert taker.policies == [policy()]
    assert memory[TABLE].encode() == good
    said = capsys.readouterr().out
    assert "access table refused" in said
    assert not any(each in said for group in policy().codes for each in group.digests)


def test_a_table_that_the_card_has_damaged_is_left_until_the_hub_is_heard() -> None:
    memory, taker = Kept({TABLE: '{"v":1'}), Taker()
    made = shelf(memory, taker)
    assert taker.policies == []
    made.take(access.encode(table()))
    assert taker.policies == [policy()]
