"""`harborlight dex`: what it prints, and how a script can tell what came of it."""

import gzip
import json
import os
import pty
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware_bridge.dex_cli import dex
from hardware.simulators.simulator import Simulator
from hardware.simulators.vending import VendingMachine
from hardware.simulators.vending_world import Setup
from tests.firmware_bridge.evadts.building import audit

GOOD = audit(
    "ID1*S1*MODEL*7",
    "ID4*2*1840",
    "VA1*0*5*0*0",
    "PA1*A1*250*NALOXONE*12*10*1*1*7",
    "PA2*5*0*1*0",
    "PA4*3*0",
    "EA2*ELB_A1*0*5**1*216",
)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(dex, [str(word) for word in words])


@contextmanager
def simulated(folder: Path, *quirks: str, audit_file: Path | None = None) -> Iterator[Path]:
    link = folder / "machine"
    setup = Setup(audit_file=audit_file, quirks=frozenset(quirks))
    simulator = Simulator(VendingMachine(setup, hurried=True), link=link)
    thread = threading.Thread(target=simulator.run)
    thread.start()
    try:
        yield link
    finally:
        simulator.stop()
        thread.join(timeout=5)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(raw: bytes) -> Path:
        path = tmp_path / "audit.dex"
        path.write_bytes(raw)
        return path

    return write


def test_an_audit_is_told_in_words(file: Callable[[bytes], Path]) -> None:
    said = run("parse", file(GOOD))
    assert said.exit_code == 0
    rows = [line.split() for line in said.stdout.splitlines()]
    assert ["A1", "NALOXONE", "2.50", "5", "3", "-", "8", "7/12", "-", "no", "motor"] in rows
    assert ["machine", "S1", "MODEL", "7"] in rows
    assert "selection sold out  stands  5 times" in said.stdout


def test_an_audit_is_told_as_json_a_line_for_each_file(file: Callable[[bytes], Path]) -> None:
    path = file(GOOD)
    lines = run("parse", path, path, "--json").stdout.splitlines()
    first = json.loads(lines[0])
    assert len(lines) == 2
    assert first["source"] == str(path)
    assert first["audit"]["selections"][0]["paid_vends"] == 5
    assert first["audit"]["checksum_ok"] is True


def test_warnings_are_told_and_are_no_failure(file: Callable[[bytes], Path]) -> None:
    said = run("parse", file(audit("PA1*A1", count=99)))
    assert said.exit_code == 0
    assert "segment-count: line 5: SE01 says 99, counted 4" in said.stdout


@pytest.mark.parametrize(
    ("raw", "status"),
    [(GOOD, 0), (audit("PA1*A1", g85="0000"), 4), (b"no audit at all", 3), (b"", 3)],
)
def test_the_exit_status_says_what_came_of_it(
    file: Callable[[bytes], Path], raw: bytes, status: int
) -> None:
    assert run("parse", file(raw)).exit_code == status


def test_the_worst_of_several_files_counts_and_all_are_told(
    file: Callable[[bytes], Path], tmp_path: Path
) -> None:
    said = run("parse", tmp_path / "nowhere", file(GOOD), "--json")
    assert said.exit_code == 1
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert [line.get("fault") for line in lines] == ["file", None]


def test_raw_audits_of_a_bridge_are_read_as_they_lie(tmp_path: Path) -> None:
    (tmp_path / "1-audit.gz").write_bytes(gzip.compress(GOOD))
    (tmp_path / "2-audit.gz").write_bytes(b"no gzip")
    (tmp_path / "3-audit.gz").write_bytes(gzip.compress(GOOD)[:-20])
    assert run("parse", tmp_path / "1-audit.gz").exit_code == 0
    assert run("parse", tmp_path / "2-audit.gz").exit_code == 1
    assert run("parse", tmp_path / "3-audit.gz").exit_code == 1


def test_a_file_that_unpacks_to_a_gigabyte_is_no_audit(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.gz"
    with gzip.open(bomb, "wb", compresslevel=1) as stream:
        for _ in range(40):
            stream.write(bytes(1 << 20))
    assert run("parse", bomb).exit_code == 3


def test_texts_are_read_in_the_alphabet_that_is_set(file: Callable[[bytes], Path]) -> None:
    cyrillic = "\u042d\u0441\u043f".encode("cp1251").decode("latin-1")
    path = file(audit(f"PA1*1*0*{cyrillic}"))
    assert "\u042d\u0441\u043f" in run("parse", path, "--encoding", "cp1251").stdout


@pytest.mark.parametrize("quirk", ["wack", "bid"])
def test_a_machine_is_read_over_its_port_and_the_raw_bytes_are_kept(
    tmp_path: Path, quirk: str
) -> None:
    raw = tmp_path / "raw.dex"
    with simulated(tmp_path, quirk) as port:
        said = run("read", port, "--json", "--raw", raw)
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout.splitlines()[-1])
    assert told["audit"]["identity"]["comm_id"] == "HLS0000001"
    assert raw.read_bytes().endswith(b"DXE*1*1\r\n")
    assert run("parse", raw).exit_code == 0


def test_what_is_read_and_is_no_audit_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "served").write_bytes(b"no audit at all\r\n")
    raw = tmp_path / "raw.dex"
    with simulated(tmp_path, audit_file=tmp_path / "served") as port:
        said = run("read", port, "--raw", raw)
    assert said.exit_code == 3
    assert "could not parse" in said.stderr
    assert raw.read_bytes() == b"no audit at all\r\n"


def test_a_port_that_is_not_there_and_a_wrong_profile_are_said_clearly(tmp_path: Path) -> None:
    said = run("read", tmp_path / "nowhere")
    assert said.exit_code == 1
    assert "nowhere" in said.stderr
    assert run("read", tmp_path / "x", "--profile", "no-such").exit_code == 1
    assert run("read", tmp_path / "x", "--profile", "sim-raman-785").exit_code == 2


def test_a_machine_that_says_nothing_is_given_up() -> None:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    said = run("read", os.ttyname(theirs), "--timeout-s", "1")
    os.close(ours)
    os.close(theirs)
    assert said.exit_code == 5
    assert "could not read" in said.stderr
