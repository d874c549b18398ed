"""The benchmark of the readers, in small: its judge, its file, its page."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.bench import reader_judge, readers, readers_report
from analysis.bench.cli import bench
from analysis.bench.plain import plain
from analysis.bench.reader_judge import Said
from analysis.bench.reader_peers import OURS, Row
from analysis.errors import LibraryError
from analysis.readers import read
from tests.analysis.readers.binary_writers import Spc


def row(points: int = 10, first: float = 0.0, high: float = 1.0) -> Row:
    return np.linspace(first, 9, points), np.linspace(0, high, points)


def test_the_judge_holds_points_ends_and_values() -> None:
    said = Said(10, (9.0, 0.0), 0.0, 1.0)
    assert said.agrees(row())
    for wrong in (row(points=11), row(first=4.0), row(high=1.1), row(high=float("nan"))):
        assert not said.agrees(wrong)
    assert Said(10, None).agrees(row(first=4.0, high=7.0))


def test_the_judge_looks_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.jdx"
    path.write_bytes(readers.compressed(np.random.default_rng(1)))
    (said,) = reader_judge.says(path.read_bytes())
    assert said.points == readers.POINTS
    whole = [(one.axis, one.values) for one in read(path)]
    answers: list[list[Row]] = [[row()], [], whole]
    verdicts = [reader_judge.verdict(path, always(answer)) for answer in answers]
    assert verdicts == ["wrong", "empty", "right"]
    assert reader_judge.verdict(path, failing) == "refused"


def always(answer: list[Row]) -> Callable[[Path], list[Row]]:
    return lambda _: answer


def failing(path: Path) -> list[Row]:
    raise IndexError(path)


@pytest.fixture
def in_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "POINTS", 800)
    monkeypatch.setattr(readers, "ROUNDS", 7)
    monkeypatch.setattr(readers, "IMPORTED", 4)
    monkeypatch.setattr(readers, "IMPORTED_POINTS", 300)


@pytest.mark.usefixtures("in_small")
def test_the_made_up_file_is_read_and_timed(tmp_path: Path) -> None:
    ticks = count()
    found = readers.run(tmp_path, seed=1, clock=lambda: float(next(ticks)))
    assert found.surveys == ()
    pace, imported = found.paces
    assert pace.timings[0].name == imported.timings[0].name == OURS
    result = plain(found) | {"machine": {"cores": 1, "architecture": "x", "blas": ""}, "seed": 1}
    page = readers_report.readers_report(result)
    assert "JCAMP-DX of 800 points" in page
    assert not readers_report.reached(result)  # this clock gives a second to each
    assert readers_report.imported_a_minute(result) == 60 * 4
    assert "folder of 4 JCAMP-DX files of 300 points, imported" in page
    assert "* 1,000 files imported a minute: 240, missed" in page
    quick = {"timings": [{"name": OURS, "least": 0.001}], "files": 4, "name": "x, imported"}
    fast = readers_report.goals(result | {"paces": [quick, quick]})
    assert "20 ms: 1 ms, reached" in fast
    assert fast.endswith("240,000, reached")
    assert readers_report.goals(result | {"paces": [quick | {"name": "x"}]}).endswith(
        "not measured"
    )


@pytest.mark.usefixtures("in_small")
def test_a_folder_that_is_not_imported_in_full_is_no_measurement(tmp_path: Path) -> None:
    (tmp_path / "a.jdx").write_bytes(readers.compressed(np.random.default_rng(1)))
    with pytest.raises(LibraryError, match="1 of 4 files"):
        readers._references(tmp_path)


@pytest.mark.usefixtures("in_small")
def test_the_command_writes_its_pages(tmp_path: Path) -> None:
    folder = tmp_path / "formats" / "spc"
    folder.mkdir(parents=True)
    (folder / "a.spc").write_bytes(Spc([list(range(40))], exponent=20).made())
    (folder / "b.spc").write_bytes(Spc([list(range(40))], exponent=20, x_code=9).made())
    words = ["--out", str(tmp_path), "readers", "--data", str(tmp_path)]
    result = CliRunner().invoke(bench, words)
    assert result.exit_code == 0, result.output
    page = (tmp_path / "readers.md").read_text()
    assert "| `a.spc` | right | right |" in page
    assert "this is a mass spectrum" in page
    assert (tmp_path / "readers.json").exists()
