import numpy as np
import pytest

from analysis import Spectrum
from analysis.preprocess.recipe import Recipe
from analysis.quality import check
from analysis.quality.air import WATER_LINES_CM1, co2_doublet, water_lines
from analysis.spectrum import FloatArray

AXIS: FloatArray = np.arange(600.0, 4000.0, 2.0)
RECIPE = Recipe("infrared", "cm-1", 650.0, 4.0, 300, 7)


def water(axis: FloatArray, shift: float = 0.0, width: float = 2.5) -> FloatArray:
    """Lorentzian lines, unlike those of the check."""
    lines: FloatArray = sum(
        (h / (1 + ((axis - c - shift) / width) ** 2) for c, h in WATER_LINES_CM1),
        start=np.zeros(axis.size),
    )
    return lines


def co2(axis: FloatArray) -> FloatArray:
    """Rotational lines of both branches under an envelope, smoothed: the band at 2349 cm-1."""
    j = np.arange(0, 60, 2)
    strength = (2 * j + 1) * np.exp(-0.39 * j * (j + 1) / 207.0)
    places = np.concatenate(
        [2349.1 - 0.78 * j - 0.003 * j**2, 2349.1 + 0.78 * (j + 1) - 0.003 * j**2]
    )
    away = (axis[:, None] - places) / 2.0
    band: FloatArray = np.exp(-0.5 * away**2) @ np.concatenate([strength, strength])
    scaled: FloatArray = band / band.max()
    return scaled


def sample(seed: int = 0) -> FloatArray:
    """Fourteen bands where organic solids have theirs, the highest at 1, and a little noise."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(660.0, 1800.0, size=(14, 1))
    widths, heights = rng.uniform(6.0, 15.0, size=(14, 1)), rng.random((14, 1))
    curve: FloatArray = (heights / (1 + ((AXIS - centres) / widths) ** 2)).sum(axis=0)
    values: FloatArray = curve / curve.max() + 0.0005 * rng.normal(size=AXIS.size)
    return values


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_water_vapour_is_seen_standing_and_hanging(sign: float, seed: int) -> None:
    found = {
        q.name: q for q in check(Spectrum(AXIS, sample(seed) + sign * 0.08 * water(AXIS)), RECIPE)
    }
    reason = found["water_vapour"]
    assert reason.value == pytest.approx(sign * 0.08, rel=0.5)
    assert "Water vapour" in reason.text
    assert not reason.blocks
    assert not found["carbon_dioxide"].text


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_carbon_dioxide_is_seen(sign: float) -> None:
    found = {q.name: q for q in check(Spectrum(AXIS, sample() + sign * 0.1 * co2(AXIS)), RECIPE)}
    assert found["carbon_dioxide"].value == pytest.approx(sign * 0.1, rel=0.5)
    assert "2349" in found["carbon_dioxide"].text
    assert not found["water_vapour"].text


def test_bands_of_a_sample_are_not_taken_for_air() -> None:
    said = [
        q.name
        for seed in range(200)
        for q in check(Spectrum(AXIS, sample(seed)), RECIPE)
        if q.name in {"water_vapour", "carbon_dioxide"} and q.text
    ]
    assert len(said) <= 2


def test_lines_elsewhere_are_not_water() -> None:
    fitted = water_lines(AXIS, (sample() + 0.05 * water(AXIS, shift=9.0))[None])
    assert fitted is not None
    assert abs(fitted[0]) < 0.02


def test_where_it_cannot_be_seen_nothing_is_said() -> None:
    coarse, short = np.arange(600.0, 4000.0, 9.0), np.arange(600.0, 1300.0, 2.0)
    for axis in (coarse, short):
        assert water_lines(axis, np.ones((1, axis.size))) is None
        assert co2_doublet(axis, np.ones((1, axis.size))) is None


def test_nothing_has_no_air_in_it() -> None:
    with np.errstate(all="raise", under="ignore"):
        for level in (0.0, 1.0, 1e99):
            flat = np.full((1, AXIS.size), level)
            assert water_lines(AXIS, flat) == pytest.approx([0.0], abs=1e-6 * max(level, 1.0))
            assert co2_doublet(AXIS, flat) == pytest.approx([0.0], abs=1e-6 * max(level, 1.0))
