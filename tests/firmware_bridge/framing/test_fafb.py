"""FA FB frames: whole, byte by byte, with loss, with rubbish; the buffer is bounded."""

import json
from functools import reduce
from operator import xor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.fafb import (
    ACK,
    MAX_FRAME_BYTES,
    POLL,
    Command,
    FafbDecoder,
    FafbFrameError,
    Frame,
    encode,
    next_number,
)
from firmware_bridge.framing.fafb_messages import (
    Bought,
    Checked,
    Dispense,
    Filled,
    MachineStatus,
    Money,
    Selected,
    Slot,
    SlotSetting,
    SyncAsked,
    humidity_percent,
    meaning,
    temperature_c,
)

#                     STX  cmd len no sel  price    inv cap prod st xor
SLOT = bytes.fromhex("FAFB 11  0C  07 000B 00000096 05  0C  0065 00")
SLOT += bytes([reduce(xor, SLOT)])
#                         STX  cmd len no st sel  xor
SUCCESS = bytes.fromhex("FAFB 04  04  08 02 000B")
SUCCESS += bytes([reduce(xor, SUCCESS)])
DIALOGUE = POLL + SLOT + ACK + SUCCESS
FRAMES = [
    Frame(Command.POLL),
    Frame(Command.SLOT, 7, SLOT[5:-1]),
    Frame(Command.ACK),
    Frame(Command.DISPENSE, 8, SUCCESS[5:-1]),
]
frames = st.builds(
    Frame,
    st.sampled_from([0x01, 0x04, 0x11, 0x21, 0x52, 0xFA, 0xFB]),
    st.integers(1, 255),
    st.binary(max_size=60),
)


def decode(data: bytes, size: int = 0) -> list[Frame]:
    decoder = FafbDecoder()
    step = size or max(len(data), 1)
    return [
        frame
        for start in range(0, len(data), step)
        for frame in decoder.feed(data[start : start + step])
    ]


def as_sent(frame: Frame) -> bytes:
    return encode(frame.command, frame.number, frame.text)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7])
def test_a_dialogue_gives_the_same_frames_in_any_portions(size: int) -> None:
    assert decode(DIALOGUE, size) == FRAMES


@pytest.mark.shared_data
def test_the_vectors_of_the_manual_are_made_and_taken(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "dex" / "vectors.json").read_text())["vmc_fafb"]
    made = {vector["meaning"]: bytes.fromhex(vector["hex"]) for vector in vectors}
    assert made == {"POLL": POLL, "ACK": ACK}
    assert decode(b"".join(made.values())) == [Frame(Command.POLL), Frame(Command.ACK)]


@given(wanted=st.lists(frames, max_size=6), size=st.integers(1, 9))
def test_whatever_is_made_is_taken(wanted: list[Frame], size: int) -> None:
    assert decode(b"".join(map(as_sent, wanted)), size) == wanted


@given(wanted=frames, rubbish=st.binary(max_size=400))
def test_after_rubbish_and_a_silence_the_next_frame_is_taken(wanted: Frame, rubbish: bytes) -> None:
    decoder = FafbDecoder()
    decoder.feed(rubbish)
    decoder.flush()
    assert not decoder.in_frame
    assert decoder.feed(as_sent(wanted)) == [wanted]


@given(cut=st.integers(1, len(SLOT) - 1))
def test_a_frame_that_was_cut_costs_nothing_but_itself(cut: int) -> None:
    """Even without a silence between: what the half frame had swallowed comes out again."""
    decoder = FafbDecoder()
    found = decoder.feed(SLOT[:cut] + POLL + SUCCESS + POLL)
    found += decoder.flush()
    assert [each.command for each in found] == [Command.POLL, Command.DISPENSE, Command.POLL]


@given(place=st.integers(0, len(SLOT) - 1), change=st.integers(1, 255))
def test_a_byte_that_changed_is_never_taken_for_a_slot(place: int, change: int) -> None:
    hurt = bytearray(SLOT)
    hurt[place] ^= change
    decoder = FafbDecoder()
    found = decoder.feed(bytes(hurt) + POLL) + decoder.flush()
    assert [each.command for each in found] == [Command.POLL]
    assert decoder.noise_bytes


@given(portions=st.lists(st.binary(max_size=600), max_size=20))
def test_the_buffer_never_holds_more_than_a_frame(portions: list[bytes]) -> None:
    decoder = FafbDecoder()
    for portion in portions:
        decoder.feed(portion)
        assert decoder.buffered_bytes < MAX_FRAME_BYTES


