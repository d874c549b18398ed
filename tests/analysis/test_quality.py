import numpy as np
import pytest

from analysis import Spectrum
from analysis.preprocess.recipe import Recipe
from analysis.quality import check, comparable, longest_plateau, overlap, signal_to_noise
from tests.analysis.worlds import AXIS, bands

RECIPE = Recipe("infrared", "cm-1", 600.0, 4.0, 200, 7)
GOOD = bands(np.random.default_rng(0))


def test_a_good_spectrum_has_numbers_and_no_complaints() -> None:
    reasons = check(Spectrum(AXIS, GOOD), RECIPE)
    names = {q.name for q in reasons}
    assert names == {"overlap", "spacing", "contact", "saturation", "noise"}
    assert not any(q.blocks or q.text for q in reasons)


@pytest.mark.parametrize(
    ("spectrum", "name", "text"),
    [
        (Spectrum(AXIS, 0.25 * GOOD), "contact", "below 0.3"),
        (Spectrum(AXIS, np.minimum(GOOD, 0.4)), "saturation", "at its end"),
        (Spectrum(AXIS[40:180], GOOD[40:180]), "overlap", "70 %"),
        (Spectrum(AXIS, GOOD, "raman"), "technique", "another technique"),
    ],
)
def test_a_blocking_reason_has_a_name_a_number_and_advice(
    spectrum: Spectrum, name: str, text: str
) -> None:
    blocked = {q.name: q for q in check(spectrum, RECIPE) if q.blocks}
    assert name in blocked
    assert text in blocked[name].text
    assert np.isfinite(blocked[name].value)


def test_raman_spectra_need_no_contact() -> None:
    raman = Recipe("raman", "cm-1", 600.0, 4.0, 200, 7)
    names = {q.name for q in check(Spectrum(AXIS, 0.01 * GOOD, "counts"), raman)}
    assert "contact" not in names
    assert "noise" in names


def test_noise_is_measured_to_a_factor_of_one_and_a_half() -> None:
    axis = np.linspace(0, 1, 2000)
    noisy = np.exp(-(((axis - 0.5) / 0.1) ** 2)) + 0.01 * np.random.default_rng(0).normal(size=2000)
    assert 66 < signal_to_noise(noisy) < 150


def test_a_plateau_is_counted_in_neighbours() -> None:
    assert longest_plateau(np.array([0.0, 1, 0, 1, 1, 1, 0])) == 3
    assert longest_plateau(np.array([1.0, 2, 3])) == 1


def test_overlap_is_a_fraction_of_the_library() -> None:
    assert overlap(Spectrum(AXIS, GOOD), RECIPE) == 1.0
    assert overlap(Spectrum(AXIS[:100], GOOD[:100]), RECIPE) == pytest.approx(0.5, abs=0.01)


def test_counts_and_raman_may_be_compared_and_nothing_else() -> None:
    raman = Recipe("raman", "cm-1", 600.0, 4.0, 200, 7)
    assert comparable(Spectrum(AXIS, GOOD, "counts"), raman)
    assert not comparable(Spectrum(AXIS, GOOD, "nir"), raman)
    assert not comparable(Spectrum(AXIS, GOOD, "counts"), RECIPE)
    assert comparable(Spectrum(AXIS, GOOD, "ir-transmittance"), RECIPE)
