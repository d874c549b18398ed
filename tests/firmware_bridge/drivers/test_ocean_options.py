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


LISTS: list[tuple[dict[str, object], list[int]]] = [
    ({"pixel_list": "12 340 701"}, [12, 340, 701]),
    ({"pixel_ranges": "100-220 640-900"}, [*range(100, 221), *range(640, 901)]),
    ({"pixel_ranges": "0-0 2047-2047"}, [0, 2047]),
]


@pytest.mark.parametrize(("part", "places"), LISTS)
@pytest.mark.parametrize("mode", ["binary", "ascii", "compressed"])
def test_listed_pixels_and_ranges_have_their_own_wavelengths(
    part: dict[str, object], places: list[int], mode: str
) -> None:
    form = {"compressed": True} if mode == "compressed" else {"mode": mode}
    every = only(bench("ocean-flame").open().ask())
    some = only(bench("ocean-flame", **form, **part).open().ask())
    assert some.axis == tuple(every.axis[place] for place in places)
    assert some.values == tuple(every.values[place] for place in places)


@pytest.mark.parametrize("mode", ["binary", "ascii"])
def test_the_sad500_takes_81_pixels_and_the_flame_ten(mode: str) -> None:
    places = list(range(5, 2030, 25))
    assert len(places) == 81
    part = {"pixel_list": " ".join(map(str, places)), "mode": mode}
    every = only(bench("ocean-flame", header="sad500").open().ask())
    some = only(bench("ocean-flame", header="sad500", **part).open().ask())
    assert some.values == tuple(every.values[place] for place in places)
    with pytest.raises(DriverSettingsError, match="takes 10"):
        registry.find("ocean").make(part)


def test_an_instrument_that_refuses_a_list_is_a_fault_and_no_spectrum() -> None:
    made = bench("ocean-flame", pixel_list="12 340 701")
    made.device._dialogue.do_pixels = lambda _values: b"\x15"  # type: ignore[attr-defined]  # of this dialogue
    fault = only_fault(made.open().run(120))
    assert fault.fault is Fault.REFUSED
    assert "P 4 3 12 340 701" in fault.detail


def test_an_instrument_whose_ranges_end_before_their_end_gives_no_spectrum() -> None:
    made = bench("ocean-flame", pixel_ranges="100-220 640-900")
    told = made.device._dialogue.do_pixels  # type: ignore[attr-defined]  # of this dialogue

    def shorter(values: tuple[int, ...]) -> bytes:
        held = told(values)
        wanted = made.device._dialogue.acquisition  # type: ignore[attr-defined]  # of this dialogue
        if values[0] == 5:
            wanted.pixel_mode = (5, 2, 100, 219, 640, 899)
        return bytes(held)

    made.device._dialogue.do_pixels = shorter  # type: ignore[attr-defined]  # of this dialogue
    readings = made.open().ask(seconds=120)
    assert only_fault(readings).fault in {Fault.PROTOCOL, Fault.LINE_NOISE}


def test_a_part_that_is_none_is_refused_at_once() -> None:
    for wrong in ({"pixel_first": 9, "pixel_last": 9}, {"pixel_first": 3000}):
        with pytest.raises(DriverSettingsError, match="fewer than 2"):
            registry.find("ocean").make(wrong)
    for two in (
        {"pixel_list": "1 2", "pixel_step": 2},
        {"pixel_list": "1 2", "pixel_ranges": "3-9"},
    ):
        with pytest.raises(DriverSettingsError, match="only one"):
            registry.find("ocean").make(two)
    with pytest.raises(DriverSettingsError, match="SAD500"):
        registry.find("ocean").make({"pixel_ranges": "3-9", "header": "sad500"})
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
