import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Spectrum
from analysis.quality import check_wavenumbers
from analysis.quality.wavenumbers import (
    INFRARED_POLYSTYRENE_CM1,
    RAMAN_POLYSTYRENE_CM1,
    Standard,
    find_bands,
)
from analysis.spectrum import FloatArray


def film(
    axis: FloatArray, lines: tuple[float, ...], shift: float = 0.0, width: float = 4.0
) -> FloatArray:
    values: FloatArray = sum(
        (np.exp(-0.5 * ((axis - line - shift) / width) ** 2) for line in lines),
        start=0.1 + 2e-5 * axis,
    )
    return values


@given(st.floats(-6.0, 6.0), st.floats(1.0, 3.0))
def test_a_band_is_found_to_a_twentieth_of_a_channel(shift: float, step: float) -> None:
    axis = np.arange(500.0, 3200.0, step)
    isolated = (620.9, 1154.5, 3054.3)
    for found in find_bands(Spectrum(axis, film(axis, isolated, shift), "raman"), isolated):
        assert found.position_cm1 - found.nominal_cm1 == pytest.approx(
            shift, abs=0.05 * step + 0.01
        )


@pytest.mark.parametrize(
    ("kind", "lines", "shift", "blocked"),
    [
        ("ir-absorbance", INFRARED_POLYSTYRENE_CM1, 0.6, False),
        ("ir-absorbance", INFRARED_POLYSTYRENE_CM1, -1.6, True),
        ("raman", RAMAN_POLYSTYRENE_CM1, 2.4, False),
        ("counts", RAMAN_POLYSTYRENE_CM1, 3.9, True),
    ],
)
def test_an_axis_that_is_off_blocks(
    kind: str, lines: tuple[float, ...], shift: float, *, blocked: bool
) -> None:
    axis = np.arange(500.0, 3300.0, 1.5)
    reasons = check_wavenumbers(Spectrum(axis, film(axis, lines, shift), kind))
    assert len(reasons) == len(lines)
    for reason in reasons:
        assert reason.value == pytest.approx(shift, abs=0.25)
        assert reason.blocks == blocked == bool(reason.text)


def test_transmittance_is_looked_at_as_absorbance() -> None:
    axis = np.arange(900.0, 3300.0, 1.0)
    passed = 10 ** -film(axis, INFRARED_POLYSTYRENE_CM1)
    assert not any(q.blocks for q in check_wavenumbers(Spectrum(axis, passed, "ir-transmittance")))


def test_silicon_has_one_band() -> None:
    axis = np.arange(200.0, 900.0, 2.0)
    (reason,) = check_wavenumbers(Spectrum(axis, film(axis, (520.5,)), "raman"), "silicon")
    assert reason.name == "wavenumber 520.5"
    assert not reason.blocks


@pytest.mark.parametrize(
    ("spectrum", "standard"),
    [
        (Spectrum(np.arange(700.0, 900.0), np.arange(200.0) % 7, "raman"), "silicon"),
        (Spectrum(np.arange(400.0, 900.0), np.arange(500.0) % 7), "silicon"),
        (Spectrum(np.arange(400.0, 900.0), np.arange(500.0) % 7, "nir", "nm"), "polystyrene"),
    ],
)
def test_where_the_standard_has_no_band_it_is_said(spectrum: Spectrum, standard: Standard) -> None:
    (reason,) = check_wavenumbers(spectrum, standard)
    assert reason.blocks
    assert "No band" in reason.text


@pytest.mark.parametrize("level", [0.0, 1.0, 1e99, 1e-300])
def test_a_spectrum_without_bands_is_not_a_standard(level: float) -> None:
    axis = np.arange(400.0, 3300.0, 2.0)
    with np.errstate(all="raise", under="ignore"):
        reasons = check_wavenumbers(Spectrum(axis, np.full(axis.size, level), "raman"))
    assert all(q.blocks and "No band stands" in q.text for q in reasons)
