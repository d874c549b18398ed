"""The Ocean driver against a small device of its own, on a simulated clock."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from firmware_bridge.drivers.base import Driver, Step
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.ocean import Settings, make
from firmware_bridge.drivers.readings import (
    Fault,
    FaultReading,
    Purpose,
    Reading,
    SpectrumReading,
)

PIXELS = tuple(100 + (37 * pixel) % 900 for pixel in range(32))
SLOTS = {0: "USB2E7196", 1: "340.25", 2: "3.8E-01", 3: "-1.2E-05", 4: "-2.0E-09"}
WORD_COMMANDS = b"IABGkTPx"


@dataclass
class Device:
    """The device's side, written from the manual; every oddity of it can be switched on."""

    pixels: tuple[int, ...] = PIXELS
    slots: dict[int, str] = field(default_factory=lambda: dict(SLOTS))
    ascii: bool = False
    silent: bool = False
    refused: bytes = b""
    says_ms: int | None = None
    old_header: bool = False
    etx: bool = False
    spectra: int = 0
    values: dict[str, int] = field(default_factory=lambda: {"I": 10, "A": 1, "k": 0, "G": 0})
    held: bytes = b""

    def hear(self, data: bytes) -> bytes:
        answer = b""
        self.held += data
        while self.held and not self.silent:
            part = self._ascii() if self.ascii else self._binary()
            if part is None:
                break
            answer += part
        return answer

    def _take(self, count: int) -> bytes:
        part, self.held = self.held[:count], self.held[count:]
        return part

    def _binary(self) -> bytes | None:
        letter = self.held[:1]
        if letter in b"ab":
            return self._mode()
        if letter in WORD_COMMANDS:
            if len(self.held) < 3:
                return None
            return self._set(letter, int.from_bytes(self._take(3)[1:], "big"))
        self._take(1)
        return self._other(letter)

    def _ascii(self) -> bytes | None:
        letter = self.held[:1]
        if letter in b"ab":
            return self._mode()
        if letter in WORD_COMMANDS:
            end = self.held.find(b"\r")
            if end < 0:
                return None
            line = self._take(end + 1)
            return line + b"\n" + (self._set(letter, int(line[1:])) if line[1:-1] else b"\x15")
        self._take(1)
        return letter + self._other(letter)

    def _mode(self) -> bytes | None:
        if len(self.held) < 2:
            return None
        pair = self._take(2)
        if pair not in (b"aA", b"bB"):
            return b"\x15"
        self.ascii = pair == b"aA"
        return b"\x06"

    def _set(self, letter: bytes, value: int) -> bytes:
        if letter in self.refused:
            return b"\x15"
        if letter == b"x":
            text = self.slots.get(value)
            return b"\x15" if text is None else b"\x06" + text.encode() + b"\r\n"
        self.values[letter.decode()] = value
        return b"\x06"

    def _other(self, letter: bytes) -> bytes:
        if letter == b"v":
            return b"\x061000\r\n" if self.ascii else b"\x06\x03\xe8"
        if letter == b"S":
            self.spectra += 1
            return b"\x03" if self.etx else b"\x02" + self._frame()
        return b"\x15"

    def _frame(self) -> bytes:
        time_ms = self.values["I"] if self.says_ms is None else self.says_ms
        scans = self.values["A"]
        pixels = [pixel * scans for pixel in self.pixels]
        wide = scans > 1 and not self.old_header
        header = [0xFFFF, int(wide), scans, time_ms, 0, 0, 0]
        if self.old_header:
            header = [0xFFFF, 0, 1, 0, time_ms, 9, 0]
        tail = [0xFFFD, sum(pixels) & 0xFFFF] if self.values["k"] else [0xFFFD]
        if self.ascii:
            return b"".join(b"%d\r\n" % word for word in [*header, *pixels, *tail])
        body = struct.pack(f">{len(pixels)}{'I' if wide else 'H'}", *pixels)
        if self.values["G"]:
            body = b"".join(b"\x80" + struct.pack(">H", pixel) for pixel in pixels)
            tail[1:] = [(sum(pixels) + 0x80 * len(pixels)) & 0xFFFF][: len(tail) - 1]
        return struct.pack(">7H", *header) + body + struct.pack(f">{len(tail)}H", *tail)


def untouched(data: bytes) -> bytes:
    return data


