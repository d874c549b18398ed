"""The benchmark of the bridge measures what it says, and a bridge for vending stays small."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from firmware_bridge.bench import jobs, memory
from firmware_bridge.bench.rows import Row, line
from firmware_bridge.cli import bridge
from firmware_bridge.contract.clock import HandClock, SystemClock
from firmware_bridge.errors import BenchError

AUDIT = (
    b"DXS*SIM0000001*VA*V0/6*1\r\nST*001*0001\r\nPA1*A1*0\r\nPA2*7*0\r\nSE*3*0001\r\nDXE*1*1\r\n"
)


@pytest.mark.parametrize("size", [1, jobs.BLOCK_BYTES, 3 * jobs.BLOCK_BYTES + 1])
def test_a_timed_read_is_a_whole_read(size: int) -> None:
    raw = (AUDIT * (size // len(AUDIT) + 1))[:size]
    assert jobs.read_whole(jobs.script(raw)).data == raw


def test_a_read_that_comes_to_nothing_is_not_timed() -> None:
    with pytest.raises(BenchError, match="came to nothing"):
        jobs.read_whole(jobs.script(AUDIT)[:-1])


def test_the_time_of_one_call_is_told_whatever_a_round_takes() -> None:
    clock = HandClock()
    assert jobs.best_s(lambda: clock.sleep(0.25), clock.monotonic_s, 1.0) == pytest.approx(0.25)


def test_where_there_is_no_audit_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("no audit")
    with pytest.raises(BenchError, match="no EVA-DTS audit"):
        jobs.audits(tmp_path)


@pytest.mark.shared_data
def test_the_command_measures_real_audits(shared_data: Path, tmp_path: Path) -> None:
    arguments = ["bench", "--data", str(shared_data / "dex"), "--no-memory", "--round-s", "0.01"]
    done = CliRunner().invoke(bridge, [*arguments, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    kept = json.loads((tmp_path / "vending-bridge.json").read_text())
    rows = [Row(**row) for row in kept["rows"]]
    assert [line(row) for row in rows] == done.output.splitlines()
    assert all(row.value > 0 for row in rows)
    assert {row.unit for row in rows} == {"a second", "MB/s", "times"}


@pytest.mark.slow
def test_a_bridge_for_vending_alone_is_small_and_never_loads_numpy(tmp_path: Path) -> None:
    now, most, numpy = memory.run(tmp_path, SystemClock(), devices=3)
    assert numpy.value == 0
    assert 20 < now.value <= most.value < memory.GOAL_MB
