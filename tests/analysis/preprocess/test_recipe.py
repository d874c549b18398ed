import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import AnalysisError, Spectrum
from analysis.preprocess.atr import depth_corrected
from analysis.preprocess.baseline import arpls
from analysis.preprocess.normalise import standard_normal_variate, unit_norm
from analysis.preprocess.recipe import Recipe, alike
from tests.analysis.worlds import AXIS, bands

PLAIN = Recipe("infrared", "cm-1", 600.0, 4.0, 200, 7)
EVERYTHING = Recipe(
    "raman",
    "cm-1",
    600.0,
    4.0,
    200,
    7,
    atr_reference_cm1=1000.0,
    despike="off",
    baseline="arpls",
    smoothness=1e4,
    norm="snv",
)
VALUES = bands(np.random.default_rng(5))


@pytest.mark.parametrize("recipe", [PLAIN, EVERYTHING])
def test_a_recipe_comes_back_from_json(recipe: Recipe) -> None:
    assert Recipe.from_data(json.loads(json.dumps(dict(recipe.as_data())))) == recipe


def test_the_hash_of_plain_infrared_is_that_of_the_first_version() -> None:
    assert PLAIN.digest() == "b814bcb4f48587b9"


@pytest.mark.parametrize(
    "change",
    [
        {"window": 9},
        {"order": 3},
        {"atr_reference_cm1": 1000.0},
        {"despike": "on"},
        {"baseline": "airpls"},
        {"baseline": "airpls", "smoothness": 1e4},
        {"norm": "snv"},
        {"kind": "raman"},
        {"kind": "raman", "despike": "off"},
    ],
)
def test_whatever_changes_a_step_changes_the_hash(change: Mapping[str, object]) -> None:
    base = {k: v for k, v in PLAIN.as_data().items() if k != "hash"}
    changed = Recipe.from_data(base | dict(change))
    assert changed.digest() != PLAIN.digest()
    other = Recipe.from_data(base | {"baseline": "airpls"})
    if change != {"baseline": "airpls"}:
        assert changed.digest() != other.digest()


def test_what_is_switched_off_does_not_count() -> None:
    base = {k: v for k, v in PLAIN.as_data().items() if k != "hash"}
    assert Recipe.from_data(base | {"smoothness": 7.0}).digest() == PLAIN.digest()
    assert Recipe.from_data(base | {"despike": "off"}).digest() == PLAIN.digest()


def test_the_steps_stand_in_the_order_in_which_they_are_done() -> None:
    assert [step.name for step in PLAIN.steps()] == [
        "absorbance",
        "resample",
        "derivative",
        "normalise",
    ]
    raman = Recipe("raman", "cm-1", 600.0, 4.0, 200, 7, baseline="airpls")
    names = [step.name for step in raman.steps()]
    assert names == ["despike", "resample", "baseline", "derivative", "normalise"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"norm": "max"}, "norm"),
        ({"baseline": "snip"}, "baseline"),
        ({"despike": True}, "despike"),
        ({"smoothness": 0.0}, "smoothness"),
        ({"atr_reference_cm1": -1.0}, "atr_reference_cm1"),
        ({"window": 8}, "window of 8"),
        ({"window": "7"}, "wrong type"),
        ({"widow": 7}, "not known"),
        ({"hash": "0"}, "hash"),
    ],
)
def test_what_no_step_knows_is_refused_by_name(change: Mapping[str, object], said: str) -> None:
    data = {k: v for k, v in PLAIN.as_data().items() if k != "hash"}
    with pytest.raises(AnalysisError, match=said):
        Recipe.from_data(data | dict(change))


def test_a_recipe_without_a_window_is_refused() -> None:
    with pytest.raises(AnalysisError, match="window missing"):
        Recipe.from_data({"kind": "raman", "axis_unit": "nm", "start": 1, "step": 1, "points": 9})


def test_a_batch_is_its_spectra_bit_for_bit() -> None:
    rng = np.random.default_rng(0)
    fine, coarse = np.arange(590.0, 1410.0, 0.5), np.arange(590.0, 1410.0, 7.8)
    mixed = [
        Spectrum(axis, bands(rng, np.sort(axis)), kind)
        for axis in (fine, coarse, AXIS, fine[::-1])
        for kind in ("ir-absorbance", "ir-transmittance", "raman", "counts")
        for _ in range(3)
    ]
    for recipe in (PLAIN, EVERYTHING, Recipe("raman", "cm-1", 600.0, 4.0, 200, 7)):
        together = recipe.on_grid_batch(mixed)
        singles = np.array([recipe.on_grid(spectrum) for spectrum in mixed])
        assert np.array_equal(together, singles)
        features = recipe.features(together)
        assert np.array_equal(features, [recipe.features(row) for row in singles])


