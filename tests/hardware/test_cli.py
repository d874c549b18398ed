"""The command line: profiles are shown, simulators start quickly, obey, and stop when told."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hardware import profile
from hardware.cli import profiles, simulate
from hardware.simulators.control import ask
from tests.hardware.carrier import Carrier, Line

COMMANDS = [
    (group, name, command)
    for group in (simulate, profiles)
    for name, command in [("", group), *sorted(group.commands.items())]
]
RUN = "import sys; from hardware.cli import simulate; simulate(sys.argv[1:])"


@contextmanager
def program(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """A simulator as a program of its own, and how long it took to be ready, seconds."""
    began_s = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready on")
            yield process, time.monotonic() - began_s
        finally:
            process.kill()


@pytest.mark.parametrize(("group", "name", "command"), COMMANDS)
def test_every_command_has_help_with_an_example(
    group: click.Group, name: str, command: click.Command
) -> None:
    shown = CliRunner().invoke(group, [name, "--help"] if name else ["--help"])
    assert shown.exit_code == 0
    assert "Example:" in shown.output
    assert "harborlight " in shown.output
    assert command.help


def test_profiles_are_listed_and_shown() -> None:
    listed = CliRunner().invoke(profiles, ["list"])
    assert [line.split()[0] for line in listed.output.splitlines()] == profile.names()
    shown = CliRunner().invoke(profiles, ["show", "dex-ams"])
    assert 'driver = "dex"' in shown.output
    missing = CliRunner().invoke(profiles, ["show", "dex-foo"])
    assert missing.exit_code == 1
    assert "dex-ams" in missing.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_vending_simulator_starts_quickly_and_stops_when_told(
    tmp_path: Path, number: signal.Signals
) -> None:
    link, control = tmp_path / "vend0", tmp_path / "vend0.ctl"
    with program("vending", "--link", str(link), "--control", str(control)) as (process, took_s):
        assert took_s < 8.0  # 0.4 s on an idle machine; tests share theirs
        with Line(link) as line:
            assert Carrier(line).audit().endswith(b"DXE*1*1\r\n")
        assert ask(control, {"do": "state"})["reads"] == 1
        began_s = time.monotonic()
        process.send_signal(number)
        assert process.wait(5) == 0
        assert time.monotonic() - began_s < 3.0
    assert not link.is_symlink()
    assert not control.exists()


def test_after_a_kill_the_same_names_and_the_counters_are_taken_up_again(tmp_path: Path) -> None:
    link, control, state = (tmp_path / name for name in ("vend0", "vend0.ctl", "vend0.json"))
    arguments = ["vending", "--link", link, "--control", control, "--state", state]
    with program(*map(str, arguments)):
        ask(control, {"do": "sell", "selection": "A1", "count": 5})
    with program(*map(str, arguments)):
        selections = ask(control, {"do": "state"})["selections"]
    assert isinstance(selections, dict)
    assert selections["A1"]["level"] == 7


def test_a_spectrometer_simulator_answers(tmp_path: Path) -> None:
    link, control = tmp_path / "ir0", tmp_path / "ir0.ctl"
    with program("spectrometer", "--link", str(link), "--control", str(control)):
        with Line(link) as line:
            line.write(b"v")
            assert line.read(3) == b"\x06" + (3000).to_bytes(2, "big")
        shown = CliRunner().invoke(simulate, ["ask", str(control), '{"do": "state"}'])
        assert '"profile": "sim-mid-ir-array"' in shown.output


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["ask", "/nowhere.ctl", '{"do": "state"}'], "no answer"),
        (["ask", "/nowhere.ctl", "{"], "JSON"),
        (["ask", "/nowhere.ctl", "5"], "object"),
        (["vending", "--link", "x", "--profile", "sim-raman-785"], "no vending machine"),
        (["spectrometer", "--link", "x", "--profile", "dex-ams"], "dex-ams"),
        (["vending", "--link", "x", "--profile", "none"], "dex-generic"),
    ],
)
def test_what_can_not_be_done_is_said_in_one_message(arguments: list[str], word: str) -> None:
    refused = CliRunner().invoke(simulate, arguments)
    assert refused.exit_code != 0
    assert word in refused.output
    assert "Traceback" not in refused.output


def test_the_vending_simulator_does_not_load_numpy() -> None:
    code = (
        "import sys; import hardware.simulators.vending, hardware.simulators.simulator;"
        "assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)
