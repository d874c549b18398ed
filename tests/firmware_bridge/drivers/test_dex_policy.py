"""When the DEX driver reads and when it does not, and what it never loses or does."""

import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers.dex import DexDriver, Settings
from firmware_bridge.drivers.readings import AuditReading, Fault
from firmware_bridge.framing.dex import WACK
from hardware.simulators.dex_quirks import QUIRKS
from tests.firmware_bridge.drivers.dex_machine import (
    ENQ,
    Behaviour,
    World,
    bidding_machine,
    vending_machine,
)
from tests.firmware_bridge.drivers.dex_wire import Wire
from tests.firmware_bridge.drivers.test_dex import AUDIT, EVENTS, mute
from tests.firmware_bridge.evadts.building import audit

INTERVAL_S = 60.0
HOLD_S = 120.0


def wire(*quirks: str, **chosen: float) -> Wire:
    made = Wire(Settings(poll_interval_s=INTERVAL_S, **chosen), quirks)  # type: ignore[arg-type]  # numbers alone
    made.open()
    return made


@pytest.mark.parametrize("quirk", sorted(QUIRKS))
def test_each_quirk_of_a_machine_is_read_through(quirk: str) -> None:
    here = wire(quirk)
    here.run(30)
    assert [reading.audit.checksum_ok for reading in here.audits] == [True]
    assert here.faults == []
    assert here.tx == [True, False]


@given(quirks=st.sets(st.sampled_from(sorted(QUIRKS))))
@settings(max_examples=60, deadline=None)
def test_all_quirks_together_are_read_through(quirks: set[str]) -> None:
    here = wire(*quirks)
    here.run(30)
    assert [reading.audit.checksum_ok for reading in here.audits] == [True]
    assert here.tx == [True, False]


def test_reads_that_are_held_back_begin_when_they_are_released() -> None:
    here = wire()
    here.run(20)
    here.request("hold")
    here.run(INTERVAL_S)
    assert (len(here.audits), here.tx) == (1, [True, False])
    here.request("release")
    here.run(10)
    assert (len(here.audits), here.tx) == (2, [True, False] * 2)


def test_a_read_that_is_asked_for_waits_for_the_release_too() -> None:
    here = wire()
    here.run(20)
    here.request("hold")
    here.request("read")
    here.run(10)
    assert len(here.audits) == 1
    here.request("release")
    here.run(10)
    assert len(here.audits) == 2


def test_a_hold_that_nobody_ends_ends_by_itself() -> None:
    here = wire()
    here.run(20)
    here.request("hold")
    here.run(HOLD_S - 1)
    assert len(here.audits) == 1
    here.run(20)
    assert len(here.audits) == 2


def test_holds_that_follow_each_other_do_not_keep_reads_back_for_ever() -> None:
    here = wire()
    here.run(20)
    for _ in range(60):
        here.request("hold")
        here.run(5)
    assert len(here.audits) >= 3


def test_a_hold_outlives_a_port_that_comes_back() -> None:
    here = wire()
    here.run(20)
    here.request("hold")
    here.open()
    here.run(60)
    assert len(here.audits) == 1


def test_a_read_that_has_begun_is_finished_under_a_hold_and_its_retries_wait() -> None:
    here = wire()
    here.run(0.5)
    here.request("hold")
    here.run(20)
    assert len(here.audits) == 1
    silent = World(DexDriver(Settings(poll_interval_s=INTERVAL_S)), mute())
    silent.open()
    silent.request("hold")
    silent.run(HOLD_S - 1)
    assert silent.sent.count(ENQ) == 3, "one try, of three calls"
    assert silent.tx == [True, False], "and nothing is driven while its next try is held back"


def test_a_port_that_comes_and_goes_does_not_keep_the_machine_in_audit_mode() -> None:
    here = wire()
    for _ in range(12):
        here.run(11)
        here.open()
    assert 4 <= len(here.audits) <= 5, "in two minutes, and not one for each time"


@pytest.mark.parametrize("role", ["slave", "pusher"])
def test_an_audit_that_was_whole_when_the_line_broke_is_not_lost(role: str) -> None:
    how = Behaviour(EVENTS if role == "pusher" else AUDIT, ends_with_eot=False)
    machine = bidding_machine(how) if role == "pusher" else vending_machine(how)
    driver = DexDriver(Settings(poll_interval_s=INTERVAL_S))
    here = World(driver, machine)
    here.open()
    while not how.served:
        here.run(0.01)
    assert not here.audits
    here.open()
    assert [reading.raw for reading in here.readings if isinstance(reading, AuditReading)]
    assert here.audits[0] == how.audit