@dataclass
class Bench:
    """Driver, device and clock: runs what the driver asks for, as the owner of a port would."""

    device: Device
    driver: Driver
    chunk: int = 4096
    line: Callable[[bytes], bytes] = untouched
    now_s: float = 1000.0
    wake_at_s: float = 1000.0
    readings: list[Reading] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)

    def do(self, step: Step) -> None:
        self.readings += step.readings
        if step.wake_at_s is not None:
            self.wake_at_s = step.wake_at_s
        if step.send:
            self.heard.append(step.send)
            answer = self.line(self.device.hear(step.send))
            for at in range(0, len(answer), self.chunk):
                self.now_s += 0.001
                self.do(self.driver.feed(answer[at : at + self.chunk], self.now_s))

    def run(self, seconds: float = 60.0) -> list[Reading]:
        """Let time pass; returns what was read meanwhile."""
        end_s = self.now_s + seconds
        wakes = 0
        while self.wake_at_s <= end_s:
            wakes += 1
            assert wakes < 2000, "the driver asks to be woken without end"
            self.now_s = max(self.now_s, self.wake_at_s)
            self.wake_at_s = end_s + 1
            self.do(self.driver.wake(self.now_s))
        self.now_s = end_s
        found, self.readings = self.readings, []
        return found

    def open(self) -> "Bench":
        self.do(self.driver.opened(self.now_s))
        return self

    def ask(self, what: str = "sample", seconds: float = 60.0) -> list[Reading]:
        self.do(self.driver.request(what, self.now_s))
        return self.run(seconds)


def cut_at(count: int) -> Callable[[bytes], bytes]:
    """Let through so many bytes of the next answer, and all of those after it."""
    limits = iter([count])
    return lambda data: data[: next(limits, None)]


def bench(device: Device | None = None, **changes: object) -> Bench:
    chosen = Settings.model_validate({"pixels": len(PIXELS), **changes})
    return Bench(device or Device(), make(chosen))


def only(readings: list[Reading]) -> SpectrumReading:
    assert len(readings) == 1, readings
    assert isinstance(readings[0], SpectrumReading), readings
    return readings[0]


def only_fault(readings: list[Reading]) -> FaultReading:
    assert len(readings) == 1, readings
    assert isinstance(readings[0], FaultReading), readings
    return readings[0]


@pytest.mark.parametrize("chunk", [1, 7, 4096])
@pytest.mark.parametrize("mode", ["binary", "ascii"])
@pytest.mark.parametrize("starts_in_ascii", [False, True])
@pytest.mark.parametrize("scans", [1, 300])
def test_a_spectrum_comes_with_its_axis_and_facts(
    chunk: int,
    mode: str,
    starts_in_ascii: bool,  # noqa: FBT001 - a case
    scans: int,
) -> None:
    table = bench(Device(ascii=starts_in_ascii), mode=mode, scans=scans, integration_time_ms=20)
    table.chunk = chunk
    table.open()
    assert table.run(5) == []
    reading = only(table.ask("sample"))
    assert reading.values == tuple(float(pixel * scans) for pixel in PIXELS)
    assert reading.axis_unit == "nm"
    assert reading.axis[10] == pytest.approx(340.25 + 3.8 - 1.2e-3 - 2e-6)
    assert (reading.serial, reading.scans) == ("USB2E7196", scans)
    assert reading.integration_time_us == 20_000
    assert reading.purpose is Purpose.SAMPLE
    assert reading.details["firmware"] == "1.00.0"


@pytest.mark.parametrize("use_checksum", [False, True])
def test_a_compressed_spectrum_is_read(use_checksum: bool) -> None:  # noqa: FBT001 - a case
    reading = only(bench(compressed=True, use_checksum=use_checksum).open().ask())
    assert reading.values == tuple(map(float, PIXELS))


def test_the_older_header_is_read_when_told_so() -> None:
    table = bench(Device(old_header=True), header="sad500").open()
    assert only(table.ask()).values == tuple(map(float, PIXELS))


def test_the_wrong_header_generation_is_a_fault_not_a_spectrum() -> None:
    table = bench(Device(old_header=True), header="flame").open()
    table.run(5)
    assert only_fault(table.ask()).fault is Fault.PROTOCOL


