import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analysis import Library, LibraryError, Matcher
from analysis.importing import import_folder, read_file
from analysis.library_cli import library
from analysis.sidecar import read_sidecar
from analysis.weaknesses import weaknesses
from tests.analysis.worlds import references, write_csv


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "spectra"
    made.mkdir()
    for r in references(6, seed=4):
        write_csv(made / f"{r.substance}.csv", r.spectrum)
    return made


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_toml_table_and_a_csv_table_say_the_same(folder: Path, tmp_path: Path) -> None:
    toml = write(
        tmp_path / "t.toml",
        '["*"]\nlicence = "CC0"\ninstrument = "Cary 630"\n'
        '["plain 4.csv"]\nsubstance = "caffeine"\npubchem = 2519\ncas = "58-08-2"\n',
    )
    csv = write(
        tmp_path / "t.csv",
        "file,substance,pubchem,cas,licence,instrument\n*,,,,CC0,Cary 630\n"
        "plain 4.csv,caffeine,2519,58-08-2,,\n",
    )
    one, two = (import_folder(folder, table) for table in (toml, csv))
    assert one == two
    assert one.left_out == []
    caffeine = next(r for r in one.references if r.substance == "caffeine")
    assert (caffeine.pubchem, caffeine.cas) == ("2519", "58-08-2")
    assert caffeine.inchikey == "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
    assert {(r.licence, r.instrument) for r in one.references} == {("CC0", "Cary 630")}
    entry = Library.build(one.references).entries
    assert {e.pubchem for e in entry} == {"2519", None}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "name\nx\n", "needs a column named 'file'"),
        ("a.csv", "file,colour\nx,red\n", "line 2: 'colour' is not known"),
        ("a.csv", "file,cas\nx,58-08-3\n", "line 2: cas: '58-08-3' has a slip"),
        ("a.csv", "file,inchikey\nx,ABC\n", "inchikey: 'ABC'"),
        ("a.csv", "file,form\nx,HCl\nx,base\n", "line 3: 'x' stands in it twice"),
        ("a.csv", "file,form\nx,HCl,more\n", "line 2: more or fewer cells"),
        ("a.toml", 'file = "x"\n', "file is no table"),
        ("a.toml", "[x]\nform = 1.5\n", "x: form: text is wanted, not 1.5"),
        ("a.toml", "[x\n", "can't be read"),
    ],
)
def test_a_table_with_a_slip_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(LibraryError, match=said):
        read_sidecar(write(tmp_path / name, text))


def test_the_same_measurement_twice_is_kept_once(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "plain 4.csv", folder / "plain 4 again.csv")
    found = import_folder(folder)
    assert len(found.references) == 6
    (said,) = found.left_out
    assert said.startswith("plain 4.csv: the same measurement as plain 4 again.csv, under another")
    table = write(tmp_path / "t.csv", "file,substance\nplain 4 again.csv,Plain-4\n")
    found = import_folder(folder, table)
    assert found.left_out == []
    assert found.notes == ["plain 4.csv: the same measurement as plain 4 again.csv; kept once"]
    done: list[tuple[int, int]] = []
    import_folder(folder, None, lambda *at: done.append(at), {"PLAIN 5": "class 0"})
    assert done[-1] == (7, 7)


def test_names_are_spelled_as_the_library_has_them(folder: Path) -> None:
    found = import_folder(folder, known={"PLAIN 5": "class 0"})
    assert ("PLAIN 5", "class 0") in {(r.substance, r.family) for r in found.references}


