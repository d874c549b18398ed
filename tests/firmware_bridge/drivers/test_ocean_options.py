"""Ocean letters: parts of the detector, speeds, exposure, and the instrument's own calibration."""

import pytest

from firmware_bridge.drivers import registry
from firmware_bridge.drivers.errors import DriverSettingsError
from firmware_bridge.drivers.readings import Fault
from tests.firmware_bridge.drivers.bench import Bench, bench, only, only_fault

PARTS: list[dict[str, object]] = [
    {"pixel_step": 8},
    {"pixel_first": 300, "pixel_last": 700},
    {"pixel_first": 301, "pixel_last": 700, "pixel_step": 3},
    {"pixel_last": 99},
]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("mode", ["binary", "ascii", "compressed"])
@pytest.mark.parametrize("header", ["flame", "sad500"])
def test_a_part_of_the_detector_has_its_own_wavelengths(
    part: dict[str, object], mode: str, header: str
) -> None:
    form = {"compressed": True} if mode == "compressed" else {"mode": mode}
    made = bench("ocean-flame", header=header, **form, **part).open()
    whole = bench("ocean-flame", header=header).open()
    every, some = only(whole.ask()), only(made.ask())
    first, step = part.get("pixel_first", 0), part.get("pixel_step", 1)
    assert isinstance(first, int)
    assert isinstance(step, int)
    last = part.get("pixel_last", 2047)
    assert isinstance(last, int)
    assert some.axis == every.axis[first : last + 1 : step]
    assert some.values == every.values[first : last + 1 : step]


def test_a_part_that_is_none_is_refused_at_once() -> None:
    for wrong in ({"pixel_first": 9, "pixel_last": 9}, {"pixel_first": 3000}):
        with pytest.raises(DriverSettingsError, match="fewer than 2"):
            registry.find("ocean").make(wrong)
    with pytest.raises(DriverSettingsError, match="115200"):
        registry.find("ocean").make({"fast_baud": 57600})


def test_the_speed_is_switched_and_found_again() -> None:
    made = bench("ocean-flame", fast_baud=115200).open()
    only(made.ask())
    assert (made.baud, made.device.line_baud) == (115200, 115200)
    made.open()
    only(made.ask(seconds=120))
    made.device.control({"do": "power"}, made.now_s)
    only(made.ask(seconds=120))
    assert (made.baud, made.device.line_baud) == (115200, 115200)


def test_an_instrument_that_switches_to_another_speed_is_a_fault_that_names_it() -> None:
    made = bench("ocean-flame", fast_baud=38400)
    lost = made.device._dialogue

    def wrong(_code: int) -> bytes:
        lost.line_baud = 600
        return b"\x06"

    lost.do_baud = wrong  # type: ignore[attr-defined]  # another code table
    made.open()
    fault = only_fault(made.run(120))
    assert fault.fault in {Fault.NO_REPLY, Fault.LINE_NOISE}


@pytest.mark.parametrize("scans", [1, 4])
@pytest.mark.parametrize("peak_counts", [4_000.0, 40_000.0, 900_000.0])
def test_the_integration_time_is_found_per_scan(scans: int, peak_counts: float) -> None:
    simulated = {"peak_counts": peak_counts}
    made = bench("ocean-flame", auto_exposure="sample", scans=scans, simulated=simulated).open()
    reading = only(made.ask(seconds=600))
    assert max(reading.values) / scans == pytest.approx(0.8 * 65535, rel=0.16)
    assert reading.saturated_pixels == 0
    assert only(made.ask("dark")).integration_time_us == reading.integration_time_us


def test_linearity_and_stray_light_come_from_the_slots() -> None:
    simulated = {"nonlinearity": (0.98, 3e-7), "stray_light": 0.001}
    made = bench("ocean-flame", simulated=simulated, correct_stray_light=True, scans=2).open()
    reading = only(made.ask())
    assert reading.calibration.nonlinearity == pytest.approx([0.98, 3e-7] + [0.0] * 6)
    assert reading.calibration.stray_light == (0.001,)
    assert reading.calibration.scans_added == 2


def without_slots(made: Bench, *slots: int) -> Bench:
    held = made.device._dialogue._nature.slots  # type: ignore[attr-defined]  # of this dialogue
    for slot in slots:
        del held[slot]
    return made


@pytest.mark.parametrize("slots", [(5, 14), (9,), (14,)])
def test_an_instrument_without_these_slots_has_no_corrections(slots: tuple[int, ...]) -> None:
    made = without_slots(bench("ocean-flame"), *slots).open()
    reading = only(made.ask())
    assert reading.calibration.nonlinearity == ()
    assert reading.axis_unit == "nm"
