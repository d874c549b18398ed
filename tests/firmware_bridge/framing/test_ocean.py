"""The Ocean letter protocol: vectors of the technical notes, every cut, loss and rubbish."""

import struct
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.axis import numbers, wavelengths_nm
from firmware_bridge.framing.exchange import (
    ChecksumError,
    MismatchError,
    NoiseError,
    RefusedError,
    ReplyError,
)
from firmware_bridge.framing.ocean import (
    TEXT_CAP,
    AckReply,
    Mode,
    Reply,
    TextReply,
    WordReply,
    encode,
)
from firmware_bridge.framing.ocean_compression import DifferenceDecoder
from firmware_bridge.framing.ocean_spectrum import (
    FrameLayout,
    Generation,
    SpectrumFrame,
    pixel_sums,
    spectrum_reply,
)

NOTE_3 = (15, 23, 46, 98, 231, 509, 1023, 2432, 3245, 1984)
NOTE_1 = (185, 2151, 836, 453, 210, 118, 90, 89, 87, 89)
NOTE_1_BYTES = bytes.fromhex("80 00B9  80 0867  80 0344  80 01C5  80 00D2  A4 E4 FF FE 02")
NOTE_1_PARTS = (0x139, 0x8E7, 0x3C4, 0x245, 0x152, 0xA4, 0xE4, 0xFF, 0xFE, 0x02)

PARTS: list[tuple[int, tuple[int, ...]]] = [
    (0, ()),
    (1, (3,)),
    (3, (10, 49, 2)),
    (4, (3, 12, 340, 701)),
    (5, (2, 100, 220, 640, 900)),
]

PIXELS = st.lists(st.integers(0, 0xFFFF), min_size=8, max_size=40).map(tuple)


def compress(pixels: Iterable[int]) -> tuple[bytes, int]:
    """Compress as a device does; returns the bytes and the checksum."""
    packed, total, last = bytearray(), 0, None
    for pixel in pixels:
        if last is not None and -128 < pixel - last < 128:
            packed.append((pixel - last) & 0xFF)
            total += (pixel - last) & 0xFF
        else:
            packed += b"\x80" + pixel.to_bytes(2, "big")
            total += pixel + 0x80
        last = pixel
    return bytes(packed), total & 0xFFFF


def words_of(layout: FrameLayout, pixels: tuple[int, ...], *, wide: bool = False) -> list[int]:
    header = [0xFFFF, int(wide), 1, 100, 0, 0]
    if layout.generation is Generation.SAD500:
        header = [0xFFFF, 0, 7, 1, 100, 3]
    header += [layout.pixel_mode, *layout.parameters]
    tail = [0xFFFD, sum(pixels) & 0xFFFF] if layout.checksum else [0xFFFD]
    return [*header, *pixels, *tail]


def write(layout: FrameLayout, pixels: tuple[int, ...], *, wide: bool = False) -> bytes:
    words = words_of(layout, pixels, wide=wide)
    if layout.mode is Mode.ASCII:
        return b"S\r\n\x02" + b"".join(b"%d\r\n" % word for word in words)
    start = layout.header_words
    ends = words[start + len(pixels) :]
    head = struct.pack(f">{start}H", *words[:start])
    tail = struct.pack(f">{len(ends)}H", *ends)
    if layout.compressed:
        packed, total = compress(pixels)
        tail = tail[:2] + total.to_bytes(2, "big") if layout.checksum else tail
        return b"\x02" + head + packed + tail
    return b"\x02" + head + struct.pack(f">{len(pixels)}{'I' if wide else 'H'}", *pixels) + tail


def reader(layout: FrameLayout) -> Reply[SpectrumFrame]:
    return spectrum_reply(layout, b"S" if layout.mode is Mode.ASCII else b"")


def byte_by_byte(reply: Reply[SpectrumFrame], data: bytes) -> SpectrumFrame | None:
    for index in range(len(data)):
        found = reply.feed(data[index : index + 1])
        if found is not None:
            assert index == len(data) - 1 or data[index + 1 :] == b"\n", "taken before its end"
            return found
    return None


@st.composite
def frames(draw: st.DrawFn) -> tuple[FrameLayout, tuple[int, ...], bytes]:
    pixels = draw(PIXELS)
    generation = draw(st.sampled_from(Generation))
    mode = draw(st.sampled_from(Mode))
    compressed = mode is Mode.BINARY and draw(st.booleans())
    wide = generation is Generation.FLAME and not compressed and draw(st.booleans())
    part = draw(st.sampled_from(PARTS))
    layout = FrameLayout(len(pixels), generation, mode, compressed, draw(st.booleans()), *part)
    return layout, pixels, write(layout, pixels, wide=wide)


