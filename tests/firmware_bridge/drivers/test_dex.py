"""The DEX driver against a machine that was written apart from it, on a clock that is counted."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge import evadts
from firmware_bridge.drivers.base import Driver
from firmware_bridge.drivers.dex import DexDriver, Settings, make
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import AuditReading, Fault
from tests.firmware_bridge.drivers.dex_machine import (
    ENQ,
    FOREVER_S,
    Behaviour,
    Hurt,
    Machine,
    World,
    bidding_machine,
    block,
    crc,
    unhurt,
    vending_machine,
)


def audit(extra: bytes = b"") -> bytes:
    covered = (
        b"ST*001*0001\r\nID1*S1*M1*7\r\n"
        + b"".join(b"PA1*%d*0*KIT\r\nPA2*%d*0*0*0\r\n" % (n, n * 7) for n in range(1, 7))
        + b"PA1*9*0\r\nPA2*0*0*0*0\r\nPA1*8*0\r\nPA2*0*0*0*0\r\n"
        + extra
    )
    count = covered.count(b"\n") + 2
    check = crc(covered)[::-1].hex().upper().encode()
    tail = b"G85*%s\r\nSE*%d*0001\r\nDXE*1*1\r\n" % (check, count)
    return b"DXS*EPH0000001*VA*V0/6*1\r\n" + covered + tail


AUDIT = audit()
EVENTS = b"EA1*EGS*261101*1200\r\nEA2*ELB_3*1*4**1\r\n"
INTERVAL_S = 300.0


def world(
    how: Behaviour,
    hurt: Hurt = unhurt,
    *,
    machine: Machine | None = None,
    dribble: bool = False,
    chosen: Settings | None = None,
) -> World:
    driver = make(chosen or Settings())
    made = World(driver, machine or vending_machine(how), hurt, dribble=dribble)
    made.open()
    return made


def mute() -> Machine:
    while True:
        yield b"", FOREVER_S


def test_it_is_a_driver() -> None:
    assert isinstance(make(Settings()), Driver)


@pytest.mark.parametrize("dribble", [False, True], ids=["whole", "byte by byte"])
@pytest.mark.parametrize("block_size", [1, 9, 40, 243])
def test_an_audit_is_read_at_once_and_the_transmitter_released(
    block_size: int, *, dribble: bool
) -> None:
    how = Behaviour(AUDIT, block_size)
    here = world(how, dribble=dribble)
    here.run(60)
    assert here.audits == [AUDIT]
    assert here.tx == [True, False]
    assert how.requests == [b"HBL0000001RR01L01"]


def test_the_next_read_comes_an_interval_later() -> None:
    here = world(Behaviour(AUDIT))
    here.run(INTERVAL_S - 1)
    assert len(here.audits) == 1
    here.run(10)
    assert len(here.audits) == 2


def test_a_read_can_be_asked_for() -> None:
    here = world(Behaviour(AUDIT))
    here.run(20)
    here.request("read")
    here.request("read")
    here.run(20)
    assert len(here.audits) == 2


def test_an_unknown_request_names_what_there_is() -> None:
    with pytest.raises(UnknownRequestError, match="read"):
        make(Settings()).request("vend", 0.0)


@pytest.mark.parametrize(
    "reply",
    [
        b"00EPHOR00001R01L01",
        b"00EPHOR00001R01L01\r\n",
        b"EPHOR0000100R01L01",
        b"009259630009R00L06",
        b"00      \x7f\x7f\x7f\x7fR00L06",
    ],
    ids=["code first", "CoinCo CR LF", "commID first", "digits", "rubbish commID"],
)
def test_the_reply_may_come_in_either_order(reply: bytes) -> None:
    here = world(Behaviour(AUDIT, reply=reply))
    here.run(30)
    assert here.audits == [AUDIT]


@pytest.mark.parametrize("code", [b"01", b"02", b"04", b"05", b"90", b"77"])
def test_a_refusal_is_one_fault_with_advice_and_is_not_tried_again(code: bytes) -> None:
    how = Behaviour(AUDIT, reply=code + b"EPHOR00001R01L01")
    here = world(how)
    here.run(100)
    assert [fault.fault for fault in here.faults] == [Fault.REFUSED]
    assert code.decode() in here.faults[0].detail
    assert here.faults[0].advice
    assert len(how.requests) == 1


def test_a_busy_machine_is_tried_again() -> None:
    how = Behaviour(AUDIT, reply=b"03EPHOR00001R01L01")
    here = world(how)
    here.run(100)
    assert len(how.requests) == 3
    assert [fault.fault for fault in here.faults] == [Fault.REFUSED]


def test_a_reply_that_is_none_is_a_fault_of_the_protocol() -> None:
    here = world(Behaviour(AUDIT, reply=b"XXSHORT"))
    here.run(100)
    assert [fault.fault for fault in here.faults] == [Fault.PROTOCOL]
    assert "XXSHORT" in here.faults[0].detail


def test_a_machine_that_asks_to_wait_is_waited_for() -> None:
    here = world(Behaviour(AUDIT, wacks=5))
    here.run(30)
    assert here.audits == [AUDIT]


def test_a_machine_that_asks_to_wait_for_ever_is_given_up() -> None:
    here = world(Behaviour(AUDIT, wacks=100_000))
    here.run(200)
    assert len(here.faults) == 1
    assert here.tx == [True, False] * 3, "released after each try"


def test_a_refused_block_is_sent_again() -> None:
    here = world(Behaviour(AUDIT, naks=2))
    here.run(30)
    assert here.audits == [AUDIT]


def test_a_machine_that_refuses_every_block_is_a_checksum_fault() -> None:
    here = world(Behaviour(AUDIT, naks=100_000))
    here.run(200)
    assert [fault.fault for fault in here.faults] == [Fault.BAD_CHECKSUM]


def test_a_spoilt_block_is_asked_for_again() -> None:
    here = world(Behaviour(AUDIT, spoil_blocks=3))
    here.run(30)
    assert here.audits == [AUDIT]


def test_noise_before_each_call_is_dropped() -> None:
    here = world(Behaviour(AUDIT, noise=b"\xa7\xf3\x10"))
    here.run(30)
    assert here.audits == [AUDIT]


def test_a_slow_machine_is_waited_for() -> None:
    here = world(Behaviour(AUDIT, data_delay_s=3.5))
    here.run(30)
    assert here.audits == [AUDIT]


def test_data_that_come_too_late_are_still_taken() -> None:
    here = world(Behaviour(AUDIT, data_delay_s=5.0))
    here.run(40)
    assert here.audits == [AUDIT]
    assert not here.faults


def test_a_last_eot_that_never_comes_is_not_needed() -> None:
    here = world(Behaviour(AUDIT, ends_with_eot=False))
    here.run(30)
    assert here.audits == [AUDIT]
    assert here.tx == [True, False]


def test_silence_is_one_fault_for_each_read() -> None:
    here = world(Behaviour(AUDIT), machine=mute())
    here.run(INTERVAL_S * 2 - 1)
    assert [fault.fault for fault in here.faults] == [Fault.NO_REPLY] * 2
    assert here.tx == [True, False] * 6, "two reads of three tries each"


def test_a_babbling_line_is_noise_and_not_for_ever() -> None:
    here = world(Behaviour(AUDIT), machine=mute())
    for _ in range(400):
        here.inject(b"\xa7\xf3\x00")
        here.run(0.1)
    assert [fault.fault for fault in here.faults] == [Fault.LINE_NOISE]


@pytest.mark.parametrize("rubbish", [b"\x05", b"\x10\x01\x10\x16", b"\x15", b"\x10;", b"\x10\x02"])
def test_a_line_that_babbles_control_bytes_is_given_up(rubbish: bytes) -> None:
    chosen = Settings(attempts=1, accept_pushes=False)
    here = world(Behaviour(AUDIT), machine=mute(), chosen=chosen)
    for _ in range(2500):
        here.inject(rubbish)
        here.run(0.05)
    assert len(here.faults) == 1
    assert here.tx == [True, False]


def test_an_audit_without_end_is_refused() -> None:
    here = world(Behaviour(b"MA5*X\r\n" * 400), chosen=Settings(max_audit_bytes=1024))
    here.run(100)
    assert [fault.fault for fault in here.faults] == [Fault.OVERSIZED_FRAME]


def test_what_cannot_be_parsed_is_not_what_cannot_be_read() -> None:
    here = world(Behaviour(b"no audit at all\r\n"))
    here.run(100)
    assert [fault.fault for fault in here.faults] == [Fault.UNREADABLE]
    assert "could not parse" in here.faults[0].detail


@given(silent_from=st.integers(0, 30))
@settings(max_examples=31, deadline=None)
def test_silence_in_any_state_is_one_fault(silent_from: int) -> None:
    def hurt(way: str, number: int, data: bytes, now_s: float) -> bytes:
        return b"" if way == "from" and number >= silent_from else data

    here = world(Behaviour(AUDIT, block_size=20), hurt)
    here.run(INTERVAL_S - 1)
    # When nothing but the last EOT is missing, all was read.
    assert len(here.readings) == 1
    assert here.audits in ([], [AUDIT])
    assert here.tx == [True, False] * (len(here.tx) // 2)


@pytest.mark.parametrize("naive", [True, False], ids=["resends", "asks"])
@given(way=st.sampled_from(["to", "from"]), number=st.integers(0, 30), spoil=st.booleans())
@settings(max_examples=124, deadline=None)
def test_one_lost_or_spoilt_transmission_is_made_good_and_nothing_doubled(
    way: str, number: int, *, spoil: bool, naive: bool
) -> None:
    def hurt(this_way: str, this: int, data: bytes, now_s: float) -> bytes:
        if (this_way, this) != (way, number):
            return data
        return bytes([data[0] ^ 0x48, *data[1:]]) if spoil else b""

    # Blocks of equal content follow each other, so that a guess by content alone would lose one.
    repetitive = audit(b"MA5*AAAAAAAAAAAAAAAA\r\n" * 4)
    here = world(Behaviour(repetitive, block_size=22, naive=naive), hurt)
    here.run(INTERVAL_S - 1)
    assert here.audits == [repetitive]
    assert not here.faults


@given(cut_after=st.integers(0, 700), mended_after_s=st.floats(0.0, 20.0), naive=st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_cable_pulled_anywhere_is_recovered_by_the_next_read(
    cut_after: int, mended_after_s: float, *, naive: bool
) -> None:
    passed = 0
    cut_at_s: float | None = None

    def hurt(way: str, number: int, data: bytes, now_s: float) -> bytes:
        nonlocal passed, cut_at_s
        if cut_at_s is not None:
            return data if now_s >= cut_at_s + mended_after_s else b""
        room = cut_after - passed
        passed += len(data)
        if passed <= cut_after:
            return data
        cut_at_s = now_s
        return data[: max(room, 0)]

    here = world(Behaviour(AUDIT, naive=naive), hurt)
    here.run(INTERVAL_S - 1)
    assert len(here.readings) == 1
    here.run(30)
    assert here.audits[-1] == AUDIT
    assert set(here.audits) == {AUDIT}
    assert len(here.readings) == 2
    assert here.tx == [True, False] * (len(here.tx) // 2)
    assert len(here.tx) <= 2 * (2 * 3 + 2), "no more than the tries and a call of the machine"


@given(losses=st.lists(st.integers(0, 200), max_size=60), noise=st.binary(max_size=6))
@settings(max_examples=60, deadline=None)
def test_random_loss_and_noise_never_hang_and_never_change_an_audit(
    losses: list[int], noise: bytes
) -> None:
    def hurt(way: str, number: int, data: bytes, now_s: float) -> bytes:
        return noise if number in losses and now_s < 1000.0 + INTERVAL_S else data

    here = world(Behaviour(AUDIT), hurt)
    here.run(INTERVAL_S - 1)
    assert len(here.faults) <= 2
    here.run(INTERVAL_S + 40)
    assert here.audits[-1] == AUDIT
    assert set(here.audits) == {AUDIT}


@given(chunks=st.lists(st.tuples(st.binary(max_size=40), st.floats(0.0, 3.0)), max_size=60))
@settings(max_examples=60, deadline=None)
def test_rubbish_at_any_time_leaves_the_driver_alive(chunks: list[tuple[bytes, float]]) -> None:
    here = world(Behaviour(AUDIT), machine=mute())
    for data, pause_s in chunks:
        here.inject(data)
        here.run(pause_s)
    here.run(INTERVAL_S * 2 - 90)
    assert here.tx[-1] is False
    assert not here.audits
    assert here.faults


def test_a_machine_that_bids_while_we_call_wins_and_is_read() -> None:
    how = Behaviour(AUDIT)
    here = world(how, machine=bidding_machine(how, at_s=0.2))
    here.run(60)
    assert here.audits == [AUDIT]
    assert here.tx == [True, False]


def test_a_machine_may_push_its_events_between_reads() -> None:
    how = Behaviour(EVENTS)
    chosen = Settings(attempts=1)
    here = world(how, machine=bidding_machine(how, at_s=100.0), chosen=chosen)
    here.run(200)
    pushed = [reading for reading in here.readings if isinstance(reading, AuditReading)]
    assert [reading.raw for reading in pushed] == [EVENTS]
    assert pushed[0].audit.events_only
    assert [event.code for event in pushed[0].audit.events] == ["EGS", "ELB_3"]
    assert here.tx == [True, False] * 2


def test_pushes_are_not_answered_where_they_are_not_wanted() -> None:
    how = Behaviour(EVENTS)
    chosen = Settings(attempts=1, accept_pushes=False)
    here = world(how, machine=bidding_machine(how, at_s=100.0), chosen=chosen)
    here.run(200)
    assert not here.audits
    assert here.tx == [True, False]


def test_a_machine_that_calls_to_read_us_is_told_no() -> None:
    how = Behaviour(AUDIT)
    machine = bidding_machine(how, at_s=100.0, operation=b"R")
    here = world(how, machine=machine, chosen=Settings(attempts=1))
    here.run(200)
    assert how.requests == [b"05HBL0000001R01L01"]
    assert [fault.fault for fault in here.faults] == [Fault.NO_REPLY, Fault.PROTOCOL]


def test_calls_that_lead_nowhere_are_one_fault_for_each_interval() -> None:
    here = world(Behaviour(AUDIT), machine=mute(), chosen=Settings(attempts=1))
    here.run(20)
    for _ in range(20):
        here.inject(ENQ)
        here.run(10)
    assert len(here.faults) == 2
    assert here.tx[-1] is False


def test_reopening_begins_anew() -> None:
    how = Behaviour(AUDIT)
    here = world(how)
    here.run(0.5)
    here.open()
    here.run(60)
    assert here.audits == [AUDIT]


def test_waking_early_changes_nothing() -> None:
    driver = DexDriver(Settings())
    first = driver.opened(10.0)
    again = driver.wake(10.001)
    assert first.send == ENQ or first.wake_at_s is not None
    assert again.send == b""
    assert again.wake_at_s is not None
    assert again.wake_at_s > 10.001


def test_fill_inside_a_block_holds_the_line() -> None:
    driver = DexDriver(Settings())
    here = World(driver, mute())
    here.open()
    here.run(0.1)
    for reply in (b"\x100", b"\x101", ENQ, block(1, b"00EPHOR00001R01L01", 3), b"\x04", ENQ):
        here.inject(reply)
        here.run(0.1)
    held = block(2, AUDIT[:40], 3)
    here.inject(held[:10])
    for _ in range(100):
        here.run(0.08)
        here.inject(b"\x10\x16")
    here.inject(held[10:])
    here.run(0.1)
    here.inject(b"\x04")
    assert here.audits == [AUDIT[:40]]


PAGE = Path(__file__).resolve().parents[3] / "docs" / "drivers" / "dex.md"


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_docs_with_its_default(name: str) -> None:
    (row,) = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| `{name}`")]
    default = Settings.model_fields[name].default
    said = row.split("|")[2].strip(" `")
    assert said == (str(default).lower() if isinstance(default, bool) else said)
    assert isinstance(default, bool | str) or float(said) == default


def test_every_deviation_is_in_the_docs() -> None:
    package = Path(evadts.__file__).parent
    source = "".join(path.read_text() for path in package.glob("*.py"))
    names = set(re.findall(r'(?:note|Deviation)\(\s*"([a-z0-9-]+)"', source))
    assert len(names) > 30
    assert not [name for name in names if f"`{name}`" not in PAGE.read_text()]


@pytest.mark.parametrize("fault", [f for f in Fault if f is not Fault.PORT_LOST])
def test_every_fault_is_in_the_docs(fault: Fault) -> None:
    assert f"| `{fault}` |" in PAGE.read_text()
