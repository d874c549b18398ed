"""What an instrument's own calibration mends: round trips, and calibrations that are none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge import corrections
from firmware_bridge.drivers.readings import Calibration, Purpose, SpectrumReading
from firmware_bridge.reduction import fits, reduced
from hardware.profile import SpectrumSettings
from tests.firmware_bridge.drivers.bench import bench, only

IR = SpectrumSettings(technique="ir", response="absorbance")
RAMAN = SpectrumSettings(technique="raman", response="counts", laser_wavelength_nm=785.0)
BENT = (0.95, 2.0e-6, -1.0e-11)


def seen(light: float) -> float:
    """The counts that a detector bent like this shows for a light."""
    counts = light
    for _ in range(60):
        counts = light * (BENT[0] + BENT[1] * counts + BENT[2] * counts**2)
    return counts


def reading(
    values: tuple[float, ...], purpose: Purpose, calibration: Calibration
) -> SpectrumReading:
    axis = tuple(1000.0 + pixel for pixel in range(len(values)))
    return SpectrumReading(axis, values, "nm", purpose, 1000, calibration=calibration)


@given(st.lists(st.floats(0, 60_000), min_size=2, max_size=30))
def test_bent_counts_become_the_light_again(light: list[float]) -> None:
    counts = [seen(each) for each in light]
    assert corrections.nonlinearity_fits(BENT, counts)
    assert corrections.linearised(counts, BENT) == pytest.approx(light, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    "coefficients", [(), (0.0,), (0.0, 0.0), (1.0, 1.0), (-1.0,), (5.0,), (1.0, -1e-3)]
)
def test_a_polynomial_that_is_no_calibration_is_found_out(coefficients: tuple[float, ...]) -> None:
    assert not corrections.nonlinearity_fits(coefficients, (0.0, 40_000.0))


@given(st.lists(st.floats(0, 60_000), min_size=2, max_size=30), st.floats(0.001, 0.1))
def test_stray_light_is_taken_off_again(light: list[float], part: float) -> None:
    mean = sum(light) / len(light)
    strayed = [each + part / (1 - part) * mean for each in light]
    assert corrections.without_stray_light(strayed, part) == pytest.approx(light, abs=1e-6)


@pytest.mark.parametrize("coefficients", [(), (0.0,), (-0.1,), (0.5,), (math.nan,)])
def test_a_stray_light_that_is_no_part_is_found_out(coefficients: tuple[float, ...]) -> None:
    assert not corrections.stray_light_fits(coefficients)


@pytest.mark.parametrize("scans", [1, 4])
def test_counts_are_mended_per_scan(scans: int) -> None:
    calibration = Calibration(nonlinearity=BENT, scans_added=scans)
    light = (1000.0, 20_000.0, 50_000.0)
    dark = reading((500.0 * scans,) * 3, Purpose.DARK, calibration)
    counts = tuple(scans * (500.0 + seen(each)) for each in light)
    made = reduced(RAMAN, reading(counts, Purpose.SAMPLE, calibration), None, dark)
    assert made.values == pytest.approx([scans * each for each in light])
    assert made.facts == {"dark": "subtracted", "nonlinearity": "divided", "stray_light": "none"}


def test_without_a_dark_nothing_is_divided_and_this_is_said() -> None:
    sample = reading((10.0, 20.0), Purpose.SAMPLE, Calibration(nonlinearity=BENT))
    made = reduced(RAMAN, sample, None, None)
    assert made.values == (10.0, 20.0)
    assert made.facts["dark"] == "none"
    assert "no dark" in made.facts["nonlinearity"]


def test_a_calibration_that_is_none_is_left_out_and_this_is_said() -> None:
    wrong = Calibration(nonlinearity=(0.0,), stray_light=(3.0,))
    dark = reading((1.0, 1.0), Purpose.DARK, wrong)
    made = reduced(RAMAN, reading((10.0, 20.0), Purpose.SAMPLE, wrong), None, dark)
    assert made.values == (9.0, 19.0)
    assert made.facts["nonlinearity"].startswith("not divided")
    assert made.facts["stray_light"].startswith("not subtracted")


@pytest.mark.parametrize(
    "changes",
    [
        {"values": (1.0, 2.0, 3.0)},
        {"integration_time_us": 999},
        {"calibration": Calibration(scans_added=2)},
        {"serial": "B"},
    ],
)
def test_readings_that_were_taken_otherwise_do_not_fit(changes: dict[str, object]) -> None:
    fields = {
        "axis": (1.0, 2.0),
        "values": (1.0, 2.0),
        "axis_unit": "nm",
        "purpose": Purpose.DARK,
        "integration_time_us": 1000,
        "serial": "A",
    }
    one = SpectrumReading(**fields)  # type: ignore[arg-type]  # fields of any kind
    other = SpectrumReading(**{**fields, **changes})  # type: ignore[arg-type]  # as above
    assert fits(one, one)
    assert not fits(one, other)


def test_a_bent_instrument_gives_a_true_absorbance_once_it_is_mended() -> None:
    made = bench("obp-sts", correct_stray_light=True).open()
    taken = {}
    for what, scene in (("dark", {"load": "dark"}), ("background", {"load": "clean"})):
        made.scene(**scene)
        taken[what] = only(made.ask(what))
    truth = 0.8 * np.exp(-(((np.arange(1024) - 500) / 120) ** 2))
    made.device._light = made.device._optics.through(truth)
    sample = only(made.ask("sample"))
    mended = reduced(IR, sample, taken["background"], taken["dark"])
    assert mended.facts["stray_light"] == "less 0.002"
    assert np.abs(np.array(mended.values) - truth).max() < 2e-3
    plain = {
        name: SpectrumReading(each.axis, each.values, "nm", each.purpose, each.integration_time_us)
        for name, each in {**taken, "sample": sample}.items()
    }
    raw = reduced(IR, plain["sample"], plain["background"], plain["dark"])
    assert np.abs(np.array(raw.values) - truth).max() > 5e-3
