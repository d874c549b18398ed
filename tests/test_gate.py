"""The gate and the set-up: one command each, the same for a reader of the README and for CI."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests import docs_text
from tests.conftest import ROOT

SCRIPTS = ["setup", "demo", "test", "check", "pin"]


def readme_commands() -> list[str]:
    blocks = [
        fence
        for fence in docs_text.fences(ROOT / "README.md")
        if fence.language in {"bash", "console", "sh", "shell"}
    ]
    found = []
    for block in blocks[:2]:
        lines = docs_text.commands(block.body) or block.body.splitlines()
        found.append(next(line for line in lines if line and not line.startswith("#")))
    return found


def test_the_readme_begins_with_the_demo_and_goes_on_with_the_tests() -> None:
    first, second = readme_commands()
    assert first.split("#")[0].strip() == "make demo"
    assert second.split("#")[0].strip() == "make test"


def test_ci_runs_the_command_of_the_readme_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    doing = [line for line in lines if line and not line.startswith("#")]
    assert doing == ["set -eu", 'cd "$(dirname "$0")/.."', "export CI=true", "exec make test"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_run_and_is_sound_bash(script: str) -> None:
    file = ROOT / "scripts" / script
    assert file.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", file], check=False).returncode == 0


@pytest.mark.parametrize("script", ["setup", "check"])
def test_a_script_refuses_what_it_does_not_know(script: str) -> None:
    done = subprocess.run(
        [ROOT / "scripts" / script, "--bogus"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "--bogus" in done.stderr


def test_pins_are_exact_and_name_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if not line.startswith("#")]
    assert pins
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.+!]*", pin)] == []
    assert not [pin for pin in pins if pin.startswith("harborlight")]


def test_front_end_packages_are_pinned_and_their_lock_names_no_address() -> None:
    wanted = json.loads((ROOT / "dashboard" / "package.json").read_text(encoding="utf-8"))
    pins = [*wanted.get("dependencies", {}).values(), *wanted.get("devDependencies", {}).values()]
    assert pins
    assert [pin for pin in pins if not re.fullmatch(r"\d+\.\d+\.\d+", pin)] == []
    lock = json.loads((ROOT / "dashboard" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert all("integrity" in each and "resolved" not in each for each in packages.values())


def test_the_programs_that_a_set_up_looks_for_are_those_that_tests_ask_for() -> None:
    """A test that asks for another server would be skipped for ever."""
    asked: set[str] = set()
    for file in sorted((ROOT / "tests").rglob("*.py")):
        if file != Path(__file__):
            asked |= set(re.findall(r"server_program\(\"([a-z-]+)\"\)", file.read_text("utf-8")))
    debian = (ROOT / "scripts" / "debian.sh").read_text(encoding="utf-8")
    from_wheels = {"nats-server"}
    assert {name for name in asked - from_wheels if f" {name}" not in debian} == set()
