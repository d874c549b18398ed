"""The FA FB driver against a board that was written apart from it, on a clock that is counted."""

from collections import Counter

import pytest

from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import (
    CountersReading,
    Fault,
    SensorReading,
    VendReading,
    VendRequestReading,
)
from hardware.simulators.fafb_board import PLANOGRAM
from tests.firmware_bridge.drivers.fafb_pair import ASKING, board, events, pair, slots, wishes


def test_every_slot_is_told_after_the_start() -> None:
    here = pair()
    here.run(6)
    assert here.tx == [True]
    assert {name: slot.level for name, slot in slots(here).items()} == {
        row.selection: row.capacity for row in PLANOGRAM
    }
    first = slots(here)["11"]
    assert (first.capacity, first.price_minor, first.product) == (12, 0, "100")
    assert first.sold_out is False
    assert not here.faults
    serials = {each.serial for each in here.readings if isinstance(each, CountersReading)}
    assert "HLFAFB0001" in serials


def test_every_poll_is_answered_at_once() -> None:
    here = pair()
    here.run(30)
    assert board(here).talk.unanswered <= 1
    assert board(here).talk.lost == 0


@pytest.mark.parametrize("size", [1, 3])
def test_frames_may_come_in_any_portions(size: int) -> None:
    """Readings are the same when every chunk is cut small on its way through the driver."""
    here = pair()
    inner = here.driver
    whole = here.driver.feed

    class Cut:
        opened, wake, request = inner.opened, inner.wake, inner.request

        def feed(self, data: bytes, now_s: float) -> object:
            for start in range(0, len(data) - size, size):
                here._do(whole(data[start : start + size], now_s))
            rest = len(data) - (len(data) - 1) % size - 1 if len(data) % size else len(data) - size
            return whole(data[max(rest, 0) :], now_s)

    here.driver = Cut()  # type: ignore[assignment]  # only what Pair uses
    board(here).sell(11)
    here.run(8)
    assert [vend.outcome for vend in here.vends] == ["success"]
    assert len(slots(here)) == len(PLANOGRAM)


def test_a_vend_is_told_once_and_the_level_follows() -> None:
    here = pair()
    here.run(6)
    board(here).sell(11)
    here.run(10)
    assert here.vends == [
        VendReading(source="fafb", selection="11", outcome="success", payment="free", price_minor=0)
    ]
    assert slots(here)["11"].level == 11


def test_a_motor_without_capacity_is_no_slot() -> None:
    here = pair()
    empty = board(here).machine.slots[32]
    empty.capacity = empty.inventory = 0
    here.run(8)
    here.request("check 32")
    here.request("check 99")
    here.run(3)
    assert set(slots(here)) == {row.selection for row in PLANOGRAM} - {"32"}


def test_the_number_of_a_card_is_not_kept() -> None:
    here = pair()
    board(here).talk.tell(0x21, b"\x03" + (150).to_bytes(4, "big") + b"4111111111111111")
    here.run(3)
    kept = repr(vars(here.driver)) + repr(vars(here.driver._board))  # type: ignore[attr-defined]  # Host
    assert "4111" not in kept
    assert b"4111" not in b"".join(key[2] for key in here.driver._board._recent)  # type: ignore[attr-defined]  # Host


def test_the_last_item_leaves_a_slot_that_is_sold_out() -> None:
    here = pair()
    board(here).machine.slots[12].inventory = 1
    board(here).sell(12)
    here.run(12)
    assert (slots(here)["12"].level, slots(here)["12"].sold_out) == (0, True)


def test_money_makes_a_vend_paid() -> None:
    here = pair()
    board(here).machine.slots[11].price = 150
    here.run(6)
    board(here).sell(11)
    here.run(4)
    board(here).talk.tell(0x21, b"\x02" + (150).to_bytes(4, "big"))
    board(here).machine.slots[11].jammed = True
    board(here).sell(11)
    here.run(4)
    board(here).machine.slots[11].jammed = False
    board(here).sell(11)
    board(here).sell(11)
    here.run(6)
    payments = [(vend.outcome, vend.payment) for vend in here.vends]
    assert payments[0] == ("success", "unknown")
    assert payments[1:] == [("failed", "paid"), ("success", "paid"), ("success", "unknown")]
    assert {vend.price_minor for vend in here.vends} == {150}


