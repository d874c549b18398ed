"""DEX frames: whole, byte by byte, with loss, with rubbish; the buffer is bounded."""

import json
import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.dex import (
    ACK,
    DLE,
    MAX_DATA_BYTES,
    SYN,
    TOLERATED_DATA_BYTES,
    WACK,
    Block,
    Control,
    Damage,
    DamagedBlock,
    DexDecoder,
    DexFrameError,
    Reply,
    Request,
    Start,
    Token,
    encode_block,
    parse_reply,
    parse_request,
)

#                        DLE SOH  E P H O R 0 0 0 0 1  R  R 0 1 L 0 1  DLE ETX CRC
REQUEST = bytes.fromhex("1001 4550484F523030303031 52 523031 4C3031 1003 385C")
#                        DLE STX  1 1 1 1 1  DLE ETB CRC
FIRST = bytes.fromhex("  1002 3131313131 1017 7348")
#                        DLE STX  4x5 5x5 6x5                        DLE ETX CRC
LAST = bytes.fromhex("   1002 343434343435353535353636363636 1003 AF20")

ALLOWED = st.binary(max_size=MAX_DATA_BYTES).map(
    lambda data: data.replace(bytes([DLE]), b"").replace(bytes([SYN]), b"")
)
DIALOGUE = b"\x05" + ACK[0] + REQUEST + ACK[1] + b"\x04" + b"\x15" + WACK + FIRST + LAST
TOKENS: list[Token] = [
    Control.ENQ,
    Control.ACK0,
    Block(Start.HANDSHAKE, b"EPHOR00001RR01L01", last=True),
    Control.ACK1,
    Control.EOT,
    Control.NAK,
    Control.WACK,
    Block(Start.DATA, b"11111", last=False),
    Block(Start.DATA, b"444445555566666", last=True),
]


def decode(data: bytes, size: int = 0) -> list[Token]:
    decoder = DexDecoder()
    step = size or max(len(data), 1)
    return [
        token
        for start in range(0, len(data), step)
        for token in decoder.feed(data[start : start + step])
    ]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7])
def test_a_dialogue_gives_the_same_tokens_in_any_portions(size: int) -> None:
    assert decode(DIALOGUE, size) == TOKENS


@pytest.mark.shared_data
def test_frames_of_another_implementation_are_taken_and_made(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "dex" / "vectors.json").read_text())
    for vector in vectors["dex_frames_hex_with_crc"]:
        frame = bytes.fromhex(vector["hex"])
        (block,) = decode(frame)
        assert isinstance(block, Block), vector["meaning"]
        assert encode_block(block.start, block.data, last=block.last) == frame


@given(data=ALLOWED, start=st.sampled_from(Start), last=st.booleans(), size=st.integers(1, 300))
def test_what_is_encoded_is_decoded(data: bytes, start: Start, size: int, *, last: bool) -> None:
    assert decode(encode_block(start, data, last=last), size) == [Block(start, data, last)]


@given(places=st.lists(st.integers(2, 17), max_size=5))
def test_fill_may_stand_anywhere_between_the_data(places: list[int]) -> None:
    frame = LAST
    for place in sorted(places, reverse=True):
        frame = frame[:place] + bytes([DLE, SYN]) + frame[place:]
    assert decode(frame) == [TOKENS[-1]]


@pytest.mark.parametrize("place", range(2, len(LAST)))
def test_a_changed_byte_never_gives_a_block(place: int) -> None:
    for mask in range(1, 256):
        spoilt = bytearray(LAST)
        spoilt[place] ^= mask
        assert not any(isinstance(token, Block) for token in decode(bytes(spoilt)))


@given(place=st.integers(0, len(LAST) - 1))
def test_after_a_lost_byte_the_same_block_sent_again_is_taken(place: int) -> None:
    decoder = DexDecoder()
    decoder.feed(LAST[:place] + LAST[place + 1 :])
    decoder.reset()
    assert decoder.feed(LAST) == [TOKENS[-1]]


@given(place=st.integers(2, len(LAST) - 4))
def test_a_block_begun_again_replaces_its_stump(place: int) -> None:
    tokens = decode(LAST[:place] + LAST)
    assert tokens == [DamagedBlock(Damage.RESTARTED), TOKENS[-1]]


def test_noise_before_a_call_is_dropped_and_counted() -> None:
    decoder = DexDecoder()
    assert decoder.feed(b"\xa7\xf3\x10\x05") == [Control.ENQ]
    assert decoder.noise_bytes == 3


@given(noise=st.binary(max_size=50).filter(lambda data: not set(data) & {4, 5, 0x10, 0x15}))
def test_any_noise_before_a_block_is_dropped_and_counted(noise: bytes) -> None:
    decoder = DexDecoder()
    assert decoder.feed(noise + LAST) == [TOKENS[-1]]
    assert decoder.noise_bytes == len(noise)


