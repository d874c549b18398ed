"""The arrows of the house: each import contract of pyproject.toml can fail, and the rest of them.

`lint-imports` itself is a step of the gate; here a hollow copy of the house (the same files, empty)
is given one wrong import at a time.
"""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.source import PACKAGES, imported_names, source_files

LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"

# (contract, the file that does wrong, what it should not have written)
VIOLATIONS = [
    ("foundations", "analysis/spectrum.py", "import hardware"),
    ("foundations", "analysis/spectrum.py", "from firmware_bridge.contract import codec"),
    ("foundations", "hardware/__init__.py", "import analysis"),
    ("foundations", "hardware/simulators/__init__.py", "import firmware_bridge.framing"),
    ("foundations", "firmware_bridge/contract/codec.py", "import firmware_bridge.drivers.base"),
    ("foundations", "firmware_bridge/contract/codec.py", "import analysis"),
    ("bridge", "firmware_bridge/drivers/base.py", "import hub"),
    ("bridge", "firmware_bridge/drivers/base.py", "import dashboard"),
    ("bridge", "firmware_bridge/drivers/base.py", "import hardware.simulators"),
    ("hub", "hub/store/__init__.py", "import firmware_bridge.drivers.base"),
    ("hub", "hub/store/__init__.py", "def late() -> None:\n    import hardware.simulators"),
    ("hub", "hub/store/__init__.py", "import dashboard"),
    ("dashboard", "dashboard/__init__.py", "import analysis"),
    ("dashboard", "dashboard/__init__.py", "import hardware"),
    ("dashboard", "dashboard/__init__.py", "import firmware_bridge.drivers.base"),
    ("table", "dashboard/table/__init__.py", "import hub.errors"),
    (
        "table",
        "dashboard/security.py",
        "import hub.errors\n!dashboard/table/app.py\nimport dashboard.security",
    ),
    ("front-door", "hub/__init__.py", "import harborlight"),
    ("front-door", "analysis/__init__.py", "from tests.conftest import ROOT"),
    (
        "circles",
        "firmware_bridge/drivers/base.py",
        "import firmware_bridge.framing\n"  # noqa: ISC004 - one text of two files, parted by "!"
        "!firmware_bridge/framing/__init__.py\nimport firmware_bridge.drivers.base",
    ),
    ("home-serial", "firmware_bridge/drivers/base.py", "import serial.tools.list_ports"),
    ("home-mqtt", "hub/store/__init__.py", "import paho.mqtt.client"),
    ("home-sqlite", "hub/store/__init__.py", "import sqlite3"),
    ("home-database", "dashboard/__init__.py", "from sqlalchemy import select"),
    ("home-influx", "hub/store/__init__.py", "import influxdb_client"),
    ("home-notify", "hub/store/__init__.py", "import apprise"),
    ("home-web", "hub/store/__init__.py", "from flask import Flask"),
    ("home-numbers", "firmware_bridge/drivers/base.py", "import numpy as np"),
    ("home-pictures", "analysis/report.py", "import matplotlib.figure"),
    ("home-science", "hardware/simulators/__init__.py", "import scipy.signal"),
]


def contract_ids() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def hollow_house(tmp_path: Path) -> Path:
    for file in source_files(*PACKAGES):
        hollow = tmp_path / file.relative_to(ROOT)
        hollow.parent.mkdir(parents=True, exist_ok=True)
        hollow.touch()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return tmp_path


def lint(house: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", *chosen],
        cwd=house,
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_house_without_imports_keeps_every_contract(hollow_house: Path) -> None:
    done = lint(hollow_house)
    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(contract_ids())} kept, 0 broken." in done.stdout


@pytest.mark.parametrize(("contract", "file", "written"), VIOLATIONS)
def test_one_wrong_import_breaks_its_contract(
    hollow_house: Path, contract: str, file: str, written: str
) -> None:
    for part in f"!{file}\n{written}".split("!")[1:]:
        name, _, lines = part.partition("\n")
        assert (hollow_house / name).exists(), f"{name} has moved: mend VIOLATIONS"
        (hollow_house / name).write_text(lines + "\n", encoding="utf-8")
    done = lint(hollow_house, contract)
    assert "Contracts: 0 kept, 1 broken." in done.stdout, done.stdout + done.stderr


def test_every_contract_has_a_violation_that_it_catches() -> None:
    assert {contract for contract, *_ in VIOLATIONS} == contract_ids()


@pytest.mark.parametrize(
    "file",
    source_files("firmware_bridge/contract"),
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_the_message_contract_needs_the_standard_library_only(file: Path) -> None:
    names = imported_names(ast.parse(file.read_bytes()))
    foreign = {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}
    assert {name for name in foreign if not name.startswith("firmware_bridge.contract")} == set()


def test_the_hub_pulls_in_no_serial_port_with_the_message_contract() -> None:
    asked = "import sys, firmware_bridge.contract.codec; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert not {"serial", "numpy", "paho", "pydantic"} & set(done.stdout.split())
