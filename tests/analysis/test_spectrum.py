import contextlib
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Spectrum, SpectrumError

AXIS = np.arange(20.0)


def test_a_falling_axis_is_kept_rising_with_its_values() -> None:
    spectrum = Spectrum(AXIS[::-1], AXIS[::-1] * 2)
    assert spectrum.axis.tolist() == AXIS.tolist()
    assert spectrum.values.tolist() == (AXIS * 2).tolist()


def test_nothing_of_a_spectrum_can_be_changed() -> None:
    source = AXIS.copy()
    spectrum = Spectrum(source, source, instrument="a")
    source[0] = 99
    assert spectrum.axis[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        spectrum.values[0] = 1
    with pytest.raises(AttributeError, match="immutable"):
        spectrum.kind = "raman"
    with pytest.raises(TypeError):
        spectrum.provenance["instrument"] = "b"  # type: ignore[index] # the point of the test


@pytest.mark.parametrize(
    ("axis", "values", "said"),
    [
        ([], [], "0 points"),
        ([1.0], [1.0], "1 points"),
        (AXIS, AXIS[:-1], "19"),
        (AXIS, np.where(AXIS == 3, np.nan, AXIS), "values: point 3 is nan"),
        (np.where(AXIS == 4, np.inf, AXIS), AXIS, "axis: point 4 is inf"),
        (np.where(AXIS == 5, 4.0, AXIS), AXIS, "points 4 and 5"),
        (np.where(AXIS == 5, 0.0, AXIS), AXIS, "break the order"),
        (np.zeros(20), AXIS, "break the order"),
        (AXIS * 1e306, AXIS, "too large"),
        (np.ones((20, 2)), AXIS, "2 dimensions"),
        (["a"] * 20, AXIS, "not real numbers"),
        (AXIS.astype(complex), AXIS, "not real numbers"),
    ],
)
def test_what_is_no_spectrum_is_refused_by_name(axis: object, values: object, said: str) -> None:
    with pytest.raises(SpectrumError, match=said):
        Spectrum(axis, values)  # type: ignore[arg-type] # wrong things are the point


def test_ten_million_points_are_refused() -> None:
    many = np.zeros(10_000_000, dtype=np.int8)
    with pytest.raises(SpectrumError, match="10000000 points"):
        Spectrum(many, many)


@pytest.mark.parametrize(("kind", "unit"), [("infrared", "cm-1"), ("raman", "um")])
def test_unknown_words_are_refused_with_those_that_are_known(kind: str, unit: str) -> None:
    with pytest.raises(SpectrumError, match=r"is not known.*wanted"):
        Spectrum(AXIS, AXIS, kind, unit)


def test_provenance_is_text() -> None:
    with pytest.raises(SpectrumError, match="provenance scans"):
        Spectrum(AXIS, AXIS, scans=3)  # type: ignore[arg-type] # the point of the test


def test_equal_spectra_are_equal_and_survive_pickling() -> None:
    one = Spectrum(AXIS, AXIS, "raman", source="x")
    two = pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes
    assert one == two
    assert hash(one) == hash(two)
    assert one != Spectrum(AXIS, AXIS, "nir", source="x")
    assert one != "spectrum"


def test_wavelengths_become_raman_shift() -> None:
    nm = np.linspace(790.0, 900.0, 50)
    shift = Spectrum(nm, nm, "counts", "nm").as_raman(785.0)
    assert shift.axis_unit == "cm-1"
    assert shift.axis[0] == pytest.approx(1e7 / 785 - 1e7 / 790)
    with pytest.raises(SpectrumError, match="laser"):
        Spectrum(nm, nm, "counts", "nm").as_raman(0.0)
    with pytest.raises(SpectrumError, match="no Raman shift"):
        Spectrum(nm, nm).as_raman(785.0)


@given(
    st.lists(st.floats() | st.integers() | st.text(max_size=2), max_size=20),
    st.lists(st.floats(), max_size=20),
)
def test_any_numbers_make_a_spectrum_or_a_clear_error(
    axis: list[float], values: list[float]
) -> None:
    with contextlib.suppress(SpectrumError):
        spectrum = Spectrum(axis, values)
        assert np.isfinite(spectrum.values).all()
        assert (np.diff(spectrum.axis) > 0).all()
