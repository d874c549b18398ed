import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Library
from analysis.candidates import Candidates
from analysis.detect import Evidence, gather
from analysis.evidence import plain, windowed
from analysis.mixture import weighted_fits
from analysis.panel import Panel
from analysis.watch import resolve
from tests.analysis.worlds import mixture, references

REFS = references(24, seed=11)
LIBRARY = Library.build(REFS)
WATCH = resolve(["targets"], LIBRARY.entries)
PANEL = Panel.of(WATCH)
CANDIDATES = Candidates.of(LIBRARY, PANEL)
NAMES = PANEL.names


def gathered(share: float, count: int = 12, unknown: float = 0.0) -> Evidence:
    """Evidence on mixtures of four substances, one of them "target 1"."""
    rest, made = 1 - share - unknown, []
    stranger = references(1, seed=77)[0]
    for k in range(count):
        parts = [REFS[1], REFS[6 + k % 9], REFS[7 + k % 9], stranger]
        made.append(mixture(parts, [share, 0.7 * rest, 0.3 * rest, unknown], seed=k))
    features = LIBRARY.recipe.features(LIBRARY.recipe.on_grid_batch(made))
    return gather(features, CANDIDATES, PANEL)


def column(name: str) -> int:
    return NAMES.index(name)


def test_a_target_that_is_there_stands_out_and_the_others_do_not() -> None:
    found = gathered(0.1)
    scores = np.median(found.scores, axis=0)
    assert scores.argmax() == column("target 1")
    others = np.delete(scores, column("target 1"))
    assert scores.max() > 3 * max(1.0, others.max())


def test_more_of_a_target_is_more_evidence() -> None:
    medians = [np.median(gathered(s).scores[:, column("target 1")]) for s in (0.0, 0.03, 0.1, 0.3)]
    assert medians == sorted(medians)
    assert medians[0] < 2 < medians[-1]


def test_the_estimated_odds_follow_the_true_ones() -> None:
    for share in (0.05, 0.2):
        odds = np.median(gathered(share).odds[:, column("target 1")])
        assert odds == pytest.approx(share / (1 - share), rel=0.35)


def test_a_stranger_spoils_some_stretches_and_not_the_finding() -> None:
    spoilt = gathered(0.1, unknown=0.3)
    assert np.median(spoilt.unexplained) > 2 * np.median(gathered(0.1).unexplained)
    scores = np.median(spoilt.scores, axis=0)
    assert scores.argmax() == column("target 1")


def test_what_is_barred_is_neither_found_nor_used() -> None:
    values = LIBRARY.recipe.on_grid(mixture([REFS[1], REFS[8]], [0.5, 0.5]))[None]
    own = np.array([k for k, e in enumerate(LIBRARY.entries) if e.substance == "target 1"])
    found = gather(LIBRARY.recipe.features(values), CANDIDATES, PANEL, [own])
    assert not np.isin(found.fits.support[found.fits.amounts > 0], own).any()
    assert found.scores[0, column("target 1")] == -np.inf


def test_one_row_is_as_in_a_batch() -> None:
    together = gathered(0.05, count=9)
    made = mixture(
        [REFS[1], REFS[6], REFS[7], references(1, seed=77)[0]],
        [0.05, 0.7 * 0.95, 0.3 * 0.95, 0.0],
        seed=0,
    )
    features = LIBRARY.recipe.features(LIBRARY.recipe.on_grid_batch([made]))
    alone = gather(features, CANDIDATES, PANEL)
    assert np.allclose(alone.scores[0], together.scores[0], rtol=2e-3, atol=2e-3)
    assert np.allclose(alone.odds[0], together.odds[0], rtol=2e-3, atol=1e-4)


def test_a_large_library_finds_what_a_whole_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.candidates.WHOLE", 10)
    monkeypatch.setattr("analysis.candidates.NEAREST", 8)
    monkeypatch.setattr("analysis.candidates.NEAREST_TO_REST", 4)
    large = Candidates.of(LIBRARY, PANEL)
    assert large.library is LIBRARY
    made = [mixture([REFS[1], REFS[6 + k], REFS[8 + k]], [0.1, 0.6, 0.3], k) for k in range(8)]
    features = LIBRARY.recipe.features(LIBRARY.recipe.on_grid_batch(made))
    near, whole = gather(features, large, PANEL), gather(features, CANDIDATES, PANEL)
    at = column("target 1")
    assert np.allclose(near.scores[:, at], whole.scores[:, at], rtol=0.25)
    assert (near.scores.argmax(axis=1) == at).all()
    for a, b in zip(near.fits.support, whole.fits.support, strict=True):
        assert len(set(a.tolist()) & set(b.tolist())) >= 2


def test_the_plain_score_is_that_of_least_squares() -> None:
    rng = np.random.default_rng(3)
    atoms = CANDIDATES.atoms
    query = 0.7 * atoms.rows[4] + 0.3 * atoms.rows[9] + 0.02 * rng.normal(size=atoms.rows.shape[1])
    queries = (query / np.linalg.norm(query))[None].astype(np.float64)
    fits = weighted_fits(queries, atoms)
    tested = np.array([0, 2, 15])
    scores, amounts, _ = plain(queries, atoms, fits, tested)
    weights = fits.weights[0].astype(np.float64)
    used = atoms.rows[fits.support[0][fits.amounts[0] > 0]].astype(np.float64) * weights
    for k, one in enumerate(tested):
        both = np.vstack([used, atoms.rows[one] * weights])
        full, *_ = np.linalg.lstsq(both.T, queries[0] * weights, rcond=None)
        assert amounts[0, k] == pytest.approx(max(full[-1], 0.0), abs=2e-3)
        assert np.sign(scores[0, k]) == np.sign(full[-1])


@given(st.integers(1, 40), st.sampled_from([1, 3, 5, 9]))
@settings(deadline=None)
def test_windows_hold_the_ends(points: int, window: int) -> None:
    values = np.random.default_rng(points).normal(size=(2, points)).astype(np.float32)
    held = np.pad(values, ((0, 0), (window // 2, window // 2)), mode="edge")
    wanted = np.array([[row[k : k + window].mean() for k in range(points)] for row in held])
    assert np.allclose(windowed(values, window), wanted, atol=1e-5)
