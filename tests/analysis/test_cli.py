import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analysis import Library, Matcher, Spectrum
from analysis.cli import match
from analysis.library_cli import library
from tests.analysis.worlds import mixture, references


def write_csv(path: Path, spectrum: Spectrum) -> Path:
    """Two columns with a head that names the unit and the quantity."""
    rows = [f"{x:.4f},{y:.6f}" for x, y in zip(spectrum.axis, spectrum.values, strict=True)]
    path.write_text("wavenumber (cm-1),absorbance\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def library_file(small: Matcher, tmp_path: Path) -> Path:
    """The small world's library with the default watch list's verdicts unknown to it."""
    small.library.save(tmp_path / "small.hlib")
    return tmp_path / "small.hlib"


@pytest.fixture
def fentanyl_file(demonstration: Matcher, tmp_path: Path) -> Path:
    """Half fentanyl, half mannitol, from the shipped library."""
    entries = demonstration.library.entries
    rows = {e.substance: v for e, v in zip(entries, demonstration.library.values, strict=True)}
    values = 0.5 * rows["fentanyl"] + 0.5 * rows["mannitol"]
    grid = demonstration.library.recipe.grid()
    return write_csv(tmp_path / "sample.csv", Spectrum(grid, values))


def test_something_detected_is_exit_status_three(fentanyl_file: Path) -> None:
    done = CliRunner().invoke(match, [str(fentanyl_file)])
    assert done.exit_code == 3, done.output
    assert "fentanyls: DETECTED" in done.output
    assert "DEMONSTRATION" in done.output
    assert "nothing about strength" in done.output
    assert "medetomidine: inconclusive (no reference in this library)" in done.output


def test_json_is_one_object_per_spectrum(fentanyl_file: Path) -> None:
    done = CliRunner().invoke(match, [str(fentanyl_file), str(fentanyl_file), "--json"])
    lines = done.output.splitlines()
    assert len(lines) == 2
    found = json.loads(lines[0])
    assert found["file"] == str(fentanyl_file)
    assert found["releasable"] is False
    assert {t["verdict"] for t in found["targets"]} >= {"detected", "inconclusive"}


def test_nothing_detected_is_exit_status_nought(library_file: Path, tmp_path: Path) -> None:
    refs = references(20, seed=3)
    sample = write_csv(tmp_path / "a.csv", mixture([refs[10], refs[15]], [0.5, 0.5]))
    done = CliRunner().invoke(match, [str(sample), "--library", str(library_file)])
    assert done.exit_code == 0, done.output
    assert "fentanyls: inconclusive" in done.output


def test_an_unreadable_file_is_exit_status_one_and_the_others_are_matched(
    library_file: Path, tmp_path: Path
) -> None:
    refs = references(20, seed=3)
    good = write_csv(tmp_path / "a.csv", mixture([refs[10], refs[15]], [0.5, 0.5]))
    bad = tmp_path / "bad.csv"
    bad.write_text("this is no spectrum\n")
    args = [str(bad), str(tmp_path / "none.csv"), str(good), "--library", str(library_file)]
    done = CliRunner().invoke(match, args)
    assert done.exit_code == 1
    assert "bad.csv" in done.output
    assert f"== {good}" in done.output
    assert CliRunner().invoke(match, [str(good), "--library", str(bad)]).exit_code == 1


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


@pytest.mark.parametrize("name", ["match", *[f"library {c}" for c in sorted(library.commands)]])
def test_every_help_has_an_example(name: str) -> None:
    command = match if name == "match" else library.commands[name.split()[1]]
    assert f"Example: harborlight {name}" in (command.help or "")
