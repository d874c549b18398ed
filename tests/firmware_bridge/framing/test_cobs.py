"""COBS: every byte string comes back, nothing holds a zero, and rubbish is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing import cobs

runs = st.lists(
    st.sampled_from([b"\0", b"\x01", b"\xff", b"a" * 253, b"b" * 254, b"c" * 255])
    | st.binary(max_size=9),
    max_size=8,
).map(b"".join)


@pytest.mark.parametrize(
    ("plain", "coded"),
    [
        (b"", b"\x01"),
        (b"\0", b"\x01\x01"),
        (b"\0\0", b"\x01\x01\x01"),
        (b"\x11\x22\0\x33", b"\x03\x11\x22\x02\x33"),
        (b"\x11\0\0\0", b"\x02\x11\x01\x01\x01"),
        (bytes(range(1, 255)), b"\xff" + bytes(range(1, 255))),
        (bytes(range(256)), b"\x01\xff" + bytes(range(1, 255)) + b"\x02\xff"),
    ],
)
def test_the_examples_of_the_paper(plain: bytes, coded: bytes) -> None:
    assert cobs.encode(plain) == coded
    assert cobs.decode(coded) == plain


@given(runs)
def test_every_byte_string_comes_back_without_a_zero_in_between(plain: bytes) -> None:
    coded = cobs.encode(plain)
    assert 0 not in coded
    assert cobs.decode(coded) == plain
    assert len(coded) <= len(plain) + len(plain) // 254 + 1


@given(st.binary(max_size=600))
def test_rubbish_is_refused_or_means_one_thing(coded: bytes) -> None:
    plain = cobs.decode(coded)
    if plain is None:
        return
    assert len(plain) <= len(coded)
    again = cobs.encode(plain)
    # A block of 254 that something follows may be ended in two ways; all else in one.
    assert again == coded or b"\xff" in coded or coded == b""
    assert cobs.decode(again) == plain
