"""The figures of an instrument's performance check, on made-up beams and bands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Spectrum, SpectrumError
from analysis.quality import (
    carried_over,
    height,
    hundred_percent_line,
    relative_noise,
    worst_offset_cm1,
)
from analysis.spectrum import FloatArray

AXIS = np.arange(400.0, 1800.0, 1.0)
BEAM = 20_000 * np.exp(-(((AXIS - 1000) / 400) ** 2))


def band(centre: float, width: float = 4.0) -> FloatArray:
    shape: FloatArray = 1 / (1 + ((AXIS - centre) / width) ** 2)
    return shape


@pytest.mark.parametrize("noise", [1e-4, 1e-3, 1e-2])
def test_noise_of_the_line_is_that_of_two_beams(noise: float) -> None:
    rng = np.random.default_rng(1)
    one, two = (BEAM * (1 + noise * rng.normal(size=AXIS.size)) for _ in range(2))
    line = hundred_percent_line(one.tolist(), two.tolist())
    assert line.noise == pytest.approx(noise * 2**0.5, rel=0.15)
    assert line.largest < noise


@given(st.floats(-0.2, 0.2))
def test_a_lamp_that_changes_bends_the_line_and_is_no_noise(change: float) -> None:
    tilted = BEAM * (1 + change * np.linspace(-1, 1, AXIS.size))
    line = hundred_percent_line(BEAM.tolist(), tilted.tolist())
    # Only where there is light does the line count: not out to both ends of the axis.
    assert 0.5 * abs(change) <= line.largest + 1e-9 <= abs(change) + 1e-6
    assert line.noise < 0.02 * abs(change) + 1e-9


def test_beams_that_do_not_fit_or_are_dark_are_named() -> None:
    with pytest.raises(SpectrumError, match="1400 and 3 pixels"):
        hundred_percent_line(BEAM.tolist(), [1.0, 2.0, 3.0])
    with pytest.raises(SpectrumError, match="no light"):
        hundred_percent_line([0.0] * 20, [0.0] * 20)
    with pytest.raises(SpectrumError, match="no light"):
        hundred_percent_line([], [])


@given(st.floats(-2.5, 2.5))
def test_the_offset_has_its_sign(off_cm1: float) -> None:
    made = Spectrum(AXIS, band(520.5 + off_cm1), "raman")
    assert worst_offset_cm1(made, "silicon") == pytest.approx(off_cm1, abs=0.05)


def test_a_standard_of_which_nothing_can_be_seen_is_refused() -> None:
    with pytest.raises(SpectrumError, match="silicon"):
        worst_offset_cm1(Spectrum(AXIS, band(520.5), "ir-absorbance"), "silicon")


@given(st.floats(0, 1), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_what_is_carried_over_is_told_apart_from_the_floor(
    share: float, level: float, slope: float
) -> None:
    strong = band(700, 20) + 0.5 * band(1200, 10)
    floor = level + slope * np.linspace(-1, 1, AXIS.size)
    blank = Spectrum(AXIS, share * strong + floor + 1e-12 * band(900), "ir-absorbance")
    assert carried_over(blank, strong.tolist()) == pytest.approx(share, abs=1e-6)


def test_height_is_that_of_bands_and_not_of_one_pixel() -> None:
    values = 0.5 * band(1000, 40)
    values[7] = 4.0
    assert height(Spectrum(AXIS, values)) == pytest.approx(0.5, abs=0.06)
    with pytest.raises(SpectrumError, match="another axis"):
        carried_over(Spectrum(AXIS, values), [1.0, 2.0])


def test_noise_is_over_the_height() -> None:
    noise = 0.01 * np.random.default_rng(2).normal(size=AXIS.size)
    assert relative_noise(Spectrum(AXIS, band(1000, 60) + noise)) == pytest.approx(0.01, rel=0.3)
