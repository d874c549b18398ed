"""From counts to a check: what can't be measured is a fault, what must not be released says why."""

import itertools
import math

import pytest

from analysis import Library, Matcher
from firmware_bridge.checks import NamedMatcher, SpectrumPipeline
from firmware_bridge.contract import codec
from firmware_bridge.contract.messages import DeviceState, Findings, SpectrumTaken
from firmware_bridge.drivers.readings import (
    Calibration,
    Fault,
    FaultReading,
    Purpose,
    SpectrumReading,
)
from firmware_bridge.spool import Draft, Moment
from hardware.profile import SpectrumSettings
from tests.contract.samples import envelope

AXIS_NM = tuple(5300.0 + 8.0 * pixel for pixel in range(1200))
IR = SpectrumSettings(technique="ir", response="absorbance", background_age_max_s=600)
FULL, DARK = 50_000.0, 1_000.0


@pytest.fixture(scope="module")
def matcher() -> NamedMatcher:
    return NamedMatcher(Matcher(Library.demonstration()), "demonstration")


def pipeline(matcher: NamedMatcher, settings: SpectrumSettings = IR) -> SpectrumPipeline:
    numbers = itertools.count(1)
    return SpectrumPipeline("ftir-1", settings, lambda: matcher, lambda: f"check{next(numbers)}")


def moment(seconds: float = 0) -> Moment:
    return Moment(1_795_000_000_000 + round(seconds * 1000), round(seconds * 1000), sane=True)


def counts(absorbance: float = 0.0) -> tuple[float, ...]:
    """A broad band of that height, as the detector sees it through the dark."""
    bands = (absorbance * math.exp(-(((nm - 9_000.0) / 300.0) ** 2)) for nm in AXIS_NM)
    return tuple(DARK + (FULL - DARK) * 10.0**-height for height in bands)


def reading(
    purpose: Purpose, values: tuple[float, ...], *, unit: str = "nm", time_us: int = 100_000
) -> SpectrumReading:
    return SpectrumReading(AXIS_NM[: len(values)], values, unit, purpose, time_us, 4, serial="S1")


def only(kind: type, drafts: list[Draft]) -> list:  # type: ignore[type-arg]  # bodies of any kind
    return [draft.body for draft in drafts if isinstance(draft.body, kind)]


def test_counts_become_absorbance_through_dark_and_background(matcher: NamedMatcher) -> None:
    made = pipeline(matcher)
    made.take(reading(Purpose.DARK, (DARK,) * len(AXIS_NM)), moment())
    made.take(reading(Purpose.BACKGROUND, counts()), moment(1))
    drafts = made.take(reading(Purpose.SAMPLE, counts(0.8)), moment(31))
    (taken,) = only(SpectrumTaken, drafts)
    (findings,) = only(Findings, drafts)
    assert taken.check == findings.check == "check1"
    assert (taken.quantity, taken.axis_unit, taken.background_age_s) == ("absorbance", "cm-1", 30)
    assert max(taken.values) == pytest.approx(0.8, abs=0.01)
    peak_cm1 = taken.axis[taken.values.index(max(taken.values))]
    assert peak_cm1 == pytest.approx(1e7 / 9_000, abs=2)
    assert all(draft.event for draft in drafts)
    for draft in drafts:
        codec.decode(codec.encode(envelope(draft.body)))


def test_a_demonstration_result_is_never_releasable(matcher: NamedMatcher) -> None:
    made = pipeline(matcher)
    made.take(reading(Purpose.BACKGROUND, counts()), moment())
    (findings,) = only(Findings, made.take(reading(Purpose.SAMPLE, counts(0.8)), moment(1)))
    assert not findings.releasable
    assert any("demonstration" in reason for reason in findings.blocked_by)


def test_an_old_background_and_saturation_block_release_by_name(matcher: NamedMatcher) -> None:
    made = pipeline(matcher)
    made.take(reading(Purpose.BACKGROUND, counts()), moment())
    bright = reading(Purpose.SAMPLE, counts(0.8))
    saturated = SpectrumReading(
        bright.axis, bright.values, "nm", Purpose.SAMPLE, 100_000, saturated_pixels=7
    )
    (findings,) = only(Findings, made.take(saturated, moment(3600)))
    assert any("background is 60 min old" in reason for reason in findings.blocked_by)
    assert any("7 pixels were saturated" in reason for reason in findings.blocked_by)