def test_an_empty_batch_is_empty() -> None:
    assert PLAIN.on_grid_batch([]).shape == (0, 200)


@given(st.integers(-1000, 300))
def test_features_do_not_know_the_intensity(exponent: int) -> None:
    scaled = np.ldexp(VALUES, exponent)
    assert np.allclose(PLAIN.features(scaled), PLAIN.features(VALUES), atol=1e-12)


def test_single_precision_stays_single() -> None:
    features = PLAIN.features(VALUES.astype(np.float32))
    assert features.dtype == np.float32
    assert np.allclose(features, PLAIN.features(VALUES), atol=1e-5)


def test_zeros_stay_zeros() -> None:
    flat = np.zeros((2, 200))
    assert not unit_norm(flat).any()
    assert not standard_normal_variate(flat + 3.3).any()


def test_snv_has_no_mean_and_unit_deviation() -> None:
    rows = standard_normal_variate(np.random.default_rng(0).normal(5, 3, size=(4, 100)))
    assert np.allclose(rows.mean(axis=1), 0)
    assert np.allclose(rows.std(axis=1, ddof=1), 1)


def test_atr_correction_leaves_the_reference_and_lifts_what_lies_above() -> None:
    recipe = Recipe("infrared", "cm-1", 600.0, 4.0, 200, 7, atr_reference_cm1=1000.0)
    level = Spectrum(AXIS, np.ones(AXIS.size))
    assert np.allclose(recipe.on_grid(level), recipe.grid() / 1000.0)
    assert np.allclose(depth_corrected(np.array([500.0, 1000.0]), np.ones(2), 1000.0), [0.5, 1.0])
    through = Spectrum(AXIS, np.ones(AXIS.size), sampling="transmission")
    assert np.allclose(recipe.on_grid(through), 1.0)
    assert np.allclose(recipe.on_grid(Spectrum(AXIS, np.ones(AXIS.size), "raman")), 1.0)


def test_spikes_leave_raman_and_stay_in_infrared() -> None:
    hit = VALUES + 0.001 * np.random.default_rng(0).normal(size=VALUES.size)
    hit[70] += 5.0
    raman = Recipe("raman", "cm-1", 600.0, 4.0, 200, 7)
    assert raman.on_grid(Spectrum(AXIS, hit, "raman"))[70] < 2.0
    assert PLAIN.on_grid(Spectrum(AXIS, hit))[70] > 4.0


def test_a_baseline_is_for_display_and_not_for_features() -> None:
    recipe = Recipe("infrared", "cm-1", 600.0, 4.0, 200, 7, baseline="arpls", smoothness=1e4)
    assert np.allclose(recipe.flattened(VALUES), VALUES - arpls(VALUES, 1e4))
    assert np.array_equal(recipe.features(VALUES), PLAIN.features(VALUES))
    assert PLAIN.flattened(VALUES) is VALUES


def test_threads_do_not_disturb_each_other() -> None:
    rng = np.random.default_rng(2)
    axes = [np.arange(580.0 + k, 1420.0, 1.0 + 0.3 * k) for k in range(12)]
    spectra = [Spectrum(axis, bands(rng, axis), "raman") for axis in axes]
    recipe = Recipe("raman", "cm-1", 600.0, 4.0, 200, 7)
    wanted = [recipe.on_grid(spectrum) for spectrum in spectra]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda k: (k % 12, recipe.on_grid(spectra[k % 12])), range(600)):
            assert np.array_equal(found[1], wanted[found[0]])


def test_groups_are_bounded_and_lose_nobody() -> None:
    few = [Spectrum(AXIS, VALUES, kind) for kind in ("raman", "counts") for _ in range(700)]
    groups = alike(few)
    assert sorted(k for group in groups for k in group) == list(range(1400))
    assert max(len(group) for group in groups) <= 512
    long = np.linspace(600.0, 1400.0, 900_000)
    assert [len(g) for g in alike([Spectrum(long, long)] * 9)] == [4, 4, 1]