def test_a_jam_is_a_vend_that_failed() -> None:
    here = pair()
    board(here).machine.slots[11].jammed = True
    board(here).sell(11)
    here.run(6)
    assert [(vend.outcome, vend.reason) for vend in here.vends] == [("failed", "jam")]


@pytest.mark.parametrize(
    ("told", "outcomes"),
    [
        ("01 02", ["success"]),
        ("01 10 11 02", ["success"]),
        ("02", ["success"]),
        ("02 02", ["success", "success"]),
        ("01 02 FF", ["success"]),
        ("01 22 23 24", ["success"]),
        ("01 02 24", ["success"]),
        ("01 03", ["failed"]),
        ("01 03 FF", ["failed"]),
        ("01 04", ["failed"]),
        ("06", ["failed"]),
        ("01 12 FF", ["failed"]),
        ("01 FF", ["failed"]),
        ("FF", []),
        ("01 01 01", []),
        ("01 02 01 03", ["success", "failed"]),
        ("77", []),
    ],
)
def test_how_a_turn_ends(told: str, outcomes: list[str]) -> None:
    here = pair()
    here.run(1)
    for status in bytes.fromhex(told):
        board(here).talk.tell(0x04, bytes([status]) + b"\0\x0b")
    here.run(5)
    assert [vend.outcome for vend in here.vends] == outcomes


def test_a_turn_without_a_result_is_taken_to_have_brought_its_item() -> None:
    here = pair()
    board(here).talk.tell(0x04, b"\x01\0\x0b")
    here.run(59)
    assert not here.vends
    here.run(10)
    assert [vend.outcome for vend in here.vends] == ["assumed"]


def test_a_result_that_was_overtaken_is_taken_for_granted_too() -> None:
    here = pair()
    for frame in (b"\x01\0\x0b", b"\x01\0\x0c", b"\x02\0\x0c"):
        board(here).talk.tell(0x04, frame)
    here.run(5)
    assert [(v.selection, v.outcome) for v in here.vends] == [("11", "assumed"), ("12", "success")]


def test_door_fill_button_cooling_and_climate_are_told() -> None:
    here = pair({"status_interval_s": 2})
    here.run(5)
    machine = board(here).machine
    machine.door_open, machine.cooling_fault, machine.temperature = True, True, 31.0
    board(here).talk.tell(0x17)
    here.run(5)
    machine.door_open = machine.cooling_fault = False
    here.run(5)
    assert Counter(events(here, "door-open"))[True] >= 1
    assert events(here, "door-open")[-1] is False
    assert events(here, "door-closed") == [None]
    assert True in events(here, "cooling-fault")
    assert events(here, "cooling-fault")[-1] is False
    assert events(here, "filled") == [None]
    sensed = {(r.quantity, r.value) for r in here.readings if isinstance(r, SensorReading)}
    assert {("temperature", 21.5), ("temperature", 31.0), ("humidity", 40.0)} <= sensed


def test_a_slot_that_the_board_pauses_is_told_until_it_ends() -> None:
    here = pair({"sync_interval_s": 10})
    board(here).machine.slots[11].paused = True
    here.run(8)
    board(here).machine.slots[11].paused = False
    here.run(10)
    assert events(here, "other") == [True, False]


def test_somebody_can_ask() -> None:
    here = pair()
    here.run(8)
    board(here).machine.slots[13].inventory = 0
    here.request("check 13")
    here.run(3)
    assert slots(here)["13"].sold_out is True
    before = len(here.readings)
    here.request("read")
    here.run(6)
    assert slots(here)["13"].level == 0
    assert any(isinstance(each, SensorReading) for each in here.readings[before:])