def test_the_checksum_vector_of_note_3() -> None:
    assert pixel_sums(NOTE_3, wide=False) == {0x2586}


def test_the_compression_vector_of_notes_1_and_3() -> None:
    decoder = DifferenceDecoder(len(NOTE_1))
    assert decoder.feed(NOTE_1_BYTES) == len(NOTE_1_BYTES)
    assert tuple(decoder.pixels) == NOTE_1
    assert decoder.checksum == sum(NOTE_1_PARTS) & 0xFFFF
    assert compress(NOTE_1)[0] == NOTE_1_BYTES


@given(frames())
def test_a_frame_is_read_whole_and_byte_by_byte_alike(
    made: tuple[FrameLayout, tuple[int, ...], bytes],
) -> None:
    layout, pixels, data = made
    whole = reader(layout).feed(data)
    assert whole is not None
    assert whole.pixels == pixels
    assert whole.integration_time_ms == 100
    assert byte_by_byte(reader(layout), data) == whole


@given(frames(), st.data())
def test_a_frame_with_a_byte_lost_is_never_taken_for_another(
    made: tuple[FrameLayout, tuple[int, ...], bytes], data: st.DataObject
) -> None:
    layout, pixels, sent = made
    if not layout.checksum or layout.mode is Mode.ASCII:
        return  # a lost digit, or a lost byte of equal neighbours, can only be seen with one
    at = data.draw(st.integers(1, len(sent) - 1))
    reply = reader(layout)
    try:
        found = reply.feed(sent[:at] + sent[at + 1 :])
    except ReplyError:
        return
    assert found is None or found.pixels == pixels


@given(frames(), st.binary(max_size=200))
def test_rubbish_after_the_status_ends_in_an_error_or_waits_and_never_grows(
    made: tuple[FrameLayout, tuple[int, ...], bytes], rubbish: bytes
) -> None:
    layout, _pixels, _sent = made
    reply = reader(layout)
    opening = b"S\x02" if layout.mode is Mode.ASCII else b"\x02"
    try:
        assert reply.feed(opening) is None
        for _ in range(50):
            reply.feed(rubbish)
            reply.quiet()
            assert len(reply._body) <= layout.longest_bytes
    except ReplyError:
        pass


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_rubbish_never_crashes_a_short_reply(pieces: list[bytes]) -> None:
    for reply in (AckReply(), WordReply(), TextReply(), TextReply(b"x4\r")):
        try:
            for piece in pieces:
                reply.feed(piece)
                assert len(reply._body) <= TEXT_CAP + 3
                reply.quiet()
        except ReplyError:
            continue


def test_the_end_mark_may_also_be_a_pixel() -> None:
    pixels = (0xFFFD,) * 8
    layout = FrameLayout(8)
    found = byte_by_byte(reader(layout), write(layout, pixels))
    assert found is not None
    assert found.pixels == pixels


def test_dword_pixels_are_known_by_the_size_flag() -> None:
    pixels = tuple(70_000 + step for step in range(8))
    layout = FrameLayout(8)
    found = reader(layout).feed(write(layout, pixels, wide=True))
    assert found is not None
    assert (found.pixels, found.wide) == (pixels, True)


def test_either_sum_of_dword_pixels_is_taken() -> None:
    assert pixel_sums((0x0001_0002,), wide=True) == {0x0002, 0x0003}


@pytest.mark.parametrize("compressed", [False, True])
def test_a_wrong_checksum_is_an_error_of_its_own(compressed: bool) -> None:  # noqa: FBT001 - a case
    layout = FrameLayout(8, compressed=compressed)
    data = bytearray(write(layout, tuple(range(100, 108))))
    data[-1] ^= 1
    with pytest.raises(ChecksumError, match="checksum"):
        reader(layout).feed(bytes(data))


def test_a_wrong_ascii_checksum_is_an_error_of_its_own() -> None:
    layout = FrameLayout(8, mode=Mode.ASCII)
    data = write(layout, (1,) * 8).replace(b"8\r\n", b"9\r\n")
    with pytest.raises(ChecksumError):
        reader(layout).feed(data)


def test_the_last_ascii_number_may_end_with_silence() -> None:
    layout = FrameLayout(8, mode=Mode.ASCII, checksum=False)
    reply = reader(layout)
    assert reply.feed(write(layout, (5,) * 8).rstrip()) is None
    found = reply.quiet()
    assert found is not None
    assert found.pixels == (5,) * 8


