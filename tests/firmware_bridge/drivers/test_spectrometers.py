"""What every driver of a spectrometer must do, against the simulated instrument of its profile."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers.readings import Fault, Purpose, SpectrumReading
from tests.firmware_bridge.drivers.bench import (
    Bench,
    bench,
    cut_at,
    deaf,
    only,
    only_fault,
    untouched,
)

VERIFIED = ["obp-sts", "obp-qepro", "obp-flame-x", "obp-spark", "ocean-flame"]
"""Those whose spectra carry a checksum."""
UNVERIFIED = ["c12880ma-stream", "c12880ma-read", "as7265x", "btc-110"]
PROFILES = [*VERIFIED, *UNVERIFIED]
slow_draws = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def opened(name: str, **changes: object) -> Bench:
    made = bench(name, **changes).open()
    assert made.run(20) == []
    return made


def true_counts(made: Bench) -> tuple[float, ...]:
    reading = made.soon()
    assert isinstance(reading, SpectrumReading)
    return reading.values


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("chunk", [1, 7, 4096])
def test_a_spectrum_comes_with_its_axis_and_facts(name: str, chunk: int) -> None:
    made = bench(name)
    made.chunk = chunk
    made.open()
    reading = only(made.ask())
    assert reading.axis_unit == "nm"
    true_nm = made.device._optics.axis_nm[: len(reading.axis)]
    assert reading.axis == pytest.approx(true_nm, rel=0.05 if name == "as7265x" else 1e-5)
    assert len(reading.values) == len(reading.axis)
    assert reading.purpose is Purpose.SAMPLE
    assert max(reading.values) > 1.5 * min(reading.values)
    assert reading.saturated_pixels == 0


@pytest.mark.parametrize("name", PROFILES)
def test_dark_background_and_sample_differ_as_the_scene_does(name: str) -> None:
    made = opened(name)
    made.scene(load="dark")
    dark = only(made.ask("dark"))
    made.scene(load="clean")
    background = only(made.ask("background"))
    assert (dark.purpose, background.purpose) == (Purpose.DARK, Purpose.BACKGROUND)
    assert max(background.values) > 3 * max(dark.values)


@pytest.mark.parametrize("name", PROFILES)
def test_a_silent_device_is_told_once_and_comes_back_by_itself(name: str) -> None:
    made = bench(name)
    made.line = deaf
    made.open()
    fault = only_fault(made.run(600))
    assert fault.fault is Fault.NO_REPLY
    assert fault.advice
    made.line = untouched
    assert made.run(120) == []
    only(made.ask())


@pytest.mark.parametrize("name", PROFILES)
def test_every_failed_measurement_is_told_once(name: str) -> None:
    made = opened(name)
    made.line = deaf
    for what in ("dark", "sample"):
        fault = only_fault(made.ask(what, 300))
        assert fault.measurement == what
        assert fault.advice


@pytest.mark.parametrize("name", PROFILES)
def test_a_port_that_is_opened_again_is_set_up_again(name: str) -> None:
    made = opened(name)
    for _ in range(3):
        made.device.line_lost()
        made.open()
        only(made.ask())


@pytest.mark.parametrize("name", PROFILES)
@slow_draws
@given(st.lists(st.binary(max_size=80), max_size=6))
def test_rubbish_at_any_time_leaves_a_driver_that_recovers(name: str, rubbish: list[bytes]) -> None:
    made = bench(name).open()
    for piece in rubbish:
        made.do(made.driver.feed(piece, made.now_s))
        made.tell(piece)
        made.run(0.05)
    made.run(20)
    assert isinstance(made.soon(), SpectrumReading)


@pytest.mark.parametrize("name", PROFILES)
@slow_draws
@given(st.integers(0, 6000))
def test_cut_off_after_any_number_of_bytes_it_recovers(name: str, cut: int) -> None:
    made = bench(name)
    truth = true_counts(bench(name).open())
    made.line = cut_at(cut)
    made.open()
    assert isinstance(made.soon(), SpectrumReading)
    assert true_counts(made) == truth


@pytest.mark.parametrize("name", VERIFIED)
@slow_draws
@given(st.integers(0, 6000), st.integers(0, 255))
def test_a_byte_lost_or_changed_never_gives_a_wrong_spectrum(
    name: str, place: int, change: int
) -> None:
    truth = true_counts(bench(name).open())
    made, passed = bench(name).open(), 0

    def spoil(data: bytes) -> bytes:
        nonlocal passed
        at, passed = place - passed, passed + len(data)
        if not 0 <= at < len(data):
            return data
        changed = bytes([data[at] ^ change]) if change else b""
        return data[:at] + changed + data[at + 1 :]

    made.run(20)
    made.line = spoil
    for reading in made.ask(seconds=300):
        if isinstance(reading, SpectrumReading):
            assert reading.values == truth


@pytest.mark.parametrize("name", VERIFIED)
def test_wrong_checksums_are_told_as_such(name: str) -> None:
    made = opened(name)
    made.device.corrupt_checksums = True
    fault = only_fault(made.ask(seconds=300))
    assert fault.fault is Fault.BAD_CHECKSUM
    made.device.corrupt_checksums = False
    only(made.ask())


@pytest.mark.parametrize("name", PROFILES)
def test_samples_are_taken_at_the_interval(name: str) -> None:
    made = bench(name, interval_s=20.0).open()
    readings = made.run(90)
    assert len([only([reading]) for reading in readings]) in {3, 4}


@pytest.mark.parametrize("name", PROFILES)
def test_a_saturated_detector_is_counted(name: str) -> None:
    raw = {"data": "raw"} if name == "as7265x" else {}
    made = bench(name, simulated={"peak_counts": 1e7}, **raw).open()
    assert only(made.ask()).saturated_pixels > 9
