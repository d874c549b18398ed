"""The driver of the Ocean Binary Protocol: speeds, averaging, refusals, exposure."""

import pytest

from firmware_bridge.drivers.readings import Fault, Purpose, SpectrumReading
from tests.firmware_bridge.drivers.bench import Bench, bench, only, only_fault


def without(made: Bench, *kinds: int) -> Bench:
    """The instrument does not know these types."""
    wire = made.device._dialogue
    object.__setattr__(wire._nature, "unknown", frozenset(kinds))  # type: ignore[attr-defined]  # of this dialogue
    return made


def test_the_calibration_of_the_instrument_comes_with_each_spectrum() -> None:
    reading = only(bench("obp-sts", correct_stray_light=True).open().ask())
    assert reading.calibration.nonlinearity == pytest.approx([0.97, 6.0e-6, -2.5e-10], rel=1e-6)
    assert reading.calibration.stray_light == pytest.approx([0.002], rel=1e-6)
    assert reading.serial == "S-SIM00001"
    assert reading.details["firmware"] == "2.10, hardware 1"
    assert reading.details["checksum"] == "verified"


def test_a_correction_that_is_not_wanted_is_told_but_not_passed_on() -> None:
    reading = only(bench("obp-sts", correct_nonlinearity=False).open().ask())
    assert reading.calibration.nonlinearity == ()
    assert reading.calibration.stray_light == ()
    assert reading.details["non-linearity"].startswith("0.97")


def test_the_line_is_switched_to_the_fast_speed_and_found_again_after_a_power_cut() -> None:
    made = bench("obp-sts").open()
    only(made.ask())
    assert (made.baud, made.device.line_baud) == (115200, 115200)
    made.open()
    only(made.ask(seconds=120))
    assert made.baud == 115200
    made.device.control({"do": "power"}, made.now_s)
    assert made.device.line_baud == 9600
    only(made.ask(seconds=120))
    assert (made.baud, made.device.line_baud) == (115200, 115200)


def test_without_a_fast_speed_the_line_is_left_as_it_is() -> None:
    made = bench("obp-sts", fast_baud=None).open()
    only(made.ask())
    assert made.device.line_baud is None


def test_scans_are_averaged_by_the_instrument_or_else_by_the_bridge() -> None:
    sts = bench("obp-sts", scans=5).open()
    reading = only(sts.ask())
    assert (reading.scans, reading.details["averaged by"]) == (5, "the instrument")
    assert sts.device._dialogue.spectra == 1
    qepro = bench("obp-qepro", scans=5).open()
    reading = only(qepro.ask())
    assert (reading.scans, reading.details["averaged by"]) == (5, "the bridge")
    assert qepro.device._dialogue.spectra == 5
    assert max(reading.values) < 200_000


def test_an_instrument_without_checksums_and_options_still_works() -> None:
    made = without(bench("obp-sts"), 0x10, 0x80, 0x90, 0x110000, 0x110110, 0x110220, 0x121010)
    reading = only(made.open().ask())
    assert reading.details["checksum"] == "off"
    assert reading.details["firmware"] == ""


def test_a_boxcar_that_the_instrument_refuses_is_a_fault() -> None:
    made = without(bench("obp-sts", boxcar=3), 0x121010).open()
    fault = only_fault(made.run(60))
    assert fault.fault is Fault.REFUSED
    assert "boxcar" in fault.detail


def test_another_number_of_pixels_is_a_fault_and_no_spectrum() -> None:
    made = bench("obp-sts")
    object.__setattr__(made.device._dialogue._nature, "pixels", 512)  # type: ignore[attr-defined]  # of this dialogue
    fault = only_fault(made.open().run(60))
    assert fault.fault is Fault.PROTOCOL
    assert "512 pixels" in fault.detail


@pytest.mark.parametrize("fast_baud", [None, 115200])
def test_an_instrument_of_the_second_version_is_refused_by_name(fast_baud: int | None) -> None:
    made = bench("obp-sts", fast_baud=fast_baud)
    made.line = lambda data: data.replace(bytes.fromhex("c1c0 0011"), bytes.fromhex("c1c0 0020"))
    fault = only_fault(made.open().run(60))
    assert fault.fault is Fault.PROTOCOL
    assert "version 2 of the protocol" in fault.detail
    assert not [each for each in made.ask(seconds=120) if isinstance(each, SpectrumReading)]


def test_without_wavelength_coefficients_the_axis_is_in_pixels_and_this_is_told_once() -> None:
    made = without(bench("obp-sts"), 0x180100).open()
    assert only_fault(made.run(60)).fault is Fault.UNREADABLE
    for _ in range(2):
        assert only(made.ask()).axis_unit == "pixel"


def test_a_late_spectrum_is_never_taken_for_the_next_one() -> None:
    made = bench("obp-sts").open()
    made.run(20)
    kept: list[bytes] = []

    def keep(data: bytes) -> bytes:
        if len(data) > 1000 and not kept:
            kept.append(data)
            return b""
        return data

    made.line = keep
    made.scene(load="clean")
    made.do(made.driver.request("dark", made.now_s))
    made.run(1)
    assert kept
    made.scene(load="dark")
    said, readings = len(made.sent), []
    while len(made.sent) == said:
        readings += made.run(0.01)
    made.do(made.driver.feed(kept[0], made.now_s))
    readings += made.run(60)
    reading = only(readings)
    assert max(reading.values) < 2000


@pytest.mark.parametrize("peak_counts", [300.0, 9_000.0, 400_000.0])
def test_the_integration_time_is_found_on_the_background_and_kept(peak_counts: float) -> None:
    made = bench("obp-sts", auto_exposure="background", simulated={"peak_counts": peak_counts})
    made.open()
    background = only(made.ask("background", 300))
    assert max(background.values) == pytest.approx(0.8 * 16383, rel=0.16)
    assert background.saturated_pixels == 0
    for what in (Purpose.DARK, Purpose.SAMPLE):
        reading = only(made.ask(what.value, 300))
        assert reading.integration_time_us == background.integration_time_us
    again = only(made.ask("background", 300))
    assert again.integration_time_us == background.integration_time_us


def test_in_the_dark_the_search_for_an_integration_time_ends_at_the_longest() -> None:
    made = bench("obp-sts", auto_exposure="sample", integration_time_max_us=2_000_000).open()
    made.scene(load="dark")
    reading = only(made.ask("sample", 300))
    assert isinstance(reading, SpectrumReading)
    assert reading.integration_time_us == 2_000_000
