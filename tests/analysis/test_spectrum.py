import contextlib
import pickle
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Spectrum, SpectrumError
from analysis.preprocess.recipe import Recipe
from analysis.quality import check
from analysis.spectrum import FloatArray

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


@pytest.mark.parametrize("make", [range, lambda n: np.zeros(n, dtype=np.int8)])
def test_ten_million_points_are_refused_before_they_are_copied(
    make: Callable[[int], object],
) -> None:
    many = make(10_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(SpectrumError, match="10000000 points"):
            Spectrum(many, many)  # type: ignore[arg-type] # a range is what it is about
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_million_points_are_a_spectrum_and_may_be_checked() -> None:
    axis = np.linspace(500.0, 4000.0, 1_000_000)
    recipe = Recipe("infrared", "cm-1", 600.0, 4.0, 300, 7)
    spectrum = Spectrum(axis, np.exp(-(((axis - 1000.0) / 30.0) ** 2)))
    assert not any(q.blocks for q in check(spectrum, recipe))
    assert recipe.on_grid(spectrum).shape == (300,)


def test_spectra_of_one_axis_share_it() -> None:
    one, two = Spectrum(AXIS, AXIS), Spectrum(AXIS[::-1].copy(), AXIS)
    assert one.axis is two.axis
    assert two.values.tolist() == AXIS[::-1].tolist()


@pytest.mark.parametrize(
    "values",
    [
        AXIS.astype(object),
        AXIS.astype(np.int16),
        AXIS.astype(np.float32),
        AXIS.astype(np.uint64),
        [Fraction(k, 3) for k in range(20)],
        [Decimal(k) for k in range(20)],
        np.ma.MaskedArray(AXIS, mask=False),
        range(20),
        tuple(range(20)),
    ],
)
def test_numbers_of_any_kind_are_taken(values: object) -> None:
    spectrum = Spectrum(AXIS, values)  # type: ignore[arg-type] # numbers of many kinds
    assert spectrum.values.dtype == np.float64


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["1.0"] * 20, "not real numbers"),
        (np.array(["1.0"] * 20, dtype=object), "text"),
        (np.array([1.0, None] * 10, dtype=object), "point 1 is nan"),
        ([10**400] * 20, "not real numbers"),
        (np.ma.MaskedArray(AXIS, mask=AXIS == 3), "masked"),
        (AXIS > 3, "bool"),
        ([[1.0], [2.0, 3.0]] * 10, "not real numbers"),
        (np.float64(3.0), "0 dimensions"),
        (None, "0 dimensions"),
        ("twenty numbers, or so", "not real numbers"),
        (np.full(20, np.longdouble("1e4000")), "is inf"),
        (np.full(20, -1e200), "too large"),
        (-np.inf * np.ones(20), "point 0 is -inf"),
    ],
)
def test_what_is_no_row_of_numbers_is_refused(values: object, said: str) -> None:
    with pytest.raises(SpectrumError, match=said):
        Spectrum(AXIS, values)  # type: ignore[arg-type] # wrong things are the point


def test_points_that_nearly_coincide_are_refused() -> None:
    axis = AXIS.copy()
    axis[5] = axis[4] + 1e-12
    with pytest.raises(SpectrumError, match=r"points 4 and 5 .* nearly coincide"):
        Spectrum(axis, AXIS)


def test_a_wavelength_is_above_nothing() -> None:
    with pytest.raises(SpectrumError, match="0 nm is no wavelength"):
        Spectrum(AXIS, AXIS, "nir", "nm")


KINDS_OF_RECIPE = [
    Recipe(kind, unit, 600.0, 4.0, 200, 7, baseline="arpls", atr_reference_cm1=1000.0)
    for kind, unit in (("infrared", "cm-1"), ("raman", "cm-1"), ("counts", "cm-1"), ("nir", "nm"))
]
WIDE = np.linspace(590.0, 1410.0, 300)


@pytest.mark.parametrize("recipe", KINDS_OF_RECIPE, ids=lambda recipe: recipe.kind)
@pytest.mark.parametrize("kind", ["ir-absorbance", "ir-transmittance", "raman", "nir", "counts"])
@pytest.mark.parametrize(
    "values",
    [
        np.zeros(300),
        np.full(300, 5.0),
        np.full(300, -1e99),
        1e99 * np.sin(WIDE),
        1e-300 * np.sin(WIDE),
        5e-324 * np.sign(np.sin(WIDE)),
        -np.ones(300) - np.sin(WIDE),
        np.eye(300)[150],
    ],
)
def test_no_spectrum_makes_the_gate_or_the_recipe_warn(
    recipe: Recipe, kind: str, values: FloatArray
) -> None:
    for axis, unit in ((WIDE, "cm-1"), (WIDE, "nm"), (WIDE * 3, "cm-1"), (WIDE[::-1], "cm-1")):
        spectrum = Spectrum(axis, values, kind, unit)
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            reasons = check(spectrum, recipe)
            on_grid = recipe.on_grid(spectrum)
            features = recipe.features(on_grid)
        assert np.isfinite([q.value for q in reasons]).all()
        assert np.isfinite(features).all()
        assert all(q.text for q in reasons if q.blocks)


def test_an_axis_that_covers_a_third_is_refused_by_its_number() -> None:
    recipe = Recipe("infrared", "cm-1", 600.0, 4.0, 200, 7)
    third = np.linspace(600.0, 600.0 + 800.0 / 3, 100)
    (reason,) = check(Spectrum(third, np.sin(third)), recipe)
    assert (reason.name, reason.blocks) == ("overlap", True)
    assert reason.value == pytest.approx(1 / 3, abs=0.01)


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
