"""The DDCMP driver against a machine that was written apart from it, on a clock that is counted."""

import random
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge import bodies
from firmware_bridge.drivers.base import Step
from firmware_bridge.drivers.ddcmp import Settings, make
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import AuditReading, Fault
from hardware.simulators.ddcmp import DdcmpMachine
from hardware.simulators.ddcmp_slave import DdcmpManners
from hardware.simulators.ddcmp_wire import DdcmpEar, Message, Order, message, order
from hardware.simulators.vending_world import Setup
from tests.firmware_bridge.drivers.pair import Hurt, Pair, unhurt

WHEN = datetime(2026, 11, 27, 12)  # noqa: DTZ001 - a machine's clock knows no zone


def machine(**manners: object) -> DdcmpMachine:
    return DdcmpMachine(
        Setup(),
        DdcmpManners(**manners),  # type: ignore[arg-type]  # as the test names them
        now=lambda: WHEN,
        now_s=lambda: 0.0,
        hurried=True,
    )


def pair(
    device: DdcmpMachine | None = None,
    hurt: Hurt = unhurt,
    answers: Hurt = unhurt,
    chosen: Mapping[str, object] | None = None,
) -> Pair:
    driver = make(Settings.model_validate(chosen or {}))
    made = Pair(driver, device or machine(), hurt, answers)
    made.open()
    return made


def audits(here: Pair) -> list[AuditReading]:
    return [each for each in here.readings if isinstance(each, AuditReading)]


def world(here: Pair) -> DdcmpMachine:
    assert isinstance(here.device, DdcmpMachine)
    return here.device


def test_an_audit_is_read_at_once_without_any_reset_and_says_how_it_came() -> None:
    here = pair()
    here.run(60)
    (reading,) = audits(here)
    assert reading.audit.checksum_ok
    assert not reading.audit.warnings
    assert len(reading.audit.selections) == 10
    assert (reading.source, bodies.vending_audit(reading.audit, reading.source).source) == (
        "ddcmp",
        "ddcmp",
    )
    assert here.tx == [True, False]
    assert world(here).port.lists == [2]
    memory = world(here).world.machine.memory
    assert (memory.reads, memory.reads_with_reset) == (1, 0)


@pytest.mark.parametrize("block_bytes", [1, 50, 254, 1500])
def test_blocks_may_be_of_any_size(block_bytes: int) -> None:
    """Of one byte there are more than 256: their numbers begin anew."""
    here = pair(machine(block_bytes=block_bytes))
    here.run(300)
    assert [reading.audit.checksum_ok for reading in audits(here)] == [True]


def test_reads_follow_at_the_interval_and_when_asked() -> None:
    here = pair()
    here.run(890)
    assert len(audits(here)) == 1
    here.run(100)
    assert len(audits(here)) == 2
    here.request("read")
    here.request("read")
    here.run(60)
    assert len(audits(here)) == 3


def test_an_unknown_request_names_what_there_is() -> None:
    with pytest.raises(UnknownRequestError, match="read"):
        pair().request("vend")


def test_a_machine_that_is_slow_to_wake_is_called_ten_times() -> None:
    here = pair(machine(deaf_starts=9))
    here.run(60)
    assert len(audits(here)) == 1


def test_a_machine_that_wants_its_codes_is_given_them() -> None:
    device = machine(codes=b"\x12\x34\xab\xcd")
    here = pair(device, chosen={"security_code": "1234", "pass_code": "ABCD"})
    here.run(60)
    assert len(audits(here)) == 1


def test_wrong_codes_are_one_refusal_and_not_tried_again() -> None:
    here = pair(machine(codes=b"\x12\x34\xab\xcd"))
    here.run(200)
    assert [fault.fault for fault in here.faults] == [Fault.REFUSED]
    assert "security_code" in here.faults[0].advice
    assert here.tx == [True, False]


def test_a_machine_that_wants_ffff_bytes_is_asked_so_and_remembered() -> None:
    here = pair(machine(wants_ffff=True))
    here.run(60)
    assert len(audits(here)) == 1
    assert world(here).port.lists == [2, 2]
    here.run(900)
    assert world(here).port.lists == [2, 2, 2]


