"""How much memory a whole bridge needs: a real process, with simulated machines on ptys."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from firmware_bridge.bench.rows import Row
from firmware_bridge.contract.clock import Clock
from firmware_bridge.control import ask
from firmware_bridge.errors import BenchError, ControlError

DEVICES = 8
GOAL_MB = 80.0
WAIT_S = 120.0


def run(folder: Path, clock: Clock, devices: int = DEVICES) -> list[Row]:
    """Start machines and a bridge, wait until all were read, and look.

    Args:
        folder: an empty one, for links, configuration and spool.
        clock: for waiting.
        devices: how many machines.

    Raises:
        BenchError: they were not read in time; where this system tells nothing of a process.
    """
    if not Path("/proc/self/status").exists():
        raise BenchError("memory is read from /proc, which this system does not have")
    with ExitStack() as running:
        for number in range(1, devices + 1):
            link = str(folder / f"line{number}")
            seed = ("--seed", str(number), "--per-hour", "600")
            running.enter_context(_program("simulate", "vending", "--link", link, *seed))
        config = _configuration(folder, devices)
        _until(lambda: _links(folder) == devices, clock, "the machines are there")
        bridge = running.enter_context(_program("bridge", "run", "--config", str(config)))
        _until(lambda: _heard(folder) == devices, clock, "the bridge has read all machines")
        return _looked_at(bridge.pid, devices)


def _looked_at(pid: int, devices: int) -> list[Row]:
    rows = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    status = dict(row.split(":", maxsplit=1) for row in rows)
    maps = Path(f"/proc/{pid}/maps").read_text("utf-8")
    now_mb, most_mb = (_megabytes(status[name]) for name in ("VmRSS", "VmHWM"))
    note = f"a fresh process, {devices} simulated DEX machines on pseudo-terminals, all read"
    return [
        Row("memory of a bridge", now_mb, "MB", most=GOAL_MB, note=f"resident; {note}"),
        Row("memory of a bridge at its most", most_mb, "MB", note=note),
        Row(
            "numpy in its memory", float("numpy" in maps), "yes (1) or no (0)", most=0.0, note=note
        ),
    ]


def _megabytes(said: str) -> float:
    return int(said.split(maxsplit=1)[0]) * 1024 / 1e6


def _configuration(folder: Path, devices: int) -> Path:
    file = folder / "bridge.toml"
    tables = [
        f'[[device]]\nname = "machine-{number}"\nprofile = "dex-generic"\n'
        f'port = "{folder / f"line{number}"}"\nsettings = {{ poll_interval_s = 2 }}\n'
        for number in range(1, devices + 1)
    ]
    # Nobody listens at the discard port: everything stays in the spool.
    head = (
        f'site = "bench"\nbridge = "bench"\nstate_dir = "{folder / "state"}"\n'
        '[broker]\nurl = "mqtt://127.0.0.1:9"\n'
    )
    file.write_text(head + "".join(tables), encoding="utf-8")
    return file


@contextmanager
def _program(*arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "harborlight", "--log-level", "warning", *arguments]
    process = subprocess.Popen(  # noqa: S603 - our own program, our own arguments
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        process.kill()
        process.wait()


def _links(folder: Path) -> int:
    return sum(link.exists() for link in folder.glob("line*"))


def _heard(folder: Path) -> int:
    try:
        said = ask(folder / "state" / "control.sock", {"do": "status"}, 5).get("devices")
    except ControlError:
        return 0
    return list(said.values()).count("ok") if isinstance(said, dict) else 0


def _until(holds: Callable[[], bool], clock: Clock, what: str) -> None:
    end_s = clock.monotonic_s() + WAIT_S
    while not holds():
        if clock.monotonic_s() > end_s:
            raise BenchError(f"it did not come about in {WAIT_S:.0f} s that {what}")
        clock.sleep(0.2)
