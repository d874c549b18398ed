"""CRC-16/ARC against published values."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing.crc import crc16_arc


def test_the_published_check_value() -> None:
    assert crc16_arc(b"123456789") == 0xBB3D


def test_nothing_has_the_initial_value() -> None:
    assert crc16_arc(b"") == 0


@given(head=st.binary(), tail=st.binary())
def test_it_can_be_computed_in_portions(head: bytes, tail: bytes) -> None:
    assert crc16_arc(tail, crc16_arc(head)) == crc16_arc(head + tail)


@given(data=st.binary())
def test_over_data_and_its_own_crc_it_is_zero(data: bytes) -> None:
    assert crc16_arc(data + crc16_arc(data).to_bytes(2, "little")) == 0


@pytest.mark.shared_data
def test_ddcmp_frames_of_another_implementation_agree(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "dex" / "vectors.json").read_text())
    for vector in vectors["ddcmp_hex_with_crc"]:
        assert crc16_arc(bytes.fromhex(vector["hex"])) == 0, vector["meaning"]