def test_a_machine_without_list_2_is_never_asked_for_list_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hardware.simulators.ddcmp_slave.LISTS", (1,))
    here = pair()
    here.run(300)
    assert [fault.fault for fault in here.faults] == [Fault.REFUSED]
    assert world(here).port.lists == [2, 2, 2]


def test_silence_is_one_fault_after_all_attempts() -> None:
    here = pair(hurt=lambda _data: b"")
    here.run(100)
    assert [fault.fault for fault in here.faults] == [Fault.NO_REPLY]
    assert "START" in here.faults[0].detail
    assert len(here.sent) == 3 * 10 * 8


def test_what_is_wrong_with_a_line_is_told_apart() -> None:
    def bad_data(data: bytes) -> bytes:
        return data[:-1] + bytes([data[-1] ^ 1]) if data.startswith(b"\x81") else data

    cases = (
        (lambda data: bytes(len(data)), Fault.LINE_NOISE),
        (lambda data: b"".join(map(bad_data, _frames(data))), Fault.BAD_CHECKSUM),
    )
    for hurt, fault in cases:
        here = pair(hurt=hurt)
        here.run(200)
        assert [each.fault for each in here.faults] == [fault]
        assert here.faults[0].advice


def test_an_audit_that_is_too_long_is_told(tmp_path: Path) -> None:
    file = tmp_path / "long.dat"
    file.write_bytes(b"PA1*1*0\r\n" * 200)
    device = machine()
    device.world.serve(file)
    here = pair(device, chosen={"max_audit_bytes": 1024})
    here.run(200)
    assert [each.fault for each in here.faults] == [Fault.OVERSIZED_FRAME]


def test_what_is_no_audit_was_read_but_could_not_be_parsed(tmp_path: Path) -> None:
    file = tmp_path / "none.dat"
    file.write_bytes(b"no audit at all")
    device = machine()
    device.world.serve(file)
    here = pair(device)
    here.run(60)
    assert [each.fault for each in here.faults] == [Fault.UNREADABLE]
    assert "could not parse" in here.faults[0].detail


def test_a_machine_that_changes_its_rate_is_told_of_by_that_rate() -> None:
    def leaves(data: bytes) -> bytes:
        return data if data[:2] == b"\x05\x07" else b""

    here = pair(machine(rate_code=8), hurt=leaves)
    here.run(200)
    assert [each.fault for each in here.faults] == [Fault.NO_REPLY]
    assert "115200" in here.faults[0].advice


def test_a_machine_that_only_says_another_rate_is_read_all_the_same() -> None:
    here = pair(machine(rate_code=8))
    here.run(60)
    assert len(audits(here)) == 1


def test_an_optical_head_that_hears_us_too_does_no_harm() -> None:
    here = pair()
    heard, here.driver = here.driver.feed, here.driver

    class Echoing:
        opened, wake, request = here.driver.opened, here.driver.wake, here.driver.request

        def feed(self, data: bytes, now_s: float) -> Step:
            echo, place = bytes(here.sent), getattr(self, "place", 0)
            self.place = len(echo)
            return heard(echo[place:] + data, now_s)

    here.driver = Echoing()
    here.run(60)
    assert len(audits(here)) == 1


@pytest.mark.parametrize("size", [1, 5])
def test_bytes_may_come_one_by_one(size: int) -> None:
    here = pair()
    whole = here.driver.feed

    class Cut:
        opened, wake, request = here.driver.opened, here.driver.wake, here.driver.request

        def feed(self, data: bytes, now_s: float) -> Step:
            pieces = [data[start : start + size] for start in range(0, len(data), size)]
            for piece in pieces[:-1]:
                here._do(whole(piece, now_s))
            return whole(pieces[-1], now_s)

    here.driver = Cut()
    here.run(60)
    assert len(audits(here)) == 1


def test_a_port_that_comes_back_amid_a_read_begins_anew() -> None:
    here = pair()
    here.run(0.3)
    assert not audits(here)
    here.open()
    here.run(60)
    assert [reading.audit.checksum_ok for reading in audits(here)] == [True]


