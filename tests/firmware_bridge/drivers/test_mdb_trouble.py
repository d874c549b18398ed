"""Trouble with the adapter and the bus: told once, with advice, and over without a restart."""

import random

import pytest

from firmware_bridge.drivers.readings import EventReading, FaultReading
from hardware.simulators.mdb_vmc import Manners
from tests.firmware_bridge.drivers.mdb_town import Town

MODES = ["cashless", "observe"]


@pytest.mark.parametrize("mode", MODES)
def test_an_adapter_that_is_not_there_is_told_once_and_found_when_it_comes(mode: str) -> None:
    town = Town(mode=mode)
    town.deaf = True
    town.open(120.0)
    assert town.faults == ["no-reply"]
    assert "cable" in town.of(FaultReading)[0].advice
    town.deaf = False
    assert town.run(30.0).alive >= 1
    town.tell(do="sell", selection="B1", pay="cash")
    assert town.vends == [("B1", "success")]


@pytest.mark.parametrize("mode", MODES)
def test_a_machine_that_is_off_is_told_once_and_found_when_it_is_on(mode: str) -> None:
    town = Town(mode=mode).open()
    town.tell(200.0, do="power", state="off")
    assert town.faults == ["no-reply"]
    assert "machine" in town.of(FaultReading)[0].detail
    before = town.alive
    town.tell(10.0, do="power", state="on")
    assert town.alive == before + (2 if mode == "observe" else 1) - (mode == "observe")
    town.tell(do="sell", selection="B1", pay="cash")
    assert town.vends == [("B1", "success")]


def test_an_adapter_that_restarts_is_told_and_set_up_anew() -> None:
    town = Town().open()
    town.tell(70.0, do="restart-adapter")
    assert town.faults == ["protocol"]
    assert "restarted" in town.of(FaultReading)[0].detail
    town.request("begin 1", 1.0)
    town.press("A1")
    assert town.taken == ["A1"]
    assert town.machine.adapter.settings["mdb-cashsale-enabled"] == "1"


def test_an_adapter_that_restarts_amid_a_vend_leaves_one_assumed_vend() -> None:
    town = Town(result_s=30.0).open().request("begin 1")
    town.press("A1", 0.2)
    town.tell(120.0, do="restart-adapter")
    assert town.vends == [("A1", "assumed")]
    assert town.taken == ["A1"]
    town.request("begin 1", 1.0)
    town.press("A2")
    assert town.taken == ["A1", "A2"]


def test_a_listening_adapter_that_restarts_hears_again_after_the_next_check() -> None:
    town = Town(mode="observe", check_s=5.0, bus_wait_s=60.0).open()
    town.tell(20.0, do="restart-adapter")
    town.tell(do="sell", selection="B1", pay="cash")
    assert town.vends == [("B1", "success")]
    assert town.faults == []


def test_an_error_line_is_told_once_and_over_with_the_next_check() -> None:
    town = Town().open()
    before = town.alive
    for _turn in range(3):
        town.tell(do="say", line='c,ERR,"bus voltage low"')
    assert town.faults == ["protocol"]
    assert "bus voltage low" in town.of(FaultReading)[0].detail
    assert town.run(60.0).alive == before + 1


def test_a_half_line_is_forgotten_with_the_next_end() -> None:
    town = Town().open()
    town.tell(do="say", line="c,STATUS,VEND,1.", end="no")
    town.tell(do="sell", selection="B1", pay="cash")
    town.request("begin 1", 1.0)
    town.press("A1")
    assert town.taken == ["B1", "A1"]
    assert town.asked == []


def test_a_request_that_can_not_be_read_is_denied_and_never_guessed() -> None:
    town = Town().open().request("begin 1")
    town.tell(do="say", line="c,STATUS,VEND,1.0O,3")
    assert "vend-unreadable" in town.events
    assert b"C,VEND" not in town.sent


def test_noise_is_a_fault_and_over_when_it_is_over() -> None:
    town, chance = Town().open(), random.Random(3)
    for _turn in range(60):
        town.do(town.driver.feed(chance.randbytes(400), town.now_s))
        town.run(0.05)
    assert "line-noise" in town.faults
    assert len(town.faults) == 1
    before = town.alive
    assert town.run(120.0).alive == before + 1
    town.request("begin 1", 1.0)
    town.press("A1")
    assert town.taken == ["A1"]


