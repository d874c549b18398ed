"""What must hold for every library and every spectrum, whatever the heart of the matcher is."""

import dataclasses
import json
import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import Identification, Library, Matcher, Reference, Spectrum, SpectrumError
from analysis.features import Mode
from analysis.words import NO_REFERENCE, NOT_CALIBRATED
from tests.analysis.worlds import AXIS, bands, mixture, references

TARGET, PLAIN = 0, 10


def verdicts(found: Identification) -> dict[str, str]:
    return {t.target: t.verdict for t in found.targets}


def with_calibration(matcher: Matcher, refs: list[Reference]) -> Matcher:
    """A library of other references, with the calibration of the first."""
    known, library = matcher.library.calibration, Library.build(refs)
    assert known is not None
    moved = dataclasses.replace(known, library_version=library.version)
    return Matcher(library.calibrated(moved), list(matcher.targets))


@pytest.fixture(scope="module")
def samples(small_references: list[Reference]) -> list[Spectrum]:
    """Three without a target, three with 40 % of one."""
    r = small_references
    blanks = [mixture([r[10 + k], r[15 + k]], [0.5, 0.5], k) for k in range(3)]
    with_target = [mixture([r[k], r[10 + k], r[15]], [0.4, 0.3, 0.3], k) for k in range(3)]
    return blanks + with_target


def test_a_target_of_forty_per_cent_is_detected_and_named(
    small: Matcher, samples: list[Spectrum]
) -> None:
    for k, spectrum in enumerate(samples[3:]):
        found = small.identify(spectrum)
        assert verdicts(found)["targets"] == "detected"
        assert verdicts(found)[f"target {k}"] == "detected"
        assert f"target {k}" in {c.substance for c in found.components}
        family = found.targets[0]
        assert family.share is not None
        assert family.share_interval is not None
        assert family.share_interval[0] <= family.share <= family.share_interval[1]
        assert 0.2 < family.share < 0.6


def test_without_a_target_there_is_a_limit_and_no_name(
    small: Matcher, samples: list[Spectrum]
) -> None:
    for spectrum in samples[:3]:
        found = small.identify(spectrum)
        family = found.targets[0]
        assert (family.level, family.verdict) == ("family", "not_detected")
        assert family.limit is not None
        assert 0 < family.limit <= 0.5
        assert not {c.family for c in found.components} & {"targets"}


def test_a_result_says_what_it_was_made_with(small: Matcher, samples: list[Spectrum]) -> None:
    found = small.identify(samples[0])
    assert found.library_version == small.library.version
    assert found.library_grade == "reference"
    assert found.releasable
    assert found.calibration == "synthetic blanks"
    assert found.recipe["hash"] == small.library.recipe.digest()
    assert len(found.axis) == len(found.measured) == len(found.fit) == len(found.residual)
    total = np.array(found.fit) + np.array(found.residual)
    assert np.allclose(total, found.measured, atol=1e-5)
    again = json.loads(json.dumps(found.as_dict()))
    assert again["targets"][0]["target"] == "targets"


def test_order_of_the_library_changes_nothing(
    small: Matcher, small_references: list[Reference], samples: list[Spectrum]
) -> None:
    turned = with_calibration(small, small_references[::-1])
    for spectrum in samples:
        assert turned.identify(spectrum) == small.identify(spectrum)


def test_other_names_change_no_verdict(
    small: Matcher, small_references: list[Reference], samples: list[Spectrum]
) -> None:
    renamed = [
        r if r.family == "targets" else dataclasses.replace(r, substance=f"z{hash(r.substance)}")
        for r in small_references
    ]
    other = with_calibration(small, renamed)
    for spectrum in samples:
        assert other.identify(spectrum).targets == small.identify(spectrum).targets


@pytest.mark.parametrize("factor", [0.5, 2.0, 1000.0])
def test_intensity_changes_no_verdict(
    small: Matcher, samples: list[Spectrum], factor: float
) -> None:
    for spectrum in samples:
        louder = Spectrum(spectrum.axis, spectrum.values * factor)
        if np.ptp(louder.values) < 0.3:
            continue
        one, two = small.identify(spectrum), small.identify(louder)
        assert verdicts(one) == verdicts(two)
        assert two.targets[0].score == pytest.approx(one.targets[0].score, rel=1e-6)


def test_a_reversed_axis_is_the_same_spectrum(small: Matcher, samples: list[Spectrum]) -> None:
    back = Spectrum(samples[3].axis[::-1], samples[3].values[::-1])
    assert small.identify(back) == small.identify(samples[3])


def test_an_unrelated_reference_changes_no_verdict(
    small: Matcher, small_references: list[Reference], samples: list[Spectrum]
) -> None:
    rng = np.random.default_rng(99)
    more = [*small_references, Reference(Spectrum(AXIS, bands(rng)), "unrelated", "unrelated")]
    other = with_calibration(small, more)
    for spectrum in samples:
        assert verdicts(other.identify(spectrum)) == verdicts(small.identify(spectrum))


