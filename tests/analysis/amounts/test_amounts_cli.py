"""`harborlight library amounts`, and the file that it writes."""

import contextlib
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from analysis.amounts import load
from analysis.amounts_cli import amounts
from analysis.errors import AmountError
from analysis.writers import write_jcamp
from tests.analysis.amounts.worlds import INSTRUMENT, Site


def run(*words: object) -> Result:
    return CliRunner().invoke(amounts, [str(word) for word in words])


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Site]:
    """A folder with standards, their table, and a calibration."""
    folder, site = tmp_path_factory.mktemp("amounts"), Site.make(2)
    lines = ["file,standard,mass_percent"]
    rows = zip(*site.standards(count=12, replicates=2), strict=True)
    for k, (spectrum, fraction, name) in enumerate(rows):
        (folder / f"{k}.jdx").write_bytes(write_jcamp([spectrum]))
        lines.append(f"{k}.jdx,{name},{100 * fraction}")
    (folder / "table.csv").write_text("\n".join(lines))
    out = ("--out", folder / "made.npz", "--instrument", INSTRUMENT, "--note", "weighed in March")
    fitted = run("fit", folder / "table.csv", "--substance", "caffeine", *out)
    assert fitted.exit_code == 0, fitted.output
    assert "RMSEP" in fitted.output
    return folder, site


def test_an_amount_is_said_with_its_interval(bench: tuple[Path, Site]) -> None:
    folder, site = bench
    sample = folder / "sample.jdx"
    sample.write_bytes(write_jcamp([site.spectrum(site.mixture(0.2))]))
    told = run("predict", folder / "made.npz", sample)
    assert told.exit_code == 0, told.output
    assert "caffeine: about" in told.output
    assert "this part of the sample" in told.output
    found = json.loads(run("predict", folder / "made.npz", sample, "--json").output)
    assert found["low"] < 0.2 < found["high"]


def test_a_stranger_is_refused_by_name(bench: tuple[Path, Site]) -> None:
    folder, site = bench
    sample = folder / "strange.jdx"
    sample.write_bytes(write_jcamp([site.spectrum(site.mixture(0.2), 0.3)]))
    refused = run("predict", folder / "made.npz", sample, "--json")
    assert refused.exit_code == 3
    assert json.loads(refused.output)["refused"] == "unknown-component"


def test_the_file_keeps_all(bench: tuple[Path, Site]) -> None:
    folder, site = bench
    made = load(folder / "made.npz")
    told = json.loads(run("report", folder / "made.npz", "--json").output)
    assert told["provenance"]["note"] == "weighed in March"
    assert told["report"]["components"] == made.report.components == made.model.components
    assert "worst: standard" in run("report", folder / "made.npz").output
    assert made.predict([site.spectrum(site.mixture(0.2))]).substance == "caffeine"


def test_a_damaged_file_is_refused(bench: tuple[Path, Site], tmp_path: Path) -> None:
    whole = (bench[0] / "made.npz").read_bytes()
    rng = np.random.default_rng(1)
    for cut in (0, 10, len(whole) // 2, len(whole) - 3):
        (tmp_path / "cut.npz").write_bytes(whole[:cut])
        with pytest.raises(AmountError):
            load(tmp_path / "cut.npz")
    for _ in range(20):
        broken = bytearray(whole)
        broken[int(rng.integers(len(whole)))] ^= 0xFF
        (tmp_path / "broken.npz").write_bytes(broken)
        with contextlib.suppress(AmountError):  # and nothing else
            load(tmp_path / "broken.npz")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "0 rows"),
        ("file,standard\na.jdx,1", "line 2: mass_percent is missing"),
        ("file,standard,mass_percent\na.jdx,1,much", "a.jdx"),
    ],
)
def test_a_table_that_does_not_fit_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "table.csv").write_text(text)
    out = ("--out", tmp_path / "made.npz")
    told = run("fit", tmp_path / "table.csv", "--substance", "x", *out)
    assert told.exit_code == 1
    assert says in told.output
