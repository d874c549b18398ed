import numpy as np
import pytest

from analysis import Spectrum
from analysis.preprocess.recipe import Recipe
from analysis.quality import (
    check,
    check_batch,
    comparable,
    longest_plateau,
    overlap,
    signal_to_noise,
)
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


def test_a_batch_is_its_spectra() -> None:
    rng = np.random.default_rng(1)
    fine = np.arange(590.0, 1410.0, 0.5)
    mixed = [
        Spectrum(axis, scale * bands(rng, axis), kind, unit)
        for axis in (AXIS, fine, AXIS[:60])
        for kind in ("ir-absorbance", "ir-transmittance", "raman", "nir")
        for unit in ("cm-1", "nm")
        for scale in (0.0, 0.1, 1.0)
    ]
    mixed += [Spectrum(fine, np.ones(fine.size), "counts", saturation_counts="2")]
    for kind in ("infrared", "raman", "nir", "counts"):
        recipe = Recipe(kind, "cm-1", 600.0, 4.0, 200, 7)
        assert check_batch(mixed, recipe) == tuple(check(s, recipe) for s in mixed)
    assert check_batch([], RECIPE) == ()


def test_no_light_at_all_in_transmittance_is_saturation_at_the_bottom() -> None:
    passed = np.clip(10 ** (-4 * GOOD), 0.02, None)
    blocked = {
        q.name for q in check(Spectrum(AXIS, passed, "ir-transmittance"), RECIPE) if q.blocks
    }
    assert blocked == {"saturation"}


def test_transmittance_that_is_dark_everywhere_is_said() -> None:
    dark = 0.015 * 10**-GOOD
    blocked = {
        q.name: q for q in check(Spectrum(AXIS, dark, "ir-transmittance"), RECIPE) if q.blocks
    }
    assert blocked["light"].value < 0.015
    assert "light" in blocked["light"].text


@pytest.mark.parametrize(
    ("scale", "name", "blocks"),
    [("20000", "full_scale", True), ("65535", None, False), ("9e6", "light", False)],
)
def test_counts_are_held_against_the_full_scale_of_their_detector(
    scale: str, name: str | None, *, blocks: bool
) -> None:
    raman = Recipe("raman", "cm-1", 600.0, 4.0, 200, 7)
    noisy = 50000 * GOOD + np.random.default_rng(0).normal(size=GOOD.size)
    found = check(Spectrum(AXIS, noisy, "counts", saturation_counts=scale), raman)
    said = {q.name: q for q in found if q.text}
    assert set(said) == ({name} if name else set())
    assert {q.blocks for q in said.values()} <= {blocks}


@pytest.mark.parametrize("scale", ["many", "nan", "-3", "0"])
def test_a_full_scale_that_is_no_number_is_said(scale: str) -> None:
    raman = Recipe("raman", "cm-1", 600.0, 4.0, 200, 7)
    found = check(Spectrum(AXIS, 50000 * GOOD, "counts", saturation_counts=scale), raman)
    assert any(q.name == "full_scale" and "no number" in q.text and not q.blocks for q in found)


@pytest.mark.parametrize(("factor", "unit"), [(1e7, "nm"), (1e4, "micrometres")])
def test_an_axis_that_would_fit_in_another_unit_is_told_so(factor: float, unit: str) -> None:
    (reason,) = check(Spectrum(factor / AXIS, GOOD), RECIPE)
    assert reason.name == "overlap"
    assert reason.blocks
    assert f"seems to be in {unit}" in reason.text


def test_the_words_of_a_technique_say_which_and_which() -> None:
    raman = Recipe("raman", "cm-1", 600.0, 4.0, 200, 7)
    (reason,) = check(Spectrum(AXIS, GOOD, "counts", "nm"), raman)
    assert "counts over nm" in reason.text
    assert "raman over cm-1" in reason.text


def test_points_too_far_apart_block() -> None:
    few = np.linspace(600.0, 1400.0, 9)
    blocked = {q.name for q in check(Spectrum(few, np.arange(9.0)), RECIPE) if q.blocks}
    assert "spacing" in blocked
    outside = np.concatenate([[100.0, 590.0], np.linspace(2000.0, 3000.0, 8)])
    blocked = {q.name for q in check(Spectrum(outside, np.arange(10.0)), RECIPE) if q.blocks}
    assert blocked == {"spacing"}