def test_an_ascii_word_pixel_above_its_size_is_noise() -> None:
    layout = FrameLayout(8, mode=Mode.ASCII, checksum=False)
    with pytest.raises(NoiseError, match="larger"):
        reader(layout).feed(write(layout, (70_000,) * 8))


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ((0xFFFE, 0, 1, 100, 0, 0, 0), NoiseError),
        ((0xFFFF, 2, 1, 100, 0, 0, 0), MismatchError),
        ((0xFFFF, 0, 1, 100, 0, 0, 3), MismatchError),
    ],
)
def test_a_strange_header_is_refused_before_its_pixels_come(
    header: tuple[int, ...], error: type[ReplyError]
) -> None:
    with pytest.raises(error):
        reader(FrameLayout(8)).feed(b"\x02" + struct.pack(">7H", *header))


@pytest.mark.parametrize("other", [*PARTS, (4, (3, 12, 340, 702)), (5, (2, 100, 220, 640, 901))])
def test_another_choice_of_pixels_than_was_set_is_refused(
    other: tuple[int, tuple[int, ...]],
) -> None:
    wanted = FrameLayout(8, pixel_mode=3, parameters=(10, 17, 1))
    sent = write(FrameLayout(8, pixel_mode=other[0], parameters=other[1]), (5,) * 8)
    with pytest.raises(MismatchError, match="was set"):
        reader(wanted).feed(sent)


def test_a_header_must_agree_with_what_was_set() -> None:
    frame = SpectrumFrame((1,) * 8, integration_time_ms=100, scans=2)
    frame.require(100, 2)
    with pytest.raises(MismatchError, match="100 ms"):
        frame.require(50, 2)
    with pytest.raises(MismatchError, match="2 scans"):
        frame.require(100, 1)


def test_a_compressed_spectrum_that_leaves_the_range_is_noise() -> None:
    with pytest.raises(NoiseError, match="outside"):
        DifferenceDecoder(8).feed(b"\x80\x00\x01\xf0")
    with pytest.raises(NoiseError, match="0x80"):
        DifferenceDecoder(8).feed(b"\x01")


def test_commands_in_both_modes() -> None:
    assert encode("I", (1000,), Mode.BINARY) == bytes.fromhex("49 03E8")
    assert encode("I", (1000,), Mode.ASCII) == b"I1000\r"
    assert encode("S", (), Mode.BINARY) == b"S"
    with pytest.raises(ValueError, match="65535"):
        encode("I", (65536,), Mode.BINARY)


def test_nak_and_etx_are_refusals() -> None:
    with pytest.raises(RefusedError):
        AckReply().feed(b"\x15")
    with pytest.raises(RefusedError, match="ETX"):
        reader(FrameLayout(8)).feed(b"\x03")
    with pytest.raises(NoiseError):
        AckReply().feed(b"\x03")


def test_the_version_in_binary_comes_in_any_pieces() -> None:
    reply = WordReply()
    assert [reply.feed(bytes([byte])) for byte in b"\x06\x03\xe8"] == [None, None, 1000]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_text_ends_with_cr_or_lf_or_both(end: bytes) -> None:
    assert TextReply().feed(b"\x06USB2E7196" + end) == "USB2E7196"
    assert TextReply(b"x0\r").feed(b"x0\r\n\x06USB2E7196\0\0" + end) == "USB2E7196"


def test_a_text_also_ends_with_silence() -> None:
    reply = TextReply()
    assert reply.quiet() is None
    assert reply.feed(b"\x061.5e-3") is None
    assert reply.quiet() == "1.5e-3"


def test_a_text_of_33_characters_is_noise() -> None:
    with pytest.raises(NoiseError):
        TextReply().feed(b"\x06" + b"a" * (TEXT_CAP + 1))
    assert TextReply().feed(b"\x06" + b"a" * TEXT_CAP + b"\r") == "a" * TEXT_CAP


def test_a_wrong_echo_is_noise() -> None:
    with pytest.raises(NoiseError, match="echo"):
        AckReply(b"I100\r").feed(b"I101\r\x06")


def test_wavelengths_are_a_polynomial_of_the_pixel() -> None:
    axis = wavelengths_nm(numbers(["340.5", "0.4", "-1e-5", "0"]), range(2048))
    assert axis[0] == pytest.approx(340.5)
    assert axis[1000] == pytest.approx(340.5 + 400 - 10)


@pytest.mark.parametrize(
    "texts",
    [["x", "1"], ["nan", "1"], ["300", "0"], ["300", "inf"], ["10", "-1"], ["300", "1", "-0.01"]],
)
def test_coefficients_that_give_no_axis_are_refused(texts: list[str]) -> None:
    with pytest.raises(NoiseError):
        wavelengths_nm(numbers(texts), range(64))
