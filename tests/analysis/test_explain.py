from dataclasses import replace

import numpy as np
import pytest

from analysis import (
    Component,
    Identification,
    Library,
    LibraryError,
    Matcher,
    Reference,
    Spectrum,
)
from analysis.explain import SubstanceEvidence, explain
from analysis.hit_peaks import hit_peaks
from analysis.parts import named_parts
from analysis.refutation import refutations
from tests.analysis.worlds import mixture, references


def with_wrong(found: Identification, name: str, family: str, share: float) -> Identification:
    """The same result with a substance in it that is not in the sample."""
    rest = tuple(replace(c, share=c.share * (1 - share)) for c in found.components)
    wrong = Component(name, share, (share / 2, 2 * share), family, 9.0)
    return replace(found, components=(*rest, wrong))


def states(evidence: tuple[SubstanceEvidence, ...]) -> dict[str, list[str]]:
    return {e.substance: [p.seen for p in e.peaks] for e in evidence}


@pytest.fixture
def parts(small_references: list[Reference]) -> list[Reference]:
    return [small_references[10], small_references[15]]


@pytest.mark.parametrize("seed", range(8))
def test_the_bands_of_what_is_there_are_mostly_seen(small: Matcher, seed: int) -> None:
    refs = references(20, seed=3)
    rng = np.random.default_rng(seed)
    chosen = [refs[int(k)] for k in rng.choice(np.arange(4, 20), 3, replace=False)]
    found = small.identify(mixture(chosen, [0.5, 0.3, 0.2], seed))
    true = {r.substance for r in chosen}
    assert true <= {c.substance for c in found.components}
    evidence = [e for e in explain(small.library, found) if e.substance in true]
    seen, missing = sum(e.seen for e in evidence), sum(e.missing for e in evidence)
    assert seen >= 10
    assert missing <= 0.1 * seen


def test_the_bands_of_what_is_not_there_are_missing_and_refute_it(
    small: Matcher, parts: list[Reference]
) -> None:
    found = small.identify(mixture(parts, [0.6, 0.4]))
    seen = missing = 0
    refuted: list[str] = []
    wrongs = [k for k in range(5, 20) if k not in {10, 15}]
    for k in wrongs:
        put_in = with_wrong(found, f"plain {k}", f"class {k % 5}", 0.25)
        evidence = explain(small.library, put_in)
        bad = next(e for e in evidence if e.substance == f"plain {k}")
        seen, missing = seen + bad.seen, missing + bad.missing
        against = refutations(evidence, "cm-1")
        assert {r.substance for r in against} <= {f"plain {k}"}
        refuted += [r.substance for r in against]
        assert all(r.bands >= 2 and r.depth > 0 and r.substance in r.text for r in against)
    assert missing > 2 * seen
    assert len(refuted) > len(wrongs) / 2


def test_no_trace_of_a_wrong_substance_is_too_small_to_be_refuted(
    small: Matcher, parts: list[Reference]
) -> None:
    noisy = mixture(parts, [0.6, 0.4], noise=0.02)
    found = with_wrong(small.identify(noisy), "plain 7", "class 2", 0.01)
    evidence = explain(small.library, found)
    assert set(states(evidence)["plain 7"]) == {"hidden"}
    assert refutations(evidence, "cm-1") == ()


def test_a_band_under_a_larger_one_is_hidden_by_it() -> None:
    axis = np.arange(600.0, 1400.0, 4.0)

    def bands(*places: tuple[float, float]) -> Spectrum:
        return Spectrum(axis, sum(h / (1 + ((axis - x) / 9) ** 2) for x, h in places))

    library = Library.build(
        [
            Reference(bands((700, 1.0), (1000, 1.0)), "large", "a"),
            Reference(bands((702, 1.0), (1250, 1.0)), "little", "b"),
        ]
    )
    found = Matcher(library, []).identify(bands((700, 1.05), (1000, 1.0), (1250, 0.1)))
    named = {"large": 0.9, "little": 0.1}
    components = tuple(Component(n, s, (0.0, 1.0), n, 9.0) for n, s in named.items())
    evidence = explain(library, replace(found, components=components))
    low, high = next(e for e in evidence if e.substance == "little").peaks
    assert (low.seen, low.explained_by) == ("hidden", "large")
    assert (high.seen, high.explained_by) == ("seen", "")


