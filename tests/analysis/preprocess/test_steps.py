import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import savgol_filter

from analysis import Spectrum
from analysis.preprocess.derivative import savitzky_golay
from analysis.preprocess.ordinate import additive_values
from analysis.preprocess.recipe import Recipe
from analysis.preprocess.resample import resample, shifted

GRID = np.arange(600.0, 1400.0, 4.0)


def smooth(
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    curve: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.exp(-(((x - 1000) / 40) ** 2))
    return curve


@given(st.floats(0.3, 12.0))
def test_a_smooth_band_survives_any_sampling(step: float) -> None:
    axis = np.arange(590.0, 1411.0, step)
    assert np.allclose(resample(axis, smooth(axis), GRID), smooth(GRID), atol=0.01)


def test_noise_averages_out_of_a_fine_spectrum() -> None:
    axis = np.arange(590.0, 1411.0, 0.25)
    noisy = np.random.default_rng(0).normal(size=axis.size)
    assert resample(axis, noisy, GRID).std() < 0.4


def test_beyond_its_ends_a_spectrum_is_held() -> None:
    axis = np.linspace(800.0, 1200.0, 30)
    values = resample(axis, axis, GRID)
    assert values[0] == pytest.approx(800)
    assert values[-1] == pytest.approx(1200)


@pytest.mark.parametrize("shift", [-1.5, -0.3, 0.0, 0.25, 1.0])
def test_a_shift_of_part_of_a_channel_moves_a_band(shift: float) -> None:
    assert np.allclose(shifted(smooth(GRID), shift), smooth(GRID + 4 * shift), atol=2e-3)


@pytest.mark.parametrize("derivative", [0, 1, 2])
def test_the_derivative_is_the_one_of_scipy(derivative: int) -> None:
    values = np.random.default_rng(1).normal(size=(3, 100))
    ours = savitzky_golay(values, 7, 2, derivative)
    theirs = savgol_filter(values, 7, 2, deriv=derivative, mode="nearest")
    assert np.allclose(ours, theirs)


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_transmittance_in_either_scale_becomes_absorbance(scale: float) -> None:
    absorbance = 1.5 * smooth(GRID)
    passed = Spectrum(GRID, scale * 10**-absorbance, "ir-transmittance")
    assert np.allclose(additive_values(passed), absorbance)


def test_no_light_at_all_is_clipped_not_infinite() -> None:
    dark = Spectrum(GRID, np.zeros(GRID.size), "ir-transmittance")
    assert np.isfinite(additive_values(dark)).all()


def test_the_recipe_is_data_and_its_hash_follows_it() -> None:
    one = Recipe("infrared", "cm-1", 600.0, 4.0, 200, 7)
    two = Recipe("infrared", "cm-1", 600.0, 4.0, 200, 9)
    assert one.as_data()["hash"] == one.digest() != two.digest()
    assert Recipe(**{k: v for k, v in one.as_data().items() if k != "hash"}) == one  # type: ignore[arg-type] # plain values in, checked by equality