class Losing:
    """Loses, doubles, cuts, changes or pads the frames with these places in the row."""

    def __init__(self, places: dict[int, int], seed: int) -> None:
        self._places, self._seen, self._chance = places, 0, random.Random(seed)

    def __call__(self, data: bytes) -> bytes:
        return b"".join(map(self._one, _frames(data)))

    def _one(self, frame: bytes) -> bytes:
        self._seen += 1
        place = self._chance.randrange(len(frame))
        match self._places.get(self._seen):
            case 0:
                return b""
            case 1:
                return frame + frame
            case 2:
                return frame[:place]
            case 3:
                changed = bytes([frame[place] ^ self._chance.randrange(1, 256)])
                return frame[:place] + changed + frame[place + 1 :]
            case 4:
                return self._chance.randbytes(9) + frame
            case _:
                return frame


def _frames(data: bytes) -> list[bytes]:
    return [_again(each) for each in DdcmpEar().feed(data)]


def _again(heard: Order | Message) -> bytes:
    """A frame as it was sent, but for the mark of the last block, which `data` tells."""
    if isinstance(heard, Order):
        return order(heard.kind, heard.first, heard.second)
    last = b"DXE*" in heard.data
    return message(heard.data, heard.number, heard.received, last=last)


START = bytes.fromhex("050640000001")
WHO, FINIS = b"\x77\xe0", b"\x77\xff"


def sessions(here: Pair) -> int:
    return bytes(here.sent).count(START)


def nth(place: int, kind: int) -> Hurt:
    return Losing({place: kind}, 1)


@pytest.mark.parametrize("place", range(1, 14))
@pytest.mark.parametrize("kind", [0, 3], ids=["lost", "damaged"])
def test_one_frame_of_either_side_costs_no_session(place: int, kind: int) -> None:
    for here in (pair(hurt=nth(place, kind)), pair(answers=nth(place, kind))):
        here.run(60)
        assert len(audits(here)) == 1
        # A START that was lost is said again; it is still the same session.
        assert sessions(here) == (2 if place == 1 else 1)


def test_damaged_data_is_asked_for_again_at_once() -> None:
    def hurt(data: bytes) -> bytes:
        return data.replace(b"DXS*", b"DXS!", 1) if not blocks else data

    blocks: list[bytes] = []
    device = machine(block_bytes=100)
    here = pair(device, hurt=hurt)
    here.run(0.3)
    blocks.append(b"now")
    here.run(60)
    assert bytes.fromhex("0502420200 01".replace(" ", "")) in bytes(here.sent)
    assert (len(audits(here)), sessions(here)) == (1, 1)


def test_many_damaged_frames_are_borne_as_long_as_others_come_between() -> None:
    every_other = dict.fromkeys(range(6, 40, 2), 3)
    here = pair(machine(block_bytes=50), hurt=Losing(every_other, 2))
    here.run(120)
    assert (len(audits(here)), sessions(here)) == (1, 1)


def test_a_question_is_said_five_times() -> None:
    said: list[bytes] = []

    def deaf(data: bytes) -> bytes:
        said.extend(frame for frame in _frames(data) if WHO in frame)
        return b"" if WHO in data and len(said) < 5 else data

    here = pair(answers=deaf)
    here.run(60)
    assert (len(audits(here)), sessions(here), len(said)) == (1, 1, 5)
    assert len(set(said)) == 1


def test_an_end_that_is_never_acknowledged_costs_nothing() -> None:
    here = pair(answers=lambda data: data if FINIS not in data else data[:8])
    here.run(60)
    assert (len(audits(here)), sessions(here)) == (1, 1)
    assert not here.faults


hurts = st.dictionaries(st.integers(1, 40), st.integers(0, 4), max_size=8)


@given(places=hurts, answers=hurts, seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_on_a_bad_line_the_audit_is_whole_and_comes_once(
    places: dict[int, int], answers: dict[int, int], seed: int
) -> None:
    here = pair(hurt=Losing(places, seed), answers=Losing(answers, seed + 1))
    here.run(400)
    (reading,) = audits(here)
    assert reading.audit.checksum_ok
    assert not reading.audit.warnings
    assert len(reading.raw) == len(world(here).world.audit())
    assert not here.faults


@given(rubbish=st.lists(st.binary(max_size=60), max_size=20), seed=st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_a_read_ends_whatever_comes(rubbish: list[bytes], seed: int) -> None:
    chance = random.Random(seed)
    here = pair(hurt=lambda _data: chance.choice(rubbish or [b""]))
    here.run(3500)
    assert here.faults
    assert not here.tx[-1]
