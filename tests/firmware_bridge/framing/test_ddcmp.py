"""DDCMP frames: whole, byte by byte, with loss, with rubbish; the buffer is bounded."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.ddcmp import (
    MAX_DATA_BYTES,
    MAX_FRAME_BYTES,
    Control,
    DamagedData,
    Data,
    DdcmpDecoder,
    DdcmpFrameError,
    Frame,
    Kind,
    Why,
    ack,
    encode_control,
    encode_data,
    nak,
)

#                         ctl ACK flg rr    sadd crc
ACK_1 = bytes.fromhex("   05  01  40  01 00 01   B855")
#                         77 FF           crc
FINIS = bytes.fromhex("   77FF            67B0")
READ_LIST_1 = bytes.fromhex("77E2 00 01 01 0000 0000 F072")
controls = st.builds(Control, st.sampled_from(Kind), st.just(0x40), st.integers(0, 255))
datas = st.builds(
    Data, st.integers(0, 255), st.integers(0, 255), st.booleans(), st.binary(max_size=300)
)
frames = st.one_of(controls, datas)


def as_sent(frame: Frame) -> bytes:
    assert not isinstance(frame, DamagedData)
    return encode_control(frame) if isinstance(frame, Control) else encode_data(frame)


def decode(data: bytes, size: int = 0) -> list[Frame]:
    decoder = DdcmpDecoder()
    step = size or max(len(data), 1)
    return [
        frame
        for start in range(0, len(data), step)
        for frame in decoder.feed(data[start : start + step])
    ]


@pytest.mark.shared_data
def test_the_frames_of_another_implementation_are_made_and_taken(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "dex" / "vectors.json").read_text())
    sent = {row["meaning"]: bytes.fromhex(row["hex"]) for row in vectors["ddcmp_hex_with_crc"]}
    assert sent["ACK rr=1 sadd=1"] == ack(1) == ACK_1
    header, data = sent["data header nn=9 rr=1 xx=2"], sent["READ DATA list 1"]
    assert (header + data, data) == (
        encode_data(Data(2, 1, last=False, data=data[:-2])),
        READ_LIST_1,
    )
    assert sent["FINIS"] == FINIS == encode_data(Data(3, 2, last=False, data=FINIS[:2]))[8:]
    assert decode(b"".join(sent.values())) == [
        Control(Kind.ACK, first=1),
        Data(2, 1, last=False, data=data[:-2]),
    ]


@given(wanted=st.lists(frames, max_size=5), size=st.integers(1, 40))
def test_whatever_is_made_is_taken_in_any_portions(wanted: list[Frame], size: int) -> None:
    assert decode(b"".join(map(as_sent, wanted)), size) == wanted


@given(wanted=frames, rubbish=st.binary(max_size=400))
def test_after_rubbish_and_a_silence_the_next_frame_is_taken(wanted: Frame, rubbish: bytes) -> None:
    decoder = DdcmpDecoder()
    decoder.feed(rubbish)
    decoder.flush()
    assert not decoder.in_frame
    assert decoder.feed(as_sent(wanted)) == [wanted]


@given(place=st.integers(0, 27), change=st.integers(1, 255))
def test_a_byte_that_changed_is_never_taken_for_data(place: int, change: int) -> None:
    hurt = bytearray(encode_data(Data(7, 3, last=True, data=b"\x99\x00DXS*ABC*VA*V0/6")))
    hurt[place % len(hurt)] ^= change
    decoder = DdcmpDecoder()
    found = decoder.feed(bytes(hurt)) + decoder.flush()
    assert not [each for each in found if isinstance(each, Data)]
    assert decoder.feed(ACK_1) == [Control(Kind.ACK, first=1)]


def test_damaged_data_says_which_frame_it_was() -> None:
    whole = encode_data(Data(7, 3, last=False, data=b"hello"))
    assert decode(whole[:-1] + b"\xff") == [DamagedData(7)]
    decoder = DdcmpDecoder()
    assert decoder.feed(whole[:-3]) == []
    assert decoder.in_data
    assert decoder.flush() == [DamagedData(7)]


def test_the_reason_of_a_nak_stands_in_its_flags() -> None:
    assert decode(nak(4, Why.DATA_CRC)) == [Control(Kind.NAK, 0x42, 4)]


@given(portions=st.lists(st.binary(max_size=900), max_size=20))
def test_the_buffer_never_holds_more_than_a_frame(portions: list[bytes]) -> None:
    decoder = DdcmpDecoder()
    for portion in portions:
        decoder.feed(portion)
        assert decoder.buffered_bytes < MAX_FRAME_BYTES


def test_a_flood_of_beginnings_is_survived() -> None:
    decoder = DdcmpDecoder()
    decoder.feed(b"\x81" * 40_000)
    decoder.flush()
    assert decoder.feed(ACK_1) == [Control(Kind.ACK, first=1)]


def test_more_than_a_frame_holds_is_refused() -> None:
    with pytest.raises(DdcmpFrameError, match="16383"):
        encode_data(Data(1, 0, last=False, data=bytes(MAX_DATA_BYTES + 1)))