def test_a_target_taken_from_the_library_is_never_reported(
    small: Matcher, small_references: list[Reference], samples: list[Spectrum]
) -> None:
    known = with_calibration(small, small_references[1:]).library
    matcher = Matcher(known, ["target 0", "targets"])
    found = matcher.identify(samples[3])
    assert found.targets[0].target == "target 0"
    assert found.targets[0].verdict == "inconclusive"
    assert found.targets[0].reason == NO_REFERENCE
    named = {c.substance for c in found.components} | {h.substance for h in found.hits}
    assert "target 0" not in named


def near(one: float | None, two: float | None, apart: float) -> bool:
    """Whether two numbers, or their absence, are the same within a part of them."""
    if one is None or two is None:
        return one is two
    return abs(one - two) <= apart * abs(two)


def test_a_batch_is_the_same_as_single_shots(small: Matcher, samples: list[Spectrum]) -> None:
    for one, alone in zip(small.identify_batch(samples), map(small.identify, samples), strict=True):
        assert [t.verdict for t in one.targets] == [t.verdict for t in alone.targets]
        assert [c.substance for c in one.components] == [c.substance for c in alone.components]
        assert [h.reference for h in one.hits] == [h.reference for h in alone.hits]
        for a, b in zip(one.targets, alone.targets, strict=True):
            assert near(a.p_value, b.p_value, 0.05)
            assert near(a.share, b.share, 1e-3)
            assert near(a.limit, b.limit, 1e-3)
        assert one.residual == pytest.approx(alone.residual, abs=1e-5)


def test_calibration_is_reproducible(small: Matcher, small_references: list[Reference]) -> None:
    again = Matcher(Library.build(small_references), ["targets"]).calibrate(n=200, seed=1)
    one, two = small.library.calibration, again.library.calibration
    assert one is not None
    assert two is not None
    assert np.array_equal(one.scores, two.scores)
    assert np.array_equal(one.limit_factors, two.limit_factors)
    assert one.list_p == two.list_p


def test_a_library_that_is_not_calibrated_says_so(
    small_references: list[Reference], samples: list[Spectrum]
) -> None:
    matcher = Matcher(Library.build(small_references), ["targets"])
    found = matcher.identify(samples[3])
    assert not matcher.is_calibrated
    assert {t.verdict for t in found.targets} == {"inconclusive"}
    assert {t.reason for t in found.targets} == {NOT_CALIBRATED}
    assert all(t.p_value is None for t in found.targets)
    assert found.components
    assert "targets" not in {c.family for c in found.components}


def test_a_part_of_the_watch_list_keeps_the_calibration(
    small: Matcher, samples: list[Spectrum]
) -> None:
    part = Matcher(small.library, ["target 1"])
    assert part.is_calibrated
    assert [t.target for t in part.identify(samples[0]).targets] == ["target 1"]
    assert not Matcher(small.library, ["class 1"]).is_calibrated


def test_many_threads_get_what_one_gets(small: Matcher, samples: list[Spectrum]) -> None:
    alone = small.identify_batch(samples)
    together: dict[int, tuple[Identification, ...]] = {}
    threads = [
        threading.Thread(target=lambda k=k: together.update({k: small.identify_batch(samples)}))
        for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(together[k] == alone for k in range(4))


@pytest.mark.parametrize(
    ("spectrum", "check"),
    [
        (Spectrum(AXIS, np.full(AXIS.size, 0.7)), "signal"),
        (Spectrum(AXIS, np.zeros(AXIS.size)), "signal"),
        (Spectrum(AXIS, 1e-320 * np.arange(AXIS.size)), ""),
        (Spectrum(AXIS[:66], bands(np.random.default_rng(0))[:66]), "overlap"),
        (Spectrum(AXIS, bands(np.random.default_rng(0)), "raman"), "technique"),
        (Spectrum(AXIS, bands(np.random.default_rng(0)), axis_unit="nm"), "technique"),
        (Spectrum(AXIS, 0.2 * bands(np.random.default_rng(0))), "contact"),
        (Spectrum(AXIS, np.minimum(bands(np.random.default_rng(0)), 0.3) * 3), "saturation"),
        (Spectrum(AXIS, np.random.default_rng(0).normal(size=AXIS.size)), "noise"),
        (Spectrum(AXIS[::20], bands(np.random.default_rng(0))[::20]), "spacing"),
    ],
)
def test_what_can_not_be_judged_is_inconclusive_with_its_reason(
    small: Matcher, spectrum: Spectrum, check: str
) -> None:
    found = small.identify(spectrum)
    assert {t.verdict for t in found.targets} == {"inconclusive"}
    assert all(t.reason for t in found.targets)
    assert found.blocked
    assert check in {q.name for q in found.blocked} | {""}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=40),
    kind=st.sampled_from(["ir-absorbance", "ir-transmittance", "raman", "nir", "counts"]),
    start=st.floats(100, 1300),
    step=st.floats(1, 100),
)
def test_no_spectrum_makes_it_fall_over(
    values: list[float], kind: str, start: float, step: float, small: Matcher
) -> None:
    spectrum = Spectrum(start + step * np.arange(len(values)), values, kind)
    found = small.identify(spectrum)
    json.dumps(found.as_dict(), allow_nan=False)
    assert all(t.verdict != "not_detected" or t.limit is not None for t in found.targets)
    assert all(t.verdict != "inconclusive" or t.reason for t in found.targets)


