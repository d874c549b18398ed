import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.peaks import blurred, expected_peaks, noise_level
from analysis.spectrum import FloatArray

GRID: FloatArray = np.arange(600.0, 1400.0, 4.0)


def band(centre: float, width: float = 20.0, height: float = 1.0) -> FloatArray:
    shape: FloatArray = height / (1 + (2 * (GRID - centre) / width) ** 2)
    return shape


@given(centre=st.floats(700, 1300), width=st.floats(16, 50), height=st.floats(1e-3, 1e5))
def test_one_band_is_found_between_channels_with_its_width(
    centre: float, width: float, height: float
) -> None:
    (found,) = expected_peaks(GRID, band(centre, width, height))
    assert abs(found.position - centre) < 1.0
    assert found.height == 1.0
    assert 0.8 * width < found.width < 1.2 * width


def test_heights_are_prominences_over_a_slope() -> None:
    curve = band(800) + 0.5 * band(1100) + 0.001 * (GRID - 600)
    first, second = expected_peaks(GRID, curve)
    assert first.height == 1.0
    assert 0.4 < second.height < 0.6


def test_what_hardly_stands_out_is_left_away_and_only_the_best_are_kept() -> None:
    curve = band(800) + 0.05 * band(1100)
    assert len(expected_peaks(GRID, curve)) == 1
    many = sum(((1 + k / 10) * band(650 + 60 * k) for k in range(12)), np.zeros(GRID.size))
    kept = expected_peaks(GRID, many, most=5)
    assert [p.position > 980 for p in kept] == [True] * 5
    assert list(kept) == sorted(kept, key=lambda p: p.position)


def test_a_flat_a_falling_and_a_noisy_curve_have_no_peaks() -> None:
    noise = np.random.default_rng(0).normal(size=GRID.size)
    for curve in (np.zeros(GRID.size), -GRID, noise):
        assert expected_peaks(GRID, curve) == ()


def test_noise_is_measured_under_bands() -> None:
    noise = 0.02 * np.random.default_rng(1).normal(size=GRID.size)
    assert 0.015 < noise_level(band(800) + noise) < 0.025


def test_blurring_keeps_a_constant_and_an_area() -> None:
    assert np.allclose(blurred(np.full((2, 50), 3.0), 7), 3.0)
    assert np.isclose(blurred(band(1000), 7).sum(), band(1000).sum(), rtol=0.01)
