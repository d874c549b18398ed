"""Calibrated amounts: intervals that hold, refusals by name, nothing said without validation."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from analysis import AnalysisError, Spectrum
from analysis.amounts import Bands, Calibration
from analysis.errors import AmountError
from tests.analysis.amounts.worlds import AXIS, INSTRUMENT, Site

SITES = range(6)
SAMPLES = 80


def calibrated(site: Site, **settings: object) -> Calibration:
    spectra, fractions, names = site.standards()
    plain = {"substance": "caffeine", "instrument": INSTRUMENT} | settings
    return Calibration.fit(spectra, fractions, names, **plain)  # type: ignore[arg-type]  # as built


def reason_of(made: Calibration, *spectra: Spectrum) -> str:
    """The name of the refusal; "" for none."""
    try:
        made.predict(spectra)
    except AmountError as error:
        return error.reason
    return ""


@pytest.mark.parametrize("rsd", [0.0, 0.2])
def test_the_interval_holds_the_truth_of_fresh_mixtures(rsd: float) -> None:
    """With parts of the bag that differ, the truth is that of the whole bag."""
    held, refused = [], 0
    for seed in SITES:
        site = Site.make(seed)
        made = calibrated(site, sampling_rsd=rsd)
        for _ in range(SAMPLES):
            truth = site.fresh()
            part = float(np.clip(truth * (1 + rsd * site.rng.normal()), 0.001, 0.99))
            try:
                found = made.predict([site.spectrum(site.mixture(part))])
            except AmountError:
                refused += 1
                continue
            held.append(found.low <= truth <= found.high)
    assert 0.90 <= np.mean(held) <= 0.99
    assert refused < 0.15 * len(SITES) * SAMPLES


def test_what_holds_something_unknown_is_refused() -> None:
    names = []
    for seed in SITES:
        site = Site.make(seed)
        made = calibrated(site)
        strange = (site.spectrum(site.mixture(site.fresh()), 0.15) for _ in range(20))
        names += [reason_of(made, each) for each in strange]
    assert names.count("") == 0
    assert names.count("unknown-component") > 0.95 * len(names)


def test_the_range_the_instrument_and_the_axis_are_kept_to() -> None:
    site = Site.make(2)
    made = calibrated(site)
    # The models of strangers are set aside: what is asked here is the range alone.
    open_minded = replace(made, q_limit=np.inf, t2_limit=np.inf)
    assert reason_of(open_minded, site.spectrum(site.mixture(0.7))) == "out-of-range"
    good = site.spectrum(site.mixture(0.2))
    assert reason_of(made, good) == ""
    other = Spectrum(good.axis, good.values, good.kind, instrument="S2")
    unnamed = Spectrum(good.axis, good.values, good.kind)
    assert reason_of(made, other) == reason_of(made, unnamed) == "instrument"
    short = Spectrum(AXIS[100:], good.values[100:], good.kind, instrument=INSTRUMENT)
    assert reason_of(made, short) == "axis"
    raman = Spectrum(good.axis, good.values, "raman", instrument=INSTRUMENT)
    assert reason_of(made, raman) == "kind"
    assert reason_of(made) == "spectra"


def test_replicates_narrow_the_measurement_alone() -> None:
    site = Site.make(3)
    made = calibrated(site)
    parts = site.mixture(0.2)
    one = made.predict([site.spectrum(parts)])
    four = made.predict([site.spectrum(parts) for _ in range(4)])
    assert four.repeatability == pytest.approx(one.repeatability / 2)
    assert four.sampling == pytest.approx(0.3 * four.fraction)


def test_a_calibration_that_was_not_good_says_nothing() -> None:
    site = Site.make(4)
    spectra, fractions, names = site.standards(count=6)
    fit = partial(Calibration.fit, substance="caffeine", instrument=INSTRUMENT)
    few = fit(spectra, fractions, names)
    assert few.report.faults == ("6 standards; at least 8 are wanted",)
    assert reason_of(few, spectra[0]) == "not-validated"
    spectra, fractions, names = site.standards()
    shuffled = np.repeat(site.rng.permutation(fractions[::3]), 3).tolist()
    wrong = fit(spectra, shuffled, names)
    assert "R2" in wrong.report.faults[0]
    assert reason_of(wrong, spectra[0]) == "not-validated"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mass_fractions": [1.2] * 6}, "amounts"),
        ({"mass_fractions": [0.1, 0.2, 0.1, 0.1, 0.3, 0.3]}, "amounts"),
        ({"standards": ["a"] * 5}, "standards"),
        ({"standards": list("aabbcc")}, "standards"),
        ({"instrument": "S2"}, "instrument"),
    ],
)
def test_standards_that_are_none_are_refused(change: dict[str, object], reason: str) -> None:
    site = Site.make(1)
    spectra, fractions, names = site.standards(count=3, replicates=2)
    plain = {"mass_fractions": fractions, "standards": names, "instrument": INSTRUMENT} | change
    with pytest.raises(AnalysisError) as refused:
        Calibration.fit(spectra, substance="caffeine", **plain)  # type: ignore[arg-type]  # as built
    assert isinstance(refused.value, AmountError)
    assert refused.value.reason == reason


def test_a_peak_ratio_tells_an_amount_too() -> None:
    """Two substances with a band each: what a ratio is for."""
    site = Site.make(5)
    one, other = (1 / (1 + ((AXIS - centre) / 8) ** 2) for centre in (900.0, 1300.0))
    site.pure = np.array([1.4 * one, other])
    made = calibrated(site, bands=Bands((860, 940), (1260, 1340)), sampling_rsd=0.0)
    assert made.report.rmsep < 0.01
    for _ in range(20):
        truth = float(site.rng.uniform(0.05, 0.35))
        assert made.predict([site.spectrum(site.mixture(truth))]).fraction == pytest.approx(
            truth, abs=0.03
        )
    site.stranger = 1 / (1 + ((AXIS - 1100.0) / 8) ** 2)
    assert reason_of(made, site.spectrum(site.mixture(0.2), 0.2)) == "unknown-component"
    with pytest.raises(AmountError, match="fewer than five"):
        calibrated(site, bands=Bands((860, 861), (1260, 1340)))
