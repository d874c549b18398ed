"""Calibrations at the bridge: what can't be used is told and stops nothing; what can is asked."""

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from analysis import Library, Matcher, Spectrum
from analysis.amounts import Calibration, save
from analysis.amounts import load as load_calibration
from firmware_bridge import amounts, doctor
from firmware_bridge.checks import NamedMatcher, SpectrumPipeline
from firmware_bridge.cli import bridge
from firmware_bridge.config import load
from firmware_bridge.contract import codec
from firmware_bridge.contract.clock import HandClock
from firmware_bridge.contract.messages import Correction, Findings, SpectrumTaken
from firmware_bridge.drivers.readings import Calibration as Own
from firmware_bridge.drivers.readings import Purpose, SpectrumReading
from firmware_bridge.matching import MatcherShelf
from firmware_bridge.spool import Draft, Moment
from hardware import profile
from hardware.profile import SpectrumSettings
from tests.analysis.amounts.worlds import AXIS, INSTRUMENT, Site
from tests.contract.samples import envelope

IR = SpectrumSettings(technique="ir", response="absorbance")
NOW = Moment(1_795_000_000_000, 0, sane=True)
FULL = 50_000.0


@pytest.fixture(scope="module")
def site() -> Site:
    return Site.make(2)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Path:
    file = tmp_path_factory.mktemp("good") / "caffeine.npz"
    fitted = Calibration.fit(
        *site.standards(count=12, replicates=2), substance="caffeine", instrument=INSTRUMENT
    )
    save(fitted, file)
    return file


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(Library.demonstration())


def poor(good: Path, folder: Path) -> Path:
    """The same calibration, had it been validated badly."""
    made = load_calibration(good)
    file = folder / "poor.npz"
    save(replace(made, report=replace(made.report, r2=0.4)), file)
    return file


def pipeline(matcher: Matcher, *files: Path) -> SpectrumPipeline:
    numbers = itertools.count(1)
    held = amounts.load(files)
    return SpectrumPipeline(
        "ftir-1",
        IR,
        lambda: NamedMatcher(matcher, "demonstration", held),
        lambda: f"check{next(numbers)}",
    )


def findings(drafts: list[Draft]) -> Findings:
    (found,) = [draft.body for draft in drafts if isinstance(draft.body, Findings)]
    assert codec.decode(codec.encode(envelope(found))).body == found
    return found


def test_a_dropped_file_is_asked_of_each_calibration(
    matcher: Matcher, good: Path, site: Site
) -> None:
    dropped = site.spectrum(site.mixture(0.2))
    (one,) = findings(pipeline(matcher, good).take_file(dropped, "a.jdx", NOW)).amounts
    assert (one.substance, one.refused, one.calibration) == ("caffeine", "", "caffeine.npz")
    assert one.percent is not None
    assert one.low_percent is not None
    assert one.high_percent is not None
    assert one.low_percent < 20 < one.high_percent
    assert one.low_percent < one.percent < one.high_percent
    assert (one.from_percent, one.to_percent) == pytest.approx((2, 40))
    assert len(one.calibration_hash) == 64


def test_a_measured_spectrum_is_asked_too_and_tells_its_corrections(
    matcher: Matcher, good: Path, site: Site
) -> None:
    made = pipeline(matcher, good)
    wanted = site.spectrum(site.mixture(0.2))
    axis = tuple(1e7 / cm1 for cm1 in AXIS)
    light = tuple(FULL * 10.0 ** -float(height) for height in wanted.values)
    base = SpectrumReading(
        axis, (FULL,) * len(axis), "nm", Purpose.BACKGROUND, 100_000, 4, serial=INSTRUMENT
    )
    made.take(base, NOW)
    own = Own(stray_light=(0.7,))
    sample = replace(base, values=light, purpose=Purpose.SAMPLE)
    drafts = made.take(sample, NOW)
    (one,) = findings(drafts).amounts
    assert one.refused == ""
    assert one.low_percent is not None
    assert one.high_percent is not None
    assert one.low_percent < 20 < one.high_percent
    (taken,) = [each.body for each in drafts if isinstance(each.body, SpectrumTaken)]
    assert taken.corrections == (
        Correction(name="dark", done="none"),
        Correction(name="nonlinearity", done="none"),
        Correction(name="stray_light", done="none"),
    )
    later = made.take(replace(sample, calibration=own), NOW)
    (taken,) = [each.body for each in later if isinstance(each.body, SpectrumTaken)]
    assert "not subtracted" in taken.corrections[2].done


