"""Documents that can't fall behind, and files for the host that can be used as they are."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pydantic import BaseModel

from hardware import profile
from hardware.simulators.board_control import VERBS as BOARD_VERBS
from hardware.simulators.faults import KINDS
from hardware.simulators.mdb_control import VERBS as MDB_VERBS
from hardware.simulators.spectrometer import VERBS as SPECTROMETER_VERBS
from hardware.simulators.vending_control import VERBS as VENDING_VERBS

ROOT = Path(__file__).resolve().parents[2]
PROFILES = (ROOT / "docs/hardware/profiles.md").read_text(encoding="utf-8")
SIMULATORS = (ROOT / "docs/hardware/simulators.md").read_text(encoding="utf-8")
UNITS = sorted((ROOT / "hardware/systemd").glob("*.service"))
TABLES: dict[str, type[BaseModel]] = {
    "line": profile.LineSettings,
    "spectrum": profile.SpectrumSettings,
    "vending": profile.VendingSettings,
}


@pytest.mark.parametrize("name", profile.names())
def test_every_profile_is_in_the_docs(name: str) -> None:
    assert f"| `{name}` |" in PROFILES


def test_every_key_of_a_profile_is_in_the_docs() -> None:
    keys = {f"{table}.{key}" for table, model in TABLES.items() for key in model.model_fields}
    keys |= profile.Profile.model_fields.keys() - TABLES.keys()
    assert [key for key in sorted(keys) if f"`{key}" not in PROFILES] == []


@pytest.mark.parametrize(
    "verb", sorted({*VENDING_VERBS, *SPECTROMETER_VERBS, *MDB_VERBS, *BOARD_VERBS})
)
def test_every_verb_of_a_simulator_is_in_the_docs(verb: str) -> None:
    assert f'"do": "{verb}"' in SIMULATORS or f"`{verb}`" in SIMULATORS


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_is_in_the_docs(kind: str) -> None:
    assert f"| `{kind}` |" in SIMULATORS


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_every_unit(unit: Path, tmp_path: Path) -> None:
    judge = shutil.which("systemd-analyze")
    if judge is None:
        pytest.skip("no systemd-analyze on this machine")
    for other in UNITS:
        text = re.sub(r"/opt/harborlight\S+", "/bin/true", other.read_text(encoding="utf-8"))
        (tmp_path / other.name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        [judge, "verify", str(tmp_path / unit.name)], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_every_line_of_the_udev_rules_has_the_form_of_a_rule() -> None:
    term = r'[A-Z]+(\{[A-Za-z_]+\})?(==|!=|\+=|=)"[^"]*"'
    text = (ROOT / "hardware/udev/60-harborlight.rules").read_text(encoding="utf-8")
    rules = [line.lstrip("#") for line in text.splitlines() if re.match(r"#?[A-Z]+[!={]", line)]
    assert len(rules) >= 7
    assert all(re.fullmatch(rf"{term}(, {term})*", rule) for rule in rules)
