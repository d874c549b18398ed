import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Library, Matcher, Reference, Spectrum
from analysis.spectrum import FloatArray
from analysis.subtraction import NEGATIVE_SHARE, Subtractor, largest_factor, on_hull
from tests.analysis.worlds import AXIS, bands, mixture, references


@pytest.fixture
def subtractor(small: Matcher) -> Subtractor:
    return Subtractor(small.library)


def dug(sample: FloatArray, reference: FloatArray, factor: float) -> float:
    """Negative area that a factor digs, over the area it takes away, by the definition."""
    left = np.clip(sample, 0, None) - factor * reference
    return float(np.clip(-left, 0, None).sum() / (factor * reference.sum()))


@given(seed=st.integers(0, 10_000), allowed=st.floats(0.001, 0.3))
def test_the_factor_is_the_largest_that_the_rule_allows(seed: int, allowed: float) -> None:
    rng = np.random.default_rng(seed)
    sample, reference = on_hull(bands(rng) + bands(rng)), on_hull(bands(rng))
    factor, share = largest_factor(sample, reference, allowed)
    if not factor:
        assert dug(sample, reference, 1e-9) > allowed
        return
    assert np.isclose(dug(sample, reference, factor), share, atol=1e-9)
    assert np.isclose(share, allowed, atol=1e-9)
    assert dug(sample, reference, 1.01 * factor) > allowed


def test_a_reference_is_taken_whole_out_of_itself() -> None:
    curve = on_hull(bands(np.random.default_rng(0)))
    factor, _ = largest_factor(3 * curve, curve)
    assert np.isclose(factor, 3 / (1 - NEGATIVE_SHARE))
    assert largest_factor(np.zeros(curve.size), curve) == (0.0, 0.0)
    assert largest_factor(curve, np.zeros(curve.size)) == (0.0, 0.0)


@given(seed=st.integers(0, 10_000), slope=st.floats(-5, 5), height=st.floats(-10, 10))
def test_the_hull_takes_any_line_away_and_leaves_nothing_negative(
    seed: int, slope: float, height: float
) -> None:
    values = np.random.default_rng(seed).normal(size=60)
    stood = on_hull(values)
    assert stood.min() == 0.0
    assert np.all(np.flatnonzero(stood == 0.0)[[0, -1]] == [0, 59])
    assert np.allclose(on_hull(values + slope * np.arange(60) + height), stood, atol=1e-9)


def test_two_large_components_are_taken_one_after_the_other(
    subtractor: Subtractor, small_references: list[Reference]
) -> None:
    done = subtractor.run(mixture([small_references[10], small_references[15]], [0.6, 0.4]))
    assert [s.substance for s in done.steps][:2] == ["plain 10", "plain 15"]
    assert np.isclose(sum(done.shares().values()), 1.0)
    assert len(done.shares()) == len(done.steps)
    for step in done.steps:
        before, after = np.array(step.before), np.array(step.after)
        assert before.min() >= 0
        assert (before - after).min() >= -1e-5
        assert step.negative_share <= NEGATIVE_SHARE
        assert step.factor > 0
    assert np.linalg.norm(done.steps[-1].after) < 0.5 * np.linalg.norm(done.steps[0].before)


def test_it_ends_with_its_reason(subtractor: Subtractor, small_references: list[Reference]) -> None:
    alone = Spectrum(AXIS, small_references[10].spectrum.values)
    assert subtractor.run(alone).stop == "noise"
    two = mixture([small_references[10], small_references[15]], [0.6, 0.4])
    assert (subtractor.run(two, 1).stop, len(subtractor.run(two, 1).steps)) == ("steps", 1)
    slow = Spectrum(AXIS, np.sin(AXIS / 60) + 1)
    assert subtractor.run(slow).stop in {"nothing fits", "negative bands"}
    assert subtractor.run(Spectrum(AXIS, np.ones(AXIS.size))).stop == "noise"


def test_a_hit_that_only_digs_is_passed_over() -> None:
    """The sample has one of the reference's four bands, and nothing else."""
    both = np.zeros(AXIS.size)
    for centre in (700.0, 900.0, 1100.0, 1300.0):
        both += 1 / (1 + ((AXIS - centre) / 8) ** 2)
    one = 1 / (1 + ((AXIS - 1300.0) / 8) ** 2)
    library = Library.build([Reference(Spectrum(AXIS, both), "four bands", "a")])
    done = Subtractor(library).run(Spectrum(AXIS, one))
    assert done.stop == "negative bands"
    assert done.steps == ()


def test_neither_order_nor_intensity_changes_the_steps() -> None:
    refs = references(20, seed=3)
    sample = mixture([refs[10], refs[15], refs[7]], [0.5, 0.3, 0.2])
    first = Subtractor(Library.build(refs)).run(sample)
    turned = Subtractor(Library.build(refs[::-1])).run(sample)
    assert turned == first
    twice = Subtractor(Library.build(refs)).run(Spectrum(sample.axis, 2 * sample.values))
    assert [s.substance for s in twice.steps] == [s.substance for s in first.steps]
    assert np.allclose([s.factor for s in twice.steps], [2 * s.factor for s in first.steps])
    assert twice.stop == first.stop
