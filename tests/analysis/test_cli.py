from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analysis import Library
from analysis.library_cli import library
from tests.analysis.worlds import references, write_csv


def test_a_folder_becomes_a_library(tmp_path: Path) -> None:
    folder = tmp_path / "spectra"
    folder.mkdir()
    for r in references(6, seed=4):
        write_csv(folder / f"{r.substance}.csv", r.spectrum)
    (folder / "broken.csv").write_text("x\n")
    table = tmp_path / "table.csv"
    table.write_text("file,substance,family,licence\nplain 4.csv,tranq,,CC0\n")
    out = tmp_path / "ours.hlib"
    args = ["import", str(folder), "--out", str(out), "--sidecar", str(table)]
    done = CliRunner().invoke(library, args)
    assert done.exit_code == 1
    assert "broken.csv" in done.output
    made = Library.open(out)
    assert made.grade == "reference"
    assert {e.substance for e in made.entries} >= {"xylazine", "plain 5", "target 0"}
    checked = CliRunner().invoke(library, ["check", str(out)])
    assert checked.exit_code == 1
    assert "not calibrated" in checked.output


def test_info_and_list_of_the_shipped_library() -> None:
    said = CliRunner().invoke(library, ["info"])
    assert said.exit_code == 0
    assert "demonstration" in said.output
    assert "synthetic blanks" in said.output
    listed = CliRunner().invoke(library, ["list"]).output.splitlines()
    assert len(listed) == 71
    assert any(line.startswith("fentanyls\tcarfentanil\tbase") for line in listed)


@pytest.mark.slow
def test_calibrate_keeps_its_result_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "ours.hlib"
    Library.build(references(12, seed=5)).save(file)
    done = CliRunner().invoke(
        library, ["calibrate", str(file), "--blanks", "200", "--target", "target 1"]
    )
    assert done.exit_code == 0, done.output
    made = Library.open(file).calibration
    assert made is not None
    assert made.targets == ("target 1",)
    assert np.isfinite(made.levels).all()


def test_trouble_is_one_line_not_a_traceback(tmp_path: Path) -> None:
    for args in (["info", str(tmp_path / "none")], ["calibrate", str(tmp_path / "none")]):
        done = CliRunner().invoke(library, args)
        assert done.exit_code == 1
        assert "no such library" in done.output


@pytest.mark.parametrize("name", sorted(library.commands))
def test_every_help_has_an_example(name: str) -> None:
    assert f"Example: harborlight library {name}" in (library.commands[name].help or "")
