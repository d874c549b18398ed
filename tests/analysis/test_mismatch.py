import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Library
from analysis.mismatch import (
    BANDS,
    Mismatch,
    learned_scale,
    replicate_pairs,
    separate_bands,
    strongest,
)
from analysis.simulate import InstrumentModel, elsewhere
from analysis.spectrum import FloatArray
from tests.analysis.worlds import AXIS, bands, references


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.build(references(12, seed=3))


def explained(directions: FloatArray, change: FloatArray) -> float:
    """Which part of a change lies along the directions."""
    basis, _ = np.linalg.qr(directions[np.abs(directions).any(axis=1)].T)
    return float(((change @ basis) ** 2).sum() / (change @ change))


@pytest.mark.parametrize("seed", range(6))
def test_what_another_instrument_changes_lies_mostly_along_the_directions(
    library: Library, seed: int
) -> None:
    recipe, values = library.recipe, library.values[seed].astype(np.float64)
    other = elsewhere(values, InstrumentModel(), 4.0, np.random.default_rng(seed))
    change = recipe.features(other) - recipe.features(values)
    directions = Mismatch(library.rows, recipe).of([seed])[0].astype(np.float64)
    random = np.random.default_rng(1).normal(size=directions.shape)
    assert explained(directions, change) > 0.6 > explained(random, change)


@given(st.integers(0, 500))
@settings(max_examples=30, deadline=None)
def test_bands_add_up_to_the_spectrum_over_straight_pieces(seed: int) -> None:
    values = bands(np.random.default_rng(seed))
    parts = separate_bands(values)
    rest = values - parts.sum(axis=0)
    assert parts.shape[1] == values.size
    assert (np.abs(parts) > 0).sum(axis=0).max() <= 1
    bends = np.abs(np.diff(rest, n=2)) > 1e-12
    assert bends.sum() <= 2 * len(parts)


def test_a_flat_reference_has_no_directions() -> None:
    flat = Mismatch(
        lambda rows: np.ones((rows.size, 50), np.float32), Library.demonstration().recipe
    )
    assert not flat.of([0])[0][: 2 * BANDS].any()


def test_the_strongest_directions_are_those_of_the_largest_part(library: Library) -> None:
    mismatch = Mismatch(library.rows, library.recipe)
    support, amounts = np.array([[2, 5]]), np.array([[1.0, 1e-4]])
    kept = strongest(mismatch, support, amounts, parts=2, directions=10)
    largest = mismatch.of([2])[0]
    order = np.argsort(-np.linalg.norm(largest, axis=1))[:10]
    assert kept.shape == (1, 10, AXIS.size)
    assert np.allclose(
        np.sort(np.linalg.norm(kept[0], axis=1)),
        np.sort(np.linalg.norm(largest[order], axis=1)),
        rtol=1e-5,
    )


def test_without_replicates_nothing_is_learned(library: Library) -> None:
    mismatch = Mismatch(library.rows, library.recipe)
    assert learned_scale(library.feature_rows, mismatch, np.arange(12)) == 1.0


@pytest.mark.parametrize("strength", [0.5, 1.0, 2.0])
def test_replicates_that_differ_more_teach_a_larger_scale(strength: float) -> None:
    rng = np.random.default_rng(5)
    model = InstrumentModel().scaled(strength)
    pure = np.array([r.spectrum.values for r in references(60, seed=9)])
    rows = np.concatenate([pure, [elsewhere(p, model, 4.0, rng) for p in pure]]).astype(np.float32)
    recipe = Library.build(references(12, seed=3)).recipe

    def values(
        indices: np.ndarray[tuple[int], np.dtype[np.intp]],
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        taken: np.ndarray[tuple[int, int], np.dtype[np.float32]] = rows[indices]
        return taken

    def features(
        indices: np.ndarray[tuple[int], np.dtype[np.intp]],
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return recipe.features(values(indices).astype(np.float64)).astype(np.float32)

    owner = np.tile(np.arange(60), 2)
    scale = learned_scale(features, Mismatch(values, recipe), owner)
    assert 0.3 * strength < scale < 2.5 * strength


def test_pairs_are_of_one_substance_and_not_too_many() -> None:
    owner = np.array([0, 1, 0, 2, 1, 0])
    pairs = replicate_pairs(owner, 10)
    assert all(owner[a] == owner[b] for a, b in pairs)
    assert len(pairs) == 3
    assert len(replicate_pairs(owner, 2)) == 2
