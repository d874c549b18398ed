"""Raw audits on disk: what is new is kept, whole or not at all, within bounds."""

import gzip
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.raw_audits import Kind, RawAudits, content_of
from tests.firmware_bridge.evadts.building import audit

NOON_MS = 1_795_000_000_000
KINDS: tuple[Kind, ...] = ("audit", "events", "unparsed")


def raw(paid: int, clock: str = "1200", reads: int = 1, minutes: int = 5) -> bytes:
    return audit(
        f"ID5*20261123*{clock}",
        "PA1*A1",
        f"PA2*{paid}*0",
        f"EA2*ELB_A1*0*5**1*{minutes}",
        f"EA3*{reads}*20261123*{clock}",
        f"MA5*TEMP*{reads}*5",
    )


def kept(folder: Path) -> list[bytes]:
    return [gzip.decompress(file.read_bytes()) for file in sorted(folder.glob("*.gz"))]


def test_what_is_new_is_kept_and_what_every_read_changes_is_not_new(tmp_path: Path) -> None:
    audits = RawAudits(tmp_path / "m", 10, 100_000)
    assert audits.keep(raw(5), NOON_MS, "audit")
    assert audits.keep(raw(5, "1205", 2, 10), NOON_MS, "audit") is None
    assert audits.keep(raw(6, "1210", 3, 15), NOON_MS, "audit")
    assert kept(tmp_path / "m") == [raw(5), raw(6, "1210", 3, 15)]


def test_file_names_say_the_order_the_time_and_the_kind(tmp_path: Path) -> None:
    audits = RawAudits(tmp_path, 10, 100_000)
    audits.keep(raw(5), NOON_MS, "audit")
    audits.keep(b"rubbish", 0, "unparsed")
    names = [file.name for file in sorted(tmp_path.iterdir())]
    assert names == [
        "00000001-20261118T110640Z-audit.gz",
        "00000002-19700101T000000Z-unparsed.gz",
    ]


def test_only_the_bridge_may_read_them(tmp_path: Path) -> None:
    file = RawAudits(tmp_path / "m", 10, 100_000).keep(raw(5), NOON_MS, "audit")
    assert file is not None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_what_could_not_be_parsed_is_kept_once_for_each_content(tmp_path: Path) -> None:
    audits = RawAudits(tmp_path, 10, 100_000)
    for said in (b"rubbish", b"rubbish", b"other rubbish"):
        audits.keep(said, NOON_MS, "unparsed")
    assert kept(tmp_path) == [b"rubbish", b"other rubbish"]


def test_events_that_are_pushed_between_reads_do_not_make_an_audit_new(tmp_path: Path) -> None:
    audits = RawAudits(tmp_path, 10, 100_000)
    assert audits.keep(raw(5), NOON_MS, "audit")
    assert audits.keep(b"EA1*EGS*261101*1200\r\n", NOON_MS, "events")
    assert audits.keep(raw(5), NOON_MS, "audit") is None


def test_after_a_restart_the_same_is_not_kept_again_and_numbers_go_on(tmp_path: Path) -> None:
    RawAudits(tmp_path, 10, 100_000).keep(raw(5), NOON_MS, "audit")
    again = RawAudits(tmp_path, 10, 100_000)
    assert again.keep(raw(5), NOON_MS, "audit") is None
    file = again.keep(raw(6), NOON_MS, "audit")
    assert file is not None
    assert file.name.startswith("00000002-")


def test_the_oldest_of_a_kind_go_first_and_the_other_kind_stays(tmp_path: Path) -> None:
    audits = RawAudits(tmp_path, 3, 1_000_000)
    audits.keep(b"rubbish", NOON_MS, "unparsed")
    for paid in range(10):
        audits.keep(raw(paid), NOON_MS, "audit")
    assert kept(tmp_path) == [b"rubbish", raw(7), raw(8), raw(9)]


@given(
    sizes=st.lists(st.integers(1, 12_000), max_size=30),
    max_files=st.integers(1, 6),
)
@settings(max_examples=30, deadline=None)  # a disk may be slow
def test_they_never_take_more_than_their_room(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], max_files: int
) -> None:
    folder = tmp_path_factory.mktemp("audits")
    audits = RawAudits(folder, max_files, 20_000)
    for number, size in enumerate(sizes):
        audits.keep(os.urandom(size), NOON_MS + number, KINDS[number % 3])
        files = list(folder.iterdir())
        assert sum(file.stat().st_size for file in files) <= 20_000
        assert len(files) <= 3 * max_files


def test_none_are_kept_where_none_are_wanted(tmp_path: Path) -> None:
    assert RawAudits(tmp_path / "m", 0, 100_000).keep(raw(5), NOON_MS, "audit") is None
    assert not (tmp_path / "m").exists()


def test_a_half_written_file_is_swept_away_and_a_damaged_one_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "00000007-20261123T140500Z-audit.gz").write_bytes(b"no gzip")
    (tmp_path / "00000008-20261123T140500Z-audit.gz.part").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    file = RawAudits(tmp_path, 10, 100_000).keep(raw(5), NOON_MS, "audit")
    assert file is not None
    assert file.name.startswith("00000008-")
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.endswith("part")) == []
    assert (tmp_path / "notes.txt").exists()


def test_a_disk_that_refuses_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "m").write_text("a file where the folder should be")
    audits = RawAudits(tmp_path / "m", 10, 100_000)
    assert audits.keep(raw(5), NOON_MS, "audit") is None
    (tmp_path / "m").unlink()
    assert audits.keep(raw(5), NOON_MS, "audit")


@given(data=st.binary(max_size=300))
def test_any_bytes_have_a_content(data: bytes) -> None:
    assert content_of(data) == content_of(data)