def test_neither_order_of_the_library_nor_intensity_changes_the_evidence(
    small: Matcher, small_references: list[Reference], parts: list[Reference]
) -> None:
    sample = mixture(parts, [0.6, 0.4])
    first = explain(small.library, small.identify(sample))
    turned = Matcher(Library.build(small_references[::-1]), ["targets"])
    assert states(explain(turned.library, turned.identify(sample))) == states(first)
    doubled = small.identify(Spectrum(sample.axis, 2 * sample.values))
    twice = explain(small.library, doubled)
    assert states(twice) == states(first)
    for one, two in zip(first, twice, strict=True):
        assert np.isclose(2 * one.tallest, two.tallest, rtol=1e-3)
        assert np.allclose([p.ratio for p in one.peaks], [p.ratio for p in two.peaks], atol=1e-3)


def test_the_parts_add_up_to_the_fit_over_a_straight_line(
    small: Matcher, parts: list[Reference]
) -> None:
    found = small.identify(mixture(parts, [0.6, 0.4]))
    rest = np.array(found.fit) - sum(p.curve for p in named_parts(small.library, found))
    assert np.abs(np.diff(rest, n=2)).max() < 1e-5 * np.ptp(np.array(found.fit))


def test_several_references_of_one_substance_are_one_part() -> None:
    refs = references(8, seed=3)
    twin = Reference(mixture([refs[5]], [1.0], seed=4), refs[5].substance, refs[5].family)
    matcher = Matcher(Library.build([*refs, twin]), [])
    found = matcher.identify(mixture([refs[5], refs[6]], [0.6, 0.4], seed=1))
    evidence = explain(matcher.library, found)
    assert [e.substance for e in evidence].count(refs[5].substance) == 1
    assert all(e.missing == 0 for e in evidence)


def test_a_detected_target_without_a_component_is_explained_too(
    small: Matcher, small_references: list[Reference]
) -> None:
    found = small.identify(mixture([small_references[0], small_references[10]], [0.5, 0.5]))
    assert {t.target for t in found.detected} == {"targets", "target 0"}
    cut = replace(found, components=tuple(c for c in found.components if c.family != "targets"))
    parts = {p.substance: p.fitted for p in named_parts(small.library, cut)}
    assert parts == {"plain 10": True, "targets": False}
    assert next(e for e in explain(small.library, cut) if e.substance == "targets").peaks


def test_a_result_of_another_library_is_refused(
    small: Matcher, demonstration: Matcher, parts: list[Reference]
) -> None:
    found = small.identify(mixture(parts, [0.6, 0.4]))
    for look in (explain, hit_peaks, named_parts):
        with pytest.raises(LibraryError, match=found.library_version):
            look(demonstration.library, found)


def test_a_refused_spectrum_has_nothing_to_explain(small: Matcher) -> None:
    axis = np.arange(600.0, 700.0, 4.0)
    found = small.identify(Spectrum(axis, np.sin(axis)))
    assert explain(small.library, found) == ()
    assert hit_peaks(small.library, found) == ()


def test_the_bands_of_a_hit_are_counted(small: Matcher, small_references: list[Reference]) -> None:
    found = small.identify(mixture([small_references[10]], [1.0]))
    hits = hit_peaks(small.library, found)
    assert [h.reference for h in hits] == [h.reference for h in found.hits]
    assert hits[0].substance == "plain 10"
    assert len(hits[0].missed) <= 1 < len(hits[0].matched)
    assert sum(len(h.missed) for h in hits[1:]) > sum(len(h.matched) for h in hits[1:])
