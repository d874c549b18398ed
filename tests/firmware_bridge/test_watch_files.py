"""The watched folder and what shares and people do to files: real files, time handed in."""

import os
import zipfile
from pathlib import Path

import pytest

from analysis.readers import ReaderError, read
from firmware_bridge import watch
from firmware_bridge.watch import PATIENCE_S, DroppedFile, WatchedFolder
from firmware_bridge.watch_reject import set_apart


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


@pytest.fixture
def watched(folder: Path, tmp_path: Path) -> WatchedFolder:
    return WatchedFolder(folder, tmp_path / "seen.json")


def until(watched: WatchedFolder, begin_s: int, end_s: int) -> list[DroppedFile]:
    """Poll once a second, as far as the first that finds something."""
    for second in range(begin_s, end_s):
        found = watched.poll(second)
        if found:
            return found
    return []


def test_a_copy_that_has_its_size_before_its_content_is_given_time(
    watched: WatchedFolder, folder: Path
) -> None:
    path = folder / "a.jdx"
    path.write_bytes(bytes(9))
    (first,) = until(watched, 0, 4)
    assert watched.give_time(first)
    path.write_bytes(b"##TITLE=a")
    (second,) = until(watched, 4, 8)
    assert second.content == b"##TITLE=a"


def test_a_file_that_stays_unreadable_is_handed_out_twice_and_no_more(
    watched: WatchedFolder, folder: Path
) -> None:
    (folder / "a.jdx").write_bytes(b"rubbish")
    (first,) = until(watched, 0, 4)
    assert watched.give_time(first)
    assert until(watched, 3, 2 + int(PATIENCE_S)) == []
    (second,) = until(watched, 2 + int(PATIENCE_S), 8 + int(PATIENCE_S))
    assert not watched.give_time(second)
    assert watched.reject(second, "line 1: rubbish") is not None
    assert until(watched, 100, 110) == []


def test_a_file_given_time_is_not_remembered_as_taken(folder: Path, tmp_path: Path) -> None:
    watched = WatchedFolder(folder, tmp_path / "seen.json")
    (folder / "a.jdx").write_bytes(b"half")
    (first,) = until(watched, 0, 4)
    assert watched.give_time(first)
    assert until(watched, 4, 6) == []
    again = WatchedFolder(folder, tmp_path / "seen.json")
    assert len(until(again, 0, 4)) == 1


def test_a_file_that_vanished_is_given_no_trouble(watched: WatchedFolder, folder: Path) -> None:
    (folder / "a.jdx").write_bytes(b"half")
    (first,) = until(watched, 0, 4)
    assert watched.give_time(first)
    first.path.unlink()
    assert until(watched, 4, 40) == []
    assert watched.trouble == ""


def test_a_file_that_vanishes_while_others_are_looked_at_loses_none(
    watched: WatchedFolder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        (folder / name).write_text(name)
    plain = watch._look_in

    def gone(entry: os.DirEntry[str]) -> object:
        (folder / "b").unlink(missing_ok=True)
        return plain(entry)

    monkeypatch.setattr(watch, "_look_in", gone)
    assert {file.name for file in until(watched, 0, 5)} == {"a", "c"}


def test_a_zip_bomb_is_never_unpacked(watched: WatchedFolder, folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.csv", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("a.csv", bytes(50_000_000))
    (dropped,) = until(watched, 0, 4)
    assert len(dropped.content) < 100_000
    with pytest.raises(ReaderError, match="archive"):
        read(dropped.content, dropped.name)


def test_a_reason_is_not_written_through_a_link(
    watched: WatchedFolder, folder: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    (folder / "unreadable").mkdir()
    (folder / "unreadable" / "a.csv.reason.txt").symlink_to(precious)
    (folder / "a.csv").write_text("rubbish")
    (dropped,) = until(watched, 0, 4)
    moved = watched.reject(dropped, "no table")
    assert precious.read_text() == "keep me"
    assert moved is not None
    assert moved.read_text() == "rubbish"
    assert moved.with_name(f"{moved.name}.reason.txt").read_text() == "no table\n"


def test_a_file_of_that_name_in_the_folder_is_not_overwritten(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        (tmp_path / "a.csv").write_text(text)
        set_apart(tmp_path / "a.csv", tmp_path / "apart", "same-mark", text)
    kept = {path.read_text() for path in (tmp_path / "apart").glob("a*.csv")}
    assert kept == {"one", "two", "three"}


def test_nothing_is_left_behind_where_the_move_fails(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        set_apart(tmp_path / "gone.csv", tmp_path / "apart", "mark", "reason")
    assert list((tmp_path / "apart").iterdir()) == []


def test_a_name_of_any_bytes_can_be_shown(watched: WatchedFolder, folder: Path) -> None:
    raw = os.fsencode(folder) + b"/caf\xe9\n\x1b[31m.csv"
    with open(raw, "wb") as file:  # noqa: PTH123 - Path takes no bytes
        file.write(b"rubbish")
    (dropped,) = until(watched, 0, 4)
    assert dropped.name.encode("utf-8").decode().isprintable()
    moved = watched.reject(dropped, "no table")
    assert moved is not None
    assert moved.exists()


def test_litter_of_other_systems_is_passed_over(watched: WatchedFolder, folder: Path) -> None:
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "a.filepart", "B.TMP"):
        (folder / name).write_text(name)
    assert until(watched, 0, 5) == []


def test_a_crowded_folder_is_looked_at_in_part(
    watched: WatchedFolder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "MAX_LISTED", 5)
    for number in range(9):
        (folder / f"{number}.csv").write_text(str(number))
    assert len(until(watched, 0, 4)) == 5
    assert "files lie in" in watched.trouble