def test_patience_is_asked_back_between_100_and_500_ms_and_never_of_the_machine() -> None:
    at_s = list[float]()

    def hurt(way: str, _number: int, data: bytes, now_s: float) -> bytes:
        at_s.append(now_s if (way, data) in {("from", WACK), ("to", ENQ)} else -1.0)
        assert (way, data) != ("to", WACK)
        return data

    here = World(DexDriver(Settings()), vending_machine(Behaviour(AUDIT, wacks=4)), hurt)
    here.open()
    here.run(30)
    assert here.audits == [AUDIT]
    stamps = [each for each in at_s if each >= 0]
    gaps = [later - earlier for earlier, later in zip(stamps[1::2], stamps[2::2], strict=False)]
    assert len(gaps) == 4
    assert all(0.1 <= gap <= 0.5 + 0.04 for gap in gaps)


@pytest.mark.parametrize("attempts", [1, 10])
def test_whole_sessions_are_tried_as_often_as_is_set(attempts: int) -> None:
    here = World(DexDriver(Settings(attempts=attempts, retry_pause_s=1.0)), mute())
    here.open()
    here.run(100)
    assert here.sent.count(ENQ) == 3 * attempts
    assert [fault.fault for fault in here.faults] == [Fault.NO_REPLY]


def test_nothing_is_ever_written_to_a_machine() -> None:
    """No request of ours has the operation S, in any role and with any request."""
    for quirk in ("bid", "push", "wack"):
        here = wire(quirk)
        for what in ("read", "hold", "release"):
            here.request(what)
        here.run(200)
        assert here.audits
        assert b"HBL0000001" in here.sent
        assert b"HBL0000001S" not in here.sent
        assert b"\x10\x02" not in here.sent, "a data block"
        assert here.machine.world.machine.memory.interval_mode == "AUTO"
    with pytest.raises(ValueError, match="not permitted"):
        Settings.model_validate({"allow_save": True})


def test_what_cannot_be_parsed_is_handed_on_to_be_kept() -> None:
    here = World(DexDriver(Settings()), vending_machine(Behaviour(b"no audit at all\r\n")))
    here.open()
    here.run(60)
    (fault,) = here.faults
    assert (fault.fault, fault.raw) == (Fault.UNREADABLE, b"no audit at all\r\n")
    assert "no audit at all" not in repr(fault)


def test_unread_and_unparsed_are_told_apart_in_fault_detail_and_advice() -> None:
    unparsed = World(DexDriver(Settings()), vending_machine(Behaviour(b"rubbish\r\n")))
    unread = World(DexDriver(Settings()), mute())
    for here in (unparsed, unread):
        here.open()
        here.run(60)
    (one,), (other,) = unparsed.faults, unread.faults
    assert one.fault is not other.fault
    assert "could not parse" in one.detail
    assert "could not read" in other.detail
    assert one.advice != other.advice
    assert other.raw == b""


def test_a_counter_that_falls_is_named_and_the_next_audit_is_quiet_again() -> None:
    driver = DexDriver(Settings(poll_interval_s=INTERVAL_S))
    said: list[list[str]] = []
    for paid in ("9999", "2", "3"):
        how = Behaviour(audit("PA1*A1", f"PA2*{paid}*0"))
        here = World(driver, vending_machine(how))
        here.now_s += 1000.0 * len(said)
        here.open()
        here.run(50)
        (reading,) = (each for each in here.readings if isinstance(each, AuditReading))
        said.append([warning.name for warning in reading.audit.warnings])
    assert said == [[], ["counter-wrapped"], []]


def test_a_hundred_megabytes_of_garbage_leave_memory_and_driver_as_they_were() -> None:
    chance = random.Random(3)
    driver = DexDriver(Settings(poll_interval_s=300.0))
    driver.opened(0.0)
    chunks = [chance.randbytes(1 << 20) for _ in range(10)]
    driver.feed(chunks[0], 0.0)
    tracemalloc.start()
    for turn in range(100):
        driver.feed(chunks[turn % 10], turn * 1.5)
        driver.wake(turn * 1.5 + 1.0)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6_000_000, "a few chunks of one mebibyte, whatever came before"
    here = World(driver, vending_machine(Behaviour(AUDIT)))
    here.now_s = 5000.0
    here.open()
    here.run(60)
    assert here.audits == [AUDIT]
