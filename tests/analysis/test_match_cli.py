import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis import Matcher, Spectrum
from analysis.match_cli import _shown, match
from tests.analysis.worlds import mixture, references, write_csv


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


@pytest.fixture
def plain_file(tmp_path: Path) -> Path:
    """Two substances of the small world, none of them watched."""
    refs = references(20, seed=3)
    return write_csv(tmp_path / "a.csv", mixture([refs[10], refs[15]], [0.5, 0.5]))


def test_a_detection_wins_over_a_file_that_cant_be_read(fentanyl_file: Path) -> None:
    none = str(fentanyl_file.with_name("none.csv"))
    done = CliRunner().invoke(match, [none, str(fentanyl_file), "--json"])
    assert done.exit_code == 3
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0]["file"] == none
    assert "can't be opened" in lines[0]["error"]
    assert lines[1]["file"] == str(fentanyl_file)
    assert "none.csv" in done.stderr


def test_peaks_and_steps_stand_in_the_text(fentanyl_file: Path) -> None:
    done = CliRunner().invoke(match, [str(fentanyl_file), "--peaks", "--steps"])
    assert done.exit_code == 3, done.output
    assert "Bands of what was named" in done.output
    assert "1016 cm-1: seen" in done.output
    assert "1. fentanyl, likeness" in done.output
    assert "ended: " in done.output
    assert "12 other members: inconclusive (can't be judged beside fentanyl)" in done.output


def test_peaks_and_steps_stand_in_the_json_when_asked_for(fentanyl_file: Path) -> None:
    more = CliRunner().invoke(match, [str(fentanyl_file), "--json", "--peaks", "--steps"])
    found = json.loads(more.output)
    assert {p["substance"] for p in found["peaks"]} == {"mannitol", "fentanyl"}
    assert {"position", "height", "seen", "shift", "explained_by"} <= set(
        found["peaks"][0]["peaks"][0]
    )
    assert found["refutations"] == []
    assert found["hit_peaks"][0]["matched"]
    assert found["subtraction"]["steps"][0]["substance"] == "fentanyl"
    assert len(found["subtraction"]["steps"][0]["after"]) == len(found["axis"])
    plain = json.loads(CliRunner().invoke(match, [str(fentanyl_file), "--json"]).output)
    assert not {"peaks", "subtraction", "plot"} & set(plain)


def test_several_spectra_get_a_numbered_picture_each(
    plain_file: Path, library_file: Path, tmp_path: Path
) -> None:
    args = ["--library", str(library_file), "--plot", str(tmp_path / "out.svg")]
    done = CliRunner().invoke(match, [str(plain_file), str(plain_file), *args])
    assert done.exit_code == 0, done.output
    assert f"picture: {tmp_path / 'out-2.svg'}" in done.output
    assert sorted(p.name for p in tmp_path.glob("*.svg")) == ["out-1.svg", "out-2.svg"]
    alone = CliRunner().invoke(match, [str(plain_file), *args, "--json"])
    assert json.loads(alone.output)["plot"] == str(tmp_path / "out.svg")


def test_a_picture_that_cant_be_made_is_said_before_any_work(plain_file: Path) -> None:
    for name, said in (("out.pdf", "ends in .png or .svg"), ("out", "ends in .png or .svg")):
        done = CliRunner().invoke(match, [str(plain_file), "--plot", name])
        assert done.exit_code == 1
        assert said in done.output
        assert "==" not in done.output


def test_a_picture_never_takes_the_place_of_a_spectrum(plain_file: Path) -> None:
    sample = plain_file.rename(plain_file.with_suffix(".svg"))
    before = sample.read_bytes()
    done = CliRunner().invoke(match, [str(sample), "--plot", str(sample)])
    assert done.exit_code == 1
    assert "one of the spectra" in done.output
    assert sample.read_bytes() == before


def test_a_picture_that_cant_be_written_is_exit_status_one(
    plain_file: Path, library_file: Path, tmp_path: Path
) -> None:
    args = ["--library", str(library_file), "--plot", str(tmp_path / "none" / "out.png")]
    done = CliRunner().invoke(match, [str(plain_file), *args])
    assert done.exit_code == 1
    assert "can't be written" in done.output
    assert f"== {plain_file}" in done.output


def test_without_matplotlib_it_says_what_to_install(
    plain_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = CliRunner().invoke(match, [str(plain_file), "--plot", "out.png"])
    assert done.exit_code == 1
    assert "harborlight[plot]" in done.output


class Terminal(io.StringIO):
    """Where a person looks."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "err", "shown"),
    [
        (io.StringIO, Terminal, True),
        (Terminal, Terminal, False),
        (io.StringIO, io.StringIO, False),
    ],
)
def test_a_bar_is_shown_to_a_person_who_does_not_see_the_results(
    out: type[io.StringIO], err: type[io.StringIO], monkeypatch: pytest.MonkeyPatch, *, shown: bool
) -> None:
    said = err()
    monkeypatch.setattr(sys, "stdout", out())
    monkeypatch.setattr(sys, "stderr", said)
    files = (Path("a"), Path("b"))
    with _shown(files) as each:
        assert tuple(each) == files
    assert ("spectra" in said.getvalue()) is shown


def test_the_help_has_an_example() -> None:
    assert "Example: harborlight match" in (match.help or "")