@pytest.mark.parametrize(
    ("change", "name"),
    [("stranger", "unknown-component"), ("other", "instrument"), ("short", "axis")],
)
def test_what_can_not_be_said_is_refused_by_name(
    matcher: Matcher, good: Path, site: Site, change: str, name: str
) -> None:
    spectrum = site.spectrum(site.mixture(0.2), 0.3 if change == "stranger" else 0.0)
    if change == "other":
        spectrum = Spectrum(AXIS, spectrum.values, "ir-absorbance", instrument="S2")
    if change == "short":
        spectrum = Spectrum(
            AXIS[100:], spectrum.values[100:], "ir-absorbance", instrument=INSTRUMENT
        )
    (one,) = findings(pipeline(matcher, good).take_file(spectrum, "a.jdx", NOW)).amounts
    assert (one.refused, one.percent, one.low_percent, one.high_percent) == (name, *(None,) * 3)
    assert one.reason


def test_a_file_that_can_not_be_used_is_refused_in_every_check_and_loses_no_findings(
    matcher: Matcher, good: Path, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "torn.npz").write_bytes(good.read_bytes()[:500])
    files = (
        tmp_path / "gone.npz",
        tmp_path / "torn.npz",
        poor(good, tmp_path),
        good,
        good,
    )
    dropped = site.spectrum(site.mixture(0.2))
    found = findings(pipeline(matcher, *files).take_file(dropped, "a.jdx", NOW))
    names = [each.refused for each in found.amounts]
    assert names == ["unreadable", "unreadable", "not-validated", "", "second"]
    assert all(each.reason for each in found.amounts if each.refused)
    assert found.targets


@settings(max_examples=40, deadline=None)
@given(where=st.integers(0), to=st.integers(0, 255))
def test_a_damaged_file_never_stops_anything(
    tmp_path_factory: pytest.TempPathFactory, good: Path, site: Site, where: int, to: int
) -> None:
    content = bytearray(good.read_bytes())
    content[where % len(content)] = to
    file = tmp_path_factory.mktemp("damaged") / "x.npz"
    file.write_bytes(content)
    (one,) = amounts.predicted(amounts.load([file]), site.spectrum(site.mixture(0.2)))
    assert (one.percent is None) == bool(one.refused)


CONFIG = """
site = "harbour-street"
bridge = "pi-1"
state_dir = "state"
[broker]
url = "mqtt://127.0.0.1:1"
[[device]]
name = "ftir"
profile = "file-drop-ftir"
folder = "drop"
amounts = ["caffeine.npz", "gone.npz", "poor.npz"]
"""


@pytest.fixture
def configured(good: Path, tmp_path: Path) -> Path:
    (tmp_path / "caffeine.npz").write_bytes(good.read_bytes())
    poor(good, tmp_path)
    file = tmp_path / "bridge.toml"
    file.write_text(CONFIG)
    return file


def test_the_files_are_beside_the_configuration(configured: Path) -> None:
    assert load(configured).device[0].amounts[0] == configured.parent / "caffeine.npz"


def test_a_bridge_starts_with_what_can_be_used(configured: Path) -> None:
    config = load(configured)
    with capture_logs() as logs:
        shelf = MatcherShelf(config, {"ftir": profile.load("file-drop-ftir", [])})
    warned = [each["advice"] for each in logs if each["log_level"] == "warning"]
    assert warned == [amounts.MAKE_AGAIN, amounts.MEASURE_MORE]
    held = shelf.of("ftir")().amounts
    assert [each.refused for each in held] == ["", "unreadable", "not-validated"]
    assert shelf.of("another")().amounts == ()


def test_check_config_and_the_doctor_tell_what_to_do(configured: Path) -> None:
    done = CliRunner().invoke(bridge, ["check-config", "--config", str(configured)])
    assert done.exit_code == 0, done.output
    assert "amounts: caffeine.npz: caffeine, 2 to 40 %, instrument S1" in done.output
    assert "gone.npz: gives no amounts: it can't be read" in done.output
    assert "measure more standards" in done.output
    found = {each.name: each for each in doctor.examine(configured, HandClock())}
    assert found["amounts caffeine.npz"].state == "ok"
    for name, advice in (("gone", "fit"), ("poor", "measure more standards")):
        check = found[f"amounts {name}.npz"]
        assert (check.state, advice in check.advice) == ("warn", True)


def test_a_machine_with_calibrations_is_told_that_they_are_of_no_use(configured: Path) -> None:
    config = load(configured)
    with capture_logs() as logs:
        MatcherShelf(config, {"ftir": profile.load("dex-generic", [])})
    (only,) = logs
    assert "takes no spectra" in only["event"]


def test_numpy_is_not_loaded_where_there_is_no_spectrum() -> None:
    code = "import sys, firmware_bridge.bridge; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
