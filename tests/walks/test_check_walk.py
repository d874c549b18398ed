"""The walk of a check: from the crystal to the card, on the bridge alone, without a network."""

import json
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from analysis import Library, Matcher
from analysis.reference import Reference
from analysis.spectrum import Spectrum
from tests.conftest import ROOT
from tests.walks.road import BANDS, Road, road, until

POLYSTYRENE_CM1 = (1028.3, 1154.5, 1583.0, 1601.2)
CARDS = ROOT / ".artifacts" / "cards"
"""What the walk draws is kept to be looked at."""

TARGETS = ["fentanyls", "nitazenes", "benzodiazepines", "xylazine"]


def library(folder: Path) -> Path:
    """The band tables as a library that may be released from: for this test alone."""
    shipped = Library.demonstration()
    grid, values = shipped.recipe.grid(), shipped.values
    references = [
        Reference(Spectrum(grid, row, kind="ir-absorbance"), entry.substance, entry.family)
        for entry, row in zip(shipped.entries, values, strict=True)
    ]
    made = Matcher(Library.build(references, grade="reference"), TARGETS).calibrate(n=600)
    made.library.save(folder / "table.hlib")
    return folder / "table.hlib"


def bands(folder: Path) -> Path:
    """The demonstration's band tables, and polystyrene."""
    document = json.loads(BANDS.read_text())
    film = [
        [centre, 7.0, height]
        for centre, height in zip(POLYSTYRENE_CM1, (0.5, 0.3, 0.4, 1.0), strict=True)
    ]
    plain = {"slug": "polystyrene", "bands": film, "floor": [0.0, 0.0]}
    file = folder / "bands.json"
    file.write_text(json.dumps(document | {"substances": [*document["substances"], plain]}))
    return file


class Table:
    """The command line as a technician uses it."""

    def __init__(self, folder: Path) -> None:
        self._config = str(folder / "bridge.toml")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "harborlight", "check", *words, "--config", self._config]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def do(self, *words: str) -> dict[str, object]:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads(done.stdout))


def names(answer: dict[str, object]) -> list[str]:
    blocks = answer["blocks"]
    assert isinstance(blocks, list)
    return [block["name"] for block in blocks]


def ready(town: Road, folder: Path) -> None:
    """A bridge without hub or broker, and an instrument with a background."""
    head = f'[library]\nfile = "{library(folder)}"\n[instrument]\nwarm_up_s = 0\n'
    instrument = town.start_spectrometer("ftir-1", "sim-mid-ir-array", bands(folder))
    town.start_bridge(instrument, head=head)
    until((folder / "b" / "control.sock").exists, "the bridge can be asked")
    until(lambda: "port open" in (folder / "bridge.log").read_text(), "the port is open")
    town.tell("ftir-1", do="scene", load="clean")
    town.measure("ftir-1", "background")


def checked(town: Road, table: Table) -> None:
    """The instrument's performance check: the second background, then the standard."""
    early = table.run("performance", "ftir-1", "--standard", "polystyrene")
    assert early.returncode == 3
    assert "two backgrounds" in early.stderr
    town.tell("ftir-1", do="scene", load="clean")
    town.measure("ftir-1", "background")
    town.measure("ftir-1", "background")
    empty = table.run("performance", "ftir-1", "--standard", "polystyrene")
    assert (empty.returncode, "FAILED" in empty.stdout) == (6, True)
    assert "nobody" in str(table.do("instrument", "ftir-1")["blocks"])
    assert table.run("blank", "ftir-1").returncode == 0
    town.tell("ftir-1", do="scene", mixture={"polystyrene": 1.0})
    made = table.do("performance", "ftir-1", "--standard", "polystyrene")
    assert made["passed"], made["lines"]
    assert made["blocks"] == []