def test_a_flood_of_frame_beginnings_is_survived() -> None:
    decoder = FafbDecoder()
    decoder.feed(b"\xfa\xfb" * 20_000)
    decoder.flush()
    assert decoder.feed(POLL) == [Frame(Command.POLL)]


def test_what_fits_in_no_frame_is_refused() -> None:
    with pytest.raises(FafbFrameError, match="255"):
        encode(Command.SYNC, 0)
    with pytest.raises(FafbFrameError, match="254"):
        encode(Command.SYNC, 1, bytes(255))


def test_numbers_go_from_one_to_255_and_on_at_one() -> None:
    number, seen = 0, []
    for _each in range(256):
        number = next_number(number)
        seen.append(number)
    assert seen == [*range(1, 256), 1]


def test_a_frame_never_shows_its_text() -> None:
    """Text about money can hold the number of a card."""
    assert "4111" not in repr(Frame(Command.MONEY_TAKEN, 1, b"\x03\0\0\0\x644111"))


@pytest.mark.parametrize(
    ("command", "text", "said"),
    [
        (0x02, "02 000B", Checked(2, 11)),
        (0x03, "000B", Bought(11)),
        (0x04, "03 000B", Dispense(3, 11)),
        (0x04, "FF", Dispense(0xFF, None)),
        (0x04, "FF 0000", Dispense(0xFF, None)),
        (0x05, "000B", Selected(11)),
        (0x05, "0000", Selected(0)),
        (0x06, "01 00 000B", Bought(11)),
        (0x12, "000B 00000096", SlotSetting(11, Command.SET_PRICE, 150)),
        (0x13, "03E9 0C", SlotSetting(1001, Command.SET_INVENTORY, 12)),
        (0x14, "0000 0C", SlotSetting(0, Command.SET_CAPACITY, 12)),
        (0x15, "000B 0101", SlotSetting(11, Command.SET_PRODUCT, 257)),
        (0x17, "", Filled()),
        (0x21, "02 00000064", Money(100)),
        (0x21, "03 00000064 3431313131", Money(100)),
        (0x23, "00000064", Money(100)),
        (0x31, "", SyncAsked()),
        (0x99, "010203", None),
    ],
)
def test_what_frames_mean(command: int, text: str, said: object) -> None:
    assert meaning(Frame(command, 1, bytes.fromhex(text))) == said


def test_a_slot_is_read_whole() -> None:
    (frame,) = decode(SLOT)
    assert meaning(frame) == Slot(
        selection=11, price_minor=150, inventory=5, capacity=12, product=101, paused=False
    )


def test_the_status_is_read_as_far_as_it_goes() -> None:
    whole = bytes([0, 0, 0, 1, 1]) + bytes(8) + b"0123456789" + b"23.5\0\0\0\0" + b"41%\0\0\0\0\0"
    assert meaning(Frame(Command.STATUS, 1, whole)) == MachineStatus(
        controller=1, door=1, machine_id="0123456789", temperature_c=23.5, humidity_percent=41
    )
    short = MachineStatus(controller=1, door=1)
    assert meaning(Frame(Command.STATUS, 1, whole[:5])) == short


@given(command=st.integers(0, 255), text=st.binary(max_size=60))
def test_no_text_breaks_the_reading(command: int, text: bytes) -> None:
    meaning(Frame(command, 1, text))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (b"23.5\0\0\0\0", 23.5),
        (b"  -4,5  ", -4.5),
        (b"23.5C\0\0\0", 23.5),
        (b"77.0F\0\0\0", 25.0),
        (b"+8\xb0C\0\0\0\0", 8.0),
        (b"0.0\0\0\0\0\0", 0.0),
        (b"\0\0\0\0\0\0\0\x19", 25.0),
        (b"\0\0\0\0\0\0\x005", 53.0),
        (b"\xff" * 7 + b"\xfb", -5.0),
        (b"\0" * 8, None),
        (b"        ", None),
        (b"--\0\0\0\0\0\0", None),
        (b"250\0\0\0\0\0", None),
        (b"", None),
    ],
)
def test_temperatures_are_read_as_boards_write_them(field: bytes, value: float | None) -> None:
    assert temperature_c(field) == value


def test_humidity_is_a_percentage_or_nothing() -> None:
    assert humidity_percent(b"41.5%\0\0\0") == 41.5
    assert humidity_percent(b"130\0\0\0\0\0") is None