def test_add_list_and_remove_on_a_file(folder: Path, tmp_path: Path) -> None:
    file, more = tmp_path / "a.hlib", tmp_path / "more"
    more.mkdir()
    shutil.move(folder / "plain 5.csv", more / "PLAIN-5.csv")
    write(more / "bad.csv", "no numbers\n")
    far = references(1, seed=9)[0].spectrum
    write_csv(more / "far.csv", type(far)(far.axis + 2000, far.values))
    run = CliRunner().invoke
    assert run(library, ["import", str(folder), "--out", str(file)]).exit_code == 0
    before = Library.open(file)
    done = run(library, ["add", str(file), str(more)])
    assert done.exit_code == 1
    assert "left out: bad.csv: " in done.output
    assert "left out: far: covers 2600 to 3396" in done.output
    assert "1 added, 0 were there" in done.output
    assert len(Library.open(file, verify=True)) == 6
    listed = run(library, ["list", str(file), "--filter", "substance=plain 5"])
    assert listed.output.split("\t")[1] == "PLAIN-5"
    other = tmp_path / "b.hlib"
    done = run(library, ["remove", str(file), "--filter", "substance=plain 5", "--out", str(other)])
    assert done.exit_code == 0, done.output
    assert "1 removed" in done.output
    assert Library.open(other).version == before.version
    assert len(Library.open(file)) == 6
    done = run(library, ["remove", str(file), "--filter", "family=nothing"])
    assert done.exit_code == 1
    assert "nothing was changed" in done.output
    assert run(library, ["remove", str(file)]).exit_code == 2
    for wrong in ("colour=red", "family", "family="):
        assert run(library, ["list", str(file), "--filter", wrong]).exit_code == 2


def test_a_calibration_that_is_left_out_is_shown(small: Matcher, tmp_path: Path) -> None:
    known = small.library.calibration
    assert known is not None
    strange = dataclasses.replace(known, library_version="0123456789abcdef")
    file = tmp_path / "a.hlib"
    dataclasses.replace(small.library, calibration=strange).save(file)
    said = CliRunner().invoke(library, ["info", str(file)]).output
    assert "one in the file was left out: made for library 0123456789abcdef" in said
    checked = CliRunner().invoke(library, ["check", str(file)])
    assert "its calibration is left out" in checked.output
    assert checked.exit_code == 1


def test_what_makes_a_library_weak_is_named() -> None:
    refs = references(6, seed=4)
    key = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
    flat = dataclasses.replace(
        refs[5], spectrum=type(refs[5].spectrum)(refs[5].spectrum.axis, 0 * refs[5].spectrum.values)
    )
    near = type(refs[0].spectrum)(refs[0].spectrum.axis, refs[0].spectrum.values * 1.5)
    made = Library.build(
        [
            *(dataclasses.replace(r, inchikey=key) for r in refs[:2]),
            dataclasses.replace(refs[2], spectrum=near, substance="like target 0"),
            refs[3],
            dataclasses.replace(refs[4], substance="target 3"),
            flat,
        ]
    )
    seen: list[tuple[int, int]] = []
    found = weaknesses(made, lambda *at: seen.append(at))
    assert seen == [(6, 6)]
    assert "like target 0 and target 0 are all but the same spectrum" in found
    assert "target 3 is in several families" in found
    assert f"{key} stands for several substances: target 0, target 1" in found
    assert "a reference of plain 5 has the same value everywhere" in found


@pytest.mark.shared_data
def test_the_files_of_one_instrument_become_a_library_for_those_of_another(
    shared_data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "raman.hlib"
    folders = [shared_data / "raman" / n for n in ("instrument-a-2026", "instrument-b-2025")]
    done = CliRunner().invoke(library, ["import", str(folders[0]), "--out", str(file)])
    assert done.exit_code == 0, done.output
    opened = Library.open(file, verify=True)
    assert len(opened) == 80
    assert opened.recipe.kind == "raman"
    matcher = Matcher(opened, [])
    names = {"DMSO.csv": "Dimethylsulfoxide", "urea.csv": "urea", "caffeine.csv": "caffeine"}
    for name, wanted in names.items():
        (spectrum,) = read_file(folders[1] / name)
        assert spectrum.provenance["column"] == "Raw minus Dark"
        assert matcher.search(spectrum)[0].substance.lower() == wanted.lower()
    done = CliRunner().invoke(library, ["add", str(file), str(folders[1])])
    assert done.exit_code == 0, done.output
    both = Library.open(file, verify=True)
    assert len(both) == 110
    assert len(both.names) < 100
    assert np.isfinite(both.features()).all()
