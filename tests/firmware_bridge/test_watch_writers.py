"""A watched folder against other processes that write slowly, rename, replace and truncate."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from firmware_bridge.watch import DroppedFile, WatchedFolder

SETTLE_S = 2.0
# One step a line, so that the order of steps and polls is that of the test.
WRITER = """
import os, sys
open_files = {}
for line in sys.stdin:
    step, name, *rest = line.split()
    if step == "write":
        file = open_files.setdefault(name, None) or open(name, "ab", buffering=0)
        open_files[name] = file
        file.write(rest[0].encode())
    elif step == "sized":
        with open(name, "wb") as file:
            file.truncate(int(rest[0]))
    elif step == "fill":
        with open(name, "r+b", buffering=0) as file:
            file.seek(int(rest[0]))
            file.write(rest[1].encode())
    elif step == "cut":
        os.truncate(name, int(rest[0]))
    elif step == "close":
        open_files.pop(name).close()
    elif step == "rename":
        os.rename(name, rest[0])
    elif step == "replace":
        about = os.stat(name)
        with open(name + ".tmp", "wb") as file:
            file.write(rest[0].encode())
        os.utime(name + ".tmp", ns=(about.st_atime_ns, about.st_mtime_ns))
        os.replace(name + ".tmp", name)
    elif step == "overwrite":
        about = os.stat(name)
        with open(name, "r+b") as file:
            file.write(rest[0].encode())
        os.utime(name, ns=(about.st_atime_ns, about.st_mtime_ns))
    elif step == "attribute":
        os.chmod(name, 0o600 if os.stat(name).st_mode & 0o077 else 0o644)
    print("done", flush=True)
"""

Do = Callable[..., None]


class Clock:
    """Polls a folder whenever time goes on."""

    def __init__(self, watched: WatchedFolder) -> None:
        self._watched = watched
        self._now_s = 0.0
        self.taken: list[DroppedFile] = []

    def goes_on(self, for_s: float) -> None:
        self._now_s += for_s
        self.taken += self._watched.poll(self._now_s)

    def rests(self) -> None:
        for _ in range(4):
            self.goes_on(SETTLE_S)

    @property
    def contents(self) -> list[bytes]:
        return [file.content for file in self.taken]


@pytest.fixture
def do(tmp_path: Path) -> Iterator[Do]:
    folder = tmp_path / "drop"
    folder.mkdir()
    command = [sys.executable, "-c", WRITER]
    with subprocess.Popen(
        command, cwd=folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        to, answers = writer.stdin, writer.stdout

        def step(*words: object) -> None:
            print(*words, file=to, flush=True)
            assert answers.readline() == "done\n"

        yield step
        to.close()


@pytest.fixture
def clock(tmp_path: Path, do: Do) -> Clock:
    return Clock(WatchedFolder(tmp_path / "drop", tmp_path / "seen.json", settle_s=SETTLE_S))


def test_a_slow_writer_is_waited_for(do: Do, clock: Clock) -> None:
    for part in "abcdefgh":
        do("write", "a.csv", part)
        clock.goes_on(SETTLE_S - 0.1)
    assert not clock.taken
    do("close", "a.csv")
    clock.rests()
    assert clock.contents == [b"abcdefgh"]


def test_a_file_of_full_size_that_is_filled_slowly_is_waited_for(do: Do, clock: Clock) -> None:
    do("sized", "a.spc", 4)
    for at, part in enumerate("abcd"):
        clock.goes_on(SETTLE_S - 0.1)
        do("fill", "a.spc", at, part)
    clock.rests()
    assert clock.contents == [b"abcd"]


def test_a_file_written_elsewhere_and_renamed_is_taken_once(do: Do, clock: Clock) -> None:
    do("write", "a.csv.part", "whole")
    clock.rests()
    do("rename", "a.csv.part", "a.csv")
    clock.rests()
    do("rename", "a.csv", "b.csv")
    clock.rests()
    assert [(file.name, file.content) for file in clock.taken] == [("a.csv", b"whole")]


def test_a_file_that_is_truncated_and_written_anew_is_never_taken_in_between(
    do: Do, clock: Clock
) -> None:
    do("write", "a.csv", "first")
    clock.rests()
    do("cut", "a.csv", 0)
    clock.goes_on(SETTLE_S - 0.1)
    for part in ("sec", "ond"):
        do("write", "a.csv", part)
        clock.goes_on(SETTLE_S - 0.1)
    clock.rests()
    assert clock.contents == [b"first", b"second"]


@pytest.mark.parametrize("how", ["replace", "overwrite"])
def test_another_content_of_the_same_size_and_time_is_taken_too(
    how: str, do: Do, clock: Clock
) -> None:
    """As a copy with its old time does, or a program with a fixed one."""
    do("write", "a.csv", "first")
    clock.rests()
    do(how, "a.csv", "other")
    clock.rests()
    assert clock.contents == [b"first", b"other"]


def test_a_scanner_that_touches_a_file_at_every_poll_keeps_none_from_being_taken(
    do: Do, clock: Clock
) -> None:
    do("write", "a.csv", "whole")
    for _ in range(8):
        do("attribute", "a.csv")
        clock.goes_on(SETTLE_S)
    assert clock.contents == [b"whole"]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_writers_do_every_last_content_is_taken_and_no_half_one(
    seed: int, do: Do, clock: Clock, tmp_path: Path
) -> None:
    """All pauses in the middle of a file are shorter than a file has to rest."""
    chance = Random(seed)
    whole: set[bytes] = set()
    for number in range(40):
        name = f"{chance.choice('abc')}.csv"
        content = f"{number:03}" + "x" * chance.randrange(1, 5)
        is_there = (tmp_path / "drop" / name).exists()
        how = chance.choice(["slow", "part", *(["replace"] if is_there else [])])
        if how == "replace":
            do("replace", name, content)
        else:
            target = name if how == "slow" else f"{name}.part"
            if is_there and how == "slow":
                do("cut", name, 0)
            for letter in content:
                do("write", target, letter)
                clock.goes_on(chance.uniform(0, SETTLE_S / 8))
            do("close", target)
            if how == "part":
                do("rename", target, name)
        whole.add(content.encode())
        if chance.random() < 0.3:
            clock.rests()
    clock.rests()
    assert set(clock.contents) <= whole
    assert len(clock.contents) == len(set(clock.contents))
    left = {file.read_bytes() for file in (tmp_path / "drop").glob("*.csv")}
    assert left <= set(clock.contents)
