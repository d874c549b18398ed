"""The pruned search answers what a look at every reference answers, for any library."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Library, Matcher, Reference, Spectrum
from analysis import library as library_module
from analysis.features import Mode, in_mode
from analysis.projection import Float32Array, KeptRows, Projection, scan, score
from analysis.search import nearest, nearest_batch, nearest_rows
from tests.analysis.worlds import AXIS, bands, references

COUNT, POINTS = 3000, 300


def unit(rows: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Float32Array:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(norms > 0, norms, 1)).astype(np.float32)


def by_brute_force(
    rows: Float32Array, query: Float32Array, top: int
) -> tuple[list[int], list[float]]:
    scores = [float((row.astype(np.float64) * query).sum()) for row in rows]
    order = sorted(range(len(rows)), key=lambda k: (-scores[k], k))[:top]
    return order, [scores[k] for k in order]


def world(kind: str, count: int, points: int, seed: int) -> Float32Array:
    """Rows that a bound finds easy, and rows that it does not."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(count, points))
    if kind == "smooth":
        noise = np.cumsum(np.cumsum(noise, axis=1), axis=1)
        noise -= noise.mean(axis=1, keepdims=True)
    elif kind == "alike":
        noise = np.ones(points) + 1e-4 * noise
    elif kind == "equal":
        noise = np.repeat(noise[:1], count, axis=0)
    elif kind == "twins":
        noise = np.repeat(noise[: -(-count // 4)], 4, axis=0)[:count]
    elif kind == "few axes":
        noise = rng.normal(size=(count, 3)) @ rng.normal(size=(3, points))
    elif kind == "spikes":
        noise = np.eye(points)[rng.integers(0, points, count)] * rng.choice([-1, 1], (count, 1))
    elif kind == "flat ones":
        noise[rng.random(count) < 0.5] = 0
    return unit(noise)


KINDS = ["random", "smooth", "alike", "equal", "twins", "few axes", "spikes", "flat ones"]


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    count=st.integers(1, 400),
    points=st.integers(16, 300),
    top=st.integers(1, 50),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_bound_never_loses_a_hit(
    kind: str, count: int, points: int, top: int, seed: int
) -> None:
    rows = world(kind, count, points, seed)
    rng = np.random.default_rng(seed)
    mixed = rng.dirichlet(np.ones(3), size=2) @ rows[rng.integers(0, count, 3)]
    queries = np.vstack([unit(mixed + 0.01 * rng.normal(size=mixed.shape)), rows[:2], 0 * rows[:1]])
    kept = KeptRows(rows)
    found = Projection.of(kept).nearest(kept, queries, top)
    for query, (near, scores) in zip(queries, found, strict=True):
        wanted, wanted_scores = by_brute_force(rows, query, top)
        assert near.tolist() == wanted
        assert scores.tolist() == pytest.approx(wanted_scores, abs=1e-15)


@pytest.mark.parametrize("kind", KINDS)
def test_many_rows_are_ruled_out_and_none_wrongly(kind: str) -> None:
    rows = world(kind, COUNT, POINTS, seed=7)
    rng = np.random.default_rng(8)
    queries = unit(rows[rng.integers(0, COUNT, 70)] + 0.02 * rng.normal(size=(70, POINTS)))
    kept = KeptRows(rows)
    projection = Projection.of(kept)
    batch = projection.nearest(kept, queries, 10)
    for k in range(0, 70, 7):
        alone = projection.nearest(kept, queries[k : k + 1], 10)[0]
        whole = scan(kept, queries[k], 10)
        for near, scores in (alone, whole):
            assert np.array_equal(near, batch[k][0])
            assert np.array_equal(scores, batch[k][1])
        assert batch[k][0].tolist() == by_brute_force(rows, queries[k], 10)[0]


def test_any_basis_gives_the_same_answer() -> None:
    rows = world("smooth", COUNT, POINTS, seed=1)
    kept, query = KeptRows(rows), rows[5:6]
    rng = np.random.default_rng(0)
    turned = np.linalg.qr(rng.normal(size=(POINTS, 200)))[0].T.astype(np.float32)
    own, other = Projection.of(kept), Projection.of(kept, np.ascontiguousarray(turned))
    for one, two in zip(*(p.nearest(kept, query, 20)[0] for p in (own, other)), strict=True):
        assert np.array_equal(one, two)


def test_equal_rows_have_equal_scores_wherever_they_stand() -> None:
    row = world("random", 1, 317, seed=3)
    scores = score(np.repeat(row, 1000, axis=0), world("random", 1, 317, seed=4)[0])
    assert len(set(scores.tolist())) == 1


@pytest.fixture(autouse=True)
def _projected_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "PROJECTED_FROM", 1000)


@pytest.fixture(scope="module")
def many() -> Library:
    """1,200 references of 300 substances, four instruments each."""
    rng = np.random.default_rng(11)
    made = []
    for k in range(300):
        values = bands(rng)
        made += [
            Reference(
                Spectrum(AXIS, values + 0.01 * bands(rng)), f"s{k}", f"f{k % 30}", instrument=i
            )
            for i in "abcd"
        ]
    return Library.build(made)


@pytest.mark.parametrize("mode", ["derivative", "raw"])
def test_a_large_library_is_searched_as_a_small_one(many: Library, mode: Mode) -> None:
    rows = many.unit_rows(mode).take(slice(None))
    assert many.projected(mode) is not None
    values = many.rows(np.arange(0, 1200, 100)).astype(np.float64)
    queries = in_mode(many.recipe, mode)(values + 0.5 * values[::-1])
    for query, hits in zip(queries, nearest_batch(many, queries, 10, mode), strict=True):
        wanted, scores = by_brute_force(rows, query.astype(np.float32), 10)
        assert [h.reference for h in hits] == wanted
        assert [h.score for h in hits] == pytest.approx(scores, abs=1e-15)
        assert hits == nearest(many, query, 10, mode)


def test_features_that_are_not_kept_give_the_same_hits(
    many: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = many.feature_rows(np.arange(0, 1200, 50))
    kept = nearest_batch(many, queries.astype(np.float64), 10)
    monkeypatch.setattr(library_module, "KEPT_FEATURES", 0)
    monkeypatch.setattr(library_module, "KEPT_VALUES", 0)
    assert nearest_batch(many, queries.astype(np.float64), 10) == kept
    assert np.array_equal(many.feature_rows(np.arange(0, 1200, 50)), queries)
    assert np.array_equal(many.values[:3], many.rows(np.arange(3)))


def test_a_margin_is_to_the_best_of_another_substance(many: Library) -> None:
    query = many.feature_rows(np.array([17]))[0].astype(np.float64)
    hits = nearest(many, query, 2)
    scores = score(many.features(), query.astype(np.float32))
    other = many.owner != many.owner[17]
    assert {h.substance for h in hits} == {many.entries[17].substance}
    assert hits[0].margin == pytest.approx(scores.max() - scores[other].max(), abs=1e-12)
    far = nearest(many, query, 1200)
    rival = next(h for h in far if h.substance != hits[0].substance)
    assert rival.margin == pytest.approx(rival.score - hits[0].score, abs=1e-12)


def test_one_substance_alone_has_no_rival(small_references: list[Reference]) -> None:
    library = Library.build(small_references[:1])
    (hit,) = nearest(library, library.features()[0].astype(np.float64), 5)
    assert hit.margin == hit.score
    assert nearest(library, library.features()[0].astype(np.float64), 0) == ()
    assert nearest_rows(library, library.features(), 3)[0][0].tolist() == [0]


def test_the_order_of_references_does_not_change_the_hits() -> None:
    refs = references(30, seed=2)
    sample = refs[7].spectrum
    one, two = (Matcher(Library.build(r), []).search(sample) for r in (refs, refs[::-1]))
    assert one == two
    assert one[0].substance == refs[7].substance


def test_many_threads_may_search_one_library(many: Library) -> None:
    queries = many.feature_rows(np.arange(0, 1200, 30)).astype(np.float64)
    fresh = many.taken(np.arange(1200))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda query: nearest(fresh, query, 10), queries))
    assert found == nearest_batch(many, queries, 10)
