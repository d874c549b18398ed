"""The wheel: what is in it, what is not, and that it runs from an environment of its own."""

import importlib.metadata
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.source import PACKAGES, files_below

OURS = {*PACKAGES, "harborlight"}
# What the program reads at run time, and a pattern that at least one file must match.
DATA = [
    "analysis/data/*",
    "dashboard/static/*.css",
    "dashboard/static/vendor/*.js",
    "dashboard/templates/*.html",
    "hardware/profiles/*.toml",
    "hub/store/migrations/versions/*.py",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    options = ["--wheel", "--no-isolation", "--outdir", str(folder)]
    command = [sys.executable, "-m", "build", *options, str(ROOT)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, which borrows the dependencies (but no editable install)."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    options = ["--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "install", *options, str(wheel)], check=True)
    site = home / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home


def test_the_top_level_names_are_the_five_rooms_and_the_front_door(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names} == {*PACKAGES, "harborlight.py"}


def test_every_file_of_the_rooms_is_in_the_wheel_and_nothing_else(names: set[str]) -> None:
    vendor = files_below("dashboard/static/vendor", but_not=set())
    ours = {
        str(file.relative_to(ROOT)) for file in [*files_below(*PACKAGES, "harborlight.py"), *vendor]
    }
    assert names == ours


@pytest.mark.parametrize("pattern", DATA)
def test_data_that_the_program_reads_is_in_the_wheel(names: set[str], pattern: str) -> None:
    assert any(Path(name).match(pattern) for name in names)


def test_every_room_says_that_it_is_typed(names: set[str]) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= names


def test_no_other_installed_distribution_owns_one_of_our_names() -> None:
    owners = importlib.metadata.packages_distributions()
    others = {name: set(owners.get(name, ())) - {"harborlight"} for name in OURS}
    assert {name: who for name, who in others.items() if who} == {}


def test_the_wheel_names_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name.partition(".dist-info/")[2]: name for name in archive.namelist()}
        commands = archive.read(inside["entry_points.txt"]).decode()
    assert "licenses/LICENSE" in inside
    assert "harborlight = harborlight:main" in commands


def test_the_installed_command_runs_from_its_own_files(installed: Path, tmp_path: Path) -> None:
    found = run(
        installed, tmp_path, "python", "-c", "import harborlight; print(harborlight.__file__)"
    )
    assert Path(found.strip()).is_relative_to(installed)
    assert importlib.metadata.version("harborlight") in run(
        installed, tmp_path, "harborlight", "--version"
    )


def test_the_installed_program_finds_its_data(installed: Path, tmp_path: Path) -> None:
    asked = "import hardware.profile as p; print(len([p.load(n) for n in p.names()]))"
    assert int(run(installed, tmp_path, "python", "-c", asked)) > 0


def run(home: Path, folder: Path, program: str, *arguments: str) -> str:
    done = subprocess.run(
        [home / "bin" / program, *arguments],
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