@pytest.mark.parametrize(
    ("background", "sample", "said"),
    [
        (None, reading(Purpose.SAMPLE, counts(0.5)), "before any background"),
        (
            reading(Purpose.BACKGROUND, counts(), time_us=50_000),
            reading(Purpose.SAMPLE, counts(0.5)),
            "other settings",
        ),
        (
            reading(Purpose.BACKGROUND, counts()[:900]),
            reading(Purpose.SAMPLE, counts(0.5)),
            "other settings",
        ),
        (
            reading(Purpose.BACKGROUND, counts()),
            reading(Purpose.SAMPLE, counts(0.5), unit="pixel"),
            "no wavelength calibration",
        ),
    ],
)
def test_what_cannot_be_a_spectrum_is_a_fault_and_no_check(
    matcher: NamedMatcher,
    background: SpectrumReading | None,
    sample: SpectrumReading,
    said: str,
) -> None:
    made = pipeline(matcher)
    if background is not None:
        made.take(background, moment())
    drafts = made.take(sample, moment(1))
    (state,) = only(DeviceState, drafts)
    assert said in state.detail
    assert state.advice
    assert not only(Findings, drafts)


def test_a_dark_of_other_settings_is_not_subtracted(matcher: NamedMatcher) -> None:
    made = pipeline(matcher)
    made.take(reading(Purpose.DARK, (FULL * 0.9,) * len(AXIS_NM), time_us=1), moment())
    made.take(reading(Purpose.BACKGROUND, counts()), moment())
    (taken,) = only(SpectrumTaken, made.take(reading(Purpose.SAMPLE, counts()), moment(1)))
    assert max(map(abs, taken.values)) < 1e-6


def test_raman_counts_stand_on_the_shift_from_the_laser(matcher: NamedMatcher) -> None:
    settings = SpectrumSettings(technique="raman", response="counts", laser_wavelength_nm=785.0)
    made = pipeline(matcher, settings)
    axis = tuple(800.0 + 0.1 * pixel for pixel in range(1200))
    values = tuple(100.0 + 900.0 * math.exp(-(((nm - 850.0) / 0.5) ** 2)) for nm in axis)
    sample = SpectrumReading(axis, values, "nm", Purpose.SAMPLE, 100_000)
    (taken,) = only(SpectrumTaken, made.take(sample, moment()))
    peak_cm1 = taken.axis[taken.values.index(max(taken.values))]
    assert peak_cm1 == pytest.approx(1e7 / 785.0 - 1e7 / 850.0, abs=2)
    assert taken.quantity == "counts"


def test_trouble_on_the_line_is_the_devices_state(matcher: NamedMatcher) -> None:
    silence = FaultReading(Fault.NO_REPLY, "no answer", "look at the cable")
    (state,) = only(DeviceState, pipeline(matcher).take(silence, moment()))
    assert (state.state, state.fault) == ("unreachable", "no-reply")


def test_a_laser_that_the_instrument_tells_of_goes_before_the_profile(
    matcher: NamedMatcher,
) -> None:
    settings = SpectrumSettings(technique="raman", response="counts", laser_wavelength_nm=785.0)
    axis = tuple(800.0 + 0.1 * pixel for pixel in range(1200))
    values = tuple(100.0 + 900.0 * math.exp(-(((nm - 850.0) / 0.5) ** 2)) for nm in axis)
    own = Calibration(laser_wavelength_nm=784.0)
    sample = SpectrumReading(axis, values, "nm", Purpose.SAMPLE, 100_000, calibration=own)
    (taken,) = only(SpectrumTaken, pipeline(matcher, settings).take(sample, moment()))
    peak_cm1 = taken.axis[taken.values.index(max(taken.values))]
    assert peak_cm1 == pytest.approx(1e7 / 784.0 - 1e7 / 850.0, abs=2)


def test_a_dark_of_another_integration_time_is_not_subtracted_from_counts(
    matcher: NamedMatcher,
) -> None:
    settings = SpectrumSettings(technique="raman", response="counts", laser_wavelength_nm=785.0)
    made = pipeline(matcher, settings)
    made.take(reading(Purpose.DARK, (DARK,) * len(AXIS_NM), time_us=5), moment())
    sample = reading(Purpose.SAMPLE, counts(0.8))
    assert "no dark that fits" in made.note(sample)
    (taken,) = only(SpectrumTaken, made.take(sample, moment(1)))
    assert min(taken.values) > DARK
