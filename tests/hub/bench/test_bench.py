"""The hub's benchmark runs in small, keeps what it measured, and writes one page of all parts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.bench import page, rows
from hub.bench.rows import Row
from hub.cli import hub
from hub.errors import BenchError


def test_the_command_measures_and_writes_the_page(tmp_path: Path) -> None:
    done = CliRunner().invoke(hub, ["bench", "--machines", "2", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    kept = rows.read(tmp_path / "vending-hub.json")["rows"]
    assert all(row.value > 0 for row in kept)
    text = (tmp_path / "vending.md").read_text()
    assert all(row.what in text for row in kept)
    assert "The bridge" not in text
    again = CliRunner().invoke(hub, ["bench", "--page-only", "--out", str(tmp_path)])
    assert (again.exit_code, (tmp_path / "vending.md").read_text()) == (0, text)


def test_the_page_says_which_goals_are_missed(tmp_path: Path) -> None:
    figures = [Row("memory", 90.0, "MB", most=80.0), Row("numpy", 0.0, "yes", most=0.0)]
    rows.write(tmp_path / "vending-bridge.json", figures)
    text = page.page(tmp_path)
    assert "at most 80: **missed**" in text
    assert "at most 0: reached" in text


@pytest.mark.parametrize("content", ["{", "[]", '{"rows": [{"x": 1}], "machine": {}}'])
def test_a_file_of_something_else_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "vending-play.json").write_text(content)
    with pytest.raises(BenchError, match=r"vending-play\.json"):
        page.page(tmp_path)


def test_without_figures_there_is_no_page(tmp_path: Path) -> None:
    done = CliRunner().invoke(hub, ["bench", "--page-only", "--out", str(tmp_path)])
    assert (done.exit_code, "no figures" in done.output) == (1, True)


def test_bridge_and_hub_keep_figures_in_one_form(tmp_path: Path) -> None:
    from firmware_bridge.bench import rows as of_bridge  # noqa: PLC0415 - to hold it against ours

    of_bridge.write(tmp_path / "a.json", [of_bridge.Row("a", 1.0, "MB", 2.0, "n")])
    rows.write(tmp_path / "b.json", [Row("a", 1.0, "MB", 2.0, "n")])
    assert json.loads((tmp_path / "a.json").read_text()) == json.loads(
        (tmp_path / "b.json").read_text()
    )
