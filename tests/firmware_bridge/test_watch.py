"""The watched folder: real files in a real folder, time handed in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_bridge import watch
from firmware_bridge.watch import MAX_BYTES, DroppedFile, WatchedFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "seen-ftir.json"


@pytest.fixture
def watched(folder: Path, state_file: Path) -> WatchedFolder:
    return WatchedFolder(folder, state_file)


def after(watched: WatchedFolder, seconds: float, start_s: float = 0.0) -> list[DroppedFile]:
    """Poll once a second; all that was handed out."""
    found: list[DroppedFile] = []
    for second in range(int(seconds) + 1):
        found += watched.poll(start_s + second)
    return found


def test_a_file_is_taken_once_with_all_its_facts(watched: WatchedFolder, folder: Path) -> None:
    path = folder / "a.jdx"
    path.write_bytes(b"##TITLE=a")
    os.utime(path, (1000, 1000))
    (dropped,) = after(watched, 10)
    assert (dropped.path, dropped.name, dropped.content) == (path, "a.jdx", b"##TITLE=a")
    assert dropped.modified_s == 1000
    assert len(dropped.sha256) == 64
    assert after(watched, 10, 100) == []
    assert path.exists()


def test_a_file_is_not_taken_before_it_has_settled(watched: WatchedFolder, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"1")
    assert watched.poll(0) == []
    assert watched.poll(1.9) == []
    assert len(watched.poll(2.0)) == 1


def test_two_polls_are_needed_however_late_the_second(watched: WatchedFolder, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"1")
    assert watched.poll(0) == []
    assert len(watched.poll(500)) == 1


def test_a_file_that_grows_is_taken_when_it_is_whole(watched: WatchedFolder, folder: Path) -> None:
    path = folder / "slow.csv"
    for second in range(6):
        with path.open("ab") as file:
            file.write(b"line\n")
        os.utime(path, (second, second))
        assert watched.poll(second) == []
    (dropped,) = after(watched, 3, 6)
    assert dropped.content == b"line\n" * 6


def test_a_file_written_anew_is_taken_again(watched: WatchedFolder, folder: Path) -> None:
    (folder / "last.csv").write_bytes(b"first")
    assert len(after(watched, 3)) == 1
    (folder / "last.csv").write_bytes(b"second")
    assert [dropped.content for dropped in after(watched, 5, 10)] == [b"second"]


def test_the_same_content_under_another_name_is_known(watched: WatchedFolder, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"same")
    (folder / "b.csv").write_bytes(b"same")
    assert len(after(watched, 5)) == 1


def test_after_a_restart_nothing_is_taken_twice(folder: Path, state_file: Path) -> None:
    (folder / "a.csv").write_bytes(b"1")
    assert len(after(WatchedFolder(folder, state_file), 5)) == 1
    assert after(WatchedFolder(folder, state_file), 5) == []


def test_a_file_handed_out_just_before_a_crash_is_taken_again(
    folder: Path, state_file: Path
) -> None:
    (folder / "a.csv").write_bytes(b"1")
    assert len(after(WatchedFolder(folder, state_file), 2)) == 1
    assert len(after(WatchedFolder(folder, state_file), 5)) == 1


def test_oldest_files_come_first(watched: WatchedFolder, folder: Path) -> None:
    for age, name in enumerate(["c", "a", "b"]):
        (folder / name).write_text(name)
        os.utime(folder / name, (age, age))
    assert [dropped.name for dropped in after(watched, 3)] == ["c", "a", "b"]


def test_links_folders_pipes_and_unfinished_files_are_passed_over(
    watched: WatchedFolder, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    (folder / "link.csv").symlink_to(tmp_path / "secret")
    (folder / "inner").mkdir()
    (folder / "inner" / "x.csv").write_text("x")
    os.mkfifo(folder / "pipe.csv")
    for name in (".hidden.csv", "a.csv.part", "b.tmp", "~$c.csv", "d.csv~"):
        (folder / name).write_text(name)
    assert after(watched, 5) == []
    assert watched.trouble == ""


def test_an_empty_file_is_given_a_minute(watched: WatchedFolder, folder: Path) -> None:
    (folder / "a.csv").touch()
    assert after(watched, 59) == []
    assert [dropped.content for dropped in watched.poll(60)] == [b""]


def test_a_huge_file_is_cut_so_that_its_reader_refuses_it(
    watched: WatchedFolder, folder: Path
) -> None:
    with (folder / "huge.csv").open("wb") as file:
        file.truncate(MAX_BYTES * 4)
    (dropped,) = after(watched, 3)
    assert len(dropped.content) == MAX_BYTES + 1


def test_an_unreadable_file_is_moved_with_its_reason(watched: WatchedFolder, folder: Path) -> None:
    (folder / "a.csv").write_text("rubbish")
    (dropped,) = after(watched, 3)
    moved = watched.reject(dropped, "line 1: no table")
    assert moved == folder / "unreadable" / "a.csv"
    assert moved.read_text() == "rubbish"
    assert (folder / "unreadable" / "a.csv.reason.txt").read_text() == "line 1: no table\n"
    assert after(watched, 5, 10) == []


def test_a_second_unreadable_file_of_that_name_overwrites_nothing(
    watched: WatchedFolder, folder: Path
) -> None:
    for start_s, text in ((0, "one"), (10, "two")):
        (folder / "a.csv").write_text(text)
        (dropped,) = after(watched, 3, start_s)
        watched.reject(dropped, text)
    texts = {path.read_text() for path in (folder / "unreadable").glob("a*.csv")}
    assert texts == {"one", "two"}


def test_a_file_that_was_replaced_meanwhile_is_not_moved(
    watched: WatchedFolder, folder: Path
) -> None:
    (folder / "a.csv").write_text("rubbish")
    (dropped,) = after(watched, 3)
    (folder / "a.csv").write_text("the next measurement")
    assert watched.reject(dropped, "no table") is None
    assert [found.content for found in after(watched, 5, 10)] == [b"the next measurement"]


def test_nothing_is_moved_through_a_link(
    watched: WatchedFolder, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "unreadable").symlink_to(tmp_path / "elsewhere")
    (folder / "a.csv").write_text("rubbish")
    (dropped,) = after(watched, 3)
    assert watched.reject(dropped, "no table") is None
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_that_vanished_can_still_be_rejected(watched: WatchedFolder, folder: Path) -> None:
    (folder / "a.csv").write_text("rubbish")
    (dropped,) = after(watched, 3)
    dropped.path.unlink()
    assert watched.reject(dropped, "no table") is None
    assert "a.csv" in watched.trouble


def test_a_share_that_goes_away_is_a_trouble_and_nothing_is_taken_twice(
    watched: WatchedFolder, folder: Path, tmp_path: Path
) -> None:
    (folder / "a.csv").write_bytes(b"1")
    assert len(after(watched, 3)) == 1
    folder.rename(tmp_path / "away")
    assert watched.poll(10) == []
    assert "is not there" in watched.trouble
    folder.mkdir()
    assert watched.poll(11) == []
    assert watched.trouble == ""
    folder.rmdir()
    (tmp_path / "away").rename(folder)
    assert after(watched, 5, 20) == []


def test_a_file_in_place_of_the_folder_is_a_trouble(tmp_path: Path) -> None:
    (tmp_path / "drop").write_text("no folder")
    watched = WatchedFolder(tmp_path / "drop", tmp_path / "seen.json")
    assert watched.poll(0) == []
    assert "can't be read" in watched.trouble


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[1, 2]", b'{"seen": 3}', b"\xff\xfe", b"null", b"[" * 5000]
)
def test_a_damaged_memory_is_begun_anew(folder: Path, state_file: Path, damage: bytes) -> None:
    state_file.parent.mkdir()
    state_file.write_bytes(damage)
    (folder / "a.csv").write_bytes(b"1")
    assert len(after(WatchedFolder(folder, state_file), 5)) == 1
    assert after(WatchedFolder(folder, state_file), 5) == []


def test_a_memory_that_cannot_be_written_is_a_trouble_and_tried_again(
    folder: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("a file where the state folder should be")
    watched = WatchedFolder(folder, blocked / "seen.json")
    (folder / "a.csv").write_bytes(b"1")
    assert len(after(watched, 3)) == 1
    assert watched.poll(10) == []
    assert "can't be written" in watched.trouble
    blocked.unlink()
    assert watched.poll(11) == []
    assert watched.trouble == ""
    assert len(json.loads((blocked / "seen.json").read_text())["seen"]) == 1


def test_the_memory_is_bounded_and_forgets_only_files_that_are_gone(
    watched: WatchedFolder, folder: Path, state_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "MAX_REMEMBERED", 3)
    for number in range(3):
        (folder / f"{number}.csv").write_text(str(number))
    assert len(after(watched, 5)) == 3
    (folder / "3.csv").write_text("3")
    assert after(watched, 5, 10) == []
    assert "move old ones away" in watched.trouble
    (folder / "0.csv").unlink()
    assert [dropped.name for dropped in after(watched, 5, 20)] == ["3.csv"]
    assert len(json.loads(state_file.read_text())["seen"]) == 3
    assert after(WatchedFolder(folder, state_file), 5) == []


def test_many_files_are_taken_a_few_at_a_time(watched: WatchedFolder, folder: Path) -> None:
    for number in range(50):
        (folder / f"{number}.csv").write_text(str(number))
    polls = [len(watched.poll(second)) for second in range(8)]
    assert max(polls) == watch.MAX_FILES_A_POLL
    assert sum(polls) == 50


def test_numpy_is_not_loaded_for_a_folder() -> None:
    code = "import sys, firmware_bridge.watch; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
