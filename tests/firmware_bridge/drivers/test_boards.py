"""Boards that keep no calibration, and the 18 channels: what is theirs alone."""

from itertools import pairwise

import pytest

from firmware_bridge.drivers import registry
from firmware_bridge.drivers.errors import DriverSettingsError
from firmware_bridge.drivers.readings import Fault
from hardware import profile
from tests.firmware_bridge.drivers.bench import Bench, bench, only, only_fault

BOARDS = ["c12880ma-stream", "c12880ma-read", "btc-110"]


@pytest.mark.parametrize("name", BOARDS)
def test_without_a_certificate_the_axis_is_in_pixels_and_this_is_told_once(name: str) -> None:
    made = bench(name, wavelength_coefficients="", coefficients_from="").open()
    fault = only_fault(made.run(20))
    assert fault.fault is Fault.UNREADABLE
    assert "wavelength_coefficients" in fault.advice
    for _ in range(2):
        made.open()
        reading = only(made.ask(seconds=20))
        assert (reading.axis_unit, reading.axis[5]) == ("pixel", 5.0)


@pytest.mark.parametrize("name", BOARDS)
def test_the_origin_of_the_coefficients_goes_with_each_spectrum(name: str) -> None:
    reading = only(bench(name, serial="22I00123").open().ask(seconds=20))
    assert reading.details["wavelengths from"] == "our simulator"
    assert reading.serial == "22I00123"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"wavelength_coefficients": "300 2.5"}, "coefficients_from"),
        ({"wavelength_coefficients": "300 x", "coefficients_from": "me"}, "no number"),
        ({"wavelength_coefficients": "nan 1", "coefficients_from": "me"}, "finite"),
    ],
)
def test_coefficients_without_an_origin_or_that_are_none_are_refused(
    settings: dict[str, object], said: str
) -> None:
    for name in ("mculines", "btc"):
        with pytest.raises(DriverSettingsError, match=said):
            registry.find(name).make(settings)


def test_coefficients_that_give_no_axis_are_a_fault() -> None:
    made = bench("c12880ma-read", wavelength_coefficients="300 -2 0.01").open()
    fault = only_fault(made.ask(seconds=60))
    assert "give no axis" in fault.detail


def test_a_line_of_another_sensor_is_a_fault_that_says_the_count() -> None:
    made = bench("c12880ma-stream")
    settings = {**profile.load("c12880ma-stream").driver_settings, "pixels": 256}
    other = Bench(made.device, registry.find("mculines").make(settings)).open()
    fault = only_fault(other.ask(seconds=60))
    assert fault.fault is Fault.PROTOCOL
    assert "288 numbers" in fault.detail


def test_lines_are_averaged_and_the_number_past_the_end_is_dropped() -> None:
    made = bench("c12880ma-read", scans=5).open()
    made.run(10)
    before = made.device._dialogue.spectra
    reading = only(made.ask(seconds=20))
    assert made.device._dialogue.spectra == before + 5
    assert (reading.scans, len(reading.values)) == (5, 287)
    assert min(reading.values) > 50


def test_the_integration_time_is_told_in_the_words_of_the_firmware() -> None:
    command = "SPEC.INTEG {s} {ms} {us}"
    made = bench("c12880ma-read", integration_command=command, integration_time_us=12_500).open()
    only(made.ask(seconds=20))
    assert b"SPEC.INTEG 0.0125 12.5 12500\n" in made.sent


def test_a_sample_of_a_stream_was_begun_after_it_was_asked_for() -> None:
    made = bench("c12880ma-stream", scans=1).open()
    made.scene(load="clean")
    made.run(5.07)
    made.scene(load="dark")
    assert max(only(made.ask(seconds=5)).values) < 100


def test_the_18_channels_stand_in_the_order_of_their_wavelengths() -> None:
    made = bench("as7265x").open()
    reading = only(made.ask(seconds=20))
    assert (reading.axis[0], reading.axis[-1], len(reading.axis)) == (410.0, 940.0, 18)
    assert all(low < high for low, high in pairwise(reading.axis))
    raw = bench("as7265x", data="raw").open()
    counts = only(raw.ask(seconds=20)).values
    by_gain_and_time = [100 * count / (16 * 50) for count in counts]
    assert reading.values == pytest.approx(by_gain_and_time, abs=0.01)
    true_light = raw.device._light
    assert max(range(18), key=lambda place: counts[place]) == int(true_light.argmax())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"gain": 2}, "1, 4, 16, 64"),
        ({"channels_nm": "410 435"}, "18 different"),
        ({"channels_nm": "a b"}, "18 different"),
    ],
)
def test_settings_of_the_18_channels_that_do_not_fit(
    settings: dict[str, object], said: str
) -> None:
    with pytest.raises(DriverSettingsError, match=said):
        registry.find("as7265x").make(settings)


def test_the_speed_of_a_btc_board_is_switched_and_found_again() -> None:
    made = bench("btc-110").open()
    only(made.ask(seconds=60))
    assert (made.baud, made.device.line_baud) == (115200, 115200)
    made.open()
    only(made.ask(seconds=120))
    made.device.control({"do": "power"}, made.now_s)
    only(made.ask(seconds=120))
    assert (made.baud, made.device.line_baud) == (115200, 115200)