@pytest.mark.parametrize("what", ["vend", "check", "check 0", "check A1", "approve", "begin 2", ""])
def test_an_unknown_request_names_what_there_is(what: str) -> None:
    with pytest.raises(UnknownRequestError, match="read, sync, status, check"):
        pair().request(what)


def test_what_waits_for_nobody_can_not_be_approved() -> None:
    here = pair(ASKING)
    for what in ("approve", "deny", "begin 0", "begin 100", "begin x"):
        with pytest.raises(UnknownRequestError, match="while a selection waits"):
            here.request(what)


def test_a_selection_waits_for_a_yes_and_is_vended() -> None:
    here = pair(ASKING)
    here.run(6)
    board(here).select(11)
    here.run(2)
    wanted = VendRequestReading(selection="11", price_minor=0, wait_s=20)
    assert wishes(here) == [wanted]
    assert not here.vends
    here.request("approve")
    here.run(4)
    assert [(v.outcome, v.authorised, v.payment) for v in here.vends] == [("success", True, "free")]
    assert board(here).machine.slots[11].vended == 1
    with pytest.raises(UnknownRequestError):
        here.request("approve")


def test_a_no_takes_the_selection_back() -> None:
    here = pair(ASKING)
    board(here).select(11)
    here.run(2)
    assert board(here).selected == 11
    here.request("deny")
    here.run(2)
    assert board(here).selected == 0
    assert not here.vends


def test_nobody_answers_in_time_and_the_selection_is_taken_back() -> None:
    here = pair(ASKING)
    board(here).select(11)
    here.run(30)
    assert board(here).selected == 0
    with pytest.raises(UnknownRequestError):
        here.request("approve")


def test_somebody_who_takes_it_back_is_not_approved_any_more() -> None:
    here = pair(ASKING)
    board(here).select(11)
    here.run(1)
    board(here).select(0)
    here.run(1)
    with pytest.raises(UnknownRequestError):
        here.request("approve")


def test_what_was_begun_is_let_through_without_asking_and_no_more() -> None:
    here = pair(ASKING)
    here.run(6)
    here.request("begin 2")
    for number in (11, 12, 13):
        board(here).select(number)
        here.run(4)
    assert [vend.selection for vend in here.vends] == ["11", "12"]
    assert all(vend.authorised for vend in here.vends)
    assert [each.selection for each in wishes(here)] == ["13"]


def test_what_was_begun_ends_by_itself_or_by_cancel() -> None:
    for ends in ("cancel", "time"):
        here = pair(ASKING)
        here.request("begin 1")
        if ends == "cancel":
            here.request("cancel")
        here.run(121 if ends == "time" else 1)
        board(here).select(11)
        here.run(3)
        assert not here.vends
        assert len(wishes(here)) == 1


def test_without_authorise_the_machine_decides() -> None:
    here = pair()
    board(here).select(11)
    here.run(3)
    assert not wishes(here)


def test_silence_is_one_fault_and_then_all_is_asked_anew() -> None:
    quiet = [False]
    here = pair(hurt=lambda data: b"" if quiet[0] else data)
    here.run(6)
    quiet[0] = True
    here.run(60)
    assert [fault.fault for fault in here.faults] == [Fault.NO_REPLY]
    quiet[0] = False
    board(here).machine.slots[11].inventory = 3
    here.run(8)
    assert slots(here)["11"].level == 3
    assert len(here.faults) == 1


def test_asking_a_silent_machine_says_so() -> None:
    here = pair(hurt=lambda _data: b"")
    here.run(15)
    here.request("read")
    assert [fault.fault for fault in here.faults] == [Fault.NO_REPLY] * 2


