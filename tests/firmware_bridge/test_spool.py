"""The outbox: nothing leaves before the hub has it, nothing is doubled, damage is survived."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.contract import codec
from firmware_bridge.contract.messages import Temperature
from firmware_bridge.contract.topics import BridgeAddress
from firmware_bridge.errors import SpoolError
from firmware_bridge.spool import GROUP_ROWS, Draft, Held, Moment, Spool

ADDRESS = BridgeAddress("harbour-street", "pi-1")
BOOT = "a" * 32
NOW = Moment(1_795_000_000_000, 1000, sane=True)


def draft(value: float = 20.0, *, event: bool = False) -> Draft:
    return Draft("machine-1", Temperature(probe="cabinet", temperature_c=value), event=event)


def opened(folder: Path, boot: str = BOOT, max_rows: int = 1000) -> Spool:
    return Spool(folder / "spool.sqlite3", ADDRESS, boot, max_rows=max_rows)


def seqs(held: list[Held]) -> list[int]:
    return [each.seq for each in held]


def test_an_event_is_on_the_disk_at_once(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([draft(event=True)], NOW)
    assert seqs(spool.held_after(0, 10)) == [1]


def test_telemetry_waits_for_its_group(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([draft()] * (GROUP_ROWS - 1), NOW)
    assert spool.held_after(0, 100) == []
    assert spool.depth == GROUP_ROWS - 1
    spool.append([draft()], NOW)
    assert len(spool.held_after(0, 100)) == GROUP_ROWS


def test_a_payload_is_what_was_said_with_what_is_held_now(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([draft(value, event=True) for value in (1.0, 2.0, 3.0)], NOW)
    spool.acknowledge(BOOT, 1)
    whole = codec.decode(spool.held_after(0, 10)[-1].payload)
    assert (whole.seq, whole.oldest_held, whole.body) == (3, 2, draft(3.0).body)
    assert (
        spool.held_after(0, 1)[0].topic
        == "harborlight/v1/harbour-street/pi-1/machine-1/temperature"
    )


def test_only_the_hubs_word_empties_it_and_only_for_that_run(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.append([draft(event=True)] * 3, NOW)
    first.close()
    second = opened(tmp_path, boot="b" * 32)
    second.append([draft(event=True)] * 2, NOW)
    assert second.acknowledge("b" * 32, 1) == 1
    held = second.held_after(0, 10)
    assert [(each.boot[0], each.seq) for each in held] == [("a", 1), ("a", 2), ("a", 3), ("b", 2)]


@given(st.lists(st.sampled_from(["event", "telemetry", "flush", "ack", "reopen"]), max_size=40))
def test_in_any_order_of_acts_what_is_held_is_what_was_said_and_not_acknowledged(
    acts: list[str],
) -> None:
    import tempfile  # noqa: PLC0415 - hypothesis runs this many times, each in a folder of its own

    with tempfile.TemporaryDirectory() as folder:
        spool, boot_number = opened(Path(folder), boot=f"{0:032x}"), 0
        expected: list[tuple[int, int]] = []
        seq = 0
        for act in acts:
            if act in {"event", "telemetry"}:
                seq += 1
                expected.append((boot_number, seq))
                spool.append([draft(event=act == "event")], NOW)
            elif act == "flush":
                spool.flush()
            elif act == "ack" and expected:
                boot, upto = expected[0]
                spool.flush()
                spool.acknowledge(f"{boot:032x}", upto)
                expected = [each for each in expected if each[0] != boot or each[1] > upto]
            elif act == "reopen":
                spool.close()
                boot_number, seq = boot_number + 1, 0
                spool = opened(Path(folder), boot=f"{boot_number:032x}")
        spool.flush()
        found = [(int(each.boot, 16), each.seq) for each in spool.held_after(0, 1000)]
        assert found == expected
        assert spool.depth == len(expected)
        spool.close()


def test_a_full_spool_gives_up_the_oldest_telemetry_first_and_counts_it(tmp_path: Path) -> None:
    spool = opened(tmp_path, max_rows=4)
    spool.append([draft(event=True), draft(), draft()], NOW)
    spool.append([draft(event=True)] * 3, NOW)
    assert seqs(spool.held_after(0, 10)) == [1, 4, 5, 6]
    assert (spool.dropped, spool.depth) == (2, 4)
    spool.append([draft(event=True)], NOW)
    assert seqs(spool.held_after(0, 10)) == [4, 5, 6, 7]
    assert codec.decode(spool.held_after(0, 1)[0].payload).oldest_held == 4


def test_what_was_said_and_what_is_remembered_are_one_commit(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([draft(event=True)], NOW, {"device.machine-1": "said A"})
    spool.append([draft()], NOW, {"device.machine-1": "said B"})
    assert spool.recall("device.machine-1") == "said B"
    spool._db.close()
    again = opened(tmp_path, boot="b" * 32)
    assert again.recall("device.machine-1") == "said A"
    assert len(again.held_after(0, 10)) == 1


def test_a_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    file = tmp_path / "spool.sqlite3"
    file.write_bytes(b"not a database at all" * 500)
    spool = opened(tmp_path)
    assert spool.set_aside is not None
    assert spool.set_aside.read_bytes().startswith(b"not a database")
    spool.append([draft(event=True)], NOW)
    assert spool.depth == 1


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpoolError, match="can't be used"):
        Spool(tmp_path / "file" / "spool.sqlite3", ADDRESS, BOOT)


def test_a_disk_that_refuses_loses_nothing_and_bounds_memory(tmp_path: Path) -> None:
    spool = opened(tmp_path, max_rows=50)
    spool._db.execute("PRAGMA query_only = ON")
    for _ in range(80):
        with pytest.raises(SpoolError):
            spool.append([draft(event=True)], NOW)
    assert spool.depth <= 51
    spool._db.execute("PRAGMA query_only = OFF")
    spool.flush()
    held = seqs(spool.held_after(0, 1000))
    assert held == list(range(80 - len(held) + 1, 81))
    assert len(held) + spool.dropped == 80


def test_the_latest_sane_time_is_remembered(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([draft(event=True)], NOW)
    spool.append([draft(event=True)], Moment(NOW.wall_ms + 10**9, 5, sane=False))
    assert spool.latest_ms == NOW.wall_ms


def test_killed_at_any_moment_what_was_committed_is_there(tmp_path: Path) -> None:
    program = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        from tests.firmware_bridge.test_spool import NOW, draft, opened
        spool = opened(Path({str(tmp_path)!r}))
        for number in range(1, 100_000):
            spool.append([draft(float(number), event=True)], NOW)
            print(number, flush=True)
        """
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = [int(child.stdout.readline()) for _ in range(40)]
    os.kill(child.pid, signal.SIGKILL)
    said += [int(line) for line in child.stdout if line.endswith("\n")]
    child.wait()
    child.stdout.close()
    found = seqs(opened(tmp_path, boot="b" * 32).held_after(0, 100_000))
    assert found[: len(said)] == said
    assert sqlite3.connect(tmp_path / "spool.sqlite3").execute(
        "PRAGMA integrity_check"
    ).fetchone() == ("ok",)


def test_a_damaged_message_is_set_apart_counted_and_not_waited_for(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    spool.append([draft(event=True)] * 3, NOW)
    first = spool.held_after(0, 10)[0]
    spool.set_apart(first)
    spool.set_apart(first)
    assert (spool.depth, spool.dropped) == (2, 1)
    rest = spool.held_after(0, 10)
    assert [codec.decode(each.payload).oldest_held for each in rest] == [2, 2]
    spool.close()
    again = opened(tmp_path)
    assert (again.depth, again.dropped) == (2, 1)
    kept = again._db.execute("SELECT seq, payload FROM unreadable").fetchall()
    assert kept == [(1, first.payload)]


def test_damaged_messages_that_are_set_apart_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware_bridge.spool.UNREADABLE_ROWS", 3)
    spool = opened(tmp_path)
    spool.append([draft(event=True)] * 9, NOW)
    for held in spool.held_after(0, 10)[:7]:
        spool.set_apart(held)
    assert spool._db.execute("SELECT seq FROM unreadable").fetchall() == [(5,), (6,), (7,)]
    assert (spool.depth, spool.dropped) == (2, 7)
