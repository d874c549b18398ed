import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.preprocess.despike import despike
from analysis.spectrum import FloatArray

CHANNELS: FloatArray = np.arange(300.0)


def noisy_band(fwhm: float, seed: int = 0) -> FloatArray:
    band = 100 * np.exp(-4 * np.log(2) * ((CHANNELS - 150.3) / fwhm) ** 2)
    values: FloatArray = band + np.random.default_rng(seed).normal(size=CHANNELS.size)
    return values


@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_spike_is_taken_out_and_nothing_else(width: int) -> None:
    clear = noisy_band(8.0)
    hit = clear.copy()
    hit[60 : 60 + width] += 80.0
    mended = despike(hit)
    assert mended.taken == width
    assert np.abs(mended.values - clear).max() < 5.0
    untouched = np.ones(300, dtype=bool)
    untouched[60 : 60 + width] = False
    assert np.array_equal(mended.values[untouched], clear[untouched])


@given(st.floats(2.5, 60.0), st.integers(0, 50))
def test_a_band_of_two_and_a_half_channels_stays(fwhm: float, seed: int) -> None:
    values = noisy_band(fwhm, seed)
    assert np.array_equal(despike(values).values[145:157], values[145:157])


def test_rows_are_mended_one_by_one() -> None:
    rows = np.stack([noisy_band(8.0, k) for k in range(4)])
    rows[2, 40] += 200.0
    mended = despike(rows)
    assert mended.taken.tolist() == [0, 0, 1, 0]
    for row, one in zip(mended.values, rows, strict=True):
        assert np.array_equal(row, despike(one).values)


@pytest.mark.parametrize("values", [np.zeros(50), np.full(50, 1e99), np.arange(8.0), np.eye(50)[9]])
def test_odd_input_stays_finite(values: FloatArray) -> None:
    with np.errstate(all="raise"):
        assert np.isfinite(despike(values).values).all()


def test_a_single_lit_channel_on_nothing_is_a_spike() -> None:
    assert not despike(np.eye(50)[20]).values.any()