@pytest.mark.parametrize("what", list(Purpose))
def test_each_purpose_is_kept(what: Purpose) -> None:
    assert only(bench().open().ask(what.value)).purpose is what


def test_a_request_before_the_port_is_open_waits_for_it() -> None:
    table = bench()
    table.do(table.driver.request("dark", table.now_s))
    table.do(table.driver.wake(table.now_s))
    assert table.heard == []
    table.open()
    assert only(table.run()).purpose is Purpose.DARK


def test_each_purpose_waits_at_most_once() -> None:
    table = bench(Device(silent=True)).open()
    for what in ("sample", "dark", "sample", "dark", "dark"):
        table.do(table.driver.request(what, table.now_s))
    table.device.silent = False
    purposes = [only([reading]).purpose for reading in table.run()]
    assert purposes == [Purpose.SAMPLE, Purpose.DARK]


def test_an_unknown_request_names_those_that_there_are() -> None:
    with pytest.raises(UnknownRequestError, match="sample, background, dark"):
        bench().open().ask("polish")


def test_samples_are_taken_at_the_interval() -> None:
    table = bench(interval_s=10).open()
    assert len([only([reading]) for reading in table.run(65)]) == 6


def test_saturated_pixels_are_counted() -> None:
    device = Device(pixels=(*PIXELS[:-2], 4095, 4095))
    assert only(bench(device, adc_max=4095).open().ask()).saturated_pixels == 2


def test_a_silent_device_is_told_once_and_recovers_by_itself() -> None:
    table = bench(Device(silent=True)).open()
    assert only_fault(table.run(600)).fault is Fault.NO_REPLY
    table.device.silent = False
    table.device.held = b""
    assert table.run(120) == []
    only(table.ask())


def test_every_failed_measurement_is_told_once() -> None:
    table = bench().open()
    table.run(5)
    table.device.silent = True
    assert only_fault(table.ask("dark")).detail.startswith("dark: no reply")
    assert only_fault(table.ask("sample")).detail.startswith("sample: no reply")


def test_a_refused_spectrum_is_tried_three_times_and_told() -> None:
    table = bench(Device(etx=True)).open()
    fault = only_fault(table.ask())
    assert fault.fault is Fault.REFUSED
    assert table.device.spectra == 3


def test_a_measurement_that_fails_once_is_simply_repeated() -> None:
    table = bench().open()
    table.run(5)
    table.device.etx = True
    table.do(table.driver.request("sample", table.now_s))
    table.device.etx = False
    only(table.run())


def test_a_refused_setting_is_a_fault() -> None:
    fault = only_fault(bench(Device(refused=b"I")).open().run(20))
    assert fault.fault is Fault.REFUSED
    assert "I 100" in fault.detail


def test_an_option_that_is_off_may_be_refused() -> None:
    table = bench(Device(refused=b"BGTP")).open()
    only(table.ask())


def test_a_frame_of_another_integration_time_is_never_a_spectrum() -> None:
    table = bench(Device(says_ms=250)).open()
    fault = only_fault(table.ask())
    assert fault.fault is Fault.PROTOCOL
    assert "250 ms" in fault.detail


def test_without_coefficients_the_axis_is_in_pixels_and_this_is_told_once() -> None:
    table = bench(Device(slots={0: "USB2E7196"})).open()
    assert only_fault(table.run(60)).fault is Fault.UNREADABLE
    for _ in range(2):
        reading = only(table.ask())
        assert (reading.axis_unit, reading.axis[5]) == ("pixel", 5.0)


def test_coefficients_that_read_differently_each_time_are_not_trusted() -> None:
    table = bench()
    calls = iter(range(10_000))

    def jitter(data: bytes) -> bytes:
        return data.replace(b"340.25", b"34%d.25" % (next(calls) % 10))

    table.line = jitter
    table.open()
    assert only_fault(table.run(60)).fault is Fault.UNREADABLE


def test_a_wrong_checksum_is_told_as_such() -> None:
    table = bench().open()
    table.run(5)

    def spoil(data: bytes) -> bytes:
        return data[:-1] + bytes([data[-1] ^ 1]) if len(data) > 50 else data

    table.line = spoil
    assert only_fault(table.ask()).fault is Fault.BAD_CHECKSUM
    table.line = untouched
    only(table.ask())


