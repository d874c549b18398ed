"""The simulated spectrometer, driven over a real pty by an independent host."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from hardware.errors import ControlError, SimulatorError
from hardware.profile import load
from hardware.simulators import bands, ocean_wire
from hardware.simulators.spectrometer import Spectrometer, steadied
from tests.hardware.carrier import Line
from tests.hardware.conftest import Running, Start
from tests.hardware.host import ACK, ETX, NAK, Host

PIXELS = 1024
TABLE = [
    {"slug": "one", "bands": [[1000.0, 20.0, 1.0], [1500.0, 12.0, 0.5]], "floor": [0.0, 0.0]},
    {"slug": "two", "bands": [[800.0, 16.0, 1.0]], "floor": [0.01, 0.0]},
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "bands.json"
    file.write_text(json.dumps(TABLE))
    return file


@pytest.fixture
def infrared(start: Start, table: Path) -> Running:
    return start(Spectrometer(load("sim-mid-ir-array"), table))


@contextmanager
def host(device: Running, pixels: int = PIXELS) -> Iterator[Host]:
    with Line(device.link) as line:
        yield Host(line, pixels)


def axis_cm1(talk: Host) -> bands.Array:
    coefficients = [float(talk.slot(index)) for index in range(1, 5)]
    wavelength_nm: bands.Array = np.polynomial.Polynomial(coefficients)(np.arange(talk.pixels))
    return 1e7 / wavelength_nm


def test_the_checksum_vectors_of_the_technical_notes_hold() -> None:
    pixels = [15, 23, 46, 98, 231, 509, 1023, 2432, 3245, 1984]
    assert ocean_wire.checksum(ocean_wire.words(pixels)) == 0x2586
    packed = ocean_wire.compress([185, 2151, 836, 453, 210, 118, 90, 89, 87, 89])
    assert packed.hex(" ").upper() == "80 00 B9 80 08 67 80 03 44 80 01 C5 80 00 D2 A4 E4 FF FE 02"
    parts = [0x0139, 0x08E7, 0x03C4, 0x0245, 0x0152, 0xA4, 0xE4, 0xFF, 0xFE, 0x02]
    assert ocean_wire.compressed_checksum(packed) == sum(parts) % 65536


def test_version_serial_and_axis_can_be_asked(infrared: Running) -> None:
    with host(infrared) as talk:
        assert talk.tell("v") == ACK
        assert talk.line.read(2) == (3000).to_bytes(2, "big")
        assert talk.slot(0) == "SIM-IR-0001"
        axis = axis_cm1(talk)
        assert talk.tell("x", 99) == NAK
    assert axis[0] == pytest.approx(1e7 / 5270, abs=1e-6)
    assert axis[-1] == pytest.approx(1e7 / 15300, abs=1e-4)
    assert (np.diff(axis) < 0).all()


def test_a_spectrum_has_header_pixels_end_and_checksum(infrared: Running) -> None:
    with host(infrared) as talk:
        assert (talk.tell("I", 20), talk.tell("k", 1)) == (ACK, ACK)
        frame = talk.spectrum(checksum=True)
    assert frame.head == (0xFFFF, 0, 1, 20, 0, 0, 0)
    assert frame.last == 0xFFFD
    assert frame.checksum == sum(frame.pixels) % 65536


def test_added_scans_come_as_double_words(infrared: Running) -> None:
    with host(infrared) as talk:
        talk.tell("I", 100)
        talk.tell("k", 1)
        one = talk.spectrum(checksum=True)
        assert talk.tell("A", 4) == ACK
        four = talk.spectrum(checksum=True)
    assert four.head[1:3] == (1, 4)
    assert np.mean(four.pixels) == pytest.approx(4 * np.mean(one.pixels), rel=0.001)
    assert max(four.pixels) > 65535
    assert four.checksum == sum((p >> 16) + (p & 0xFFFF) for p in four.pixels) % 65536


def test_the_old_header_adds_in_sixteen_bits(start: Start) -> None:
    profile = load("sim-mid-ir-array")
    settings = {**profile.driver_settings, "header": "sad500"}
    old = profile.model_copy(update={"driver_settings": settings})
    with host(start(Spectrometer(old))) as talk:
        talk.tell("I", 30)
        assert talk.tell("A", 16) == NAK
        assert talk.tell("A", 6) == ACK
        frame = talk.spectrum()
    assert frame.head == (0xFFFF, 0, 1, 1, 30, 0, 0)
    assert max(frame.pixels) == 65535


def test_compression_carries_the_same_spectrum(start: Start) -> None:
    device = start(Spectrometer(steadied(load("sim-mid-ir-array"))))
    with host(device) as talk:
        for letter, value in (("I", 10), ("k", 1)):
            talk.tell(letter, value)
        plain = talk.spectrum(checksum=True)
        assert talk.tell("G", 1) == ACK
        packed, _total = talk.compressed()
        talk.tell("A", 2)
        assert talk.tell("S") == ETX
    assert packed == plain.pixels


def test_in_ascii_mode_commands_are_echoed_and_numbers_are_text(infrared: Running) -> None:
    with host(infrared) as talk:
        line = talk.line
        line.write(b"aA")
        assert line.read(1) == ACK
        line.write(b"v")
        assert line.read_until(b"\n") == b"v" + ACK + b"3000\r\n"
        line.write(b"I10\r")
        assert line.read(5) == b"I10\r" + ACK
        line.write(b"I99999\r")
        assert line.read(8) == b"I99999\r" + NAK
        line.write(b"x0\r")
        assert line.read_until(b"\n") == b"x0\r" + ACK + b"SIM-IR-0001\r\n"
        line.write(b"S")
        assert line.read(2) == b"S\x02"
        numbers = [int(line.read_until(b"\r\n")) for _word in range(PIXELS + 8)]
        line.write(b"bB")
        assert line.read(3) == b"bB" + ACK
        assert talk.tell("I", 11) == ACK
    assert numbers[:4] == [65535, 0, 1, 10]
    assert numbers[-1] == 65533


def test_settings_out_of_range_are_refused_and_q_brings_the_defaults(infrared: Running) -> None:
    with host(infrared) as talk:
        refused = [("I", 0), ("B", 501), ("G", 2), ("T", 5), ("P", 2), ("M", 1)]
        assert [talk.tell(letter, value) for letter, value in refused] == [NAK] * len(refused)
        assert talk.tell("Z") == NAK
        talk.tell("I", 77)
        assert talk.tell("Q") == ACK
    assert infrared.ask(do="state")["integration_ms"] == 100


def test_half_a_command_is_forgotten_after_a_second(infrared: Running) -> None:
    with host(infrared) as talk:
        talk.line.write(b"I\x00")
        assert talk.line.read(1, 1.6) == b""
        assert talk.tell("I", 12) == ACK


def test_the_spectrum_takes_its_integration_time(infrared: Running) -> None:
    with host(infrared) as talk:
        talk.tell("I", 400)
        talk.line.write(b"S")
        assert talk.line.read(1, 0.3) == b""
        assert talk.line.read(1, 3.0) == b"\x02"


def test_an_external_trigger_is_waited_for(infrared: Running) -> None:
    with host(infrared) as talk:
        talk.tell("I", 5)
        talk.tell("T", 2)
        talk.line.write(b"S")
        assert talk.line.read(1, 0.2) == b""
        assert infrared.ask(do="trigger")["waited"] is True
        assert talk.line.read(1) == b"\x02"


def test_absorbance_is_that_of_the_mixture_by_beers_law(start: Start, table: Path) -> None:
    device = start(Spectrometer(steadied(load("sim-mid-ir-array")), table))
    scans = {}
    with host(device) as talk:
        axis = axis_cm1(talk)
        talk.tell("I", 100)
        loads: dict[str, dict[str, object]] = {
            "dark": {"load": "dark"},
            "background": {"load": "clean"},
            "sample": {"mixture": {"one": 0.6, "two": 0.2}},
        }
        for name, scene in loads.items():
            device.ask(do="scene", **scene)
            scans[name] = np.array(talk.spectrum().pixels, dtype=np.float64)
    light = (scans["sample"] - scans["dark"]) / (scans["background"] - scans["dark"])
    absorbance = -np.log10(light)
    true = axis + 0.3
    expected = 0.9 * (
        0.6 * (1 / (1 + ((true - 1000) / 10) ** 2) + 0.5 / (1 + ((true - 1500) / 6) ** 2))
        + 0.2 * (1 / (1 + ((true - 800) / 8) ** 2) + 0.01)
    )
    rest = absorbance - expected
    line = np.polyval(np.polyfit(np.arange(PIXELS), rest, 1), np.arange(PIXELS))
    assert np.abs(rest - line).max() < 1e-3
    assert np.abs(line).max() < 0.03


def test_noise_is_that_of_a_good_instrument(infrared: Running) -> None:
    with host(infrared) as talk:
        talk.tell("I", 100)
        first, second = (np.array(talk.spectrum().pixels, dtype=float) for _scan in range(2))
    spread = np.log10(first[300:600] / second[300:600]).std()
    assert 5e-5 < spread < 5e-4


def test_poor_contact_is_weak_and_an_unknown_is_something_else(infrared: Running) -> None:
    good = infrared.ask(do="scene", mixture={"one": 1.0})["strongest"]
    poor = infrared.ask(do="scene", mixture={"one": 1.0}, contact=0.1)["strongest"]
    alien = infrared.ask(do="scene", unknown=0.9, unknown_seed=4)["strongest"]
    assert isinstance(good, float)
    assert isinstance(poor, float)
    assert isinstance(alien, float)
    assert good > 0.85
    assert poor < 0.15
    assert alien > 0.7
    axis = np.linspace(700.0, 1800.0, 500)
    curves = [bands.unknown(seed).curve(axis) for seed in (4, 4, 5)]
    assert (curves[0] == curves[1]).all()
    assert np.corrcoef(curves[0], curves[2])[0, 1] < 0.9


def test_a_refused_scene_changes_nothing(infrared: Running) -> None:
    infrared.ask(do="scene", mixture={"two": 0.5})
    spoilt: list[dict[str, object]] = [
        {"mixture": {"three": 0.5}},
        {"mixture": {"one": 0.7, "two": 0.7}},
        {"mixture": {"one": -1}},
        {"load": "upside-down"},
        {"file": "/nowhere.csv"},
        {},
    ]
    for scene in spoilt:
        with pytest.raises(ControlError, match="refused"):
            infrared.ask(do="scene", **scene)
    told = infrared.ask(do="state")["scene"]
    assert isinstance(told, dict)
    assert told["mixture"] == {"two": 0.5}


def test_a_wrong_checksum_is_sent_on_request(infrared: Running) -> None:
    with host(infrared) as talk:
        talk.tell("I", 5)
        talk.tell("k", 1)
        infrared.ask(do="fault", kind="crc", seconds=60)
        frame = talk.spectrum(checksum=True)
        assert frame.checksum != sum(frame.pixels) % 65536
        infrared.ask(do="fault", kind="none")
        frame = talk.spectrum(checksum=True)
        assert frame.checksum == sum(frame.pixels) % 65536


def test_the_lamp_line_darkens_the_scene(infrared: Running) -> None:
    with host(infrared) as talk:
        talk.tell("I", 100)
        lit = max(talk.spectrum().pixels)
        talk.tell("J", 0)
        assert max(talk.spectrum().pixels) < lit / 20


def test_a_band_table_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bands.json"
    for content in ("{", "[1]", '[{"slug": "a", "bands": [[1, 2]], "floor": [0, 0]}]'):
        file.write_text(content)
        with pytest.raises(SimulatorError, match=r"bands\.json"):
            Spectrometer(load("sim-mid-ir-array"), file)
    with pytest.raises(SimulatorError, match="dex-ams"):
        Spectrometer(load("dex-ams"))


def test_a_profile_with_impossible_pixels_is_refused() -> None:
    profile = load("sim-mid-ir-array")
    for pixels in ("many", 0, 1_000_000):
        settings = {**profile.driver_settings, "pixels": pixels}
        with pytest.raises(SimulatorError, match="pixels"):
            Spectrometer(profile.model_copy(update={"driver_settings": settings}))


def test_a_raman_instrument_sees_the_bands_of_a_table_at_their_shift(
    start: Start, table: Path
) -> None:
    device = start(Spectrometer(steadied(load("sim-raman-785")), table))
    device.ask(do="scene", mixture={"one": 1.0})
    with host(device, 2048) as talk:
        talk.tell("I", 500)
        pixels = np.array(talk.spectrum().pixels)
        axis = axis_cm1(talk)
    assert (1e7 / 785 - axis)[pixels.argmax()] == pytest.approx(1000.0, abs=2.5)


def test_a_raman_instrument_sees_a_measured_file_where_its_bands_lie(
    start: Start, tmp_path: Path
) -> None:
    shift = np.arange(200.0, 3000.0, 2.0)
    counts = 500 + 20_000 / (1 + ((shift - 1001.0) / 4) ** 2)
    file = tmp_path / "sample.csv"
    rows = [f"{x},{y}" for x, y in zip(shift, counts, strict=True)]
    file.write_text("\n".join(["Serial,7", "Wavenumber,Counts", *rows]))
    device = start(Spectrometer(steadied(load("sim-raman-785"))))
    device.ask(do="scene", file=str(file))
    with host(device, 2048) as talk:
        talk.tell("I", 500)
        pixels = np.array(talk.spectrum().pixels)
        axis = axis_cm1(talk)
    assert (1e7 / 785 - axis)[pixels.argmax()] == pytest.approx(1001.0, abs=2.5)
    assert pixels.max() == pytest.approx(21_700, rel=0.1)


@pytest.mark.shared_data
def test_every_measured_raman_spectrum_can_stand_before_the_instrument(
    start: Start, shared_data: Path
) -> None:
    device = start(Spectrometer(load("sim-raman-785")))
    files = sorted((shared_data / "raman" / "instrument-b-2025").glob("*.csv"))
    assert len(files) == 30
    for file in files:
        reply = device.ask(do="scene", file=str(file))
        assert isinstance(reply["strongest"], float)
        assert reply["strongest"] > 0


@pytest.mark.shared_data
def test_every_substance_of_the_measured_tables_can_be_mixed(
    start: Start, shared_data: Path
) -> None:
    device = start(Spectrometer(load("sim-mid-ir-array"), shared_data / "ir" / "bands.json"))
    slugs = device.ask(do="state")["substances"]
    assert isinstance(slugs, list)
    assert len(slugs) == 71
    for slug in slugs:
        strongest = device.ask(do="scene", mixture={slug: 1.0})["strongest"]
        assert isinstance(strongest, float)
        assert 0.7 < strongest < 1.4, slug
    street = {"fentanyl": 0.1, "caffeine": 0.6, "mannitol": 0.3}
    assert device.ask(do="scene", mixture=street)["ok"]