def test_search_is_brute_force(small: Matcher, samples: list[Spectrum]) -> None:
    recipe, library = small.library.recipe, small.library
    for spectrum in samples:
        query = recipe.features(recipe.on_grid(spectrum))
        likeness = [float(query @ row) for row in library.features()]
        order = sorted(range(len(library)), key=lambda k: -likeness[k])
        hits = small.search(spectrum, top=7)
        assert [h.reference for h in hits] == order[:7]
        assert hits[0].score == pytest.approx(likeness[order[0]], abs=1e-6)
        assert hits[0].margin == pytest.approx(likeness[order[0]] - likeness[order[1]], abs=1e-6)
    assert small.search(samples[0], top=0) == ()
    assert len(small.search(samples[0], top=10_000)) == len(library)


def test_search_refuses_what_it_can_not_compare(small: Matcher) -> None:
    with pytest.raises(SpectrumError, match="another technique"):
        small.search(Spectrum(AXIS, AXIS, "raman"))
    with pytest.raises(SpectrumError, match="covers"):
        small.search(Spectrum(AXIS[:66], AXIS[:66]))


def test_a_raman_library_takes_detector_counts_over_raman_shift() -> None:
    refs = references(6, 4, "raman")
    matcher = Matcher(Library.build(refs), [])
    counts = Spectrum(AXIS, 1e4 * refs[5].spectrum.values, "counts")
    assert matcher.identify(counts).hits[0].substance == "plain 5"


def test_composition_and_verdicts_say_the_same(small: Matcher, samples: list[Spectrum]) -> None:
    for spectrum in samples:
        found = small.identify(spectrum)
        detected = {t.target: t for t in found.detected}
        for part in found.components:
            if part.family == "targets":
                assert part.substance in detected
                assert detected[part.substance].share == pytest.approx(part.share)


def test_two_sisters_are_never_named_on_one_sisters_evidence(
    small: Matcher, small_references: list[Reference]
) -> None:
    r = small_references
    for seed in range(4):
        found = small.identify(mixture([r[0], r[1], r[12]], [0.4, 0.2, 0.4], seed))
        detected = {t.target for t in found.detected}
        named = {c.substance for c in found.components if c.family == "targets"}
        assert named <= detected
        assert "targets" in detected


def test_a_library_watches_what_it_was_calibrated_for_and_the_default_list(
    small: Matcher, small_references: list[Reference], samples: list[Spectrum]
) -> None:
    again = Matcher(small.library)
    assert again.targets[0] == "targets"
    assert "fentanyls" in again.targets
    found = {t.target: t for t in again.identify(samples[3]).targets}
    assert found["targets"].p_value is not None
    assert found["fentanyls"].verdict == "inconclusive"


def test_a_family_that_was_not_calibrated_is_inconclusive_and_the_others_are_judged(
    small: Matcher, samples: list[Spectrum]
) -> None:
    other = small.library.families[0]
    both = Matcher(small.library, ["targets", other])
    assert not both.is_calibrated
    found = {t.target: t for t in both.identify(samples[3]).targets}
    assert found["targets"].p_value is not None
    assert (found[other].verdict, found[other].reason) == ("inconclusive", NOT_CALIBRATED)
    assert other not in {c.family for c in both.identify(samples[3]).components}


def test_hardly_anything_is_named_of_spectra_that_nothing_fits(small: Matcher) -> None:
    strange = [bands(np.random.default_rng(1000 + seed)) for seed in range(20)]
    found = small.identify_batch(Spectrum(AXIS, values) for values in strange)
    assert sum(bool(one.components) for one in found) <= 3
    assert all(one.unexplained is not None and one.unexplained > 0.5 for one in found)


@pytest.mark.parametrize("mode", ["derivative", "raw"])
def test_a_batch_of_searches_is_the_same_as_single_ones(
    small: Matcher, samples: list[Spectrum], mode: Mode
) -> None:
    together = small.search_batch(samples, 5, mode=mode)
    for one, sample in zip(together, samples, strict=True):
        alone = small.search(sample, 5, mode=mode)
        assert [h.reference for h in one] == [h.reference for h in alone]
        assert [h.score for h in one] == pytest.approx([h.score for h in alone], abs=1e-5)
    assert small.search_batch([]) == ()