def test_half_a_frame_is_line_noise_and_no_spectrum() -> None:
    table = bench().open()
    table.run(5)
    table.line = lambda data: data[: len(data) // 2] if len(data) > 50 else data
    fault = only_fault(table.ask())
    assert fault.fault is Fault.LINE_NOISE
    assert "only" in fault.detail


def test_a_late_spectrum_is_never_taken_for_the_next_one() -> None:
    table = bench().open()
    table.run(5)
    kept: list[bytes] = []

    def keep(data: bytes) -> bytes:
        if len(data) > 50 and not kept:
            kept.append(data)
            return b""
        return data

    table.line = keep
    table.do(table.driver.request("dark", table.now_s))
    table.now_s = table.wake_at_s = table.now_s + 30
    table.device.pixels = tuple(7 for _ in PIXELS)
    table.do(table.driver.wake(table.now_s))
    table.do(table.driver.feed(kept[0], table.now_s + 0.1))
    reading = only(table.run())
    assert set(reading.values) == {7.0}


@pytest.mark.parametrize("mode", ["binary", "ascii"])
def test_unplugged_after_any_number_of_bytes_it_recovers(mode: str) -> None:
    frame_bytes = 500 if mode == "ascii" else 90
    for cut in range(0, frame_bytes, 3 if mode == "binary" else 17):
        table = bench(mode=mode).open()
        table.run(5)
        table.line = cut_at(cut)
        table.do(table.driver.request("sample", table.now_s))
        table.device = Device()
        table.readings.clear()
        table.open()
        assert all(isinstance(reading, SpectrumReading) for reading in table.run(30))
        only(table.ask())


def test_a_port_that_is_lost_three_times_during_one_measurement_is_told() -> None:
    table = bench().open()
    table.run(5)
    table.line = lambda data: data if len(data) < 50 else b""
    table.do(table.driver.request("sample", table.now_s))
    for _ in range(3):
        table.run(0.001)
        table.open()
    assert only_fault(table.run(0.1)).fault is Fault.PORT_LOST


def test_a_device_left_in_the_middle_of_a_command_is_brought_back() -> None:
    for held in (b"I", b"I\x00", b"x", b"k\x00", b"b"):
        table = bench(Device(held=held)).open()
        assert isinstance(table.ask()[-1], SpectrumReading), held


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary(max_size=60), max_size=12), st.integers(0, 3))
def test_rubbish_at_any_time_leaves_a_driver_that_recovers(rubbish: list[bytes], gap: int) -> None:
    table = bench().open()
    table.do(table.driver.request("sample", table.now_s))
    for part in rubbish:
        table.do(table.driver.feed(part, table.now_s))
        table.run(gap)
    table.run(120)
    only(table.ask("dark"))


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["binary", "ascii"]))
def test_with_loss_and_flipped_bits_a_spectrum_is_right_or_is_not_there(
    rng: Random, mode: str
) -> None:
    table = bench(mode=mode).open()

    def noisy(data: bytes) -> bytes:
        kept = bytearray(byte for byte in data if rng.random() > 0.003)
        for at in range(len(kept)):
            if rng.random() < 0.003:
                kept[at] ^= 1 << rng.randrange(8)
        return bytes(kept)

    table.line = noisy
    for _ in range(3):
        readings = table.ask("sample", 120)
        spectra = [reading for reading in readings if isinstance(reading, SpectrumReading)]
        assert len(readings) >= 1
        assert all(reading.values == tuple(map(float, PIXELS)) for reading in spectra)
    table.line = untouched
    table.run(120)
    only(table.ask())


def test_endless_noise_is_told_and_keeps_nothing() -> None:
    table = bench().open()
    seen: list[Reading] = []
    for _ in range(4000):
        table.now_s += 0.05
        step = table.driver.feed(b"\xff" * 100, table.now_s)
        seen += step.readings
    assert only_fault(seen).fault is Fault.LINE_NOISE


@pytest.mark.parametrize(
    "wrong",
    [
        {"compressed": True, "mode": "ascii"},
        {"compressed": True, "scans": 2},
        {"pixels": 0},
        {"integration_time_ms": 0},
        {"mode": "morse"},
        {"colour": "blue"},
    ],
)
def test_settings_that_do_not_fit_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_every_setting_is_described() -> None:
    assert all(info.description for info in Settings.model_fields.values())


def test_it_is_a_driver() -> None:
    assert isinstance(make(Settings()), Driver)