def test_what_is_wrong_with_a_line_is_told_apart() -> None:
    noise = pair(hurt=lambda data: bytes(len(data)))
    wrong = pair(hurt=lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    for here, fault in ((noise, Fault.LINE_NOISE), (wrong, Fault.BAD_CHECKSUM)):
        here.run(30)
        assert [each.fault for each in here.faults] == [fault]
        assert here.faults[0].advice


def test_a_board_that_never_acknowledges_is_a_fault_and_is_still_heard() -> None:
    here = pair(answers=lambda data: data if data[2] == 0x42 else b"")
    board(here).sell(11)
    here.run(10)
    assert {fault.fault for fault in here.faults} == {Fault.PROTOCOL}
    assert [vend.outcome for vend in here.vends] == ["success"]


def test_an_order_that_is_not_acknowledged_is_sent_six_times_with_one_number() -> None:
    here = pair({**ASKING}, answers=lambda data: data if data[2] == 0x42 else b"")
    board(here).select(11)
    here.run(0.5)
    here.sent.clear()
    here.request("approve")
    here.run(90)
    bought = [
        here.sent[at : at + 8]
        for at in range(len(here.sent))
        if here.sent[at + 2 :][:1] == b"\x03" and here.sent[at:][:2] == b"\xfa\xfb"
    ]
    assert len(bought) == 6
    assert len({bytes(each) for each in bought}) == 1
    assert [(v.outcome, v.reason, v.authorised) for v in here.vends] == [
        ("failed", "communication", True)
    ]


def test_a_yes_that_comes_too_late_to_the_board_turns_nothing() -> None:
    quiet = [False]
    here = pair(ASKING, hurt=lambda data: b"" if quiet[0] else data)
    board(here).select(11)
    here.run(2)
    quiet[0] = True
    here.request("approve")
    here.run(25)
    quiet[0] = False
    here.run(10)
    assert board(here).machine.slots[11].vended == 0
    assert [(v.outcome, v.reason) for v in here.vends] == [("failed", "communication")]


def test_a_yes_is_forgotten_when_the_port_was_gone() -> None:
    here = pair(ASKING)
    board(here).select(11)
    here.run(2)
    here.request("approve")
    here.open()
    here.run(10)
    assert board(here).machine.slots[11].vended == 0
    assert [(v.outcome, v.reason) for v in here.vends] == [("failed", "communication")]


def test_a_board_that_wants_to_tell_all_is_let() -> None:
    here = pair()
    here.run(6)
    board(here).machine.slots[11].inventory = 2
    board(here).talk.tell(0x31)
    here.run(6)
    assert slots(here)["11"].level == 2


def test_the_fill_button_brings_new_levels() -> None:
    here = pair()
    board(here).machine.slots[11].inventory = 2
    here.run(6)
    board(here).machine.slots[11].inventory = 12
    board(here).talk.tell(0x17)
    here.run(6)
    assert slots(here)["11"].level == 12


def test_levels_that_never_rest_are_told_all_the_same() -> None:
    here = pair()
    here.run(6)
    here.readings.clear()
    for tick in range(80):
        board(here).talk.tell(0x13, b"\0\x0b" + bytes([tick % 12]))
        here.run(0.5)
    told = [each for each in here.readings if isinstance(each, CountersReading)]
    assert 1 <= len(told) <= 3


def test_an_order_whose_acknowledgement_was_lost_turns_the_slot_once() -> None:
    here = pair(ASKING, hurt=lambda data: data.replace(bytes.fromhex("fafb420043"), b""))
    board(here).select(11)
    here.run(1)
    here.request("approve")
    here.run(10)
    assert board(here).machine.slots[11].vended == 1
    assert len(here.vends) == 1


def test_a_port_that_comes_back_asks_for_everything_and_doubles_nothing() -> None:
    lost = [False]
    here = pair(answers=lambda data: b"" if lost[0] else data)
    here.run(6)
    lost[0] = True  # the board is not acknowledged any more: it sends its success again
    board(here).sell(11)
    here.run(1.8)
    here.open()
    lost[0] = False
    here.run(8)
    assert [vend.outcome for vend in here.vends] == ["success"]
    assert here.tx == [True, True]


def test_a_tablet_that_keeps_the_stock_makes_levels_unknown() -> None:
    here = pair({"levels": False})
    here.run(6)
    assert {slot.level for slot in slots(here).values()} == {None}
    assert {slot.sold_out for slot in slots(here).values()} == {None}
