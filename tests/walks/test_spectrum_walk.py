"""The walk of a spectrum: instrument, line or folder, bridge and matcher, broker, hub's store."""

import shutil
from pathlib import Path

import pytest

from firmware_bridge.contract.messages import Findings, TargetFinding
from tests.walks.road import BROKERS, Road, road, until

FENTANYL = {"fentanyl": 0.2, "caffeine": 0.4, "mannitol": 0.4}
ORDINARY = {"caffeine": 0.5, "mannitol": 0.5}


def verdict(findings: Findings | None, target: str) -> TargetFinding:
    assert findings is not None
    return next(each for each in findings.targets if each.target.lower().startswith(target))


def measured(town: Road, scene: dict[str, object]) -> Findings:
    """Background, then a sample, as a technician does it; what the hub then holds."""
    before = len(town.checks())
    town.tell("ftir-1", do="scene", load="clean")
    town.measure("ftir-1", "background")
    town.tell("ftir-1", do="scene", **scene)
    town.measure("ftir-1", "sample")
    until(lambda: len(town.checks()) > before, "the check is in the hub")
    findings = town.checks()[-1].findings
    assert findings is not None
    return findings


@pytest.mark.slow
@pytest.mark.parametrize("broker", BROKERS)
def test_a_sample_on_the_crystal_becomes_findings_at_the_hub(broker: str, tmp_path: Path) -> None:
    with road(tmp_path, broker) as town:
        town.start_hub()
        town.start_bridge(town.start_spectrometer("ftir-1", "sim-mid-ir-array"))
        until((tmp_path / "b" / "control.sock").exists, "the bridge can be asked")
        until(lambda: "port open" in (tmp_path / "bridge.log").read_text(), "the port is open")

        found = measured(town, {"mixture": FENTANYL})
        assert verdict(found, "fentanyls").verdict == "detected"
        assert found.library_grade == "demonstration"
        assert not found.releasable

        ordinary = measured(town, {"mixture": ORDINARY})
        assert verdict(ordinary, "fentanyls").verdict == "not_detected"
        assert (verdict(ordinary, "fentanyls").limit or 0) > 0.005

        strange = measured(town, {"mixture": {"caffeine": 0.3}, "unknown": 0.7, "unknown_seed": 3})
        assert verdict(strange, "fentanyls").verdict == "inconclusive"
        assert verdict(strange, "fentanyls").reason
        assert town.refused() == []


@pytest.mark.slow
def test_a_sample_before_any_background_is_a_fault_and_no_result(tmp_path: Path) -> None:
    with road(tmp_path, "mosquitto") as town:
        town.start_hub()
        town.start_bridge(town.start_spectrometer("ftir-1", "sim-mid-ir-array"))
        until(lambda: "port open" in (tmp_path / "bridge.log").read_text(), "the port is open")
        town.tell("ftir-1", do="scene", mixture=FENTANYL)
        asked = town.ask("ftir-1", "sample")
        assert (asked.returncode, "before any background" in asked.stdout) == (3, True)

        def refused() -> bool:
            device = town.device("ftir-1")
            return device is not None and "before any background" in device.detail

        until(refused, "the fault is told")
        assert town.checks() == []


SAME_SUBSTANCE = {
    "acetone.csv": "acetone",
    "caffeine.csv": "caffeine",
    "benzene.csv": "benzene",
    "cyclohexane.csv": "cyclohexane",
    "polystyrene.csv": "polystyrene",
    "sucrose.csv": "sucrose",
    "urea.csv": "urea",
    "DMSO.csv": "Dimethylsulfoxide",
}


@pytest.mark.slow
@pytest.mark.shared_data
def test_measured_spectra_of_one_instrument_are_found_in_a_library_of_another(
    shared_data: Path, tmp_path: Path
) -> None:
    raman = shared_data / "raman"
    library, drop = tmp_path / "instrument-a.hlib", tmp_path / "drop"
    drop.mkdir()
    device = f'[[device]]\nname = "raman-1"\nprofile = "file-drop-raman"\nfolder = "{drop}"\n'
    with road(tmp_path, "mosquitto") as town:
        town.run("library", "import", str(raman / "instrument-a-2026"), "--out", str(library))
        town.start_hub()
        town.start_bridge(device, head=f'[library]\nfile = "{library}"')
        for name in SAME_SUBSTANCE:
            shutil.copy(raman / "instrument-b-2025" / name, drop / name)
        (drop / "broken.csv").write_text("Pixel,Wavelength\n1,2\nrubbish")
        until(lambda: len(town.checks()) == len(SAME_SUBSTANCE), "every file is a check")
        until((drop / "unreadable" / "broken.csv").exists, "the broken file is set aside")
        best = {}
        for view in town.checks():
            assert view.spectrum is not None
            assert view.findings is not None
            assert view.findings.library_name == "instrument-a"
            best[view.spectrum.source] = view.findings.hits[0].substance
        right = [name for name, substance in SAME_SUBSTANCE.items() if best[name] == substance]
        assert len(right) >= len(SAME_SUBSTANCE) - 1, best
        assert town.refused() == []
