"""The commands, as a person types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firmware_bridge.contract.clock import SystemClock
from hub.cli import hub
from hub.config import load
from hub.store import Store
from tests.hub.checks import world as w
from tests.hub.checks.test_lab_csv import GOOD, HEAD
from tests.hub.checks.world import Table


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "hub.toml"
    path.write_text(
        '[hub]\ndata_dir = "data"\n[checks]\nprogram = "Us"\n[checks.areas]\nnorth = "North"\n'
    )
    (tmp_path / "data").mkdir()
    store = Store.open(load(path).store_url, SystemClock())
    Table(store).whole(1)
    store.close()
    return path


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(hub, [*arguments, "--config", str(config)])


def test_an_answer_from_the_file_to_the_released_card(config: Path, tmp_path: Path) -> None:
    file, code = tmp_path / "answers.csv", w.code(1)
    file.write_text(f"{HEAD}\n{GOOD}\n")
    assert "would be added" in run(config, "checks", "import-lab", str(file), "--dry-run").output
    assert "1 answers added" in run(config, "checks", "import-lab", str(file)).output
    shown = run(config, "checks", "show", code).output
    assert "Found by the laboratory: fentanyl" in shown
    assert "version 2" in run(config, "checks", "release", code).output
    told = json.loads(run(config, "checks", "show", code, "--json").output)
    assert told["state"] == "released"
    event = told["trail"][0]["event"]
    assert run(config, "checks", "withdraw", code, event, "swapped").exit_code == 1
    done = run(config, "checks", "withdraw", code, event, "swapped", "--change", "it was swapped")
    assert "amended" in done.output
    assert run(config, "checks", "amend", code, "the lot was recalled").exit_code == 0
    assert "no conflict" in run(config, "checks", "settle", code, "intake", event).output


def test_a_bad_file_is_refused_whole(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(f"{HEAD}\n{GOOD}\n{GOOD.replace('yes', 'hm')}\n")
    done = run(config, "checks", "import-lab", str(file))
    assert done.exit_code == 1
    assert "line 3: found: yes or no" in done.output
    assert "nothing was taken" in done.output


def test_exports_and_tables(config: Path, tmp_path: Path) -> None:
    days = ("--from", "2020-01-01", "--to", "2099-12-31", "--format")
    for form in ("unc", "json", "jcamp"):
        done = run(config, "export-checks", *days, form, "--out", str(tmp_path / form))
        assert "1 samples" in done.output
    empty = ("--from", "2020-01-01", "--to", "2020-01-02", "--format", "json")
    assert "0 samples" in run(config, "export-checks", *empty, "--out", str(tmp_path / "e")).output
    public = run(config, "public-export").output
    assert public.startswith("month,area,group,samples,found")
    assert "lines in" in run(config, "public-export", "--out", str(tmp_path / "p.csv")).output
    assert "spectrum-strip" in run(config, "concordance").output
    (table, *_) = json.loads(run(config, "concordance", "--json").output)
    assert table["n"] == 1