def test_noise_instead_of_an_adapter_is_called_noise() -> None:
    town, chance = Town(), random.Random(4)
    town.deaf = True
    town.open(0.0)
    for _turn in range(20):
        town.do(town.driver.feed(chance.randbytes(200) + b"\n", town.now_s))
        town.run(0.5)
    assert town.faults == ["line-noise"]


def test_an_approval_without_any_result_is_assumed_and_the_adapter_set_up_anew() -> None:
    town = Town(Manners(vend_s=10_000.0), result_s=60.0).open().request("begin 1")
    town.press("A1", 70.0)
    assert town.vends == [("A1", "assumed")]
    assert town.faults == ["protocol"]
    assert bytes(town.sent).count(b"C,0\r\n") == 2


def test_a_reader_that_stays_switched_off_is_told_and_its_end_too() -> None:
    town = Town(disabled_wait_s=60.0).open()
    town.tell(30.0, do="reader", state="disabled")
    town.tell(30.0, do="reader", state="enabled")
    assert "disabled" not in town.events
    town.tell(90.0, do="reader", state="disabled")
    town.tell(30.0, do="reader", state="enabled")
    told = [each.active for each in town.of(EventReading) if each.code == "disabled"]
    assert told == [True, False]


@pytest.mark.parametrize("away", ["adapter", "machine"])
def test_nothing_is_told_that_would_look_like_a_sign_of_life(away: str) -> None:
    town = Town(result_s=300.0).open().request("begin 1")
    town.press("A1", 0.2)
    town.deaf = away == "adapter"
    town.mangle = (lambda _data: b"") if town.deaf else bytes
    town.tell(100.0, do="power", state="off")
    town.request("begin 1", 1.0).request("approve", 1.0).request("cancel", 1.0)
    assert town.vends == [("A1", "assumed")]
    assert isinstance(town.readings[-1], FaultReading)
    assert "a code was accepted, but" in town.readings[-1].detail
    told = [each for each in town.readings if not isinstance(each, FaultReading)]
    assert town.readings.index(town.of(FaultReading)[0]) > town.readings.index(told[-1])


@pytest.mark.parametrize(("mode", "works"), [("cashless", True), ("observe", False)])
def test_an_adapter_that_can_not_listen_still_lets_codes_through(mode: str, *, works: bool) -> None:
    town = Town(mode=mode)
    town.mangle = lambda data: data.replace(b"x,ACK", b"x,NACK")
    town.open(60.0)
    assert town.events == (["setting-refused"] if works else [])
    assert town.faults == ([] if works else ["refused"])


def test_funds_are_told_as_a_plain_number() -> None:
    town = Town(funds="1E+2", flow="code-first").open().request("begin 1")
    assert b"C,START,100\r\n" in town.sent


def test_a_vend_that_is_assumed_while_the_bus_is_silent_does_not_look_like_a_sign_of_life() -> None:
    town = Town(mode="observe", result_s=100.0).open()
    blocks = ("00,0000000001,63,0000640003", "80,0000000002,ACK", "00,0000000003,62,")
    for block in (*blocks, "80,0000000004,050064"):
        town.tell(0.01, do="say", line=f"x,{block}")
    town.tell(200.0, do="power", state="off")
    assert town.vends == [("B1", "assumed")]
    assert town.faults == ["no-reply"] * 2
    assert isinstance(town.readings[-1], FaultReading)


def test_read_says_how_it_stands_whatever_that_is() -> None:
    town = Town().open()
    before = town.alive
    assert town.request("read", 1.0).alive == before + 1
    town.tell(5.0, do="power", state="off")
    assert town.request("read", 1.0).faults == ["no-reply"]
    assert town.request("read", 1.0).faults == ["no-reply"] * 2
    town.deaf = True
    assert town.request("read", 10.0).faults == ["no-reply"] * 3


def test_damaged_blocks_are_not_believed() -> None:
    town = Town(mode="observe").open()
    town.machine.corrupt_checksums = True
    town.tell(do="sell", selection="B1", pay="cash")
    town.machine.corrupt_checksums = False
    town.tell(do="sell", selection="A1", pay="cash")
    assert town.vends == [("A1", "success")]


def test_a_card_number_is_told_nowhere() -> None:
    town = Town(mode="observe").open()
    town.tell(do="sell", selection="B1", pay="card")
    town.tell(do="say", line="x,80,0000000001,0304a1b2c3zz")
    told = repr(town.readings).lower()
    assert "04a1b2c3" not in told
    assert str(0x04A1B2C3) not in told
