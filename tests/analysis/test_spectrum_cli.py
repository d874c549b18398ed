"""`harborlight spectrum`: what is told of files, and what is written."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.readers import read
from analysis.spectrum import Spectrum
from analysis.spectrum_cli import spectrum
from analysis.writers import write_jcamp

AXIS = np.linspace(650.0, 1800.0, 60)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = [Spectrum(AXIS, np.sin(AXIS / n), "raman", "cm-1", title=f"t{n}") for n in (40, 50)]
    path = tmp_path / "two.jdx"
    path.write_bytes(write_jcamp(made))
    return path


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(spectrum, [str(word) for word in words])
    return result.exit_code, result.output


def test_info_tells_what_is_in_a_file(file: Path) -> None:
    code, told = run("info", file)
    assert code == 0
    assert "2 spectra" in told
    assert "raman, 60 points, 650 to 1800 cm-1" in told
    assert "title: t40" in told


def test_info_as_json_names_the_place_of_damage(file: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jdx"
    damaged.write_bytes(file.read_bytes()[:-9])
    code, told = run("info", "--json", file, damaged)
    assert code == 1
    good, bad = map(json.loads, told.splitlines())
    assert [one["points"] for one in good["spectra"]] == [60, 60]
    assert bad["line"] > 1
    assert "cut short" in bad["error"]


def test_convert_writes_one_jcamp_file(file: Path, tmp_path: Path) -> None:
    code, told = run("convert", file, "--to", "jcamp", "--form", "difdup")
    assert code == 0
    assert told.strip() == str(tmp_path / "two.jdx.jdx")
    before, after = read(file), read(tmp_path / "two.jdx.jdx")
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=1e-8)


def test_convert_writes_a_csv_for_each_spectrum(file: Path, tmp_path: Path) -> None:
    code, told = run("convert", file, "--to", "csv", "--out", tmp_path / "out.csv")
    assert code == 0
    assert told.split() == [str(tmp_path / "out-1.csv"), str(tmp_path / "out-2.csv")]
    (first,) = read(tmp_path / "out-1.csv")
    np.testing.assert_array_equal(first.values, read(file)[0].values)


def test_nothing_is_overwritten(file: Path) -> None:
    before = file.read_bytes()
    code, told = run("convert", file, "--to", "jcamp", "--out", file)
    assert code == 1
    assert "can't be written" in told
    assert file.read_bytes() == before


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    code, told = run("convert", tmp_path / "none.spc", "--to", "csv")
    assert code == 1
    assert "none.spc" in told
