"""The firmware's files that touch no hardware, in CPython: the same wire, counters, and motors."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.framing import board_lines, cobs
from firmware_bridge.framing.crc import crc16_modbus
from tests.hardware.firmware.parts import part

protocol, store, motors = part("protocol"), part("store"), part("motors")
keypad, sensors = part("keypad"), part("sensors")
NAMES = ("A1", "A2", "A3")
messages = st.dictionaries(
    st.text(max_size=6), st.integers(0, 2**40) | st.text(max_size=9), max_size=5
)


# ---- The wire, held against the bridge's, which was written apart.


@given(st.binary(max_size=700))
def test_crc_and_cobs_are_those_of_the_bridge(data: bytes) -> None:
    assert protocol.crc16(data) == crc16_modbus(data)
    assert protocol.cobs_encode(data) == cobs.encode(data)
    assert protocol.cobs_decode(cobs.encode(data)) == data


@given(messages, st.sampled_from(board_lines.Framing))
def test_bridge_and_board_read_each_other(
    message: dict[str, object], framing: board_lines.Framing
) -> None:
    ours = board_lines.encode(message, framing)
    assert protocol.Reader().feed(ours) == [(message, True)]
    (found,) = board_lines.BoardReader().feed(
        protocol.frame(message, framing is board_lines.Framing.COBS)
    )
    assert found == board_lines.Heard(message, framing)


@given(st.binary(max_size=2000), messages, st.sampled_from(board_lines.Framing))
def test_rubbish_is_survived_by_the_board(
    rubbish: bytes, message: dict[str, object], framing: board_lines.Framing
) -> None:
    reader = protocol.Reader()
    reader.feed(rubbish)
    assert len(reader._buffer) <= protocol.MAX_COMMAND
    twice = reader.feed(2 * board_lines.encode(message, framing))
    assert (message, True) in twice


def test_a_typed_line_is_heard_but_marked() -> None:
    assert protocol.Reader().feed(b'{"t": "get"}\r\n') == [({"t": "get"}, False)]
    assert protocol.Reader().feed(b'{"t":"get"}*0000\r\n') == []


# ---- What waits to be acknowledged.


def outbox() -> Any:  # noqa: ANN401 - the firmware has no types
    return protocol.Outbox(lambda number: {"n": number}, False)


def sent(frame: bytes | None) -> dict[str, object] | None:
    return None if frame is None else json.loads(frame[1 : frame.rindex(b"*")])


def test_a_message_is_sent_until_it_is_acknowledged_and_in_order() -> None:
    box = outbox()
    box.put({"t": "a"})
    box.put({"t": "b"})
    times = [ms for ms in range(0, 30_000, 100) if box.to_send(ms)]
    assert times == [0, 1000, 3000, 7000, 15_000, 23_000]
    box.acknowledged(2)
    assert box.to_send(30_000) is None
    box.acknowledged(1)
    assert sent(box.to_send(30_001)) == {"t": "b", "n": 2}


def test_a_code_is_forgotten_when_its_time_is_over() -> None:
    box = outbox()
    box.put({"t": "code", "code": "1"}, None, 5000)
    assert sent(box.to_send(0))
    assert box.to_send(5000) is None
    assert box._flying is None


def test_a_full_box_drops_what_can_be_told_anew_and_counts_what_cannot() -> None:
    box = outbox()
    box.put({"t": "sensors"}, "sensors")
    for number in range(protocol.OUTBOX_SIZE):
        box.put({"t": "event", "i": number})
    assert box.lost == 0
    box.put({"t": "event", "i": "last"})
    assert box.lost == 1
    assert len(box._waiting) == protocol.OUTBOX_SIZE


# ---- Counters through power cuts at every byte.

acts = st.lists(
    st.tuples(st.integers(0, 2), st.booleans(), st.booleans(), st.none() | st.integers(0, 200)),
    max_size=12,
)


class PowerCut(Exception):  # noqa: N818 - it is no error
    """The lamp goes out."""


def write_cut_at(keep: int) -> Callable[..., Any]:
    """An `open` whose file takes so many bytes, and then the power is gone."""

    def cut_open(path: str, mode: str) -> Any:  # noqa: ANN401 - a file
        if "w" not in mode:
            return open(path, mode)  # noqa: PTH123 - as the firmware does

        def write(data: bytes) -> None:
            Path(path).write_bytes(data[:keep])
            raise PowerCut

        return _Writer(write)

    return cut_open


class _Writer:
    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return


@settings(max_examples=60, deadline=None)
@given(acts)
def test_no_power_cut_loses_or_doubles_a_count(
    plan: list[tuple[int, bool, bool, int | None]],
) -> None:
    """Vends with and without drop, a cut in the first or in the second write, at any byte."""
    with tempfile.TemporaryDirectory() as folder:
        kept = store.Store(folder, NAMES, b"1234")
        gone = dict.fromkeys(NAMES, 0)
        failed = dict.fromkeys(NAMES, 0)
        for index, falls, late, cut in plan:
            name = NAMES[index]
            try:
                _vend(kept, index, falls=falls, late=late, cut=cut)
                (gone if falls else failed)[name] += 1
            except PowerCut:
                kept = store.Store(folder, NAMES, b"5678")
                assert kept.lineage == "31323334"
                if late:
                    gone[name] += 1  # whether it fell is not known: it counts as gone
                    assert kept.assumed == (index, store.FREE)
            assert {slot.name: slot.dispensed for slot in kept.slots} == gone
            assert {slot.name: slot.failed for slot in kept.slots} == failed
        again = store.Store(folder, NAMES, b"9999")
        assert {slot.name: slot.dispensed for slot in again.slots} == gone
        assert again.assumed is None


def _vend(kept: Any, index: int, *, falls: bool, late: bool, cut: int | None) -> None:  # noqa: ANN401 - the firmware has no types
    try:
        if cut is not None and not late:
            store.open = write_cut_at(min(cut, 80))
        kept.begin(index, store.FREE)
        if cut is not None:
            store.open = write_cut_at(min(cut, 80))
        kept.finish(falls)
    finally:
        store.__dict__.pop("open", None)


def test_a_slot_that_is_added_or_moved_keeps_its_counts(tmp_path: Path) -> None:
    kept = store.Store(str(tmp_path), NAMES, b"1234")
    kept.begin(1, store.TEST)
    kept.finish(True)
    kept.tare(2, -700)
    moved = store.Store(str(tmp_path), ("B9", "A3", "A2"), b"5678")
    assert [(s.name, s.dispensed, s.test, s.tare) for s in moved.slots] == [
        ("B9", 0, 0, 0),
        ("A3", 0, 0, -700),
        ("A2", 1, 1, 0),
    ]
    moved.begin(0, store.FREE)
    back = store.Store(str(tmp_path), NAMES, b"5678")
    assert back.slots[1].dispensed == 1


@pytest.mark.parametrize("names", [("A1", "A1"), ("",), ("A1-LEFT",)])
def test_names_that_can_not_be_are_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="SLOTS"):
        store.Store(str(tmp_path), names, b"1234")


@settings(deadline=None)
@given(st.binary(max_size=120), st.binary(max_size=120))
def test_rubbish_in_both_files_begins_a_new_row(one: bytes, other: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "counts0.bin").write_bytes(one)
        (Path(folder) / "counts1.bin").write_bytes(other)
        kept = store.Store(folder, NAMES, b"1234")
        assert (kept.total(), kept.lineage, kept.was_damaged) == (0, "31323334", True)


# ---- Motors.

CONFIG = SimpleNamespace(
    TURN_MS=1000, TURN_FIXED_MS=500, HOME_LEAVE_MS=100, DROP_WAIT_MS=300, EXTRA_TURNS=1
)


class Machine:
    """A motor whose home switch leaves after 50 ms and comes back after 400 ms, by default."""

    def __init__(self, *, leaves: bool = True, returns: bool = True, switch: bool = True) -> None:
        self.leaves, self.returns, self.switch = leaves, returns, switch
        self.on_ms: int | None = None
        self.now = self.turns = 0
        self.falls_at: int | None = None
        self.curtain: bool | None = True

    def motor(self, _slot: int, on: bool) -> None:  # noqa: FBT001 - as the firmware calls it
        self.turns += on
        self.on_ms = self.now if on else None

    def home(self, _slot: int) -> bool | None:
        if not self.switch:
            return None
        if self.on_ms is None or not self.leaves:
            return True
        ran = self.now - self.on_ms
        return ran < 50 or (self.returns and ran >= 400)

    def drop(self) -> bool | None:
        if self.curtain is None:
            return None
        return self.falls_at is not None and 0 <= self.now - self.falls_at < 30

    def vend(self) -> tuple[str, bool]:
        dispenser = motors.Dispenser(self, CONFIG)
        dispenser.start(0, self.now)
        for self.now in range(0, 10_000, 5):
            outcome = dispenser.poll(self.now)
            if outcome is not None:
                assert self.on_ms is None, "the motor is left on"
                return outcome, dispenser.fell
            assert not dispenser.is_overdue(self.now)
        raise AssertionError("it never ends")


@pytest.mark.parametrize(("falls_at", "turns"), [(200, 1), (395, 1), (600, 1), (900, 2)])
def test_what_falls_during_or_after_the_turn_has_left(falls_at: int, turns: int) -> None:
    machine = Machine()
    machine.falls_at = falls_at
    assert machine.vend() == ("dropped", True)
    assert machine.turns == turns


def test_nothing_that_falls_is_tried_once_more_and_then_failed() -> None:
    machine = Machine()
    assert machine.vend() == ("no-drop", False)
    assert machine.turns == 2


@pytest.mark.parametrize("machine", [Machine(leaves=False), Machine(returns=False)])
def test_a_motor_that_does_not_turn_is_a_jam(machine: Machine) -> None:
    assert machine.vend() == ("jam", False)


def test_what_fell_before_a_jam_has_left() -> None:
    machine = Machine(returns=False)
    machine.falls_at = 300
    assert machine.vend() == ("jam", True)


def test_without_a_drop_sensor_a_whole_turn_is_believed() -> None:
    machine = Machine(switch=False)
    machine.curtain = None
    assert machine.vend() == ("assumed", False)


# ---- Keypad and sensors.


def test_a_code_is_entered_cleared_or_given_up() -> None:
    pad = keypad.Keypad(6, 10_000)

    def typed(keys: str, now: int = 0) -> str | None:
        return [pad.press(key, now) for key in keys][-1]

    assert typed("1234#") == "1234"
    assert typed("#") is None
    assert typed("99*12#") == "12"
    assert typed("12345678#") == "123456"
    typed("12", 0)
    assert typed("34#", 10_001) == "34"


def test_a_switch_must_stand_still_to_be_believed() -> None:
    switches = sensors.Switches()
    seen = [
        (now, change)
        for now in range(0, 500, 10)
        for change in switches.look({"door": now > 200 or (now % 20 == 0 and now > 100)}, now)
    ]
    assert seen == [(60, ("door", False)), (260, ("door", True))]


def test_a_probe_is_missed_three_times_before_it_is_a_fault() -> None:
    presence = sensors.Presence()
    values = [None, None, 20.0, None, None, None, None, 20.0, 20.0]
    changes = [presence.saw("cabinet", value) for value in values]
    assert changes == [None, None, None, None, None, True, None, False, None]


def test_a_level_that_moves_is_told_at_once_and_again_when_it_rests() -> None:
    levels = sensors.Levels(100, 3000)
    told = [
        levels.due({"A1": value}, now, False) for now, value in enumerate([0, 0, 500, 510, 510])
    ]
    assert told == [{"A1": 0}, {}, {}, {}, {}]
    assert levels.due({"A1": 510}, 3000, False) == {"A1": 510}
    assert levels.due({"A1": 510}, 5999, False) == {}
    assert levels.due({"A1": 512}, 6000, False) == {"A1": 512}
    assert levels.due({"A1": 512}, 9999, False) == {}
    assert levels.due({"A1": 512}, 9999, True) == {"A1": 512}