@pytest.mark.slow
def test_a_sample_becomes_a_card_without_any_network(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        ready(town, tmp_path)
        table = Table(tmp_path)
        code = str(table.do("new", "--expected", "heroin", "--form", "powder")["code"])
        assert names(table.do("show", code)) == ["nothing-tested", "no-fentanyl-strip"]
        town.tell("ftir-1", do="scene", mixture={"fentanyl": 0.3, "caffeine": 0.4, "mannitol": 0.3})
        measured = table.do("measure", code, "--device", "ftir-1")
        assert "performance-check-missing" in names(measured)
        assert "Found by spectrum: fentanyl" in str(measured["says"])
        refused = table.run("release", code)
        assert refused.returncode == 1
        assert "no-fentanyl-strip" in refused.stderr
        strip = ("fentanyl", "--lines", "control", "--mg", "10", "--ml", "50", "--lot", "L7")
        assert "test strip and by spectrum" in str(table.do("strip", code, *strip)["says"])
        table.do("read", code, "fentanyl", "--confirm")
        assert "performance-check-missing" in table.run("release", code).stderr
        checked(town, table)
        assert table.do("moved", "ftir-1")["passed"]
        town.tell("ftir-1", do="scene", mixture={"fentanyl": 0.3, "caffeine": 0.7})
        again = table.do("measure", code, "--device", "ftir-1")
        assert names(again) == ["performance-check-overdue"]
        aside = ("--override", "performance-check-overdue", "--reason", "no standard here")
        assert "measure the standard" in table.run("release", code, *aside).stderr
        by_coordinator = (*aside, "--role", "coordinator")
        released = table.do("release", code, "--language", "es", *by_coordinator)
        assert (released["state"], names(released)) == ("released", names(again))
        assert "performance-check-overdue" in table.run("instrument", "ftir-1").stdout

        assert table.run("strip", code, "xylazine", "--lines", "both").returncode == 1
        late = ("xylazine", "--lines", "control", "--change", "second strip")
        amended = table.do("strip", code, *late)
        assert amended["state"] == "amended"
        CARDS.mkdir(parents=True, exist_ok=True)
        card = CARDS / "card.pdf"
        assert table.run("card", code, "--out", str(card), "--language", "es").returncode == 0
        text = pypdfium2.PdfDocument(card)[0].get_textpage().get_text_range()
        assert code in text
        assert "second strip" in text
        assert "SIN ENTREGAR" in text
        assert "xilacina" in text
        assert table.run("card", code, "--out", str(CARDS / "card.png")).returncode == 0

        town.kill("bridge")
        town.start("bridge", "bridge", "run", "--config", str(tmp_path / "bridge.toml"))
        until(lambda: table.run("show", code).returncode == 0, "the bridge is back")
        trail = table.run("show", code).stdout
        assert "Xylazine strip: one line (positive)" in trail
        assert all(each["event"] in trail for each in amended["trail"])  # type: ignore[attr-defined]  # plain JSON
        assert table.do("show", code)["says"] == amended["says"]


@pytest.mark.slow
def test_what_a_demonstration_library_says_can_not_be_released(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        town.start_bridge(town.start_spectrometer("ftir-1", "sim-mid-ir-array"))
        until((tmp_path / "b" / "control.sock").exists, "the bridge can be asked")
        until(lambda: "port open" in (tmp_path / "bridge.log").read_text(), "the port is open")
        town.tell("ftir-1", do="scene", load="clean")
        town.measure("ftir-1", "background")
        table = Table(tmp_path)
        code = str(table.do("new")["code"])
        town.tell("ftir-1", do="scene", mixture={"caffeine": 1.0})
        told = table.do("measure", code, "--device", "ftir-1")
        assert str(told["says"]).startswith("['DEMONSTRATION")
        everything = [part for name in names(told) for part in ("--override", name)]
        refused = table.run("release", code, *everything, "--reason", "x", "--role", "coordinator")
        assert refused.returncode == 1
        assert "demonstration-library" in refused.stderr