def test_an_oversized_block_is_named_and_the_next_one_taken() -> None:
    huge = bytes([DLE, 2]) + b"A" * 5000 + bytes([DLE, 3]) + b"\x00\x00"
    assert decode(huge + LAST) == [DamagedBlock(Damage.OVERSIZED), TOKENS[-1]]


def test_a_block_a_little_longer_than_the_standard_allows_is_taken() -> None:
    decoder = DexDecoder()
    begun = decoder.feed(bytes([DLE, 2]) + b"A" * TOLERATED_DATA_BYTES)
    assert begun == []
    assert decoder.buffered_bytes == TOLERATED_DATA_BYTES


def test_a_wrong_crc_is_named() -> None:
    assert decode(LAST[:-1] + b"\x00") == [DamagedBlock(Damage.WRONG_CRC)]


def test_silence_amid_a_block_forgets_it() -> None:
    decoder = DexDecoder()
    decoder.feed(LAST[:8])
    assert decoder.in_block
    assert decoder.reset()
    assert not decoder.in_block
    assert not decoder.reset()


@given(chunks=st.lists(st.binary(max_size=600), max_size=20))
def test_rubbish_never_raises_and_never_grows(chunks: list[bytes]) -> None:
    decoder = DexDecoder()
    for chunk in chunks:
        decoder.feed(chunk)
        assert decoder.buffered_bytes <= TOLERATED_DATA_BYTES + 2
    decoder.reset()
    assert decoder.feed(LAST)[-1] == TOKENS[-1]


@pytest.mark.slow
def test_a_hundred_megabytes_of_garbage_take_no_memory() -> None:
    chance, decoder = random.Random(1), DexDecoder()
    chunks = [chance.randbytes(1 << 18) for _ in range(8)]
    for turn in range(400):
        if turn == 370:  # measuring is slow; what grew before shows in the last portions too
            tracemalloc.start()
        decoder.feed(chunks[turn % 8])
        assert decoder.buffered_bytes <= TOLERATED_DATA_BYTES + 2
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000, "the tokens of one portion, and no more"
    decoder.reset()
    assert decoder.feed(LAST)[-1] == TOKENS[-1]


@given(data=st.binary(max_size=400), size=st.integers(1, 50))
def test_rubbish_gives_the_same_tokens_in_any_portions(data: bytes, size: int) -> None:
    assert decode(data, size) == decode(data)


@pytest.mark.parametrize("data", [b"A" * (MAX_DATA_BYTES + 1), b"A\x10B", b"A\x16B"])
def test_what_a_block_cannot_hold_is_refused(data: bytes) -> None:
    with pytest.raises(DexFrameError):
        encode_block(Start.DATA, data)


def test_our_request_is_the_published_one() -> None:
    assert Request("EPHOR00001", "R", "R01L01").encode() == REQUEST


def test_our_reply_is_the_published_one() -> None:
    frame = bytes.fromhex("1001 3030 4550484F523030303031 523031 4C3031 1003 FE80")
    assert Reply("00", "EPHOR00001", "R01L01").encode() == frame


def test_a_request_of_a_machine_is_parsed() -> None:
    assert parse_request(b"EPHOR00001SR01L01\r\n") == Request("EPHOR00001", "S", "R01L01")


@pytest.mark.parametrize("data", [b"", b"EPHOR00001", b"EPHOR00001SXXXXXX", b"\xff" * 40])
def test_what_is_no_request_says_what_came(data: bytes) -> None:
    with pytest.raises(DexFrameError, match="got"):
        parse_request(data)


@pytest.mark.parametrize(
    ("data", "code", "comm_id"),
    [
        (b"00EPHOR00001R01L01", "00", "EPHOR00001"),
        (b"EPHOR0000100R01L01", "00", "EPHOR00001"),
        (b"04EPHOR00001R01L01\r\n", "04", "EPHOR00001"),
        (b"009259630009R00L06", "00", "9259630009"),
        (b"925963000900R00L06", "00", "9259630009"),
        (b"77EPHOR00001R01L01", "77", "EPHOR00001"),
    ],
)
def test_a_reply_is_parsed_in_either_order(data: bytes, code: str, comm_id: str) -> None:
    reply = parse_reply(data)
    assert (reply.code, reply.comm_id) == (code, comm_id)


@pytest.mark.parametrize("data", [b"", b"00", b"00EPHOR00001R01L0", b"EPHOR00001R01L01"])
def test_a_reply_shorter_than_18_characters_is_refused(data: bytes) -> None:
    with pytest.raises(DexFrameError, match="got"):
        parse_reply(data)
