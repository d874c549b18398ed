"""The driver of our own board: what it learns, acknowledges, asks again, and never does twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.drivers.board import Settings
from firmware_bridge.drivers.errors import UnknownRequestError
from firmware_bridge.drivers.readings import (
    CodeReading,
    CountersReading,
    EventReading,
    Fault,
    FaultReading,
    LevelReading,
    SensorReading,
    VendReading,
    VendRequestReading,
)
from firmware_bridge.events import EVENT_NAMES
from firmware_bridge.framing.board_lines import Framing, encode
from tests.firmware_bridge.drivers.board_talk import HELLO, Talk

VEND = {
    "t": "vend",
    "sel": "A1",
    "how": "dropped",
    "kind": "free",
    "id": 0,
    "auth": 0,
    "d": 6,
    "f": 1,
    "x": 2,
}
FRAMINGS = pytest.mark.parametrize("framing", list(Framing))


def faults(talk: Talk) -> list[Fault]:
    return [each.fault for each in talk.readings if isinstance(each, FaultReading)]


@FRAMINGS
def test_hello_and_counters_become_one_reading_and_are_acknowledged(framing: Framing) -> None:
    talk = Talk(framing=framing)
    assert [each["t"] for each in talk.sent] == ["get", "get"], "in both framings"
    talk.hello()
    talk.counters(["A1", 5, 1, 2], ["A2", 0, 0, 0])
    restarted, counters = talk.readings
    assert isinstance(restarted, EventReading)
    assert (restarted.name, restarted.text) == ("restarted", "power")
    assert isinstance(counters, CountersReading)
    assert (counters.source, counters.board, counters.serial) == ("board", "b-1 0a0b0c0d", "b-1")
    slot = counters.slots[0]
    assert (slot.selection, slot.dispensed, slot.free, slot.test, slot.failed) == ("A1", 5, 3, 2, 1)
    assert [each["n"] for each in talk.told("ack")] == [1, 2]


def test_an_acknowledgement_leaves_after_the_readings_were_handed_on() -> None:
    talk = Talk().introduced()
    step = talk.driver.feed(
        encode({**VEND, "n": 9, "b": "b00t", "k": 7, "m": 1}, Framing.LINES), 100.0
    )
    assert step.readings
    assert b"ack" not in step.send
    assert step.wake_at_s == 100.0
    assert b'"ack"' in talk.driver.wake(100.0).send


@pytest.mark.parametrize(
    ("how", "outcome", "reason"),
    [
        ("dropped", "success", ""),
        ("assumed", "assumed", ""),
        ("no-drop", "failed", "vend-failed"),
        ("jam", "failed", "jam"),
    ],
)
def test_a_vend_is_told_with_its_counters(how: str, outcome: str, reason: str) -> None:
    talk = Talk().introduced()
    talk.total = 7
    talk.say(VEND, how=how, auth=1, kind="test")
    vend, counters = talk.readings
    assert isinstance(vend, VendReading)
    assert (vend.outcome, vend.reason, vend.counted) == (outcome, reason, True)
    assert (vend.authorised, vend.payment) == (True, "test")
    assert isinstance(counters, CountersReading)
    assert counters.slots[0].dispensed == 6


def test_what_comes_again_is_acknowledged_again_and_read_once() -> None:
    talk = Talk().introduced()
    frame = encode({**VEND, "n": 50, "b": "b00t", "k": 7, "m": 1}, Framing.LINES)
    for _turn in range(3):
        talk.line(frame)
    assert sum(isinstance(each, VendReading) for each in talk.readings) == 1
    assert [each["n"] for each in talk.told("ack")] == [50, 50, 50]


def test_a_missed_vend_is_noticed_by_the_total_and_asked_for() -> None:
    talk = Talk().introduced()
    talk.total = 9
    talk.say({"t": "sensors"})
    talk.wait(15)
    assert talk.told("get")
    talk.counters(["A1", 8, 1, 2], ["A2", 0, 0, 0])
    talk.sent.clear()
    talk.wait(30)
    assert not talk.told("get")
    assert isinstance(talk.readings[-1], CountersReading)


def test_a_counter_that_goes_back_is_passed_on() -> None:
    talk = Talk().introduced()
    talk.counters(["A1", 2, 0, 0], ["A2", 0, 0, 0])
    reading = talk.readings[-1]
    assert isinstance(reading, CountersReading)
    assert reading.slots[0].dispensed == 2


def test_counters_in_pages_are_one_reading_when_all_are_there() -> None:
    talk = Talk()
    names = [f"S{number}" for number in range(20)]
    talk.hello(slots=names)
    rows = [[name, 1, 0, 0] for name in names]
    talk.total = 20
    for start in (0, 16):
        page = {"t": "counters", "from": start, "of": 20, "lost": 0, "slots": rows[start:][:16]}
        talk.say(page)
    (reading,) = [each for each in talk.readings if isinstance(each, CountersReading)]
    assert [slot.selection for slot in reading.slots] == names


def test_another_board_or_row_of_counting_is_named_so() -> None:
    talk = Talk().introduced()
    talk.boot, talk.number = "other", 0
    talk.hello(line="ffffffff")
    talk.counters(["A1", 0, 0, 0], ["A2", 0, 0, 0])
    assert [type(each) for each in talk.readings] == [EventReading, CountersReading]
    assert talk.readings[1].board == "b-1 ffffffff"  # type: ignore[union-attr]  # see above


def test_every_event_of_the_board_has_a_name_of_the_contract() -> None:
    talk = Talk().introduced()
    names = ["door", "tamper", "tilt", "mains-lost", "battery-low", "drop-sensor", "store"]
    for name in names:
        talk.say({"t": "event", "name": name, "on": 1})
    talk.say({"t": "event", "name": "jam", "on": 0, "sel": "A2"})
    talk.say({"t": "event", "name": "probe", "on": 1, "what": "temp cabinet"})
    talk.say({"t": "event", "name": "sensor", "on": 1, "what": "load A1"})
    talk.say({"t": "event", "name": "earthquake", "on": 1})
    told = [each for each in talk.readings if isinstance(each, EventReading)]
    assert {each.name for each in told} <= set(EVENT_NAMES)
    assert [each.name for each in told[-4:]] == [
        "jam",
        "temperature-sensor",
        "sensor-fault",
        "other",
    ]
    assert (told[-4].selection, told[-4].active) == ("A2", False)
    assert told[0].name == "door-open"


def test_figures_become_sensor_readings() -> None:
    talk = Talk().introduced()
    figures = {"temp": [["cabinet", 21.5]], "hum": [["cabinet", 40]], "supply": 12, "battery": 3.7}
    talk.say({"t": "sensors", **figures})
    assert talk.readings == [
        SensorReading(sensor="cabinet", quantity="temperature", value=21.5, unit="C"),
        SensorReading(sensor="cabinet", quantity="humidity", value=40, unit="%"),
        SensorReading(sensor="supply", quantity="supply-voltage", value=12, unit="V"),
        SensorReading(sensor="battery", quantity="battery-voltage", value=3.7, unit="V"),
    ]


def level_settings() -> Settings:
    return Settings.model_validate(
        {
            "settle_s": 2,
            "load_cells": {"A1": {"counts_per_gram": -10, "grams_per_item": 20, "tare_g": 5}},
            "distances": {"A2": {"mm_empty": 300, "mm_per_item": 30}},
        }
    )


def test_levels_are_items_and_settle() -> None:
    talk = Talk(level_settings()).introduced()

    def level(kind: str, slot: str, raw: float) -> tuple[int | None, float, bool]:
        talk.say({"t": kind, "slots": [[slot, raw]]})
        reading = talk.readings[-1]
        assert isinstance(reading, LevelReading)
        return reading.level, reading.raw, reading.settled

    assert level("load", "A1", -850) == (4, 85.0, False)
    talk.wait(3)
    assert level("load", "A1", -860) == (4, 86.0, True)
    assert level("load", "A1", -650) == (3, 65.0, False)
    talk.wait(3)
    assert level("load", "A1", -650) == (3, 65.0, True)
    assert level("load", "A1", 400)[0] is None, "less than nothing is no level"
    assert level("distance", "A2", 180) == (4, 180.0, False)
    talk.wait(3)
    talk.say({"t": "event", "name": "door", "on": 1})
    assert level("distance", "A2", 180) == (4, 180.0, False)
    talk.say({"t": "event", "name": "door", "on": 0})
    talk.wait(3)
    assert level("distance", "A2", 180) == (4, 180.0, True)
    count = len(talk.readings)
    talk.say({"t": "distance", "slots": [["A1", 5]]})
    assert len(talk.readings) == count, "a slot without calibration is left out"


def test_a_slow_drift_is_no_rest() -> None:
    """A figure that creeps must not be taken for one that stands."""
    talk = Talk(level_settings()).introduced()
    settled = []
    for step in range(10):
        talk.say({"t": "distance", "slots": [["A2", 300 - 12 * step]]})
        settled.append(talk.readings[-1].settled)  # type: ignore[union-attr]  # a level
        talk.wait(1)
    assert not all(settled)
    assert not settled[0]


def test_codes_and_presses_ask_for_a_decision() -> None:
    talk = Talk().introduced()
    talk.say({"t": "code", "code": "4711"})
    talk.say({"t": "press", "p": 3, "sel": "A2", "wait": 20})
    assert talk.readings == [
        CodeReading("4711"),
        VendRequestReading(selection="A2", price_minor=None, wait_s=20.0),
    ]
    assert "4711" not in repr(talk.readings)
    talk.ask("approve")
    (answer,) = talk.told("answer")
    assert (answer["p"], answer["ok"], answer["b"]) == (3, 1, "b00t")


@pytest.mark.parametrize(
    ("asked", "kind", "fields"),
    [
        ("dispense A1", "dispense", {"sel": "A1"}),
        ("tare A2", "tare", {"sel": "A2"}),
        ("begin 3", "allow", {"items": 3, "s": 60}),
        ("cancel", "cancel", {}),
    ],
)
def test_a_command_goes_out_with_boot_and_a_number_until_it_is_taken(
    asked: str, kind: str, fields: dict[str, object]
) -> None:
    talk = Talk().introduced()
    talk.ask(asked)
    talk.wait(4)
    sent = talk.told(kind)
    assert len(sent) == 3
    assert all(each == {"t": kind, "b": "b00t", "id": 2, **fields} for each in sent)
    talk.done(sent[0])
    talk.sent.clear()
    talk.wait(60)
    assert not talk.told(kind)
    assert not faults(talk)


def test_a_command_that_was_taken_is_not_sent_again_while_its_answer_is_on_the_way() -> None:
    talk = Talk().introduced()
    talk.ask("dispense A1")
    talk.taken = 2
    talk.say({"t": "sensors"})
    talk.sent.clear()
    talk.wait(5)
    assert not talk.told("dispense")


def test_a_restart_of_the_board_ends_a_command_instead_of_repeating_it() -> None:
    talk = Talk().introduced()
    talk.ask("dispense A1")
    talk.boot, talk.number, talk.taken = "next", 0, 0
    talk.hello()
    talk.sent.clear()
    talk.wait(20)
    assert not talk.told("dispense")
    (fault,) = [each for each in talk.readings if isinstance(each, FaultReading)][:1]
    assert (fault.fault, fault.measurement) == (Fault.NO_REPLY, "dispense A1")
    assert "not repeated" in fault.detail


def test_a_command_without_answer_is_given_up_with_a_word_of_warning() -> None:
    talk = Talk().introduced()
    talk.ask("dispense A1")
    talk.wait(21)
    (fault,) = [each for each in talk.readings if isinstance(each, FaultReading)]
    assert fault.fault is Fault.NO_REPLY
    assert "may have happened" in fault.advice


@pytest.mark.parametrize("why", ["busy", "jam", "store", "unknown-slot", "a word of later"])
def test_a_refusal_says_why_and_what_to_do(why: str) -> None:
    talk = Talk().introduced()
    talk.ask("dispense A1")
    talk.done(talk.told("dispense")[0], why)
    (fault,) = [each for each in talk.readings if isinstance(each, FaultReading)]
    assert (fault.fault, fault.measurement) == (Fault.REFUSED, "dispense A1")
    assert fault.advice


def test_a_tare_that_was_done_is_an_event() -> None:
    talk = Talk().introduced()
    talk.ask("tare A1")
    talk.done(talk.told("tare")[0])
    (event,) = talk.readings
    assert isinstance(event, EventReading)
    assert (event.code, event.selection) == ("tared", "A1")


@pytest.mark.parametrize("what", ["sync", "read"])
def test_counters_can_be_asked_for(what: str) -> None:
    talk = Talk().introduced()
    talk.ask(what)
    assert talk.told("get")


@pytest.mark.parametrize(
    "what",
    ["dance", "dispense", "dispense ABCDEFG", "tare \n", "begin", "begin 0", "begin 21", "begin x"],
)
def test_what_it_can_not_do_is_refused_by_name(what: str) -> None:
    with pytest.raises(UnknownRequestError, match=r"dispense|selection|begin"):
        Talk().introduced().ask(what)


def test_too_many_commands_and_an_answer_to_nobody_are_refused() -> None:
    talk = Talk().introduced()
    talk.ask("deny")
    for _turn in range(12):
        talk.ask("dispense A1")
    assert set(faults(talk)) == {Fault.REFUSED}
    assert len(faults(talk)) == 5


def test_silence_is_told_once_and_ended_by_a_word() -> None:
    talk = Talk(Settings(report_interval_s=5, silence_s=15)).introduced()
    talk.wait(200)
    assert faults(talk) == [Fault.NO_REPLY]
    assert len(talk.told("get")) > 5
    talk.say({"t": "sensors"})
    talk.wait(200)
    assert faults(talk) == [Fault.NO_REPLY] * 2


def test_noise_alone_is_called_noise_and_damage_is_told_sparingly() -> None:
    talk = Talk()
    for _turn in range(30):
        talk.line(b"\0rubbish\0")
        talk.wait(1)
    assert faults(talk) == [Fault.LINE_NOISE]
    talk = Talk().introduced()
    for _turn in range(30):
        talk.line(b'\n{"t":"vend"}*0000\n')
        talk.wait(1)
    assert faults(talk) == [Fault.BAD_CHECKSUM]


@pytest.mark.parametrize(
    "message",
    [
        {**HELLO, "slots": ["A1"] * 60},
        {**HELLO, "slots": ["far too long"]},
        {**HELLO, "id": 5},
        {**VEND, "how": "somehow"},
        {**VEND, "d": -1},
        {**VEND, "d": True},
        {"t": "counters", "from": 0, "of": 2, "lost": 0, "slots": [["A1", 1]]},
        {"t": "counters", "from": 0, "of": 2, "lost": 0, "slots": "none"},
        {"t": "sensors", "temp": [["cabinet", "warm"]]},
        {"t": "sensors", "temp": [["cabinet", 900]]},
        {"t": "event", "name": "door", "on": 7},
        {"t": "code", "code": ""},
        {"t": "press", "p": 1, "sel": "A1"},
        {"t": "load", "slots": [["A1", None]]},
        {"t": 5},
    ],
)
def test_a_message_that_does_not_fit_is_a_fault_is_acknowledged_and_says_no_code(
    message: dict[str, object],
) -> None:
    talk = Talk().introduced()
    talk.say(message)
    assert faults(talk) == [Fault.PROTOCOL]
    assert talk.told("ack")


def test_a_kind_of_message_that_is_not_known_is_no_fault() -> None:
    talk = Talk().introduced()
    talk.say({"t": "of-later", "x": [1]})
    assert talk.readings == []
    assert talk.told("ack")


def test_another_version_is_told() -> None:
    talk = Talk()
    talk.hello(v=2)
    assert faults(talk) == [Fault.PROTOCOL]


def test_events_that_the_board_could_not_keep_are_told_as_a_number() -> None:
    talk = Talk().introduced()
    talk.counters(["A1", 5, 1, 2], ["A2", 0, 0, 0], lost=4)
    event = talk.readings[0]
    assert isinstance(event, EventReading)
    assert (event.name, event.count) == ("communication", 4)


values = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False)
)
tree = st.recursive(values, lambda inner: st.lists(inner, max_size=3), max_leaves=6)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([HELLO, VEND, {"t": "counters"}, {"t": "sensors"}, {"t": "done"}]),
            st.dictionaries(
                st.sampled_from(["t", "n", "b", "k", "m", "slots", "sel", "d", "id", "ok", "of"]),
                tree,
                max_size=4,
            ),
        ),
        max_size=8,
    )
)
def test_any_field_can_be_anything(
    messages: list[tuple[dict[str, object], dict[str, object]]],
) -> None:
    talk = Talk()
    for message, changes in messages:
        talk.say(message, **changes)
        talk.wait(1)
    talk.boot, talk.number, talk.taken, talk.total = "good", 10**6, 0, 0
    talk.readings.clear()
    talk.hello(slots=["Z9"])
    talk.counters(["Z9", 3, 0, 0], of=1)
    (reading,) = [each for each in talk.readings if isinstance(each, CountersReading)]
    assert reading.slots[0].dispensed == 3
